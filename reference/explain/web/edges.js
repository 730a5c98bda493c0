// Nodes and edges by their names, and where an edge has its weight in the flat vector.

const ownName = (layer, at) =>
  layer === "i" ? lesson.names.inputs[at] : layer === "o" ? lesson.names.outputs[at] : undefined;
const nodeName = (layer, at) => (layer === "b" ? "bias" : cut(ownName(layer, at), 30) || `${layer}${at}`);
const cut = (text, most) => (text && text.length > most ? `${text.slice(0, most - 1)}…` : text);
const sourceLayer = (kind) => (["h", "wh"].includes(kind) ? "i" : "h");

function edgeOf(net, kind, node, term) {
  // of a term: its source (layer and place; "b" is the bias), target, and flat position
  if (kind === "dh") return { source: ["h", node], target: ["o", term], position: hoAt(net, node, term) };
  const from = sourceLayer(kind);
  const bias = term === sizeOf(net, from);
  const position =
    from === "i"
      ? bias
        ? hBiasAt(net, node)
        : ihAt(net, term, node)
      : bias
        ? oBiasAt(net, node)
        : hoAt(net, term, node);
  return { source: bias ? ["b", from] : [from, term], target: [LAYER[kind], node], position };
}

const edgeName = ({ source, target }) => `${source[0] === "b" ? "b" : source.join("")}→${target.join("")}`;

function edgesOf(net, kind, node) {
  return Array.from({ length: termsOf(net, kind) }, (_, term) => edgeOf(net, kind, node, term));
}
