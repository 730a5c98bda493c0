"use strict";
// The network in plain JavaScript. Each sum is added in the same order as in reference/forward.py and backward.py.
//
//   h_sums[h] = (sum over i of inputs[i] * ih_weights[i][h]) + h_biases[h]        h_nodes[h] = f(h_sums[h])
//   o_sums[o] = (sum over h of h_nodes[h] * ho_weights[h][o]) + o_biases[o]       o_nodes[o] = g(o_sums[o])
//   o_deltas[o] = d loss / d o_sums[o]
//   h_deltas[h] = f'(h_sums[h]) * (sum over o of ho_weights[h][o] * o_deltas[o])
//   gradient of a weight = source node * delta of the target node
//
// `net` has n_inputs, n_hidden, n_outputs, hidden, output and loss. The weights are one flat list: ih weights, h biases,
// ho weights, o biases, each matrix row by row with the source node as the row. The page runs this file, and the oracle
// checks it: python -m reference check --command "node reference/explain/web/candidate.js" --strict

// ---- the flat list

const ihAt = (net, i, h) => i * net.n_hidden + h;
const hBiasAt = (net, h) => net.n_inputs * net.n_hidden + h;
const hoAt = (net, h, o) => (net.n_inputs + 1) * net.n_hidden + h * net.n_outputs + o;
const oBiasAt = (net, o) => (net.n_inputs + 1) * net.n_hidden + net.n_hidden * net.n_outputs + o;

// ---- activations f(z) of a sum z, and their slopes (derivatives)

const NODES = {
  sigmoid: (z) => (z > 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))),
  tanh: Math.tanh,
  relu: (z) => (z > 0 ? z : 0),
  leaky_relu: (z) => (z > 0 ? z : z / 100),
  identity: (z) => z,
};
const SLOPES = {
  sigmoid: (z) => {
    const small = Math.exp(-Math.abs(z));
    return small / (1 + small) / (1 + small);
  },
  tanh: (z) => {
    const small = Math.exp(-Math.abs(z));
    const root = (2 * small) / (1 + small * small);
    return root * root;
  },
  relu: (z) => (z > 0 ? 1 : 0),
  leaky_relu: (z) => (z > 0 ? 1 : 1 / 100),
  identity: () => 1,
};

function softmax(sums) {
  const largest = Math.max(...sums);
  const powers = sums.map((z) => Math.exp(z - largest));
  let total = 0;
  for (const power of powers) total += power;
  return powers.map((power) => power / total);
}

// ---- the forward pass

function hiddenSums(net, weights, inputs) {
  const h_sums = [];
  for (let h = 0; h < net.n_hidden; h++) {
    let total = 0;
    for (let i = 0; i < net.n_inputs; i++) total += inputs[i] * weights[ihAt(net, i, h)];
    h_sums.push(total + weights[hBiasAt(net, h)]);
  }
  return h_sums;
}

function outputSums(net, weights, h_nodes) {
  const o_sums = [];
  for (let o = 0; o < net.n_outputs; o++) {
    let total = 0;
    for (let h = 0; h < net.n_hidden; h++) total += h_nodes[h] * weights[hoAt(net, h, o)];
    o_sums.push(total + weights[oBiasAt(net, o)]);
  }
  return o_sums;
}

function forward(net, weights, inputs) {
  const h_sums = hiddenSums(net, weights, inputs);
  const h_nodes = h_sums.map(NODES[net.hidden]);
  const o_sums = outputSums(net, weights, h_nodes);
  const o_nodes = net.output === "softmax" ? softmax(o_sums) : o_sums.map(NODES[net.output]);
  return { h_sums, h_nodes, o_sums, o_nodes };
}

// ---- the losses of one sample, and their slopes

function softmaxCrossEntropy(o_sums, targets) {
  // the sum over o of t * -ln y, computed from o_sums, so that it never takes ln(0)
  const top = o_sums.indexOf(Math.max(...o_sums));
  let rest = 0;
  for (let o = 0; o < o_sums.length; o++) if (o !== top) rest += Math.exp(o_sums[o] - o_sums[top]);
  let loss = 0;
  for (let o = 0; o < o_sums.length; o++) {
    if (targets[o] !== 0) loss += targets[o] * (o_sums[top] - o_sums[o] + Math.log1p(rest));
  }
  return loss;
}

function sigmoidCrossEntropy(o_sums, targets) {
  // the sum over o of t * -ln y + (1 - t) * -ln(1 - y), computed from o_sums
  let loss = 0;
  for (let o = 0; o < o_sums.length; o++) {
    const z = o_sums[o];
    const t = targets[o];
    const rest = Math.log1p(Math.exp(-Math.abs(z)));
    loss += t * (Math.max(-z, 0) + rest);
    loss += (1 - t) * (Math.max(z, 0) + rest);
  }
  return loss;
}

function lossOf(net, { o_sums, o_nodes }, targets) {
  if (net.loss === "cross_entropy")
    return (net.output === "softmax" ? softmaxCrossEntropy : sigmoidCrossEntropy)(o_sums, targets);
  let total = 0;
  for (let o = 0; o < net.n_outputs; o++) total += (o_nodes[o] - targets[o]) * (o_nodes[o] - targets[o]);
  return { half_squared_error: total / 2, squared_error: total, mean_squared_error: total / net.n_outputs }[net.loss];
}

function errorSlope(net, y, t) {
  // for the squared errors only: the derivative of the loss with respect to y
  return { half_squared_error: y - t, squared_error: 2 * (y - t), mean_squared_error: (2 * (y - t)) / net.n_outputs }[
    net.loss
  ];
}

// ---- the backward pass

function outputDeltas(net, { o_sums, o_nodes }, targets) {
  if (net.loss === "cross_entropy") {
    let total = 1;
    if (net.output === "softmax") {
      total = 0;
      for (const t of targets) total += t;
    }
    return o_nodes.map((y, o) => y * total - targets[o]);
  }
  const slopes = o_nodes.map((y, o) => errorSlope(net, y, targets[o]));
  if (net.output !== "softmax") return slopes.map((slope, o) => slope * SLOPES[net.output](o_sums[o]));
  let mean = 0;
  for (let o = 0; o < net.n_outputs; o++) mean += slopes[o] * o_nodes[o];
  return o_nodes.map((y, o) => y * (slopes[o] - mean));
}

function hiddenDeltas(net, weights, h_sums, o_deltas) {
  const h_deltas = [];
  for (let h = 0; h < net.n_hidden; h++) {
    let total = 0;
    for (let o = 0; o < net.n_outputs; o++) total += weights[hoAt(net, h, o)] * o_deltas[o];
    h_deltas.push(SLOPES[net.hidden](h_sums[h]) * total);
  }
  return h_deltas;
}

function gradientOf(net, inputs, h_nodes, o_deltas, h_deltas) {
  const gradient = [];
  for (const input of inputs) for (const delta of h_deltas) gradient.push(input * delta);
  gradient.push(...h_deltas);
  for (const node of h_nodes) for (const delta of o_deltas) gradient.push(node * delta);
  gradient.push(...o_deltas);
  return gradient;
}

function backward(net, weights, inputs, targets, stages) {
  const loss = lossOf(net, stages, targets);
  const o_deltas = outputDeltas(net, stages, targets);
  const h_deltas = hiddenDeltas(net, weights, stages.h_sums, o_deltas);
  return { loss, o_deltas, h_deltas, gradient: gradientOf(net, inputs, stages.h_nodes, o_deltas, h_deltas) };
}

// ---- rows of samples, and one step of gradient descent

function ofRows(net, weights, inputs, targets, reduction) {
  // the loss and the gradient: the mean or the sum over the rows
  const gradient = new Array(weights.length).fill(0);
  const n = reduction === "mean" ? inputs.length : 1;
  let loss = 0;
  for (let s = 0; s < inputs.length; s++) {
    const sample = backward(net, weights, inputs[s], targets[s], forward(net, weights, inputs[s]));
    loss += sample.loss;
    for (let at = 0; at < weights.length; at++) gradient[at] += sample.gradient[at];
  }
  return { loss: loss / n, gradient: gradient.map((total) => total / n) };
}

function descend(weights, gradient, rate) {
  return weights.map((weight, at) => weight - rate * gradient[at]);
}

if (typeof module !== "undefined") module.exports = { forward, backward, ofRows, descend };
