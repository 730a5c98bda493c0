// A network in JavaScript that the oracle can check (PROTOCOL.md). It reads one case per line, as JSON, and writes its answer
// as one line. It has the forward pass only. Copy it, and put your own network into forward().
// python -m reference check --command "node candidate.js" --hidden sigmoid --output softmax
const sigmoid = (z) => 1 / (1 + Math.exp(-z));

function softmax(sums) {
  const largest = Math.max(...sums);
  const powers = sums.map((z) => Math.exp(z - largest));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

function layer(nodes, weights, biases) { // the matrix is stored row by row, with a row for each source node
  return biases.map((bias, to) => nodes.reduce((sum, node, from) => sum + node * weights[from * biases.length + to], bias));
}

function forward({ n_inputs: I, n_hidden: H, n_outputs: O, weights: w }, inputs) {
  const [hBiasesAt, hoAt, oBiasesAt] = [I * H, (I + 1) * H, (I + 1) * H + H * O];
  const h_sums = layer(inputs, w.slice(0, hBiasesAt), w.slice(hBiasesAt, hoAt));
  const h_nodes = h_sums.map(sigmoid);
  const o_sums = layer(h_nodes, w.slice(hoAt, oBiasesAt), w.slice(oBiasesAt));
  return { h_sums, h_nodes, o_sums, o_nodes: softmax(o_sums) };
}

function answer(question) {
  if (question.hidden !== "sigmoid" || question.output !== "softmax") return { skipped: "only sigmoid with softmax" };
  if (!Array.isArray(question.inputs[0])) return forward(question, question.inputs);
  const samples = question.inputs.map((inputs) => forward(question, inputs));
  return Object.fromEntries(Object.keys(samples[0]).map((stage) => [stage, samples.map((sample) => sample[stage])]));
}

const lines = require("readline").createInterface({ input: process.stdin });
lines.on("line", (line) => console.log(JSON.stringify(answer(JSON.parse(line)))));
