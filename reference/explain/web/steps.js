// The steps that the reader walks through: the forward pass, the loss, the backward pass, and the new weights.
//
// A step has a kind, a node (null: the whole layer) and a term (null: the whole sum). The kinds are:
//   all            everything at once
//   h, o, y, loss  forward: the hidden nodes, the outputs, their softmax, the loss
//   do, dh         backward: the deltas of the outputs, the deltas of the hidden nodes
//   wo, wh         learning: the weights into the outputs, the weights into the hidden nodes
//   next           the outputs and the loss before and after the training step
//
// A link names a step by kind, node and term, e.g. dh.2 or wo.0.3.

const LEVELS = ["layer", "node", "term"];

function kindsOf(net) {
  return ["all", "h", "o", ...(net.output === "softmax" ? ["y"] : []), "loss", "do", "dh", "wo", "wh", "next"];
}

const LAYER = { h: "h", o: "o", y: "o", do: "o", dh: "h", wo: "o", wh: "h" };
const sizeOf = (net, layer) => ({ i: net.n_inputs, h: net.n_hidden, o: net.n_outputs })[layer];

function termsOf(net, kind) {
  // The number of terms of a node. In wo and wh, each weight into the node is a term. The last term is the bias (not in dh).
  return (
    { h: net.n_inputs + 1, o: net.n_hidden + 1, dh: net.n_outputs, wo: net.n_hidden + 1, wh: net.n_inputs + 1 }[kind] ||
    0
  );
}

function stepsOf(net, level) {
  const steps = [];
  for (const kind of kindsOf(net)) {
    if (level === "layer" || !LAYER[kind]) {
      steps.push({ kind, node: null, term: null });
      continue;
    }
    for (let node = 0; node < sizeOf(net, LAYER[kind]); node++) {
      if (level === "term") for (let term = 0; term < termsOf(net, kind); term++) steps.push({ kind, node, term });
      if (level === "node" || !["wo", "wh"].includes(kind)) steps.push({ kind, node, term: null });
    }
  }
  return steps;
}

const nameOfStep = ({ kind, node, term }) => [kind, node, term].filter((part) => part !== null).join(".");
const sameStep = (a, b) => nameOfStep(a) === nameOfStep(b);

function stepOfName(net, name) {
  const [kind, node = null, term = null] = name.split(".").map((part, at) => (at ? Number(part) : part));
  const step = { kind, node, term };
  const isThere = (at, size) => at === null || (Number.isInteger(at) && at >= 0 && at < size);
  const isStep = kindsOf(net).includes(kind) && isThere(node, LAYER[kind] ? sizeOf(net, LAYER[kind]) : 0);
  return isStep && isThere(term, node === null ? 0 : termsOf(net, kind)) ? step : null;
}

// The first of `steps` with the kind and node of `step`. A step for the whole layer matches every node of the layer.
function firstStepLike(steps, step) {
  return steps.find(
    (here) => here.kind === step.kind && (here.node === step.node || here.node === null || step.node === null),
  );
}

// The index of `step` in `steps`. If `step` is not in `steps`, the index of `firstStepLike(steps, step)`.
function indexOfStep(steps, step) {
  const exact = steps.findIndex((here) => sameStep(here, step));
  return exact >= 0 ? exact : steps.indexOf(firstStepLike(steps, step));
}

// ---- titles

const TITLES = {
  all: () => "The whole network",
  h: (n) => (n ? `Forward: hidden node ${n}` : "Forward: the hidden layer"),
  o: (n) => (n ? `Forward: output ${n}` : "Forward: the output layer"),
  y: (n) => (n ? `Forward: softmax of output ${n}` : "Forward: softmax"),
  loss: () => "The loss",
  do: (n) => (n ? `Backward: delta of output ${n}` : "Backward: deltas of the outputs"),
  dh: (n) => (n ? `Backward: delta of hidden node ${n}` : "Backward: deltas of the hidden layer"),
  wo: (n) => (n ? `Learning: the weights into output ${n}` : "Learning: the weights into the outputs"),
  wh: (n) => (n ? `Learning: the weights into hidden node ${n}` : "Learning: the weights into the hidden layer"),
  next: () => "The training step: before and after",
};
const titleOf = ({ kind, node, term }, net) => {
  if (term !== null && ["wo", "wh"].includes(kind))
    return `Learning: one weight, ${edgeName(edgeOf(net, kind, node, term))}`;
  const title = TITLES[kind](node === null ? "" : nodeName(LAYER[kind], node));
  return term === null ? title : `${title}, term ${term + 1} of ${termsOf(net, kind)}`;
};
