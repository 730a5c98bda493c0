// The state: all numbers and settings that the reader can change, and the numbers computed from them.
//
// A state never changes. An action makes a new state, so "undo" can return to the old state. A link stores a list of actions.
// The trace has the training steps that the slider shows, each with its weights and its loss. `at` is the index in the trace.

function startOf(lesson) {
  const net = {
    n_inputs: lesson.sizes[0],
    n_hidden: lesson.sizes[1],
    n_outputs: lesson.sizes[2],
    hidden: lesson.hidden,
    output: lesson.output,
    loss: lesson.loss,
  };
  const history = lesson.history.length ? lesson.history : [{ epoch: 0, weights: lesson.weights }];
  const state = {
    net,
    weights: lesson.weights,
    rate: lesson.rate,
    rows: lesson.rows,
    row: lesson.row,
    learn: lesson.learn,
    biases: lesson.biases,
    at: history.length - 1,
    log: [],
  };
  const trace = history.map((moment) => ({ ...moment, loss: lossAndGradient(state, moment.weights).loss }));
  return withStep({ ...state, trace });
}

// The loss and the gradient for the next training step: of this row, or of all rows. Fixed biases have the gradient 0.
function lossAndGradient(state, weights = state.weights) {
  const { inputs, targets } = state.rows;
  const { net, row } = state;
  const { loss, gradient } =
    state.learn === "all"
      ? ofRows(net, weights, inputs, targets, lesson.reduction)
      : backward(net, weights, inputs[row], targets[row], forward(net, weights, inputs[row]));
  return { loss, gradient: state.biases === "learn" ? gradient : gradient.map((x, at) => (isBias(net, at) ? 0 : x)) };
}

const isBias = (net, at) => at >= oBiasAt(net, 0) || (at >= hBiasAt(net, 0) && at < hoAt(net, 0, 0));

const withStep = (state) => ({ ...state, forNextStep: lossAndGradient(state) });

function withLoss(state) {
  const next = withStep(state);
  const moment = { ...state.trace[state.at], weights: state.weights, loss: next.forNextStep.loss };
  return { ...next, trace: copyWith(state.trace, state.at, moment) };
}

// A number of the inputs or targets before it was scaled for the network.
function unscaled(side, at, x) {
  const scale = lesson.scales[side];
  if (!scale) return x;
  const original = x * scale.divisor[at] + scale.shift[at];
  return Math.abs(original) < 1e-12 * Math.abs(scale.shift[at]) ? 0 : original; // a rounding error in place of 0
}

// ---- all numbers of a state

const knownNumbers = new WeakMap();

function numbersOf(state) {
  // all stages of the network, and the weights, forward pass and loss after the next training step
  if (!knownNumbers.has(state)) knownNumbers.set(state, computeNumbers(state));
  return knownNumbers.get(state);
}

function computeNumbers(state) {
  const { net, weights, forNextStep, rows, row } = state;
  const [inputs, targets] = [rows.inputs[row], rows.targets[row]];
  const stages = forward(net, weights, inputs);
  const back = backward(net, weights, inputs, targets, stages);
  const next = descend(weights, forNextStep.gradient, state.rate);
  const nextStages = forward(net, next, inputs);
  nextStages.loss = lossOf(net, nextStages, targets);
  return {
    ...state,
    inputs,
    targets,
    ...stages,
    ...back,
    stepGradient: forNextStep.gradient,
    stepLoss: forNextStep.loss,
    next,
    nextStages,
    nextLoss: lossAndGradient(state, next).loss,
  };
}
