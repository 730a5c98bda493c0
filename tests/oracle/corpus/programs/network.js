// A web developer's network: map and reduce, tanh nodes, identity outputs, half the squared error, batches or one sample.
const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
const range = (n) => Array.from({ length: n }, (_, k) => k);

function answer({ n_inputs: I, n_hidden: H, n_outputs: O, weights: w, inputs, targets }) {
  const ho = (I + 1) * H;
  const incoming = range(H).map((h) => range(I + 1).map((i) => w[i * H + h]));
  const outgoing = range(H).map((h) => range(O).map((o) => w[ho + h * O + o]));
  const toOutput = range(O).map((o) => range(H + 1).map((h) => w[ho + h * O + o]));
  const batch = Array.isArray(inputs[0]);
  const rows = batch ? inputs : [inputs], wanted = batch ? targets : [targets];
  const hSums = rows.map((x) => incoming.map((column) => dot([...x, 1], column)));
  const hNodes = hSums.map((sums) => sums.map(Math.tanh));
  const oSums = hNodes.map((h) => toOutput.map((column) => dot([...h, 1], column)));
  const oDeltas = oSums.map((y, s) => y.map((value, o) => value - wanted[s][o]));
  const hDeltas = oDeltas.map((d, s) => outgoing.map((row, h) => dot(row, d) * (1 - hNodes[s][h] ** 2)));
  const loss = oDeltas.reduce((sum, d) => sum + dot(d, d) / 2, 0) / rows.length;
  const outer = (from, to) => from[0].flatMap((_, f) => to[0].map((_, t) => dot(from.map((r) => r[f]), to.map((r) => r[t])) / rows.length));
  const gradient = [...outer(rows.map((x) => [...x, 1]), hDeltas), ...outer(hNodes.map((h) => [...h, 1]), oDeltas)];
  const shaped = (stage) => (batch ? stage : stage[0]);
  return {
    h_sums: shaped(hSums), h_nodes: shaped(hNodes), o_sums: shaped(oSums), o_nodes: shaped(oSums),
    loss, o_deltas: shaped(oDeltas), h_deltas: shaped(hDeltas), gradient,
  };
}

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
});
