// Elements from templates. `morph` updates the elements of the page in place, so that the focus stays.

const byId = (id) => document.getElementById(id);
const templates = new WeakMap();
const MARK = "\u0001"; // encloses the index of a value in a template; no text on the page has this character

// The element of a template. Values become text, elements or attributes, never markup. A line break in a text is removed with
// the spaces around it, so write ${" "} to keep a space. An attribute that is null, undefined or false is left out.
const html = (strings, ...values) => fromTemplate(strings, values, (text) => text);
const svg = (strings, ...values) => fromTemplate(strings, values, (text) => `<svg>${text}</svg>`);

function fromTemplate(strings, values, wrapped) {
  if (!templates.has(strings)) templates.set(strings, parse(strings, wrapped));
  const { root, places } = templates.get(strings);
  const element = root.cloneNode(true);
  for (const node of places.map((path) => path.reduce((parent, at) => parent.childNodes[at], element)))
    fill(node, values);
  return element;
}

function parse(strings, wrapped) {
  const template = document.createElement("template");
  const text = strings.map((part, at) => (at ? MARK + (at - 1) + MARK : "") + part).join("");
  template.innerHTML = wrapped(text.replace(/<[^>]*>|[^<]+/g, markup));
  const first = template.content.firstElementChild;
  const root = wrapped("") ? first.firstElementChild : first;
  return { root, places: placesToFill(root, []) };
}

function markup(part) {
  // the placeholders are comments, because HTML allows comments everywhere, even between the rows of a table
  if (part.startsWith("<")) return part.replace(/\s*\n\s*/g, " ");
  return part.replace(/\s*\n\s*/g, "").replace(/\u0001(\d+)\u0001/g, "<!--$1-->");
}

function placesToFill(node, path) {
  // the paths (lists of child indices) to the placeholders, and to elements with a placeholder in an attribute
  const inside = [...node.childNodes].flatMap((child, at) => placesToFill(child, [...path, at]));
  const isMarked =
    node.nodeType === Node.COMMENT_NODE || [...(node.attributes ?? [])].some(({ value }) => value.includes(MARK));
  return isMarked ? [path, ...inside] : inside;
}

function fill(node, values) {
  if (node.nodeType === Node.COMMENT_NODE)
    node.replaceWith(...[values[node.data]].flat(Infinity).filter((part) => !isAbsent(part) && part !== ""));
  else
    for (const { name, value } of [...node.attributes])
      if (value.includes(MARK)) fillAttribute(node, name, value, values);
}

const isAbsent = (part) => part === null || part === undefined || part === false;

function fillAttribute(element, name, text, values) {
  const parts = text.split(MARK).map((part, at) => (at % 2 ? values[part] : part));
  const isWhole = parts.length === 3 && parts[0] === "" && parts[2] === "";
  if (isWhole && isAbsent(parts[1])) element.removeAttribute(name);
  else if (isWhole && parts[1] === true) element.setAttribute(name, "");
  else
    element.setAttribute(name, parts.filter((part) => !isAbsent(part)).join("").trim());
}

function morph(old, fresh) {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.tagName === "INPUT" && old !== document.activeElement) old.value = fresh.getAttribute("value");
  let here = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const match = firstAlike(here, child);
    while (match && here !== match) here = removeNode(here);
    if (!match) old.insertBefore(child, here);
    else if (child.nodeType !== Node.TEXT_NODE) morph(match, child);
    else if (match.data !== child.data) match.data = child.data;
    if (match) here = match.nextSibling;
  }
  while (here) here = removeNode(here);
  if (old.tagName === "SELECT") old.value = fresh.dataset.value;
}

function firstAlike(node, fresh) {
  while (node && !isAlike(node, fresh)) node = node.nextSibling;
  return node;
}

function isAlike(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) return old.nodeType === fresh.nodeType;
  const kind = (element) => element.dataset.key ?? (element.id || element.classList[0]);
  return old.nodeName === fresh.nodeName && kind(old) === kind(fresh);
}

function removeNode(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
