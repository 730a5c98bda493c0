// Names of nodes and edges, and the position of each edge's weight in the flat list.

// The name that the data has for a node, or undefined.
const nameInData = (layer, at) =>
  layer === "i" ? lesson.names.inputs[at] : layer === "o" ? lesson.names.outputs[at] : undefined;
const nodeName = (layer, at) => (layer === "b" ? "bias" : cut(nameInData(layer, at), 30) || `${layer}${at}`);

// The first `most` characters of a text, without the invisible characters that reverse the direction of other text.
function cut(text, most) {
  const letters = [...(text ?? "").replace(/[\u202a-\u202e\u2066-\u2069]/g, "")];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : letters.join("");
}

const sourceLayer = (kind) => (["h", "wh"].includes(kind) ? "i" : "h");

function edgeOf(net, kind, node, term) {
  // The edge whose weight is in this term of the node's sum. The source and the target are pairs [layer, index]. For a bias,
  // the source is the pair ["b", layer], where `layer` is the layer in which the bias node is drawn.
  if (kind === "dh") return { source: ["h", node], target: ["o", term], position: hoAt(net, node, term) };
  const from = sourceLayer(kind);
  const bias = term === sizeOf(net, from);
  const [weightAt, biasAt] = from === "i" ? [ihAt, hBiasAt] : [hoAt, oBiasAt];
  const position = bias ? biasAt(net, node) : weightAt(net, term, node);
  return { source: bias ? ["b", from] : [from, term], target: [LAYER[kind], node], position };
}

const edgeName = ({ source, target }) => `${source[0] === "b" ? "b" : source.join("")}→${target.join("")}`;

function edgesOf(net, kind, node) {
  return Array.from({ length: termsOf(net, kind) }, (_, term) => edgeOf(net, kind, node, term));
}

function allEdgesOf(net, kind) {
  return Array.from({ length: sizeOf(net, LAYER[kind]) }, (_, node) => edgesOf(net, kind, node)).flat();
}

// Turn the name of a number in an action into a readable name: x1 becomes i1, t0 the target of o0, w5 the edge of weight 5.
function numberName(net, name) {
  const [, side, place] = /^([xtw])(\d+)$/.exec(name) ?? [];
  if (side === "x") return nodeName("i", Number(place));
  if (side === "t") return `target of ${nodeName("o", Number(place))}`;
  const edges = ["wh", "wo"].flatMap((kind) => allEdgesOf(net, kind));
  return side === "w" ? edgeName(edges.find(({ position }) => position === Number(place))) : name;
}
