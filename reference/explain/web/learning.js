// Learning in numbers: the gradient of a weight, a nudge that shows what it means, and the new weight.

const sourceName = ([layer, at]) => (layer === "b" ? "1" : layer === "i" ? `inputs[${at}]` : `h_nodes[${at}]`);
const deltaOf = (s, [layer, at]) => (layer === "h" ? s.h_deltas : s.o_deltas)[at];

function update(position) { // new weight = weight − rate × gradient, with so many digits that the change is seen
  const s = now, old = s.weights[position], next = s.next[position], decimals = decimalsOfChange(old, next);
  const right = shown(next, decimals);
  return equation("new weight", difference(number(old, decimals), product(number(s.rate), number(s.stepGradient[position]))), right, { names: "weight − rate × gradient", more: "main" });
}

function weightTable(kind, node) {
  const s = now, edges = edgesOf(s.net, kind, node);
  const few = edges.length <= FEW + 1 || view.everyTerm ? edges.map((_, at) => at) : largest(edges.map(({ position }) => s.gradient[position]), FEW, null, edges.length - 1);
  const rows = few.map((at) => {
    const edge = edges[at], delta = deltaOf(s, edge.target), left = edge.source[0] === "b" ? number(delta) : product(number(sourceValue(s, edge.source)), number(delta));
    const gradient = shown(s.gradient[edge.position]), decimals = decimalsOfChange(s.weights[edge.position], s.next[edge.position]);
    return make("tr", {}, make("th", { scope: "row" }, goTo(edgeName(edge), { kind, node, term: at })), make("td", { "data-left": "" }, left.text),
      make("td", { class: "sign" }, holds(left.value, gradient) || left.text === gradient ? "=" : "≈"), make("td", { class: signOf(gradient), "data-left": left.text }, answerOf(gradient)),
      make("td", { class: "faint" }, `${shown(s.weights[edge.position], decimals)} →`), make("td", {}, answerOf(shown(s.next[edge.position], decimals))));
  });
  const rest = edges.length - few.length;
  if (rest) rows.push(make("tr", {}, make("th", { colspan: 6 }, button(`the ${rest} other weights`, "terms"))));
  return make("div", { class: "wide" }, make("table", { class: "terms" }, make("thead", {}, make("tr", {}, ["weight", "source × delta", "", "gradient", "before", "after"].map((title) => make("th", { scope: "col" }, title)))), make("tbody", {}, rows)));
}

function ofAllRows(position) {
  const s = now, n = s.rows.inputs.length;
  if (s.learn !== "all") return null;
  const each = s.rows.inputs.map((inputs, at) => backward(s.net, s.weights, inputs, s.rows.targets[at], forward(s.net, s.weights, inputs)).gradient[position]);
  const total = sum(...each.slice(0, 9).map((x) => number(x)));
  const left = n > 8 ? null : lesson.reduction === "mean" ? quotient(total, number(n)) : total;
  return equation(`${lesson.reduction} over the ${n} rows`, left, s.stepGradient[position]);
}

// The delta of a node as one expression of factors; null where it would be too long for a line.
function deltaPart(s, [layer, at]) {
  const { net } = s;
  if (layer === "h") {
    if (net.n_outputs > 3) return null;
    const back = edgesOf(net, "dh", at).map(({ target, position }) => product(number(s.o_deltas[target[1]]), number(s.weights[position])));
    return product(slopePart(net.hidden, s.h_sums[at], s.h_nodes[at]), sum(...back));
  }
  const y = number(s.o_nodes[at]), error = difference(y, number(s.targets[at]));
  if (net.loss === "cross_entropy") return net.output === "softmax" && s.targets.reduce((all, t) => all + t, 0) !== 1 ? null : error;
  if (net.output === "softmax") return null;
  const slope = slopePart(net.output, s.o_sums[at], s.o_nodes[at]);
  return product(...{ half_squared_error: [], squared_error: [number(2)], mean_squared_error: [quotient(number(2), number(net.n_outputs))] }[net.loss], error, slope);
}

function oneWeight(kind, node, term) {
  const s = now, edge = edgeOf(s.net, kind, node, term), g = s.gradient[edge.position], w = s.weights[edge.position], delta = deltaOf(s, edge.target), source = sourceValue(s, edge.source);
  const target = edge.target.join(""), name = edgeName(edge);
  const cards = [{ label: edge.source[0] === "b" ? "the source of a bias is always 1" : "the source node", text: sourceName(edge.source), value: source }, { label: `the delta of the target node ${target}`, text: `${edge.target[0]}_deltas[${edge.target[1]}]`, value: delta }];
  const opened = deltaPart(s, edge.target);
  const nudged = replaced(s.weights, edge.position, w + view.nudge), loss_ = lossOf(s.net, forward(s.net, nudged, s.inputs), s.targets);
  const direction = g === 0 ? "hardly changes: the slope is 0" : g > 0 ? "rises" : "falls";
  return [prose(`The gradient of a weight says how fast the loss changes as the weight changes. ${edge.source[0] === "b" ? "The bias" : "The weight"} is at place ${edge.position} of the flat vector.`),
    make("p", {}, make("label", { class: "inline" }, `${name} `, field(`w${edge.position}`, (t) => t.weights[edge.position], `weight ${name}`))),
    factorCards(cards, "gradient", g), opened && edge.source[0] !== "b" ? equation("with the delta opened", product(number(source), opened), g) : null, details("Where the delta comes from", ...(edge.target[0] === "o" ? outputDelta(edge.target[1]) : hiddenDelta(edge.target[1], null)).filter((element) => !element.matches(".wide, details, p:not(.equation)"))),
    make("section", { class: "nudge", "aria-label": "nudge the weight" }, make("p", { class: "lead" }, `Raise this weight and the loss ${direction}.`),
      make("div", { class: "choices", role: "group", "aria-label": "nudge by" }, [-0.1, -0.01, 0.01, 0.1].map((by) => button(`${by > 0 ? "+" : "−"}${Math.abs(by)}`, `nudge ${by}`, { "aria-pressed": String(view.nudge === by) }))),
      prose(`weight ${view.nudge > 0 ? "+" : "−"} ${shown(Math.abs(view.nudge))} → loss ${shown(s.loss, nudgeDecimals(s.loss, loss_))} becomes `, answerOf(shown(loss_, nudgeDecimals(s.loss, loss_)))),
      prose("The gradient foresees a change of ", shown(view.nudge * g), ", and the loss changed by ", shown(loss_ - s.loss), ".")),
    ofAllRows(edge.position), update(edge.position)];
}

const nudgeDecimals = (a, b) => (a === b ? null : decimalsOfChange(a, b));

