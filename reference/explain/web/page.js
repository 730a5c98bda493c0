// The page: the current view, the actions of the reader, and the link that stores them.

const data = JSON.parse(byId("lessons").textContent);
const digits = data.digits;
// past: the earlier states. now: all numbers of the current state. before: all numbers before the last action, or null.
let lesson, state, past, now, before;
let gesture = null; // the id of the current drag or typing, which counts as one action
let placeOfFields = ""; // the part of the page that is being built, as a name in the ids of its input fields
const WHOLE = { kind: "all", node: null, term: null };
const view = {
  step: WHOLE,
  level: "node",
  hide: false,
  revealed: "",
  present: false,
  nudge: 0.01,
  everyTerm: false,
  help: false,
  message: "", // an error
  notice: "",
};
// Whether Next reveals the answers. On the overview, Next always goes to the next step.
const isAsking = () => isHidden() && view.step.kind !== "all";
const isHidden = () => view.hide && view.revealed !== nameOfStep(view.step);

const storedStates = new Map(); // the state and the earlier states of each example that the reader has left

function openLesson(name) {
  if (lesson) storedStates.set(lesson, [state, past]);
  lesson = data.lessons.find((one) => one.name === name) ?? data.lessons[0];
  [state, past] = storedStates.get(lesson) ?? [startOf(lesson), []];
  [now, before, gesture] = [numbersOf(state), null, null];
  go(WHOLE);
}

function act(name, value, id = null) {
  const isAgain = id !== null && id === gesture;
  const base = isAgain ? past.at(-1) : state;
  clearMessages();
  try {
    const next = stateAfter(base, name, value);
    if (!isAgain) past = [...past.slice(-499), state];
    [state, now, before, gesture] = [next, numbersOf(next), numbersOf(past.at(-1)), id];
    stayOnStep();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    if (isAgain) undo();
    view.message = error.message;
  }
}

function undo() {
  if (past.length === 0) return;
  [state, past, gesture, before] = [past.at(-1), past.slice(0, -1), null, now];
  now = numbersOf(state);
  clearMessages();
  stayOnStep();
}

function clearMessages() {
  [view.message, view.notice] = ["", ""];
}

function stayOnStep() {
  // If the network no longer has the current step, go to the overview.
  if (!stepOfName(state.net, nameOfStep(view.step))) go(WHOLE);
}

function go(step) {
  document.querySelector(".over")?.blur();
  clearMessages();
  view.step = step;
  view.revealed = "";
  view.help = false;
  if (["step", "epoch"].includes(state.log.at(-1)?.[0])) before = null; // training changes nearly all numbers, so mark none
}

function walk(by) {
  const steps = stepsOf(state.net, view.level);
  const at = indexOfStep(steps, view.step) + by;
  const to = steps[Math.max(0, Math.min(steps.length - 1, at))];
  if (!sameStep(to, view.step)) go(to);
}

const ACTIONS = {
  back: () => walk(-1),
  next: () => (isAsking() ? ACTIONS.reveal() : walk(1)),
  first: () => walk(-Infinity),
  last: () => walk(Infinity),
  level: (level) => {
    if (level !== view.level) go(firstStepLike(stepsOf(state.net, level), view.step));
    view.level = level;
  },
  terms: () => (view.everyTerm = !view.everyTerm),
  nudge: (by) => (view.nudge = Number(by)),
  hide: () => {
    view.hide = !view.hide;
    view.revealed = "";
  },
  reveal: () => (view.revealed = nameOfStep(view.step)),
  present: () => (view.present = !view.present),
  help: () => {
    go(WHOLE);
    view.help = true;
    shownStep = "";
  },
  up: () => byId("panel").scrollBy(0, -80),
  down: () => byId("panel").scrollBy(0, 80),
  row: (row) => act("row", row),
  step: (n) => act("step", n),
  start: () => act("start", ""),
  undo,
  copy: copyLink,
};

function perform(action) {
  const [name, argument] = action.split(" ");
  ACTIONS[name](argument);
  render();
}

// ---- the link: the example, the actions of the reader, and the current view

function linkOf(step = view.step) {
  const parts = new URLSearchParams();
  if (lesson !== data.lessons[0]) parts.set("example", lesson.name);
  if (state.log.length) parts.set("do", state.log.map((entry) => entry.join(":")).join(";"));
  parts.set("at", nameOfStep(step));
  if (view.level !== "node") parts.set("by", view.level);
  for (const name of ["hide", "present"]) if (view[name]) parts.set(name, "1");
  return `#${parts}`;
}

async function copyLink() {
  history.replaceState(null, "", linkOf());
  try {
    await navigator.clipboard.writeText(location.href);
    view.notice =
      location.protocol === "file:"
        ? "Link copied. It opens this file, so it works on this computer only. To share a link, put the file on a web server."
        : "Link copied. It opens the page as it is now.";
  } catch {
    view.notice = "The browser did not allow copying. Copy the link from the address bar.";
  }
  render();
}

function follow(link) {
  const parts = new URLSearchParams(link.slice(1));
  lesson = null;
  storedStates.clear();
  openLesson(parts.get("example"));
  const messages = [];
  for (const action of (parts.get("do") ?? "").split(";").filter(Boolean)) {
    act(...action.split(":"));
    messages.push(view.message);
  }
  go(stepOfName(state.net, parts.get("at") ?? "all") ?? WHOLE);
  view.level = LEVELS.includes(parts.get("by")) ? parts.get("by") : "node";
  for (const name of ["hide", "present"]) view[name] = parts.has(name);
  view.message = messages.find(Boolean) ?? "";
}

let linkTimer = null;
function keepLink() {
  // wait until a drag pauses
  clearTimeout(linkTimer);
  linkTimer = setTimeout(() => history.replaceState(null, "", linkOf()), 150);
}

// ---- showing

let isRendering = false;
function render() {
  isRendering = true;
  try {
    show();
  } finally {
    isRendering = false;
  }
}

function show() {
  document.body.classList.toggle("present", view.present);
  for (const part of [header(), walkBar(), settings(), training(), panel(), numbers()]) morph(byId(part.id), part);
  byId("message").textContent = view.message;
  morph(byId("drawing"), picture(view.step));
  if (shownStep !== nameOfStep(view.step)) showFromTop();
  keepLink();
}

let shownStep = "";
function showFromTop() {
  shownStep = nameOfStep(view.step);
  byId("panel").scrollTop = 0;
  const inView = view.help ? "#panel details:last-of-type p:last-child" : view.present && "#panel .here";
  if (inView) document.querySelector(inView)?.scrollIntoView({ block: "nearest" });
}

addEventListener("resize", render);
addEventListener("hashchange", () => {
  follow(location.hash);
  render();
});
follow(location.hash);
render();
