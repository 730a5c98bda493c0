// The actions of the reader. `stateAfter` returns the new state, or throws a RangeError with a message of one line.
//
// An action is a name and a value: x0 3.5 (an input), t0 1 (a target), w12 0.5 (a weight or bias), rate 0.1, hidden tanh,
// output sigmoid, loss squared_error, row 3 (show row 3 of the data), learn all (train on all rows), biases stay (do not train
// the biases), step 100 (take 100 training steps), epoch 7 (move the slider to training step 7), start (go back to the start).

const MOST_STEPS = 100_000; // one action takes at most this many training steps
const MOST_MOMENTS = 2000; // the trace keeps only some steps of a longer training

const takesCrossEntropy = ({ output }) => ["softmax", "sigmoid"].includes(output);

function withName(state, name, value) {
  const net = { ...state.net, [name]: value };
  if (net.loss === "cross_entropy" && !takesCrossEntropy(net)) net.loss = "half_squared_error";
  if (name === "output" && value === "softmax") net.loss = "cross_entropy";
  return { ...state, net };
}

const NAMES = {
  hidden: Object.keys(NODES),
  output: [...Object.keys(NODES), "softmax"],
  loss: ["cross_entropy", "half_squared_error", "squared_error", "mean_squared_error"],
};

const CHOICES = { learn: ["row", "all"], biases: ["learn", "stay"] };

const namesFor = (state, name) =>
  NAMES[name].filter((value) => value !== "cross_entropy" || takesCrossEntropy(state.net));

function copyWith(list, at, value) {
  return list.map((old, here) => (here === at ? value : old));
}

function withEntry(state, side, at, value) {
  const rows = {
    ...state.rows,
    [side]: copyWith(state.rows[side], state.row, copyWith(state.rows[side][state.row], at, value)),
  };
  return { ...state, rows };
}

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;

function numberOf(value = "") {
  if (!NUMBER.test(value) || !Number.isFinite(Number(value)))
    throw new RangeError(`“${value}” is not a number. Write a number such as 0.5 or -4.5.`);
  return Number(value);
}

function withNumber(state, name, x) {
  const [, side, place] = /^([xtw])(\d+)$/.exec(name) || [];
  const at = Number(place);
  if (side === "w" && at < state.weights.length)
    return { ...state, weights: copyWith(state.weights, at, x), trace: state.trace.slice(0, state.at + 1) };
  if (side === "x" && at < state.net.n_inputs) return withEntry(state, "inputs", at, x);
  if (side === "t" && at < state.net.n_outputs) return withEntry(state, "targets", at, x);
  if (name === "rate" && x >= 0) return { ...state, rate: x };
  if (name === "row" && state.rows.inputs[x]) return { ...state, row: x };
  if (name === "step" && Number.isInteger(x) && x > 0 && x <= MOST_STEPS) return train(state, x);
  throw new RangeError(
    name === "rate" ? "The learning rate must be 0 or more." : `${name} ${x} is not possible here.`,
  );
}

function stateAfter(state, name, value) {
  if (name === "start") return startOf(lesson);
  if (name === "epoch") {
    const at = state.trace.findIndex(({ epoch }) => epoch === Number(value));
    if (at < 0) throw new RangeError(`The training has no step ${value}.`);
    return withStep({ ...state, at, weights: state.trace[at].weights, log: logWith(state.log, name, value) });
  }
  let next = Object.hasOwn(CHOICES, name) && CHOICES[name].includes(value)
    ? { ...state, [name]: value }
    : Object.hasOwn(NAMES, name) && namesFor(state, name).includes(value)
      ? withName(state, name, value)
      : withNumber(state, name, numberOf(value));
  if (!keepsLosses(name, next)) next = { ...next, trace: [next.trace[next.at]], at: 0 };
  next = { ...withLoss(next), log: logWith(state.log, name, value) };
  refuseOverflow(next, `${numberName(state.net, name)} = ${value}`);
  return next;
}

// Whether the losses in the trace are still valid after this action.
function keepsLosses(name, state) {
  return ["rate", "biases", "step"].includes(name) || name.startsWith("w") || (name === "row" && state.learn === "all");
}

function refuseOverflow(state, action) {
  const { h_sums, h_nodes, o_sums, o_nodes, gradient, next, nextStages, nextLoss, forNextStep } = numbersOf(state);
  requireFinite(`${action}: a number would overflow. Nothing was changed.`, h_sums, h_nodes, o_sums, o_nodes, gradient, [
    forNextStep.loss,
  ]);
  const later = [...Object.values(nextStages), nextLoss].flat();
  requireFinite(`${action}: the next training step would overflow. Nothing was changed.`, forNextStep.gradient, next, later);
}

function logWith(log, name, value) {
  // Consecutive step actions are added up. Of other consecutive actions with the same name, only the last is kept. All output
  // actions are kept, because setting the output activation can also change the loss function.
  const last = log.at(-1);
  const sum = name === "step" && last ? Number(last[1]) + Number(value) : value;
  const isRepeated = last && last[0] === name && name !== "output" && !(name === "step" && sum > MOST_STEPS);
  return isRepeated ? [...log.slice(0, -1), [name, sum]] : [...log, [name, value]];
}

// ---- training

function train(state, steps) {
  let trace = state.trace.slice(0, state.at + 1);
  let { weights } = state;
  let { gradient } = state.forNextStep;
  for (let at = 1; at <= steps; at++) {
    weights = descend(weights, gradient, state.rate);
    const next = lossAndGradient(state, weights);
    requireFinite(
      `Training step ${at} of ${steps} overflows. Try a smaller learning rate. Nothing was changed.`,
      weights,
      [next.loss],
    );
    trace.push({ epoch: trace.at(-1).epoch + 1, weights, loss: next.loss });
    if (trace.length > 2 * MOST_MOMENTS) trace = thin(trace);
    gradient = next.gradient;
  }
  const few = thin(trace);
  return { ...state, weights, trace: few, at: few.length - 1 };
}

function thin(trace) {
  // Keep the last step, and all steps that the page started with. Of the other steps, keep all, or every 2nd, 4th, 8th, ...
  const first = Math.min(lesson.history.length || 1, trace.length);
  const start = trace[first - 1].epoch;
  let spacing = 1;
  while ((trace.at(-1).epoch - start) / spacing > MOST_MOMENTS) spacing *= 2;
  return trace.filter(({ epoch }, at) => at < first || (epoch - start) % spacing === 0 || at === trace.length - 1);
}

function requireFinite(why, ...lists) {
  if (!lists.flat().every(Number.isFinite)) throw new RangeError(why);
}
