"use strict";
// The page's network as a program that the oracle can check (PROTOCOL.md): it reads one case per line, and prints
// one answer per line.
const { forward, backward, ofRows, descend } = require(process.argv[2] || "./network.js");

function answer(testCase) {
  const { weights, inputs, targets, reduction, learning_rate: rate, steps } = testCase;
  if (testCase.l2 !== 0 || testCase.rule !== "backpropagation" || testCase.optimizer !== null)
    return { skipped: "only plain gradient descent" };
  const batch = Array.isArray(inputs[0]);
  const rows = batch ? inputs : [inputs];
  const targetRows = batch ? targets : [targets];
  const samples = rows.map((row, s) => {
    const stages = forward(testCase, weights, row);
    return { ...stages, ...backward(testCase, weights, row, targetRows[s], stages) };
  });
  const shaped = (stage) => (batch ? samples.map((sample) => sample[stage]) : samples[0][stage]);
  const names = ["h_sums", "h_nodes", "o_sums", "o_nodes", "o_deltas", "h_deltas"];
  const after = [weights];
  for (let at = 0; at < steps; at++)
    after.push(descend(after[at], ofRows(testCase, after[at], rows, targetRows, reduction).gradient, rate));
  return {
    ...Object.fromEntries(names.map((stage) => [stage, shaped(stage)])),
    ...ofRows(testCase, weights, rows, targetRows, reduction),
    weights: steps === 1 ? after[1] : after.slice(1),
  };
}

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) => console.log(JSON.stringify(answer(JSON.parse(line)))));
