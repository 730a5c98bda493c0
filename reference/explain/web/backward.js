// The backward pass in numbers: the delta of a node, opened into the factors of the chain rule.

const SLOPE_NAMES = {
  sigmoid: "y × (1 − y)",
  tanh: "1 − y × y",
  relu: "0 where the sum is ≤ 0, else 1",
  leaky_relu: "1/100 where the sum is ≤ 0, else 1",
  identity: "1",
};
const WHY = {
  softmax:
    "The loss is −ln of the share y of the right class, so it falls by 1/y as y grows. Softmax raises y by y × (1 − y) " +
    "as its own sum grows, and lowers it by y × (the other share) as another sum grows. The y cancels. What is left is " +
    "y − 1 for the right class and y for every other class, and that is y − t.",
  sigmoid:
    "The loss changes with y by (y − t) / (y × (1 − y)). The sigmoid changes with its sum by y × (1 − y). " +
    "Multiply the two: y × (1 − y) cancels, and y − t is left.",
};

function slopePart(name, z, y) {
  const one = number(1);
  const node = number(y);
  if (name === "sigmoid") return product(node, difference(one, node));
  if (name === "tanh") return difference(one, product(node, node));
  return name === "leaky_relu" && z <= 0 ? quotient(one, number(100)) : number(SLOPES[name](z));
}

// The error of an output as a product: y − t, for a squared error with a factor 2, or 2 / n_outputs.
function errorFactors(o) {
  const { net } = now;
  const error = difference(number(now.o_nodes[o]), number(now.targets[o]));
  if (net.loss === "squared_error") return [number(2), error];
  return net.loss === "mean_squared_error" ? [quotient(number(2), number(net.n_outputs)), error] : [error];
}

const errorName = () =>
  ({ squared_error: "2 × (y − t)", mean_squared_error: `2 / ${now.net.n_outputs} × (y − t)` })[now.net.loss] ?? "y − t";
const sumOfTargets = () => now.targets.reduce((total, t) => total + t, 0);

function outputDelta(o) {
  const { net } = now;
  const name = `o_deltas[${o}]`;
  const first = prose(`The delta of an output says how fast the loss changes as its sum o_sums[${o}] changes.`);
  if (net.loss === "cross_entropy")
    return [first, crossEntropyDelta(o, name), details("Why only y − t?", prose(WHY[net.output]))];
  const error = {
    label: "how the loss changes with y",
    name: errorName(),
    left: product(...errorFactors(o)),
    value: errorSlope(net, now.o_nodes[o], now.targets[o]),
  };
  if (net.output === "softmax") return [first, ...softmaxErrorDelta(o, name, error)];
  const left = slopePart(net.output, now.o_sums[o], now.o_nodes[o]);
  const slope = { label: "the slope of the output", name: "slope", left, value: SLOPES[net.output](now.o_sums[o]) };
  return [
    first,
    code(
      `${name} = ${error.name === "y − t" ? "(y − t)" : error.name} × slope,  ` +
        `slope of ${net.output} = ${SLOPE_NAMES[net.output]}`,
    ),
    factorCards([error, slope], name, now.o_deltas[o]),
  ];
}

function crossEntropyDelta(o, name) {
  const y = number(now.o_nodes[o]);
  const t = number(now.targets[o]);
  const total = sumOfTargets();
  if (now.net.output === "sigmoid" || total === 1)
    return equation(name, difference(y, t), now.o_deltas[o], { names: "y − t", main: true });
  return equation(name, difference(product(y, number(total)), t), now.o_deltas[o], {
    names: "y × (sum of the targets) − t",
    main: true,
  });
}

function softmaxErrorDelta(o, name, error) {
  // every sum changes every share, so all errors count
  const errors = now.o_nodes.map((y, at) => errorSlope(now.net, y, now.targets[at]));
  const mean = errors.reduce((total, e, at) => total + e * now.o_nodes[at], 0);
  const means =
    errors.length > SHORT ? null : sum(...errors.map((e, at) => product(number(e), number(now.o_nodes[at]))));
  const left = product(number(now.o_nodes[o]), difference(number(errors[o]), number(mean)));
  return [
    prose("With softmax every sum changes every output. So the errors of all outputs count."),
    code(`${name} = y × (e[${o}] − mean),  e = ${error.name},  mean = sum over o of e[o] × o_nodes[o]`),
    equation(`e[${o}]`, error.left, error.value),
    equation("mean", means, mean),
    equation(name, left, now.o_deltas[o], { names: `y × (e[${o}] − mean)`, main: true }),
  ];
}

function hiddenDelta(h, term) {
  const z = now.h_sums[h];
  const { hidden: activation } = now.net;
  const back = runningSums(termsInto("dh", h)).at(-1);
  const name = nodeName("h", h);
  const adding = [
    prose(`Each output sends its delta back along its weight. The slope of ${name} says how much of their sum passes.`),
    code(
      `h_deltas[${h}] = slope × (sum over o of ho_weights[${h}][o] × o_deltas[o]),  ` +
        `slope of ${activation} = ${SLOPE_NAMES[activation]}`,
    ),
    termTable("dh", h, term),
    sumEquation("dh", h, "what comes back", back, term),
  ];
  return term === null ? [...adding, hiddenFactors(h, z, activation, back)] : adding;
}

function hiddenFactors(h, z, activation, back) {
  const slope = {
    label: `the slope of ${activation} at the sum ${shown(z)}`,
    name: "slope",
    left: slopePart(activation, z, now.h_nodes[h]),
    value: SLOPES[activation](z),
  };
  return factorCards(
    [slope, { label: "what comes back", name: "sum", value: back }],
    `h_deltas[${h}]`,
    now.h_deltas[h],
  );
}
