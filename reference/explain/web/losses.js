// The loss in numbers: first as a textbook writes it, then in the form without a logarithm of 0.

const squareOf = (inner) => part(`(${inner.text})²`, inner.value ** 2, 2);
const minusLn = (inner) => part(`−ln(${inner.text})`, -Math.log(inner.value), 2);

function lossParts(s) { // a part for each output that counts, and the same in the form that never overflows
  const { net, targets, o_nodes, o_sums } = s, parts = [], stable = [], isSoftmax = net.output === "softmax", top = o_sums.indexOf(Math.max(...o_sums));
  const weighted = (t, inner) => (t === 1 ? inner : product(number(t), inner));
  targets.forEach((t, o) => {
    const y = number(o_nodes[o]), z = o_sums[o];
    if (net.loss !== "cross_entropy") parts.push(squareOf(difference(y, number(t))));
    else if (isSoftmax) {
      if (t === 0) return;
      parts.push(weighted(t, minusLn(y)));
      const rest = o_sums.filter((_, at) => at !== top).map((other) => call("exp", Math.exp, difference(number(other), number(o_sums[top]))));
      const log = rest.length ? call("ln", Math.log, sum(number(1), ...rest)) : number(0);
      stable.push(weighted(t, o === top ? log : sum(difference(number(o_sums[top]), number(z)), log)));
    } else {
      const log = call("ln", Math.log, sum(number(1), call("exp", Math.exp, number(-Math.abs(z)))));
      if (t !== 0) { parts.push(weighted(t, minusLn(y))); stable.push(weighted(t, sum(number(Math.max(-z, 0)), log))); }
      if (t !== 1) { parts.push(weighted(1 - t, minusLn(difference(number(1), y)))); stable.push(weighted(1 - t, sum(number(Math.max(z, 0)), log))); }
    }
  });
  return [parts.length ? parts : [number(0)], stable];
}

const LOSS_FORMULAS = {
  half_squared_error: "loss = (sum over o of (o_nodes[o] − targets[o])²) / 2", squared_error: "loss = sum over o of (o_nodes[o] − targets[o])²",
  mean_squared_error: "loss = (sum over o of (o_nodes[o] − targets[o])²) / n_outputs",
};

function loss() {
  const s = now, [parts, stable] = lossParts(s), { net } = s, out = [prose("The loss says how far the outputs are from the targets, in one number.")];
  out.push(code(LOSS_FORMULAS[net.loss] || (net.output === "softmax" ? "loss = sum over o of targets[o] × −ln(o_nodes[o])" : "loss = sum over o of targets[o] × −ln(o_nodes[o]) + (1 − targets[o]) × −ln(1 − o_nodes[o])")));
  const divisor = { half_squared_error: 2, mean_squared_error: net.n_outputs }[net.loss], all = sum(...parts);
  const left = divisor ? quotient(all, number(divisor)) : all;
  if (parts.length > SHORT) out.push(...parts.map((inner, o) => equation(`part ${o}`, null, inner.value)), equation("loss", null, s.loss));
  else if (Number.isFinite(left.value)) out.push(equation("loss", left, s.loss, { more: "main" }));
  if (stable.length && stable.length <= SHORT) {
    const safe = equation("loss", sum(...stable), s.loss);
    out.push(Number.isFinite(left.value) ? details("The form without a logarithm of 0, from the sums", safe) : safe);
  }
  return [...out, make("p", {}, "Targets: ", s.targets.map((_, o) => make("label", { class: "inline" }, `${nodeName("o", o)} `, field(`t${o}`, (t) => t.targets[o], `target of ${nodeName("o", o)}`)))), beforeAfter()];
}

function beforeAfter() {
  const s = now;
  return make("p", { class: "before-after" }, s.learn === "all" ? `loss of all ${s.rows.inputs.length} rows ` : "loss ", value((t) => t.stepLoss, { class: "big" }), " → after one step ", hidden() ? answerOf(shown(s.nextLoss, nudgeDecimals(s.stepLoss, s.nextLoss))) : make("b", { class: "big" }, shown(s.nextLoss, nudgeDecimals(s.stepLoss, s.nextLoss))));
}

