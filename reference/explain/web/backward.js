// The backward pass in numbers: the delta of a node, split into the factors of the chain rule.

const SLOPE_NAMES = {
  sigmoid: "y × (1 − y)",
  tanh: "1 − y × y",
  relu: "0 if the sum is ≤ 0, else 1",
  leaky_relu: "1/100 if the sum is ≤ 0, else 1",
  identity: "1",
};

function slopePart(name, z, y) {
  const one = number(1);
  const node = number(y);
  if (name === "sigmoid") return product(node, difference(one, node));
  if (name === "tanh") return difference(one, product(node, node));
  return name === "leaky_relu" && z <= 0 ? quotient(one, number(100)) : number(SLOPES[name](z));
}

// Return the factors of the derivative of the loss with respect to output o. With cross-entropy, return y − t, the delta of o.
function errorFactors(o) {
  const { net } = now;
  const error = difference(number(now.o_nodes[o]), number(now.targets[o]));
  if (net.loss === "squared_error") return [number(2), error];
  return net.loss === "mean_squared_error" ? [quotient(number(2), number(net.n_outputs)), error] : [error];
}

const errorName = () =>
  ({ squared_error: "2 × (y − t)", mean_squared_error: "2 / n_outputs × (y − t)" })[now.net.loss] ?? "y − t";
const sumOfTargets = () => now.targets.reduce((total, t) => total + t, 0);
const addUpTo1 = () => Math.abs(sumOfTargets() - 1) < 1e-12;
const isOneHot = () => addUpTo1() && now.targets.every((t) => t === 0 || t === 1);

function outputDelta(o) {
  const { net } = now;
  const name = `o_deltas[${o}]`;
  const first = prose(
    `The delta of ${nodeName("o", o)} says how fast the loss changes as o_sums[${o}] changes. ` +
      `Here y is o_nodes[${o}] and t is targets[${o}].`,
  );
  const hasReason = net.output === "sigmoid" || isOneHot();
  if (net.loss === "cross_entropy")
    return [first, crossEntropyDelta(o, name), signOfDelta(o), hasReason && details("Why only y − t?", why(o))];
  const error = {
    label: "derivative of the loss with respect to y",
    name: errorName(),
    left: product(...errorFactors(o)),
    value: errorSlope(net, now.o_nodes[o], now.targets[o]),
  };
  if (net.output === "softmax") return [first, ...softmaxErrorDelta(o, name, error)];
  const left = slopePart(net.output, now.o_sums[o], now.o_nodes[o]);
  const slope = {
    label: `slope of ${net.output} at o_sums[${o}]`,
    name: "slope",
    left,
    value: SLOPES[net.output](now.o_sums[o]),
  };
  return [
    first,
    code(`${name} = ${error.name === "y − t" ? "(y − t)" : error.name} × slope`),
    code(`slope of ${net.output} = ${SLOPE_NAMES[net.output]}`),
    factorCards([error, slope], name, now.o_deltas[o]),
  ];
}

function crossEntropyDelta(o, name) {
  const y = number(now.o_nodes[o]);
  const t = number(now.targets[o]);
  const total = sumOfTargets();
  if (now.net.output === "sigmoid" || addUpTo1())
    return equation(name, difference(y, t), now.o_deltas[o], { names: "y − t", main: true });
  return equation(name, difference(product(y, number(total)), t), now.o_deltas[o], {
    names: "y × (sum of the targets) − t",
    main: true,
  });
}

// The chain rule behind y − t: the derivative of the loss with respect to an output, times the derivative of the output
// with respect to o_sums[o].
function why(o) {
  const y = number(now.o_nodes[o]);
  const t = now.targets[o];
  const one = number(1);
  const minusOne = number(-1);
  if (now.net.output === "sigmoid") {
    const error = quotient(difference(y, number(t)), product(y, difference(one, y)));
    return [
      prose(
        "The derivative of the loss with respect to y is (y − t) / (y × (1 − y)). The slope of sigmoid is y × (1 − y).",
      ),
      prose("In their product, y × (1 − y) cancels, and y − t is left."),
      isBetween(y.value) &&
        equation(`In numbers: o_deltas[${o}]`, product(error, y, difference(one, y)), now.o_deltas[o]),
    ];
  }
  const right = now.targets.indexOf(1);
  const yRight = number(now.o_nodes[right]);
  const deltaOfCorrect = product(quotient(minusOne, y), y, difference(one, y));
  const deltaOfOther = product(quotient(minusOne, yRight), inBrackets(negative(product(yRight, y))));
  return [
    prose("The loss is −ln(y[c]), where c is the correct class. Its derivative with respect to y[c] is −1 / y[c]."),
    prose(
      "The derivative of y[c] with respect to the sum of class c is y[c] × (1 − y[c]). " +
        "The product is the delta of class c: y[c] − 1.",
    ),
    prose(
      "The derivative of y[c] with respect to the sum of another class k is −y[c] × y[k]. " +
        "The product is the delta of class k: y[k].",
    ),
    prose("Both deltas equal y − t, because t is 1 for the correct class and 0 for the others."),
    isBetween(y.value) &&
      isBetween(yRight.value) &&
      equation(`In numbers: o_deltas[${o}]`, o === right ? deltaOfCorrect : deltaOfOther, now.o_deltas[o]),
  ];
}

const isBetween = (share) => share > 0 && share < 1;
const inBrackets = (inner) => part(`(${inner.text})`, inner.value, 3);

function signOfDelta(o) {
  const delta = now.o_deltas[o];
  if (delta === 0 || isHidden()) return null;
  return prose(
    `This delta is ${delta > 0 ? "above" : "below"} 0: if the sum grows, the loss ${delta > 0 ? "rises" : "falls"}.`,
  );
}

function softmaxErrorDelta(o, name, error) {
  const errors = now.o_nodes.map((y, at) => errorSlope(now.net, y, now.targets[at]));
  const mean = errors.reduce((total, e, at) => total + e * now.o_nodes[at], 0);
  const means =
    errors.length > SHORT ? null : sum(...errors.map((e, at) => product(number(e), number(now.o_nodes[at]))));
  const left = product(number(now.o_nodes[o]), difference(number(errors[o]), number(mean)));
  return [
    prose("With softmax, every sum changes every output. So the delta uses the errors of all outputs."),
    code(
      `${name} = y × (error[${o}] − weighted mean),  error = ${error.name},  ` +
        "weighted mean = sum over o of error[o] × o_nodes[o]",
    ),
    equation(`error[${o}]`, error.left, error.value),
    equation("weighted mean", means, mean),
    equation(name, left, now.o_deltas[o], { names: `y × (error[${o}] − weighted mean)`, main: true, reveals: true }),
  ];
}

function hiddenDelta(h, term) {
  const z = now.h_sums[h];
  const activation = now.net.hidden;
  const weightedDeltas = runningSums(termsInto("dh", h)).at(-1);
  const name = nodeName("h", h);
  const sumElements = [
    prose(
      `The delta of ${name} says how fast the loss changes as h_sums[${h}] changes. ` +
        `Multiply the delta of each output by the weight between ${name} and that output, and add the products. ` +
        `Multiply this total by the slope of ${name}.`,
    ),
    code(`h_deltas[${h}] = slope × (sum over o of ho_weights[${h}][o] × o_deltas[o])`),
    code(`slope of ${activation} = ${SLOPE_NAMES[activation]}`),
    termTable("dh", h, term),
    sumEquation("dh", h, "weighted deltas", weightedDeltas, term),
  ];
  if (term !== null) return sumElements;
  const slope = {
    label: `slope of ${activation} at h_sums[${h}] = ${shown(z)}`,
    name: "slope",
    left: slopePart(activation, z, now.h_nodes[h]),
    value: SLOPES[activation](z),
  };
  const total = { label: "weighted deltas", name: "total", value: weightedDeltas };
  return [...sumElements, factorCards([slope, total], `h_deltas[${h}]`, now.h_deltas[h])];
}
