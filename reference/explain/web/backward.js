// The backward pass in numbers: the delta of a node, opened into the factors of the chain rule.

function outputDelta(o) {
  const s = now, { net } = s, y = number(s.o_nodes[o]), t = number(s.targets[o]), name = `o_deltas[${o}]`, error = difference(y, t);
  const out = [prose(`The delta of an output says how fast the loss changes as its sum o_sums[${o}] changes.`)];
  if (net.loss === "cross_entropy") {
    const total = s.targets.reduce((all, x) => all + x, 0), whole = net.output !== "softmax" || total === 1;
    out.push(equation(name, whole ? error : difference(product(y, number(total)), t), s.o_deltas[o], { names: whole ? "y − t" : "y × (sum of the targets) − t", more: "main" }),
      details("Why only y − t?", prose(net.output === "softmax"
        ? "The loss is −ln of the share y of the right class, so it falls by 1/y as y grows. Softmax raises y by y × (1 − y) as its own sum grows, and lowers it by y × (the other share) as another sum grows. The y cancels: what is left is y − 1 for the right class and y for every other, which is y − t."
        : "The loss changes with y by (y − t) / (y × (1 − y)). The sigmoid changes with its sum by y × (1 − y). Multiplied, the slopes cancel, and y − t is left.")));
    return out;
  }
  const factor = { half_squared_error: null, squared_error: number(2), mean_squared_error: quotient(number(2), number(net.n_outputs)) }[net.loss];
  const e = s.o_nodes.map((node, at) => errorSlope(net, node, s.targets[at]));
  const errorCard = { label: "how the loss changes with y", text: factor ? `${factor.text} × (y − t)` : "y − t", left: factor ? product(factor, error) : error, value: e[o] };
  if (net.output !== "softmax") {
    const slope = { label: "the slope of the output", text: SLOPE_NAMES[net.output].length < 14 ? SLOPE_NAMES[net.output] : "slope", left: slopePart(net.output, s.o_sums[o], s.o_nodes[o]), value: SLOPES[net.output](s.o_sums[o]) };
    return [...out, code(`${name} = (${errorCard.text}) × g′(o_sums[${o}]),  g′ = ${SLOPE_NAMES[net.output]}`), factorCards([errorCard, slope], name, s.o_deltas[o])];
  }
  let mean = 0;
  e.forEach((slope, at) => { mean += slope * s.o_nodes[at]; });
  const means = e.length <= SHORT ? sum(...e.map((slope, at) => product(number(slope), number(s.o_nodes[at])))) : null;
  return [...out, prose("Every sum changes every share, so all errors count: e is how the loss changes with each output."), code(`${name} = y × (e − mean),  e = ${errorCard.text},  mean = sum over o of e[o] × o_nodes[o]`),
    equation(`e[${o}]`, errorCard.left, e[o]), equation("mean", means, mean), equation(name, product(y, difference(number(e[o]), number(mean))), s.o_deltas[o], { names: "y × (e − mean)", more: "main" })];
}

function hiddenDelta(h, term) {
  const s = now, z = s.h_sums[h], { hidden: f } = s.net;
  let back = 0;
  for (let o = 0; o < s.net.n_outputs; o++) back += s.weights[hoAt(s.net, h, o)] * s.o_deltas[o];
  const out = [prose(`Each output sends its delta back along its weight. The slope of ${nodeName("h", h)} says how much of that passes.`),
    code(`h_deltas[${h}] = f′(h_sums[${h}]) × (sum over o of ho_weights[${h}][o] × o_deltas[o])`), termTable("dh", h, term), sumEquation("dh", h, "what comes back", back, term)];
  if (term === null) {
    out.push(factorCards([{ label: `the slope of ${f} at ${shown(z)}`, text: "slope", left: slopePart(f, z, s.h_nodes[h]), value: SLOPES[f](z) },
      { label: "what comes back", text: "sum", value: back }], `h_deltas[${h}]`, s.h_deltas[h]), prose(`Slope of ${f}: ${SLOPE_NAMES[f]}.`));
  }
  return out;
}

