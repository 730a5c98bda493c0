// The loss in numbers: the textbook formula and, for cross-entropy, also the form that avoids ln(0).

const squareOf = (inner) => part(`(${inner.text})²`, inner.value ** 2, 2);
const minusLn = (inner) => part(`−ln(${inner.text})`, -Math.log(inner.value), 2);
const times = (t, inner) => (t === 1 ? inner : product(number(t), inner));

const LOSS_FORMULAS = {
  half_squared_error: "loss = (sum over o of (o_nodes[o] − targets[o])²) / 2",
  squared_error: "loss = sum over o of (o_nodes[o] − targets[o])²",
  mean_squared_error: "loss = (sum over o of (o_nodes[o] − targets[o])²) / n_outputs",
  softmax: "loss = sum over o of targets[o] × −ln(o_nodes[o])",
  sigmoid: "loss = sum over o of (targets[o] × −ln(o_nodes[o]) + (1 − targets[o]) × −ln(1 − o_nodes[o]))",
};

// Two lists of the terms of the loss: the first is computed from the outputs, the second from the sums. Cross-entropy leaves
// out terms with the factor 0. For other losses, the second list is empty.
function lossTerms() {
  const { net, targets } = now;
  if (net.loss !== "cross_entropy")
    return [targets.map((t, o) => squareOf(difference(number(now.o_nodes[o]), number(t)))), []];
  const pairs = targets.flatMap((t, o) => (net.output === "softmax" ? softmaxTerms(t, o) : sigmoidTerms(t, o)));
  return pairs.length ? [pairs.map(([plain]) => plain), pairs.map(([, stable]) => stable)] : [[number(0)], []];
}

function softmaxTerms(t, o) {
  if (t === 0) return [];
  const sums = now.o_sums;
  const top = sums.indexOf(Math.max(...sums));
  const largest = number(sums[top]);
  const rest = sums.filter((_, at) => at !== top).map((z) => call("exp", Math.exp, difference(number(z), largest)));
  const log = ln1p(rest);
  return [
    [
      times(t, minusLn(number(now.o_nodes[o]))),
      times(t, o === top ? log : sum(difference(largest, number(sums[o])), log)),
    ],
  ];
}

function sigmoidTerms(t, o) {
  const y = number(now.o_nodes[o]);
  const z = now.o_sums[o];
  const log = ln1p([call("exp", Math.exp, number(-Math.abs(z)))]);
  const one = [times(t, minusLn(y)), times(t, sum(number(Math.max(-z, 0)), log))];
  const other = [times(1 - t, minusLn(difference(number(1), y))), times(1 - t, sum(number(Math.max(z, 0)), log))];
  return [...(t === 0 ? [] : [one]), ...(t === 1 ? [] : [other])];
}

function lossStep() {
  const { net } = now;
  const [plain, stable] = lossTerms();
  const divisor = { half_squared_error: 2, mean_squared_error: net.n_outputs }[net.loss];
  const left = divisor ? quotient(sum(...plain), number(divisor)) : sum(...plain);
  const hasValue = Number.isFinite(left.value);
  const safe =
    stable.length > 0 && stable.length <= SHORT && equation("loss", sum(...stable), now.loss, { main: !hasValue });
  const targets = now.targets.map(
    (_, o) =>
      html`<label class="inline">${nodeName("o", o)} ${field(`t${o}`, `target of ${nodeName("o", o)}`)}</label>`,
  );
  return [
    prose("The loss is one number that says how far the outputs are from the targets."),
    code(LOSS_FORMULAS[net.loss] ?? LOSS_FORMULAS[net.output]),
    (hasValue || !safe) && equation("loss", plain.length > SHORT || !hasValue ? null : left, now.loss, { main: true }),
    safe && (hasValue ? details("The form that avoids ln(0), computed from the sums", safe) : safe),
    html`<p>Targets: ${targets}</p>`,
    net.output === "softmax" && !addUpTo1() && prose("With softmax, the targets usually add up to 1. These do not."),
  ];
}

// The name of the loss that training steps minimize.
function lossName() {
  if (now.learn === "row") return "loss";
  return `${lesson.reduction === "mean" ? "mean" : "total"} loss of ${lesson.allRows}`;
}

function lossBeforeAndAfter() {
  const decimals = decimalsOfChange(now.stepLoss, now.nextLoss);
  const kinds = kindsOf(now.net);
  const isKnown =
    !view.hide || kinds.indexOf(view.step.kind) > kinds.indexOf("loss") || (view.step.kind === "loss" && !isHidden());
  const isFound = !view.hide || (view.step.kind === "next" && !isHidden());
  return html`<p class="before-after">${lossName()}${" "}
    ${isKnown ? value((s) => s.stepLoss, "big") : "?"}${" → "}
    <b class="big">${isFound ? shown(now.nextLoss, decimals) : "?"}</b> after the next step</p>`;
}
