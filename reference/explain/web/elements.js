// Elements of the page. A view returns new elements, and `morph` changes those on the page into them, so that focus stays.

const SVG = new Set(["svg", "g", "line", "circle", "text", "tspan", "path", "rect", "title", "polygon"]);
const byId = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = SVG.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function morph(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.tagName === "INPUT" && old !== document.activeElement) old.value = fresh.getAttribute("value");
  if (old.tagName === "SELECT") old.value = fresh.dataset.value;
  const from = [...old.childNodes], to = [...fresh.childNodes];
  to.forEach((child, at) => {
    const there = from[at];
    if (!there) old.append(child);
    else if (there.nodeName !== child.nodeName || there.id !== child.id || (there.dataset && there.dataset.key !== child.dataset.key)) there.replaceWith(child);
    else if (child.nodeType === Node.TEXT_NODE) { if (there.data !== child.data) there.data = child.data; } else morph(there, child);
  });
  for (const child of from.slice(to.length)) child.remove();
  if (old.tagName === "SELECT") old.value = fresh.dataset.value;
}

// ---- numbers: shown, marked where the last action changed them, and to be typed over or dragged

const signOf = (text) => (text.startsWith("−") ? "minus" : text === "0" ? "" : "plus");

function was(get) { // the text of a number before the last action, where it was another
  const old = before === null ? undefined : get(before);
  return typeof old === "number" && shown(old) !== shown(get(now)) ? shown(old) : null;
}

function value(get, more = {}) {
  const text = shown(get(now)), old = was(get);
  return make("span", { ...more, class: `value ${signOf(text)} ${old ? "changed" : ""} ${more.class || ""}`, title: old && `was ${old}` }, text);
}

function field(key, get, label) {
  const text = shown(get(now)), old = was(get), inUse = document.activeElement?.dataset.key === `${key}@${placeOfFields}`;
  return make("input", {
    class: `number ${signOf(text)} ${old ? "changed" : ""}`, "data-key": `${key}@${placeOfFields}`, "data-edit": key, value: text, "aria-label": label,
    title: `${label}: ${get(now)}${old ? `, was ${old}` : ""}. Type a number, drag sideways, or use ↑ and ↓`,
    size: Math.max(4, text.length), autocomplete: "off", spellcheck: "false", inputmode: "text", "aria-invalid": inUse && view.message !== "" ? "true" : null,
  });
}

const button = (text, action, more = {}) => make("button", { type: "button", "data-act": action, "data-key": action, ...more }, text);
const goTo = (text, step, more = {}) => make("button", { type: "button", class: "go", "data-go": nameOfStep(step), "data-key": `go ${nameOfStep(step)}`, ...more }, text);

// ---- equations: name = names = numbers = value

function answerOf(text, more = "") {
  if (!hidden()) return make("b", { class: `right ${signOf(text)} ${more}` }, text);
  return make("button", { type: "button", class: "answer", "data-act": "reveal", "aria-label": "show the answer" }, "?");
}

function equation(name, left, x, { names = null, decimals = null, more = "" } = {}) {
  const text = typeof x === "string" ? x : shown(x, decimals);
  const parts = [make("span", { class: "name" }, name)];
  if (names) parts.push(" = ", make("span", { class: "names" }, names));
  if (left && left.text !== text) {
    parts.push(" = ", make("span", { class: "left" }, left.text), " ", make("span", { class: "sign" }, holds(left.value, text) ? "=" : "≈"), " ");
  } else parts.push(" = ");
  return make("p", { class: `equation ${more}` }, ...parts, answerOf(text));
}

const prose = (...children) => make("p", {}, ...children);
const code = (text) => make("p", { class: "formula" }, text);
const details = (summary, ...children) => make("details", { "data-key": summary }, make("summary", {}, summary), ...children);

function factorCards(cards, name, x) { // what is multiplied, each factor with what it means
  const parts = cards.flatMap(({ label, left, value: factor, text }, at) => [
    at ? make("span", { class: "times", "aria-hidden": "true" }, "×") : null,
    make("div", { class: "factor" }, make("span", { class: "label" }, label),
      left ? equation(text, left, factor) : make("p", { class: "equation" }, make("span", { class: "name" }, text), " = ", make("b", { class: "right" }, shown(factor)))),
  ]);
  return make("div", { class: "factors" }, parts, make("span", { class: "times", "aria-hidden": "true" }, "="),
    make("div", { class: "factor result" }, make("span", { class: "label" }, "together"), equation(name, product(...cards.map((card) => number(card.value))), x)));
}
