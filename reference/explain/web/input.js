// Input: clicks, typing, dragging, keys. The data attributes of an element name its action.

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-act], [data-go]");
  if (!target || target.getAttribute("aria-disabled")) return;
  event.preventDefault();
  if (event.detail > 0 && document.activeElement === target) target.blur(); // give the keyboard back to the shortcuts
  if (target.dataset.act) return perform(target.dataset.act);
  go(stepOfName(state.net, target.dataset.go));
  render();
});

document.addEventListener("change", ({ target }) => {
  const name = target.dataset.set;
  if (!name || name === "epoch") return;
  if (name === "example") openLesson(target.value);
  else if (name === "node")
    go({ kind: view.step.kind, node: target.value === "" ? null : Number(target.value), term: null });
  else act(name, target.value);
  if (isPointing) target.blur(); // give the keyboard back to the shortcuts
  render();
});

let isPointing = false; // the last input came from a mouse or a finger, not from a key
document.addEventListener("pointerdown", () => (isPointing = true), true);
document.addEventListener("keydown", () => (isPointing = false), true);

// ---- typing

let gestures = 0;
let typing = null;
const fullValue = (edit) => numberOfEdit(edit, now);

document.addEventListener("input", ({ target }) => {
  if (target.dataset.set === "epoch") act("epoch", state.trace[target.value].epoch, "epoch");
  else if (target.dataset.edit && isUnfinished(plainNumber(target.value))) return;
  else if (target.dataset.edit) act(target.dataset.edit, plainNumber(target.value), typing);
  else return;
  render();
});

// Accepts a decimal comma and the typographic minus sign.
function plainNumber(text) {
  const plain = text.trim().replaceAll("−", "-");
  const isThousands = /^[-+]?[1-9]\d{0,2},\d{3}$/.test(plain); // not accepted, as the comma may separate thousands or decimals
  return isThousands ? plain : plain.replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(".number")) startTyping(target);
});

function startTyping(target) {
  typing = `typing ${++gestures}`;
  target.value = String(fullValue(target.dataset.edit));
  target.select();
}

document.addEventListener("focusout", ({ target }) => {
  if (!target.matches(".number") || isRendering) return;
  stopTyping(target);
  target.value = target.defaultValue;
  if (target.classList.contains("over")) target.remove();
  render();
});

// When typing ends, refuses an unfinished number with a message, and undoes the typing.
function stopTyping({ value: text, dataset: { edit } }) {
  if (text !== String(fullValue(edit)) && isUnfinished(text)) act(edit, text, typing);
}

const isUnfinished = (text) =>
  /^[-+]?\d*\.?\d*(e[-+]?)?$/i.test(text) && !(Number.isFinite(Number(text)) && text !== "");

// Opens a field over a number that is clicked in the picture.
function typeOver(text, edit) {
  const [frame, box] = [byId("picture"), text].map((element) => element.getBoundingClientRect());
  const over = html`<input class="number over" data-edit=${edit} data-key="${edit}@over" aria-label="the number" size="6"
    style="left:${box.x + box.width / 2 - frame.x}px; top:${box.y + box.height / 2 - frame.y}px">`;
  byId("picture").append(over);
  over.focus();
}

// ---- dragging: right increases, left decreases

// The number x plus n units of its third significant digit. If x is 0, or its magnitude is from 0.005 to 0.1, the
// unit is a thousandth. The learning rate stays 0 or more.
function moveBy(edit, x, n) {
  if (n === 0) return String(x);
  const size = Math.abs(x) > 0 && Math.abs(x) < 0.005 ? Math.abs(x) : Math.max(Math.abs(x), 0.1);
  const power = Math.floor(Math.log10(size)) - 2;
  const to = Number((x + n * 10 ** power).toFixed(Math.max(0, Math.min(100, -power))));
  return String(edit === "rate" ? Math.max(to, 0) : to);
}

let drag = null;
document.addEventListener("pointerdown", (event) => {
  const target = event.target.closest("[data-edit]");
  if (!target || target === document.activeElement || event.button !== 0) return;
  const { edit } = target.dataset;
  drag = { target, edit, from: event.clientX, value: fullValue(edit), id: `drag ${++gestures}`, isMoving: false };
  event.preventDefault();
});

document.addEventListener("pointermove", (event) => {
  if (!event.buttons) drag = null;
  if (!drag) return;
  const by = event.clientX - drag.from;
  drag.isMoving ||= Math.abs(by) > 3;
  if (!drag.isMoving) return;
  document.body.classList.add("dragging");
  act(drag.edit, moveBy(drag.edit, drag.value, Math.round(by / 2)), drag.id);
  render();
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    document.body.classList.remove("dragging");
    if (drag && !drag.isMoving && drag.target.matches("input")) drag.target.focus();
    else if (drag && !drag.isMoving) typeOver(drag.target, drag.edit);
    drag = null;
  });
}

// ---- keys

const SHORTCUTS = {
  ArrowRight: "next",
  PageDown: "next",
  ArrowLeft: "back",
  PageUp: "back",
  Home: "first",
  End: "last",
  1: "level layer",
  2: "level node",
  3: "level term",
  s: "step 1",
  t: "step 100",
  u: "undo",
  h: "hide",
  p: "present",
  r: "start",
  ArrowUp: "up",
  ArrowDown: "down",
  "?": "help",
};
const KEYS = [
  ["→  PageDown  Space", "show the answers, or go to the next step"],
  ["←  PageUp", "go back one step"],
  ["Home  End", "first step, last step"],
  ["1  2  3", "level of detail: layer, node, term"],
  ["S  T", "take 1 training step, 100 training steps"],
  ["U  R", "undo, go back to the start"],
  ["H", "hide or show the answers"],
  ["P  Escape", "start or end the presentation; there, ↑ and ↓ scroll"],
  ["Tab  Enter", "select a node or a number; Escape undoes your typing"],
  ["↑  ↓", "in a number: increase or decrease; with Shift, ten times as much"],
  ["?", "show this list"],
];

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const isRemote = key === "PageDown" || key === "PageUp"; // a presenter's remote control works wherever the focus is
  if (target.matches(".number") && !isRemote) return keyInNumber(event);
  if (key === "Escape" && target.matches("select, input")) return target.blur();
  if (target.matches("select") && !isRemote) return;
  if (target.matches("input") && /^(Arrow|Home|End|Tab)/.test(key)) return; // these keys move the slider or the focus
  const isControl = target.closest("button:not([data-act=next]), summary");
  const action = SHORTCUTS[key.length === 1 ? key.toLowerCase() : key];
  if (key === "Enter" && target.matches("g")) target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  else if (key === "Escape" && target !== document.body) target.blur();
  else if (key === "Escape" && view.present) perform("present");
  else if (key === " " && !isControl) perform("next");
  else if (["up", "down"].includes(action) && !view.present) return;
  else if (action) perform(action);
  else return;
  event.preventDefault();
});

function keyInNumber(event) {
  const { target, key } = event;
  const by = { ArrowUp: 1, ArrowDown: -1 }[key];
  if (key === " ") {
    event.preventDefault();
    target.blur();
    return perform("next");
  }
  if (key === "Escape" && gesture === typing) undo();
  if (key === "Escape" || (key === "Enter" && target.classList.contains("over"))) target.blur();
  else if (key === "Enter") (stopTyping(target), render(), startTyping(target));
  if (!by) return;
  event.preventDefault();
  const { edit } = target.dataset;
  act(edit, moveBy(edit, fullValue(edit), event.shiftKey ? 10 * by : by), typing);
  target.value = String(fullValue(edit));
  render();
}
