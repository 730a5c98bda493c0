// The lesson: the state of everything that can be changed, and the actions that change it.
//
// A state never changes. An action makes a new one, so that "undo" goes back to the old one, and a link is the list of actions.
// An action is a name and a value: x0 3.5 (an input), t0 1 (a target), w12 0.5 (a weight or bias), rate 0.1, hidden tanh,
// output sigmoid, loss squared_error, row 3, learn all, biases stay, step 100, epoch 7 (of the trace), start.

const MOST_MOMENTS = 2000;

function startOf(lesson) {
  const net = {
    n_inputs: lesson.sizes[0],
    n_hidden: lesson.sizes[1],
    n_outputs: lesson.sizes[2],
    hidden: lesson.hidden,
    output: lesson.output,
    loss: lesson.loss,
  };
  const trace = lesson.history.length ? lesson.history : [{ epoch: 0, weights: lesson.weights }];
  const state = {
    net,
    weights: lesson.weights,
    rate: lesson.rate,
    rows: lesson.rows,
    row: lesson.row,
    learn: lesson.learn,
    biases: lesson.biases,
    trace,
    at: trace.length - 1,
    log: [],
  };
  return lesson.history.length ? withStep(state) : withLoss(state);
}

const inputsOf = (state) => state.rows.inputs[state.row];
const targetsOf = (state) => state.rows.targets[state.row];

// The loss and the gradient that a step follows: of the row that is shown, or of all rows; 0 for biases that stay.
function learned(state, weights = state.weights) {
  const { inputs, targets } = state.rows;
  const { net, row } = state;
  const { loss, gradient } =
    state.learn === "all"
      ? ofRows(net, weights, inputs, targets, lesson.reduction)
      : backward(net, weights, inputs[row], targets[row], forward(net, weights, inputs[row]));
  return { loss, gradient: state.biases === "learn" ? gradient : gradient.map((x, at) => (isBias(net, at) ? 0 : x)) };
}

const isBias = (net, at) => at >= oBiasAt(net, 0) || (at >= hBiasAt(net, 0) && at < hoAt(net, 0, 0));

// A state holds the loss and the gradient that the next step follows; the loss of the moment also stands in the trace.
const withStep = (state) => ({ ...state, ahead: learned(state) });

function withLoss(state) {
  const next = withStep(state);
  const moment = { ...state.trace[state.at], weights: state.weights, loss: next.ahead.loss };
  return { ...next, trace: replaced(state.trace, state.at, moment) };
}

function replaced(list, at, value) {
  return list.map((old, here) => (here === at ? value : old));
}

function withEntry(state, side, at, value) {
  const rows = {
    ...state.rows,
    [side]: replaced(state.rows[side], state.row, replaced(state.rows[side][state.row], at, value)),
  };
  return { ...state, rows };
}

function trained(state, steps) {
  const trace = state.trace.slice(0, state.at + 1);
  let { weights } = state;
  let { gradient } = state.ahead;
  for (let at = 1; at <= steps; at++) {
    weights = step(weights, gradient, state.rate);
    const next = learned(state, weights);
    refuseOverflow(`step ${at} of ${steps} overflows: a smaller learning rate may help; nothing was changed`, weights, [
      next.loss,
    ]);
    trace.push({ epoch: trace.at(-1).epoch + 1, weights, loss: next.loss });
    gradient = next.gradient;
  }
  const few = thinned(trace);
  return { ...state, weights, trace: few, at: few.length - 1 };
}

function thinned(trace) {
  // of a long training every second, fourth, ... moment, and the last
  const first = lesson.history.length || 1;
  const start = trace[first - 1].epoch;
  let apart = 1;
  while ((trace.at(-1).epoch - start) / apart > MOST_MOMENTS) apart *= 2;
  return trace.filter(({ epoch }, at) => at < first || (epoch - start) % apart === 0 || at === trace.length - 1);
}

function refuseOverflow(why, ...lists) {
  if (!lists.flat().every(Number.isFinite)) throw new RangeError(why);
}

function withName(state, name, value) {
  const net = { ...state.net, [name]: value };
  if (net.loss === "cross_entropy" && !["softmax", "sigmoid"].includes(net.output)) net.loss = "half_squared_error";
  if (name === "output" && value === "softmax") net.loss = "cross_entropy";
  return { ...state, net };
}

const NAMES = {
  hidden: Object.keys(NODES),
  output: [...Object.keys(NODES), "softmax"],
  loss: ["cross_entropy", "half_squared_error", "squared_error", "mean_squared_error"],
};

const CHOICES = { learn: ["row", "all"], biases: ["learn", "stay"] };

const allowed = (state, name) =>
  NAMES[name].filter((value) => value !== "cross_entropy" || ["softmax", "sigmoid"].includes(state.net.output));

function numberOf(name, value) {
  if (value === "" || !Number.isFinite(Number(value)))
    throw new RangeError(`“${value}” is not a number; write for example 0.5 or -4.5`);
  return Number(value);
}

function withNumber(state, name, x) {
  const [, side, place] = /^([xtw])(\d+)$/.exec(name) || [];
  const at = Number(place);
  if (side === "w" && at < state.weights.length)
    return { ...state, weights: replaced(state.weights, at, x), trace: state.trace.slice(0, state.at + 1) };
  if (side === "x" && at < state.net.n_inputs) return withEntry(state, "inputs", at, x);
  if (side === "t" && at < state.net.n_outputs) return withEntry(state, "targets", at, x);
  if (name === "rate" && x >= 0) return { ...state, rate: x };
  if (name === "row" && state.rows.inputs[x]) return { ...state, row: x };
  if (name === "step" && Number.isInteger(x) && x > 0 && x <= 100_000) return trained(state, x);
  throw new RangeError(
    name === "rate" ? "the learning rate is 0 or more" : `${name} ${x}: this network has no such entry`,
  );
}

// The state after an action; RangeError says in one line why it cannot be.
function after(state, name, value) {
  if (name === "start") return startOf(lesson);
  if (name === "epoch") {
    const at = state.trace.findIndex(({ epoch }) => epoch === Number(value));
    if (at < 0) throw new RangeError(`the training has no step ${value}`);
    return withStep({ ...state, at, weights: state.trace[at].weights, log: logged(state.log, name, value) });
  }
  let next = CHOICES[name]?.includes(value)
    ? { ...state, [name]: value }
    : name in NAMES && allowed(state, name).includes(value)
      ? withName(state, name, value)
      : withNumber(state, name, numberOf(name, value));
  next = withLoss(next);
  const stages = forward(next.net, next.weights, inputsOf(next));
  const { gradient, loss } = next.ahead;
  refuseOverflow(
    `${name} ${value}: a sum overflows; nothing was changed`,
    ...Object.values(stages),
    gradient,
    [loss],
    step(next.weights, gradient, next.rate),
  );
  return { ...next, log: logged(state.log, name, value) };
}

function logged(log, name, value) {
  // steps add up, and of several values of one number the last counts
  const last = log.at(-1);
  if (!last || last[0] !== name) return [...log, [name, value]];
  return [...log.slice(0, -1), [name, name === "step" ? Number(last[1]) + Number(value) : value]];
}

// ---- what is shown of a state

const seenStates = new WeakMap();

function seen(state) {
  // every stage, of this moment and after the next step
  if (!seenStates.has(state)) seenStates.set(state, stagesOf(state));
  return seenStates.get(state);
}

function stagesOf(state) {
  const inputs = inputsOf(state);
  const targets = targetsOf(state);
  const { net, weights, ahead } = state;
  const stages = forward(net, weights, inputs);
  const back = backward(net, weights, inputs, targets, stages);
  const next = step(weights, ahead.gradient, state.rate);
  const nextStages = forward(net, next, inputs);
  nextStages.loss = lossOf(net, nextStages, targets);
  return {
    ...state,
    inputs,
    targets,
    ...stages,
    ...back,
    stepGradient: ahead.gradient,
    stepLoss: ahead.loss,
    next,
    nextStages,
    nextLoss: learned(state, next).loss,
  };
}
