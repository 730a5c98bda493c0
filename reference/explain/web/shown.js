// Elements for numbers, equations and buttons.

const signOf = (text) => (text.startsWith("−") ? "minus" : ["0", "?"].includes(text) ? "" : "plus");
const nameOfEdit = { x: "inputs", t: "targets", w: "weights" };
const MOST_SEEN = 8; // a number that changed is shown with at most this many decimals

// The text of a number before the last action, or null if the number has not changed. `get` takes the number from a state.
function oldText(get) {
  const old = before === null ? undefined : get(before);
  return typeof old === "number" && old !== get(now) ? shown(old, decimalsSeen(get)) : null;
}

// How many decimals are needed to see the last change of a number, at most MOST_SEEN.
function decimalsSeen(get) {
  const old = before === null ? undefined : get(before);
  return typeof old === "number" ? Math.min(MOST_SEEN, decimalsOfChange(old, get(now))) : 0;
}

function value(get, more = "") {
  const text = shown(get(now));
  const old = oldText(get);
  return html`<span class="value ${signOf(text)} ${old && "changed"} ${more}" title=${old && `was ${old}`}>${text}</span>`;
}

const numberOfEdit = (edit, s) => (edit === "rate" ? s.rate : s[nameOfEdit[edit[0]]][Number(edit.slice(1))]);

// A field for a number to type or drag. `edit` names it: x0 (an input), t0 (a target), w12 (a weight or bias), rate.
function field(edit, label, decimals = 0) {
  const x = numberOfEdit(edit, now);
  const text = shown(x, decimals);
  const old = oldText((s) => numberOfEdit(edit, s));
  const key = `${edit}@${placeOfFields}`;
  const wrong = view.message !== "" && document.activeElement?.dataset.key === key;
  const title = `${label}: ${x}${old ? `, was ${old}` : ""}. Type a number, drag it sideways, or use ↑ and ↓`;
  return html`<input class="number ${signOf(text)} ${old && "changed"}" data-key=${key} data-edit=${edit} value=${text}
    size=${Math.max(4, text.length)} aria-label=${label} title=${title} aria-invalid=${wrong && "true"}
    autocomplete="off" spellcheck="false">`;
}

function button(text, action, { pressed = null, disabled = false, more = "", label = null } = {}) {
  return html`<button type="button" class=${more} data-act=${action} data-key=${action} aria-label=${label}
    aria-pressed=${pressed === null ? null : String(pressed)} aria-disabled=${disabled && "true"}>${text}</button>`;
}

function goTo(text, step, title = null) {
  const name = nameOfStep(step);
  return html`<a class="go" href=${linkOf(step)} data-go=${name} data-key="go ${name}" title=${title}>${text}</a>`;
}

function choice(name, values, chosen, label, texts = values) {
  const options = values.map(
    (one, at) => html`<option value="${one}" selected=${String(one) === String(chosen)}>${texts[at]}</option>`,
  );
  return html`<label class="inline">${label}${" "}
    <select data-set=${name} data-key=${name} data-value=${chosen}>${options}</select></label>`;
}

// ---- equations: name = formula = numbers = value. The last sign is = if the equation holds for the digits shown, else ≈.

const plainAnswer = (text) => html`<b class="right ${signOf(text)}">${text}</b>`;

function answerOf(text) {
  if (!isHidden()) return plainAnswer(text);
  return html`<button type="button" class="answer" data-act="reveal" title="Show the answers of this step"
    aria-label="show the answers of this step">?</button>`;
}

// `reveals`: `left` contains the answer of another equation, so `left` is hidden while the answers are hidden.
// `isKnown`: x is not an answer, so x is never hidden.
function equation(name, left, x, { names = null, decimals = 0, main = false, reveals = false, isKnown = false } = {}) {
  const text = shown(x, decimals);
  const trivial = left === null || left.text === text || (reveals && isHidden());
  const sign = trivial ? null : html`<span class="sign">${holds(left.value, text) ? "=" : "≈"}</span>`;
  return html`<p class="equation ${main && "main"}"><span class="name">${name}</span>${" = "}
    ${names && [html`<span class="names">${names}</span>`, " = "]}
    ${!trivial && [html`<span class="left">${left.text}</span>`, " ", sign, " "]}
    ${isKnown ? plainAnswer(text) : answerOf(text)}</p>`;
}

const prose = (...parts) => html`<p>${parts}</p>`;
const code = (text) => html`<p class="formula">${text}</p>`;
const details = (summary, ...parts) =>
  html`<details data-key=${summary}><summary>${summary}</summary>${parts}</details>`;

function table(titles, rows) {
  const head = titles.map((title) => html`<th scope="col">${title}</th>`);
  return html`<div class="wide"><table class="terms"><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

// A product, with a card for each factor and for the result.
function factorCards(factors, name, x) {
  const cards = factors.map(
    ({ label, name: factor, left, value: y, isKnown }) => html`<div class="factor">
    <span class="label">${label}</span>${equation(factor, left ?? null, y, { isKnown })}</div>`,
  );
  const times = (text) => html`<span class="times" aria-hidden="true">${text}</span>`;
  const all = product(...factors.map(({ value: y }) => number(y)));
  return html`<div class="factors">${cards.flatMap((card, at) => (at ? [times("×"), card] : [card]))}${times("=")}
    <div class="factor result"><span class="label">product</span>${equation(name, all, x, { reveals: true })}</div></div>`;
}
