// The parts of the page around the picture, built from the state.

function header() {
  const names = data.lessons.map(({ name }) => name);
  return html`<header id="top"><h1>${lesson.title}</h1><p class="faint">${lesson.subtitle}</p>
    ${choice("example", names, lesson.name, "example")}</header>`;
}

function walkBar() {
  const steps = stepsOf(state.net, view.level);
  const at = indexOfStep(steps, view.step);
  const isLast = at === steps.length - 1 && !isAsking();
  const levels = LEVELS.map((level) => button(level, `level ${level}`, { pressed: view.level === level }));
  return html`<nav id="walk" aria-label="steps">
    <div class="group">${button("◀", "back", { label: "back", disabled: at === 0 })}
    ${button(isAsking() ? "Reveal" : "Next ▶", "next", { more: "primary", disabled: isLast })}</div>
    <div class="group choices" role="group" aria-label="level of detail">${levels}</div>
    <p class="where" role="status"><b>${titleOf(view.step, state.net)}</b>
      <span>${at + 1} of ${steps.length}</span></p>
    <div class="group end">${button("Copy link", "copy")}${button("Hide answers", "hide", { pressed: view.hide })}
      ${button("Present", "present", { pressed: view.present })}</div>
    <p class="notice" role="status">${view.notice}</p></nav>`;
}

function settings() {
  placeOfFields = "settings";
  const { net, rows } = state;
  const several = rows.inputs.length > 1;
  return html`<div id="settings">${choice("hidden", NAMES.hidden, net.hidden, "hidden activation")}
    ${choice("output", NAMES.output, net.output, "output activation")}
    ${choice("loss", namesFor(state, "loss"), net.loss, "loss")}
    <label class="inline">learning rate ${field("rate", "learning rate")}</label>
    ${choice("biases", CHOICES.biases, state.biases, "biases", ["trained", "fixed"])}
    ${several && choice("row", [...rows.inputs.keys()], state.row, "row", rowNames())}
    ${several && choice("learn", CHOICES.learn, state.learn, "learn from", ["this row", lesson.allRows])}</div>`;
}

function rowNames() {
  const { inputs } = state.rows;
  const original = (x, i) => shown(unscaled("inputs", i, x));
  return lesson.rowNames.map((name, at) =>
    state.net.n_inputs > 3 ? name : `${name}: ${inputs[at].map(original).join(", ")}`,
  );
}

function training() {
  return html`<section id="training" class="card" aria-label="training"><div class="group">
    ${button("Take one step", "step 1", { more: "primary" })}${button("Train 100", "step 100")}
    ${button("Undo", "undo", { disabled: past.length === 0 })}
    ${button("Back to the start", "start", { disabled: state.log.length === 0 })}</div>
    ${lossBeforeAndAfter()}${traceView()}</section>`;
}

function traceView() {
  const { trace, at } = state;
  const first = trace[0].epoch;
  const last = trace.at(-1).epoch;
  const most = Math.max(...trace.map(({ loss }) => loss));
  const X = ({ epoch }) => 70 + (522 * (epoch - first)) / (last - first || 1);
  const Y = ({ loss }) => 74 - (64 * loss) / (most || 1);
  const here = X(trace[at]);
  const path = trace.map((moment) => `${X(moment).toFixed(1)},${Y(moment).toFixed(1)}`).join("L");
  const count = (n) => n.toLocaleString("en");
  return html`<div class="trace"><svg viewBox="0 0 600 84" role="img" aria-label="the loss over the steps of the training">
    <line class="axis" x1="70" x2="592" y1="74" y2="74"></line><path d="M${path}"></path>
    <line class="here" x1=${here} x2=${here} y1="6" y2="78"></line>
    <text x="80" y="24">${trace.length === 1 && "The loss curve appears here after the first training step."}</text>
    <text x="62" y="15" text-anchor="end">${!view.hide && shown(Number(most.toPrecision(3)))}</text>
    <text x="62" y="78" text-anchor="end">0</text></svg>
    <label><span><span>${view.hide ? "" : `loss ${shown(trace[0].loss)} at the start, ${shown(trace[at].loss)} now`}</span>
    <span class="faint">training step ${count(trace[at].epoch)} of ${count(last)}</span></span>
    <input type="range" min="0" max=${trace.length - 1} step="1" value=${at} data-set="epoch" data-key="epoch"
      aria-label="training step" aria-valuetext=${count(trace[at].epoch)}></label></div>`;
}

function panel() {
  placeOfFields = "panel";
  return html`<section id="panel" class="card ${directionOf(view.step.kind)}" aria-labelledby="panel-title">
    <h2 id="panel-title">${titleOf(view.step, state.net)}</h2>
    ${nodeChoice()}${nodeLinks(view.step)}${explanation(view.step)}</section>`;
}

// Links from one step of a node to its other steps.
function nodeLinks({ kind, node }) {
  const layer = LAYER[kind];
  if (!layer || node === null) return null;
  const steps = {
    forward: layer,
    ...(layer === "o" && state.net.output === "softmax" ? { softmax: "y" } : {}),
    backward: `d${layer}`,
    learning: `w${layer}`,
  };
  const links = Object.entries(steps).map(([name, other]) =>
    other === kind ? html`<b>${name}</b>` : goTo(name, { kind: other, node, term: null }),
  );
  return html`<p class="links">${nodeName(layer, node)}: ${links}</p>`;
}

function nodeChoice() {
  // only for layers that the picture draws as cells, because the keyboard cannot select a cell
  const layer = LAYER[view.step.kind];
  if (!layer || !isWide(layer)) return null;
  const places = [...Array(sizeOf(state.net, layer)).keys()];
  return choice("node", ["", ...places], view.step.node ?? "", "node", [
    "the whole layer",
    ...places.map((at) => nodeName(layer, at)),
  ]);
}

// ---- all numbers: inputs, targets and the flat list

const MOST_LISTED = 20;

function numbers() {
  placeOfFields = "numbers";
  const { net, weights } = state;
  const isSmall = Math.max(net.n_inputs, net.n_hidden, net.n_outputs) <= MOST_LISTED;
  const note = isSmall
    ? "The number in small print beside each weight is its position in the flat list. The list has the weights from " +
      "inputs to hidden nodes (ih), the h biases, the weights from hidden nodes to outputs (ho), and the o biases."
    : `There are ${weights.length.toLocaleString("en")} weights. Choose a node to see and change its weights.`;
  return html`<section id="numbers" class="card" aria-labelledby="numbers-title"><h2 id="numbers-title">All numbers</h2>
    <div class="wide blocks">${net.n_inputs <= MOST_LISTED && listOf("inputs", "x", "i")}
      ${net.n_outputs <= MOST_LISTED && listOf("targets", "t", "o")}${isSmall && matrixOf("ih weights and h biases", "wh")}
      ${isSmall && matrixOf("ho weights and o biases", "wo")}</div>${prose(note)}</section>`;
}

// A field with enough decimals to show the last change.
const changeField = (edit, label) => field(edit, label, decimalsSeen((s) => numberOfEdit(edit, s)));

function listOf(title, letter, layer) {
  const what = letter === "x" ? "input" : "target of";
  const row = (at) =>
    html`<tr><th scope="row">${nodeName(layer, at)}</th>
      <td>${changeField(letter + at, `${what} ${nodeName(layer, at)}`)}</td></tr>`;
  const rows = [...Array(sizeOf(state.net, layer)).keys()].map(row);
  return html`<table class="block"><caption>${title}</caption><tbody>${rows}</tbody></table>`;
}

function matrixOf(title, kind) {
  const { net } = state;
  const columns = [...Array(sizeOf(net, LAYER[kind])).keys()];
  const rows = [...Array(termsOf(net, kind)).keys()];
  const cell = (node, term) => {
    const edge = edgeOf(net, kind, node, term);
    const isHere = view.step.kind === kind && view.step.node === node && view.step.term === term;
    return html`<td class="slot ${isHere && "here"}"><small aria-hidden="true">${edge.position}</small>
      ${changeField(`w${edge.position}`, `weight ${edgeName(edge)}`)}</td>`;
  };
  const row = (term) => html`<tr><th scope="row">${source(term)}</th>${columns.map((node) => cell(node, term))}</tr>`;
  const source = (term) => (term === rows.length - 1 ? "bias" : nodeName(sourceLayer(kind), term));
  return html`<table class="block"><caption>${title}</caption>
    <thead><tr><td></td>${columns.map((node) => html`<th scope="col">${nodeName(LAYER[kind], node)}</th>`)}</tr></thead>
    <tbody>${rows.map(row)}</tbody></table>`;
}
