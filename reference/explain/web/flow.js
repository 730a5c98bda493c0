// The flow of a step: its direction, the highlighted edges, and the number under each node.

const MOST_EDGES = 12; // at most this many edges of a node are highlighted

const DIRECTIONS = {
  all: "forward",
  h: "forward",
  o: "forward",
  y: "forward",
  loss: "forward",
  do: "backward",
  dh: "backward",
};
const directionOf = (kind) => DIRECTIONS[kind] ?? "learning";
const isOverview = ({ kind }) => kind === "all" || kind === "next";

function litEdges({ kind, node, term }) {
  if (isOverview({ kind })) return [...edgesOfLayer("h"), ...edgesOfLayer("o")];
  if (!termsOf(now.net, kind)) return [];
  if (node === null) return edgesOfLayer(kind);
  const edges = edgesOf(now.net, kind, node);
  if (term !== null) return [edges[term]];
  if (edges.length <= WIDE + 1) return edges;
  const sizes = kind.startsWith("w")
    ? edges.map(({ position }) => now.gradient[position])
    : termsInto(kind, node).map(({ value: x }) => x);
  return bySize(sizes)
    .slice(0, MOST_EDGES)
    .map((at) => edges[at]);
}

function edgesOfLayer(kind) {
  const layers = kind === "dh" ? ["h", "o"] : [sourceLayer(kind), LAYER[kind]];
  if (layers.some(isWide)) return [];
  return allEdgesOf(now.net, kind);
}

function inFocus({ kind, node }, layer, at) {
  return LAYER[kind] === layer && (node === null || node === at);
}

// The kind of step that computes the nodes of a layer.
const nodeKind = (layer) => (layer === "o" && now.net.output === "softmax" ? "y" : layer);

// Whether the number of a node is shown: in an overview, or if this step or an earlier step computes the number.
function isReached(step, kind, node) {
  if (isOverview(step)) return true;
  const order = kindsOf(now.net);
  if (step.kind !== kind) return order.indexOf(kind) < order.indexOf(step.kind);
  return step.node === null || node < step.node || (node === step.node && step.term === null);
}

// The number under a node in this step, or null. `get` takes the number from a state, and `prefix` is Σ or δ.
function numberBelow(step, layer, at) {
  const input = { get: (s) => s.inputs[at], edit: `x${at}` };
  const direction = isOverview(step) ? "forward" : directionOf(step.kind);
  const delta = { get: (s) => (layer === "h" ? s.h_deltas : s.o_deltas)[at], prefix: "δ ", style: "delta" };
  if (direction === "backward") return layer !== "i" && isReached(step, `d${layer}`, at) ? delta : null;
  if (direction === "learning" && layer === LAYER[step.kind]) return [null, at].includes(step.node) ? delta : null;
  if (direction === "learning" && layer !== sourceLayer(step.kind)) return null;
  if (layer === "i") return input;
  const kind = nodeKind(layer);
  if (direction === "learning" || isReached(step, kind, at)) return { get: (s) => s[`${layer}_nodes`][at] };
  return kind === "y" && isReached(step, "o", at) ? { get: (s) => s.o_sums[at], prefix: "Σ " } : null;
}
