// The page: what is shown, and what the reader does to it. A view is made anew of the state after every action.

const data = JSON.parse(byId("lessons").textContent), digits = data.digits;
let lesson, state, past, now, before, gesture = null;
const view = { step: { kind: "all", node: null, term: null }, level: "node", hide: false, revealed: "", present: false, nudge: 0.01, everyTerm: false, message: "" };
let placeOfFields = "panel"; // two fields of one number have two keys
const hidden = () => view.hide && view.revealed !== nameOfStep(view.step);
const KEYS = [["→ PageDown Space", "next step (Space first shows a hidden answer)"], ["← PageUp", "step back"], ["Home End", "first and last step"],
  ["1 2 3", "steps by layer, node, term"], ["S T", "take one step, train 100"], ["U", "undo"], ["H", "hide or show the answers"], ["P", "presentation"], ["↑ ↓", "in a number: a little more or less"]];

// ---- actions

function open(name) {
  lesson = data.lessons.find((one) => one.key === name) || data.lessons[0];
  state = startOf(lesson);
  [past, now, before, gesture] = [[], seen(state), null, null];
}

function act(name, value, id = null) { // actions of one gesture (a drag, the typing in a field) are one action
  const again = id !== null && id === gesture, base = again ? past.at(-1) : state;
  try {
    const next = after(base, name, value), shownNext = seen(next);
    if (!again) past = [...past.slice(-499), state];
    [state, now, before, gesture, view.message] = [next, shownNext, seen(past.at(-1)), id, ""];
    if (!stepOfName(state.net, nameOfStep(view.step))) view.step = stepOfName(state.net, "all");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    view.message = error.message;
  }
}

function undo() {
  if (!past.length) return;
  [state, past, gesture, before] = [past.at(-1), past.slice(0, -1), null, now];
  now = seen(state);
}

function walk(to) {
  const steps = stepsOf(state.net, view.level), at = indexOfStep(steps, view.step);
  const next = to === "first" ? 0 : to === "last" ? steps.length - 1 : Math.min(steps.length - 1, Math.max(0, at + to));
  go(steps[next]);
}

function go(step) {
  view.step = step;
  view.revealed = "";
}

const ACTIONS = {
  back: () => walk(-1), next: () => walk(1), first: () => walk("first"), last: () => walk("last"), undo,
  reveal: () => { view.revealed = nameOfStep(view.step); }, hide: () => { view.hide = !view.hide; view.revealed = ""; }, present: () => { view.present = !view.present; },
  terms: () => { view.everyTerm = !view.everyTerm; }, start: () => act("start", ""), step: (n) => act("step", n), nudge: (by) => { view.nudge = Number(by); },
  level: (level) => { view.level = level; },
};

function perform(text) {
  const [name, argument] = text.split(" ");
  ACTIONS[name](argument);
  render();
}

// ---- the link: the actions and the view

function linkOf() {
  const parts = new URLSearchParams();
  if (lesson !== data.lessons[0]) parts.set("example", lesson.key);
  if (state.log.length) parts.set("do", state.log.map((entry) => entry.join(":")).join(";"));
  parts.set("at", nameOfStep(view.step));
  if (view.level !== "node") parts.set("by", view.level);
  for (const name of ["hide", "present"]) if (view[name]) parts.set(name, "1");
  return `#${parts}`;
}

function follow(link) {
  const parts = new URLSearchParams(link.slice(1));
  open(parts.get("example"));
  for (const action of (parts.get("do") || "").split(";").filter(Boolean)) act(...action.split(":"));
  view.step = stepOfName(state.net, parts.get("at") || "all") || stepOfName(state.net, "all");
  view.level = LEVELS.includes(parts.get("by")) ? parts.get("by") : "node";
  for (const name of ["hide", "present"]) view[name] = parts.has(name);
}

let linkTimer = null;
function keepLink() {
  clearTimeout(linkTimer);
  linkTimer = setTimeout(() => history.replaceState(null, "", linkOf()), 150);
}

// ---- views

const choice = (name, values, chosen, label, texts = values) => make("label", { class: "inline" }, `${label} `,
  make("select", { "data-set": name, "data-key": name, "data-value": chosen }, values.map((one, at) => make("option", { value: one, selected: String(one) === String(chosen) }, texts[at]))));

function walkBar() {
  const steps = stepsOf(state.net, view.level), at = indexOfStep(steps, view.step);
  return make("nav", { id: "walk", "aria-label": "steps" },
    make("div", { class: "group" }, button("◀", "back", { "aria-label": "back", disabled: at === 0 }), button("Next ▶", "next", { class: "primary", disabled: at === steps.length - 1 })),
    make("div", { class: "group choices", role: "group", "aria-label": "steps by" }, LEVELS.map((level) => button(level, `level ${level}`, { "aria-pressed": String(view.level === level) }))),
    make("p", { class: "where", role: "status" }, make("b", {}, titleOf(view.step, state.net)), ` ${at + 1} of ${steps.length}`),
    make("div", { class: "group end" }, button("Hide answers", "hide", { "aria-pressed": String(view.hide) }), button("Present", "present", { "aria-pressed": String(view.present) })));
}

function settings() {
  placeOfFields = "settings";
  const rows = state.rows.inputs.length;
  return make("div", { id: "settings" },
    choice("hidden", NAMES.hidden, state.net.hidden, "hidden"), choice("output", NAMES.output, state.net.output, "output"), choice("loss", allowed(state, "loss"), state.net.loss, "loss"),
    make("label", { class: "inline" }, "rate ", field("rate", (s) => s.rate, "learning rate")), choice("biases", CHOICES.biases, state.biases, "biases"),
    rows > 1 ? choice("row", state.rows.inputs.map((_, at) => at), state.row, "row", lesson.rowNames) : null,
    rows > 1 ? choice("learn", CHOICES.learn, state.learn, "learn from", ["this row", `all ${rows} rows`]) : null);
}

function training() {
  return make("section", { id: "training", class: "card", "aria-label": "training" },
    make("div", { class: "group" }, button("Take one step", "step 1", { class: "primary" }), button("Train 100", "step 100"), button("Undo", "undo", { disabled: past.length === 0 }), button("Back to the start", "start", { disabled: state.log.length === 0 })),
    beforeAfter(), traceView());
}

function traceView() {
  const { trace, at } = state, losses = trace.map(({ loss }) => loss), most = Math.max(...losses, 1e-300), last = trace.at(-1).epoch - trace[0].epoch || 1;
  const X = (moment) => 8 + 584 * (trace[moment].epoch - trace[0].epoch) / last, Y = (x) => 74 - 64 * x / most;
  return make("div", { class: "trace" },
    make("svg", { viewBox: "0 0 600 84", role: "img", "aria-label": `the loss over ${last} steps, now ${shown(losses[at])}` },
      make("line", { class: "axis", x1: 8, x2: 592, y1: 74, y2: 74 }),
      trace.length === 1 ? make("text", { x: 14, y: 20 }, "Take a step, and the loss is drawn here.") : make("path", { d: "M" + losses.map((x, moment) => `${X(moment).toFixed(1)},${Y(x).toFixed(1)}`).join("L") }),
      make("line", { class: "here", x1: X(at), x2: X(at), y1: 6, y2: 78 })),
    make("label", {}, make("span", {}, `${shown(losses[0])} at the start, ${shown(losses[at])} now`, make("span", { class: "faint" }, `  step ${trace[at].epoch.toLocaleString("en")} of ${trace.at(-1).epoch.toLocaleString("en")}`)),
      make("input", { type: "range", min: 0, max: trace.length - 1, step: 1, value: at, "data-set": "epoch", "data-key": "epoch", "aria-label": "step of the training that is shown" })));
}

function numbers() { // inputs, targets and the flat vector, all to be changed
  placeOfFields = "numbers";
  const { net } = state, narrow = net.n_inputs <= 2 * WIDE && net.n_hidden <= 2 * WIDE && net.n_outputs <= 2 * WIDE;
  const list = (title, letter, count, layer, get) => make("table", { class: "block" }, make("caption", {}, title),
    make("tbody", {}, Array.from({ length: count }, (_, at) => make("tr", {}, make("th", { scope: "row" }, nodeName(layer, at)), make("td", {}, field(`${letter}${at}`, (s) => get(s)[at], `${letter === "x" ? "input" : "target of"} ${nodeName(layer, at)}`))))));
  const block = (title, kind) => make("table", { class: "block" }, make("caption", {}, title), make("thead", {}, make("tr", {}, make("td"), Array.from({ length: sizeOf(net, LAYER[kind]) }, (_, node) => make("th", { scope: "col" }, nodeName(LAYER[kind], node))))),
    make("tbody", {}, Array.from({ length: termsOf(net, kind) }, (_, term) => make("tr", {}, make("th", { scope: "row" }, term === termsOf(net, kind) - 1 ? "bias" : nodeName(sourceLayer(kind), term)),
      Array.from({ length: sizeOf(net, LAYER[kind]) }, (__, node) => {
        const edge = edgeOf(net, kind, node, term);
        return make("td", { class: view.step.term !== null && ["wo", "wh"].includes(view.step.kind) && edgeOf(net, view.step.kind, view.step.node, view.step.term).position === edge.position ? "here" : "" }, make("small", { "aria-hidden": "true" }, String(edge.position)), field(`w${edge.position}`, (s) => s.weights[edge.position], `weight ${edgeName(edge)}`));
      })))));
  return make("section", { id: "numbers", class: "card", "aria-labelledby": "numbers-title" }, make("h2", { id: "numbers-title" }, "All numbers"),
    make("div", { class: "wide blocks" }, net.n_inputs <= 2 * WIDE ? list("inputs", "x", net.n_inputs, "i", (s) => s.inputs) : null, net.n_outputs <= 2 * WIDE ? list("targets", "t", net.n_outputs, "o", (s) => s.targets) : null,
      narrow ? [block("ih weights and h biases", "wh"), block("ho weights and o biases", "wo")] : null),
    prose(narrow ? "The small numbers are places in the flat vector: ih weights, h biases, ho weights, o biases; each matrix row by row." : `${state.weights.length.toLocaleString("en")} weights: choose a node to see and change those that lead into it.`));
}

function panel() {
  placeOfFields = "panel";
  return make("section", { id: "panel", class: `card ${directionOf(view.step.kind)}`, "aria-labelledby": "panel-title" }, make("h2", { id: "panel-title" }, titleOf(view.step, state.net)),
    nodeChoice(), explained(view.step));
}

function nodeChoice() { // of a wide layer, as its cells are too small for the keyboard
  const { kind, node } = view.step, layer = LAYER[kind];
  if (!layer || !isWide(state.net, layer)) return null;
  const names = Array.from({ length: sizeOf(state.net, layer) }, (_, at) => nodeName(layer, at));
  return choice("node", ["", ...names.keys()], node ?? "", "node", ["the whole layer", ...names]);
}

function header() {
  return make("header", { id: "top" }, make("h1", {}, lesson.title), make("p", { class: "faint" }, lesson.subtitle),
    data.lessons.length > 1 ? choice("example", data.lessons.map(({ key }) => key), lesson.key, "example", data.lessons.map(({ name }) => name)) : null);
}

function render() {
  document.body.classList.toggle("present", view.present);
  morph(byId("top"), header());
  morph(byId("walk"), walkBar());
  placeOfFields = "picture";
  morph(byId("picture"), make("div", { id: "picture" }, picture(view.step)));
  morph(byId("message"), make("p", { id: "message", role: "alert" }, view.message));
  morph(byId("settings"), settings());
  morph(byId("training"), training());
  morph(byId("panel"), panel());
  morph(byId("numbers"), numbers());
  if (view.present || narrowScreen()) document.querySelector("#panel .here, #panel .main, #panel .factors")?.scrollIntoView({ block: "nearest" });
  keepLink();
}

const narrowScreen = () => false;

// ---- what the reader does

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-act], [data-go]");
  if (!target || target.disabled) return;
  if (target.dataset.act) return perform(target.dataset.act);
  go(stepOfName(state.net, target.dataset.go));
  render();
});

document.addEventListener("change", (event) => {
  const name = event.target.dataset.set;
  if (!name || name === "epoch") return;
  if (name === "example") { open(event.target.value); go(stepOfName(state.net, "all")); }
  else if (name === "node") go({ kind: view.step.kind, node: event.target.value === "" ? null : Number(event.target.value), term: null });
  else act(name, event.target.value);
  render();
});

document.addEventListener("input", (event) => {
  const { edit, set } = event.target.dataset;
  if (set === "epoch") act("epoch", state.trace[event.target.value].epoch, "epoch");
  else if (edit) act(edit, event.target.value.replaceAll("−", "-").trim(), typing);
  else return;
  render();
});

let gestures = 0, typing = null;
const fullValue = (edit) => { // of the number that a field or a text in the picture shows
  const [, letter, at] = /^([a-z])\D*(\d*)$/.exec(edit);
  return { x: now.inputs, t: now.targets, w: now.weights, r: [state.rate] }[letter][Number(at)];
};

document.addEventListener("focusin", (event) => {
  if (!event.target.matches(".number")) return;
  typing = `typing ${++gestures}`;
  event.target.value = String(fullValue(event.target.dataset.edit));
  event.target.select();
});
document.addEventListener("focusout", (event) => {
  if (!event.target.matches(".number")) return;
  event.target.value = shown(fullValue(event.target.dataset.edit));
  if (view.message) { view.message = ""; render(); }
});

const unitOf = (x) => 10 ** (Math.floor(Math.log10(Math.max(Math.abs(x), 0.1))) - 2);
const moved = (x, unit, by) => String(Number((x + by * unit).toFixed(Math.max(0, Math.ceil(-Math.log10(unit))))));

let drag = null;
document.addEventListener("pointerdown", (event) => {
  const target = event.target.closest("[data-edit]");
  if (!target || target === document.activeElement || event.button !== 0) return;
  const x = fullValue(target.dataset.edit);
  drag = { edit: target.dataset.edit, from: event.clientX, x, unit: unitOf(x), id: `drag ${++gestures}`, far: false, target };
  event.preventDefault();
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const by = event.clientX - drag.from;
  drag.far ||= Math.abs(by) > 3;
  if (!drag.far) return;
  document.body.classList.add("dragging");
  act(drag.edit, moved(drag.x, drag.unit, Math.round(by / 2)), drag.id);
  drag.frame ??= requestAnimationFrame(() => { if (drag) drag.frame = null; render(); });
});
document.addEventListener("pointerup", () => {
  if (drag && !drag.far) (drag.target.matches("input") ? drag.target : document.querySelector(`input[data-edit="${drag.edit}"]`))?.focus();
  drag = null;
  document.body.classList.remove("dragging");
});

const SHORTCUTS = {
  ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back", Home: "first", End: "last",
  1: "level layer", 2: "level node", 3: "level term", s: "step 1", t: "step 100", u: "undo", h: "hide", p: "present",
};
document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (target.matches(".number")) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[key], x = fullValue(target.dataset.edit);
    if (key === "Enter" || key === "Escape") target.blur();
    if (!by) return;
    event.preventDefault();
    act(target.dataset.edit, moved(x, unitOf(x), by), typing);
    target.value = String(fullValue(target.dataset.edit));
    return render();
  }
  if (target.matches("select, input")) return;
  const onControl = target.closest("button, [role=button], summary");
  if (key === " " || key === "Enter") {
    if (target.matches("g[role=button]")) { event.preventDefault(); target.dispatchEvent(new MouseEvent("click", { bubbles: true })); }
    else if (key === " " && !onControl) { event.preventDefault(); perform(hidden() ? "reveal" : "next"); }
    return;
  }
  const action = SHORTCUTS[key.length === 1 ? key.toLowerCase() : key];
  if (action) { event.preventDefault(); perform(action); }
});

addEventListener("resize", render);
addEventListener("hashchange", () => { follow(location.hash); render(); });
follow(location.hash);
render();
