// A whole layer at once, as matrices and node by node; and the steps that show the whole network.

const grid = (rows, label) => make("table", { class: "grid", "aria-label": label }, make("tbody", {}, rows.map((row) => make("tr", {}, row.map((x) => make("td", { class: signOf(shown(x)) }, shown(x)))))));
const rowsOf = (flat, from, rows, columns) => Array.from({ length: rows }, (_, row) => flat.slice(from + row * columns, from + (row + 1) * columns));
const transposed = (rows) => rows[0].map((_, column) => rows.map((row) => row[column]));

function matrices(kind) {
  const s = now, { net } = s, I = net.n_inputs, H = net.n_hidden, O = net.n_outputs, sign = (text) => make("span", { class: "times" }, text);
  if (Math.max(I, H, O) > 8) return [];
  const ih = rowsOf(s.weights, 0, I, H), ho = rowsOf(s.weights, hoAt(net, 0, 0), H, O);
  const slopes = s.h_sums.map(SLOPES[net.hidden]);
  const pictures = {
    h: () => [grid([s.inputs], "inputs"), sign("@"), grid(ih, "ih_weights"), sign("+"), grid([s.weights.slice(hBiasAt(net, 0), hoAt(net, 0, 0))], "h_biases"), sign("→"), grid([s.h_sums], "h_sums")],
    o: () => [grid([s.h_nodes], "h_nodes"), sign("@"), grid(ho, "ho_weights"), sign("+"), grid([s.weights.slice(oBiasAt(net, 0))], "o_biases"), sign("→"), grid([s.o_sums], "o_sums")],
    dh: () => [grid([slopes], "slopes"), sign("∗ ("), grid([s.o_deltas], "o_deltas"), sign("@"), grid(transposed(ho), "ho_weights transposed"), sign(") →"), grid([s.h_deltas], "h_deltas")],
    wo: () => [grid(transposed([s.h_nodes]), "h_nodes"), sign("@"), grid([s.o_deltas], "o_deltas"), sign("→"), grid(rowsOf(s.gradient, hoAt(net, 0, 0), H, O), "gradient of ho_weights")],
    wh: () => [grid(transposed([s.inputs]), "inputs"), sign("@"), grid([s.h_deltas], "h_deltas"), sign("→"), grid(rowsOf(s.gradient, 0, I, H), "gradient of ih_weights")],
  };
  return pictures[kind] ? [make("div", { class: "matrices wide" }, pictures[kind]())] : [];
}

const MATRIX_LINES = {
  h: "h_sums = inputs @ ih_weights + h_biases", o: "o_sums = h_nodes @ ho_weights + o_biases", dh: "h_deltas = f′(h_sums) ∗ (o_deltas @ ho_weights transposed)",
  wo: "gradient of ho_weights = h_nodes transposed @ o_deltas", wh: "gradient of ih_weights = inputs transposed @ h_deltas",
};

function layer(kind) {
  const s = now, size = sizeOf(s.net, LAYER[kind]), nodes = Array.from({ length: size }, (_, at) => at);
  const ofNode = {
    h: (h) => [sumEquation("h", h, `h_sums[${h}]`, s.h_sums[h], null), equation(`h_nodes[${h}]`, nodePart(s.net.hidden, s.h_sums[h]), s.h_nodes[h])],
    o: (o) => [sumEquation("o", o, `o_sums[${o}]`, s.o_sums[o], null), ...(s.net.output === "softmax" ? [] : [equation(`o_nodes[${o}]`, nodePart(s.net.output, s.o_sums[o]), s.o_nodes[o])])],
    y: (o) => [softmaxNode(o)[2]], do: (o) => [outputDelta(o).filter((element) => element.matches(".equation")).at(-1) || equation(`o_deltas[${o}]`, null, s.o_deltas[o])],
    dh: (h) => [equation(`h_deltas[${h}]`, product(number(SLOPES[s.net.hidden](s.h_sums[h])), number(edgesOf(s.net, "dh", h).reduce((all, { position, target }) => all + s.weights[position] * s.o_deltas[target[1]], 0))), s.h_deltas[h], { names: "slope × what comes back" })],
    wo: () => [], wh: () => [],
  }[kind];
  const few = nodes.slice(0, FEW), rows = few.map((at) => make("li", {}, goTo(nodeName(LAYER[kind], at), { kind, node: at, term: null }), ...ofNode(at)));
  return [MATRIX_LINES[kind] ? prose("The whole layer at once, as matrices:") : null, MATRIX_LINES[kind] ? code(MATRIX_LINES[kind]) : null, ...matrices(kind), prose(`Node by node${size > FEW ? `, the first ${FEW} of ${size}` : ""}:`), make("ul", { class: "nodes" }, rows)];
}

function whole() {
  const s = now, best = s.o_nodes.indexOf(Math.max(...s.o_nodes));
  return [prose("Every number here can be changed: type over it, or drag it sideways. Everything else follows at once."),
    prose("Press Next to follow the numbers forward through the network, the loss backward, and the weights as they learn."),
    make("ul", { class: "nodes" }, s.o_nodes.slice(0, FEW).map((_, o) => make("li", {}, `${nodeName("o", o)}: `, value((t) => t.o_nodes[o]), " wanted: ", value((t) => t.targets[o])))),
    s.net.n_outputs > 1 ? prose(`The largest output is ${nodeName("o", best)}.`) : null, beforeAfter(), details("Keys", ...KEYS.map(([keys, what]) => prose(make("kbd", {}, keys), ` ${what}`)))];
}

function afterStep() {
  const s = now, next = s.nextStages;
  return [prose("Every weight moves against its gradient: new weight = weight − rate × gradient. With the new weights the same inputs give:"),
    make("table", { class: "terms" }, make("thead", {}, make("tr", {}, ["output", "wanted", "before", "after"].map((title) => make("th", { scope: "col" }, title)))),
      make("tbody", {}, s.o_nodes.slice(0, FEW).map((y, o) => make("tr", {}, make("th", { scope: "row" }, nodeName("o", o)), make("td", {}, shown(s.targets[o])), make("td", {}, shown(y)), make("td", {}, answerOf(shown(next.o_nodes[o], nudgeDecimals(y, next.o_nodes[o])))))))),
    beforeAfter(), make("p", {}, button("Take this step", "step 1"))];
}

function explained({ kind, node, term }) {
  if (kind === "all") return whole();
  if (kind === "loss") return loss();
  if (kind === "next") return afterStep();
  if (node === null) return layer(kind);
  if (kind === "h" || kind === "o") return forwardNode(kind, node, term);
  if (kind === "y") return softmaxNode(node);
  if (kind === "do") return outputDelta(node);
  if (kind === "dh") return hiddenDelta(node, term);
  if (term !== null) return oneWeight(kind, node, term);
  return [prose("The gradient of a weight is the value of its source node times the delta of its target node."), code("gradient = source node × delta of the target node;  new weight = weight − rate × gradient"), weightTable(kind, node)];
}
