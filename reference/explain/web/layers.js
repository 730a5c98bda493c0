// The panels that show a whole layer, the whole network (`all`), or the network before and after a training step (`next`).

const MATRIX_LINES = {
  h: "h_sums = inputs @ ih_weights + h_biases",
  o: "o_sums = h_nodes @ ho_weights + o_biases",
  dh: "h_deltas = slopes ∗ (o_deltas @ ho_weights transposed)",
  wo: "gradient = [h_nodes, 1] transposed @ o_deltas",
  wh: "gradient = [inputs, 1] transposed @ h_deltas",
};
const MOST_COLUMNS = 8;
const ADDING = "multiplies the values by its weights, adds the products and its bias";
const LAYER_WORDS = {
  h: `Each hidden node ${ADDING}, and applies its activation to this sum.`,
  o: `Each output ${ADDING}, and applies its activation to this sum.`,
  o_softmax: `Each output ${ADDING}. Softmax needs all sums, so it comes next.`,
  y: "Softmax turns the sums into shares that add up to 1.",
  do: "Now go backward. The delta of an output says how fast the loss changes as the sum of this output changes.",
  dh:
    "For each hidden node, multiply the delta of each output by the weight to that output, and add the products. " +
    "This total, times the slope of the hidden node, is its delta.",
  wo: GRADIENT,
  wh: GRADIENT,
};

const rowsOf = (flat, from, rows, columns) =>
  Array.from({ length: rows }, (_, row) => flat.slice(from + row * columns, from + (row + 1) * columns));
const transposed = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));

function matrices(kind) {
  const { net, weights, gradient } = now;
  const { n_inputs: I, n_hidden: H, n_outputs: O } = net;
  if (!MATRIX_LINES[kind] || Math.max(I, H, O) > MOST_COLUMNS) return null;
  const ih = rowsOf(weights, 0, I, H);
  const ho = rowsOf(weights, hoAt(net, 0, 0), H, O);
  const [hBiases] = rowsOf(weights, hBiasAt(net, 0), 1, H);
  const [oBiases] = rowsOf(weights, oBiasAt(net, 0), 1, O);
  const parts = {
    h: [[now.inputs], "@", ih, "+", [hBiases], "=", [now.h_sums]],
    o: [[now.h_nodes], "@", ho, "+", [oBiases], "=", [now.o_sums]],
    dh: [[now.h_sums.map(SLOPES[net.hidden])], "∗ (", [now.o_deltas], "@", transposed(ho), ") =", [now.h_deltas]],
    wo: [transposed([[...now.h_nodes, 1]]), "@", [now.o_deltas], "=", rowsOf(gradient, hoAt(net, 0, 0), H + 1, O)],
    wh: [transposed([[...now.inputs, 1]]), "@", [now.h_deltas], "=", rowsOf(gradient, 0, I + 1, H)],
  }[kind];
  return matrixLine(parts, kind === "dh" ? [0, parts.length - 1] : [parts.length - 1]);
}

// Matrices with signs between them. `answers` has the indices of the matrices that can be hidden. If `old` has the weights
// before a step, each new weight gets enough digits to show its change.
function matrixLine(parts, answers, old = null) {
  const signs = parts.map((one) => (typeof one === "string" ? html`<span class="times">${one}</span>` : null));
  const matrix = (at) => grid(parts[at], answers.includes(at), answers.includes(at) ? old : null);
  const pairs = parts.map((_, at) => (signs[at] ? null : html`<span class="pair">${signs[at - 1]}${matrix(at)}</span>`));
  return html`<div class="matrices wide" tabindex="0" role="group" aria-label="matrices">${pairs}</div>`;
}

function grid(rows, isResult, old = null) {
  const text = (x, row, column) => (isResult && isHidden() ? "?" : shown(x, old && decimalsOfChange(old[row][column], x)));
  const cell = (x, row, column) => html`<td class="entry ${signOf(text(x, row, column))}">${text(x, row, column)}</td>`;
  const line = (xs, row) => html`<tr>${xs.map((x, column) => cell(x, row, column))}</tr>`;
  return html`<table class="grid"><tbody>${rows.map(line)}</tbody></table>`;
}

const NODE_LINES = {
  h: (h) => [
    sumEquation("h", h, `h_sums[${h}]`, now.h_sums[h]),
    equation(`h_nodes[${h}]`, nodePart(now.net.hidden, now.h_sums[h]), now.h_nodes[h], { reveals: true }),
  ],
  o: (o) => [
    sumEquation("o", o, `o_sums[${o}]`, now.o_sums[o]),
    now.net.output !== "softmax" &&
      equation(`o_nodes[${o}]`, nodePart(now.net.output, now.o_sums[o]), now.o_nodes[o], { reveals: true }),
  ],
  y: (o) => softmaxEquation(o),
  do: (o) => outputDelta(o).filter((element) => element?.matches?.(".main, .factors")),
  dh: (h) => {
    const parts = [SLOPES[now.net.hidden](now.h_sums[h]), runningSums(termsInto("dh", h)).at(-1)].map((x) => number(x));
    const names = "slope × weighted deltas";
    return equation(`h_deltas[${h}]`, product(...parts), now.h_deltas[h], { names, reveals: true });
  },
};

function wholeLayer(kind) {
  const size = sizeOf(now.net, LAYER[kind]);
  const nodes = Array.from({ length: Math.min(size, FEW) }, (_, at) => at);
  const link = (node) => goTo(nodeName(LAYER[kind], node), { kind, node, term: null });
  const few = size > FEW ? `, the first ${FEW} of ${size}` : "";
  const lines = kind.startsWith("w")
    ? [newMatrix(kind), prose(`The weights into each node${few}: `, nodes.map(link))]
    : [
        prose(`Node by node${few}:`),
        html`<ul class="nodes">${nodes.map((node) => html`<li>${link(node)}${NODE_LINES[kind](node)}</li>`)}</ul>`,
      ];
  const line = MATRIX_LINES[kind];
  const isFull = view.present && matrices(kind) && !kind.startsWith("w"); // no room for the lines below the matrices
  return [
    prose(LAYER_WORDS[kind === "o" && now.net.output === "softmax" ? "o_softmax" : kind]),
    line && [
      prose(`The whole layer as matrices${matrices(kind) ? "" : " (too large to show)"}:`),
      code(line),
      matrices(kind),
    ],
    !isFull && lines,
  ];
}

function newMatrix(kind) {
  // the last row has the biases
  const { n_inputs, n_hidden, n_outputs } = now.net;
  const [from, rows, columns] =
    kind === "wo" ? [hoAt(now.net, 0, 0), n_hidden + 1, n_outputs] : [0, n_inputs + 1, n_hidden];
  if (Math.max(rows - 1, columns) > MOST_COLUMNS) return null;
  const [old, next] = [now.weights, now.next].map((flat) => rowsOf(flat, from, rows, columns));
  return [code(updateFormula()), stepNote(), matrixLine([old, "→", next], [2], old)];
}

function wholeNetwork() {
  const best = now.o_nodes.indexOf(Math.max(...now.o_nodes));
  const input = (name, i) => html`<label class="inline">${name} ${field(`x${i}`, `input ${name}`)}</label>`;
  const output = (o) => (isHidden() ? answerOf(shown(now.o_nodes[o])) : value((s) => s.o_nodes[o]));
  const line = (o) => html`<li>output <b>${nodeName("o", o)}</b>${" is "}${output(o)}, its target is${" "}
    ${field(`t${o}`, `target of ${nodeName("o", o)}`)}${isPlaceholder(o) && " (a placeholder)"}${
      lesson.scales.targets && beforeScaling(o)
    }</li>`;
  return [
    html`<p class="hint">Change any input, target, weight, bias or the learning rate: type over it, or drag it sideways.${" "}
      The page recomputes everything immediately.</p>`,
    now.net.n_inputs <= FEW && html`<p>${now.inputs.map((_, i) => input(nodeName("i", i), i))}</p>`,
    now.net.n_inputs <= FEW && lesson.scales.inputs && prose(`Before scaling: ${inputsBeforeScaling()}.`),
    html`<ul class="nodes">${[...now.o_nodes.keys()].slice(0, FEW).map(line)}</ul>`,
    now.net.output === "softmax" && !isHidden() && prose(`The largest output belongs to ${nodeName("o", best)}.`),
    now.rows.inputs.length > 1 && now.rows.inputs.length <= FEW && allRows(),
    html`<p class="hint">Press Next to walk through the forward pass, the loss, the backward pass and the new weights.${" "}
      Click a node or a line to see its numbers.</p>`,
    details(
      "Signs and colours",
      SIGNS.map(([sign, what]) => html`<p><b>${sign}</b> ${what}</p>`),
    ),
    html`<details data-key="keys" open=${view.help}><summary>Keys</summary>
      ${KEYS.map(([keys, what]) => html`<p><kbd>${keys}</kbd> ${what}</p>`)}</details>`,
  ];
}

function inputsBeforeScaling() {
  return now.inputs.map((x, i) => `${nodeName("i", i)} ${shown(unscaled("inputs", i, x))}`).join(", ");
}

// Whether the target of this output is still the placeholder for a target that was not given.
function isPlaceholder(o) {
  return lesson.placeholders && now.targets[o] === lesson.rows.targets[now.row][o];
}

// An output and its target in the units of the data.
function beforeScaling(o) {
  const [y, t] = [now.o_nodes[o], now.targets[o]].map((x) => shown(unscaled("targets", o, x)));
  return html`<span class="faint">. Before scaling: ${isHidden() ? answerOf(y) : y}${!isPlaceholder(o) && `, target ${t}`}.</span>`;
}

function allRows() {
  const { inputs, targets } = now.rows;
  const list = (xs) => xs.map((x) => shown(x)).join(", ");
  const row = (at) => {
    const outputs = list(forward(now.net, now.weights, inputs[at]).o_nodes);
    return html`<tr class="term ${at === now.row && "here"}"><th scope="row">${button(lesson.rowNames[at], `row ${at}`)}</th>
      <td>${list(inputs[at])}</td><td>${list(targets[at])}</td><td>${answerOf(outputs)}</td></tr>`;
  };
  return table(["row", "inputs", "targets", "outputs"], [...inputs.keys()].map(row));
}

const SIGNS = [
  ["i0, h0, o0", "an input, a hidden node, an output; their values are inputs[0], h_nodes[0], o_nodes[0]"],
  ["h_sums[0]", "the sum of h0, before its activation"],
  ["=", "both sides agree in the digits shown"],
  ["≈", "the sides differ only because the numbers are rounded"],
  ["Σ", "the sum of a node, before its activation"],
  ["δ", "delta: how fast the loss changes as the sum of this node changes"],
  ["∂", "gradient: how fast the loss changes as this weight changes"],
  ["→", "the new weight, after one training step"],
  ["@", "matrix product"],
  ["∗", "product entry by entry"],
  ["blue", "above 0"],
  ["orange, dashed", "below 0"],
  ["a wide line", "a weight of large magnitude"],
  ["0.5, 0.5000", "0.5 is exact, 0.5000 is rounded"],
  ["t0", "the target of o0"],
  ["yellow", "changed by your last action; hover over the number to see the old value"],
];

function stepBeforeAndAfter() {
  const row = (name, target, old, next) =>
    html`<tr><th scope="row">${name}</th><td>${target}</td><td>${shown(old)}</td>
      <td>${answerOf(shown(next, decimalsOfChange(old, next)))}</td></tr>`;
  const output = (y, o) => row(nodeName("o", o), shown(now.targets[o]), y, now.nextStages.o_nodes[o]);
  return [
    prose("A training step moves every weight against its gradient:"),
    code(updateFormula()),
    stepNote(),
    prose("This table compares the network before and after the step:"),
    table(
      ["", "target", "before", "after"],
      [...now.o_nodes.slice(0, FEW).map(output), row(lossName(), "", now.stepLoss, now.nextLoss)],
    ),
    prose("The rest of the page still shows the network before the step."),
    html`<p>${button("Take one step", "step 1")}</p>`,
  ];
}

function explanation({ kind, node, term }) {
  if (kind === "all") return wholeNetwork();
  if (kind === "loss") return lossStep();
  if (kind === "next") return stepBeforeAndAfter();
  if (node === null) return wholeLayer(kind);
  if (kind === "h" || kind === "o") return forwardNode(kind, node, term);
  if (kind === "y") return softmaxNode(node);
  if (kind === "do") return outputDelta(node);
  if (kind === "dh") return hiddenDelta(node, term);
  return term === null ? weightsInto(kind, node) : oneWeight(kind, node, term);
}
