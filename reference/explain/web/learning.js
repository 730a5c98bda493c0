// Learning in numbers: the gradient of a weight, a nudge that shows what it means, and the new weight.

const sourceName = ([layer, at]) => ({ b: "1", i: `inputs[${at}]`, h: `h_nodes[${at}]` })[layer];
const sourceValue = ([layer, at]) => (layer === "b" ? 1 : layer === "i" ? now.inputs[at] : now.h_nodes[at]);
const deltaValue = ([layer, at]) => (layer === "h" ? now.h_deltas : now.o_deltas)[at];

function gradientPart({ source, target }) {
  const delta = number(deltaValue(target));
  return source[0] === "b" ? delta : product(number(sourceValue(source)), delta);
}

// ---- all weights into a node

function weightsInto(kind, node) {
  const edges = edgesOf(now.net, kind, node);
  const places = listed(
    edges.map(({ position }) => now.gradient[position]),
    [edges.length - 1],
  );
  const rows = places.map((place) => weightRow(edges[place], { kind, node, term: place }));
  const rest = edges.length - places.length;
  if (rest) rows.push(html`<tr><th colspan="6">${button(`the ${rest} other weights`, "terms")}</th></tr>`);
  return [
    prose("The gradient of a weight is the value of its source node, times the delta of its target node."),
    code("gradient = source node × delta of the target node"),
    code(updateFormula()),
    stepNote(),
    table(["weight", "source × delta", "", "gradient", html`<span class="before">before</span>`, "after"], rows),
  ];
}

function weightRow(edge, step) {
  const { position } = edge;
  const left = gradientPart(edge);
  const gradient = shown(now.gradient[position]);
  const [old, next] = [now.weights[position], now.next[position]];
  const decimals = decimalsOfChange(old, next);
  return html`<tr><th scope="row">${goTo(edgeName(edge), step)}</th><td>${left.text}</td>
    <td class="sign">${holds(left.value, gradient) ? "=" : "≈"}</td><td data-left=${left.text}>${answerOf(gradient)}</td>
    <td class="faint"><span class="before">${shown(old, decimals)} →</span></td><td>${answerOf(shown(next, decimals))}</td></tr>`;
}

const updateFormula = () => `new weight = weight − rate × gradient,  rate = ${shown(now.rate)}`;

// Why a new weight may differ from what the gradients of this row say.
function stepNote() {
  const notes = [];
  if (now.learn === "all") notes.push(`The step follows the ${lesson.reduction} of the gradients of ${lesson.allRows}.`);
  if (now.biases === "stay") notes.push("The biases stay as they are.");
  return notes.length > 0 && prose(notes.join(" "));
}

// ---- one weight

function oneWeight(kind, node, term) {
  const edge = edgeOf(now.net, kind, node, term);
  const { source, target, position } = edge;
  const fromBias = source[0] === "b";
  const gradient = now.gradient[position];
  const from = { name: sourceName(source), value: sourceValue(source), isKnown: true };
  const delta = { name: `${target[0]}_deltas[${target[1]}]`, value: deltaValue(target), isKnown: true };
  from.label = fromBias ? "the source of a bias is always 1" : "the source node";
  delta.label = `the delta of the target node ${nodeName(...target)}`;
  const opened = !fromBias && openedDelta(target);
  const origin = target[0] === "o" ? outputDelta(target[1]) : hiddenDelta(target[1], null);
  return [
    prose("The gradient of a weight says how fast the loss changes as the weight changes."),
    html`<p><label class="inline">${edgeName(edge)} ${field(`w${position}`, `weight ${edgeName(edge)}`)}</label>
      <span class="faint">place ${position} of the flat vector</span></p>`,
    factorCards([from, delta], "gradient", gradient),
    opened && equation("with the delta written out", product(number(from.value), opened), gradient),
    nudge(position),
    stepNote(),
    overAllRows(position),
    newWeight(position),
    details("Where the delta comes from", origin.filter((element) => !element?.matches?.(".wide"))),
  ];
}

// The delta of a node as one product; null where that would be too long for a line.
function openedDelta([layer, at]) {
  const { net } = now;
  if (layer === "h") {
    const back = termsInto("dh", at).map(({ part: one }) => one);
    return back.length > 3 ? null : product(slopePart(net.hidden, now.h_sums[at], now.h_nodes[at]), sum(...back));
  }
  if (net.loss === "cross_entropy")
    return net.output === "softmax" && !addUpTo1() ? null : product(...errorFactors(at));
  return net.output === "softmax"
    ? null
    : product(...errorFactors(at), slopePart(net.output, now.o_sums[at], now.o_nodes[at]));
}

function nudge(position) {
  const gradient = now.gradient[position];
  const by = view.nudge;
  const nudged = replaced(now.weights, position, now.weights[position] + by);
  const loss = lossOf(now.net, forward(now.net, nudged, now.inputs), now.targets);
  const decimals = decimalsOfChange(now.loss, loss);
  const direction = loss === now.loss ? "stays the same" : loss > now.loss ? "rises" : "falls";
  const choices = [-0.1, -0.01, 0.01, 0.1].map((x) =>
    button(`${x > 0 ? "+" : "−"} ${Math.abs(x)}`, `nudge ${x}`, { pressed: by === x }),
  );
  return html`<section class="nudge" aria-label="nudge the weight">
    <p class="lead">${by > 0 ? "Raise" : "Lower"} this weight by ${shown(Math.abs(by))}, and the loss${now.learn === "all" && " of this row"} ${isHidden() ? answerOf("") : direction}.</p>
    <div class="choices" role="group" aria-label="nudge by">${choices}</div>
    <p>The loss goes from ${shown(now.loss, decimals)} to ${answerOf(shown(loss, decimals))}, by ${answerOf(shown(loss - now.loss))}.${" "}
      The gradient predicts ${shown(by)} × ${isHidden() ? answerOf("") : shown(gradient)} = ${answerOf(shown(by * gradient))}.</p></section>`;
}

function overAllRows(position) {
  // a step that learns from all rows follows the mean or the sum of their gradients
  const { inputs, targets } = now.rows;
  const n = inputs.length;
  if (now.learn !== "all" || stays(position)) return null;
  const gradientOfRow = (x, s) =>
    number(backward(now.net, now.weights, x, targets[s], forward(now.net, now.weights, x)).gradient[position]);
  const total = n > 8 ? null : sum(...inputs.map(gradientOfRow));
  const left = total && lesson.reduction === "mean" ? quotient(total, number(n)) : total;
  return equation(`the ${lesson.reduction}`, left, now.stepGradient[position]);
}

const stays = (position) => now.biases === "stay" && isBias(now.net, position);

function newWeight(position) {
  if (stays(position)) return prose("The new weight is the weight as it is, because the biases stay.");
  // with so many digits that the change is seen
  const [old, next] = [now.weights[position], now.next[position]];
  const decimals = decimalsOfChange(old, next);
  const left = difference(number(old, decimals), product(number(now.rate), number(now.stepGradient[position])));
  return equation("new weight", left, next, {
    names: "weight − rate × gradient",
    decimals,
    main: true,
    reveals: true,
  });
}
