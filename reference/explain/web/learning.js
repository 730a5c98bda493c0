// Learning in numbers: the gradient of a weight, a nudge (a small change) that shows what the gradient means, and the new
// weight.

const GRADIENT =
  "The gradient of a weight says how fast the loss changes as the weight changes. " +
  "A training step moves the weight against its gradient.";
const sourceName = ([layer, at]) => ({ b: "value", i: `inputs[${at}]`, h: `h_nodes[${at}]` })[layer];
const sourceValue = ([layer, at]) => (layer === "b" ? 1 : layer === "i" ? now.inputs[at] : now.h_nodes[at]);
const deltaValue = ([layer, at]) => (layer === "h" ? now.h_deltas : now.o_deltas)[at];

function gradientPart({ source, target }) {
  const delta = number(deltaValue(target));
  return source[0] === "b" ? delta : product(number(sourceValue(source)), delta);
}

// ---- all weights into a node

function weightsInto(kind, node) {
  const edges = edgesOf(now.net, kind, node);
  const places = indicesToList(
    edges.map(({ position }) => now.gradient[position]),
    [edges.length - 1],
  );
  const rows = places.map((place) => weightRow(edges[place], { kind, node, term: place }));
  const rest = edges.length - places.length;
  if (rest) rows.push(html`<tr><th colspan="6">${button(`the ${rest} other weights`, "terms")}</th></tr>`);
  return [
    prose(GRADIENT),
    code("gradient = value of the source node × delta of the target node"),
    code(updateFormula()),
    stepNote(),
    table(
      [
        "weight",
        "source × delta",
        "",
        now.learn === "all" ? "gradient of this data row" : "gradient",
        html`<span class="before">before</span>`,
        "after",
      ],
      rows,
    ),
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
    <td class="faint"><span class="before">${shown(old, decimals)} →</span></td>
    <td>${answerOf(shown(next, decimals))}</td></tr>`;
}

const stepGradientName = () => (now.learn === "all" ? `(${lesson.reduction} of the gradients)` : "gradient");
const updateFormula = () => `new weight = weight − rate × ${stepGradientName()},  rate = ${shown(now.rate)}`;

// Says if the next training step uses all rows, and if it leaves the biases as they are.
function stepNote() {
  const notes = [];
  if (now.learn === "all")
    notes.push(
      `A training step uses the ${lesson.reduction} of the gradients of ${lesson.allRows}, not the gradient of this row alone.`,
    );
  if (now.biases === "stay") notes.push("The biases are fixed.");
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
  from.label = fromBias ? "the bias node" : "the source node";
  delta.label = `the delta of ${nodeName(...target)}, the target node`;
  const left = !fromBias && deltaProduct(target);
  const origin = target[0] === "o" ? outputDelta(target[1]) : hiddenDelta(target[1], null);
  return [
    prose(GRADIENT),
    html`<p><label class="inline">${edgeName(edge)} ${field(`w${position}`, `weight ${edgeName(edge)}`)}</label>
      <span class="faint">position ${position} of the flat list</span></p>`,
    factorCards([from, delta], "gradient", gradient),
    left && equation("With the delta written out: gradient", product(number(from.value), left), gradient),
    nudge(position),
    stepNote(),
    overAllRows(position),
    newWeight(position),
    details(
      "Where the delta comes from",
      origin.filter((element) => !element?.matches?.(".wide")),
    ),
  ];
}

// The delta of a node as one product. Null if the delta is no product, or is too long for a line.
function deltaProduct([layer, at]) {
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
  const nudged = copyWith(now.weights, position, now.weights[position] + by);
  const loss = lossOf(now.net, forward(now.net, nudged, now.inputs), now.targets);
  const decimals = decimalsOfChange(now.loss, loss);
  const isOff = !isHidden() && Math.abs(loss - now.loss - by * gradient) > 0.1 * Math.abs(by * gradient);
  const direction = loss === now.loss ? "stays the same" : loss > now.loss ? "rises" : "falls";
  const choices = [-0.1, -0.01, 0.01, 0.1].map((x) =>
    button(`${x > 0 ? "+" : "−"} ${Math.abs(x)}`, `nudge ${x}`, { pressed: by === x }),
  );
  return html`<section class="nudge" aria-label="nudge the weight">
    <p class="lead">${by > 0 ? "Raise" : "Lower"} this weight by ${shown(Math.abs(by))},${" "}
      and ${now.learn === "all" ? "the loss of this row" : "the loss"} ${isHidden() ? answerOf("") : direction}.</p>
    <div class="choices" role="group" aria-label="nudge by">${choices}</div>
    <p>The loss goes from ${shown(now.loss, decimals)} to ${answerOf(shown(loss, decimals))},${" "}
      a change of ${answerOf(shown(loss - now.loss))}. The gradient predicts a change of ${shown(by)} ×${" "}
      ${isHidden() ? answerOf("") : factorText(number(gradient), false)} = ${answerOf(shown(by * gradient))}.${" "}
      ${isOff && "The two changes differ, because the gradient is exact only at the current weight."}</p></section>`;
}

function overAllRows(position) {
  const { inputs, targets } = now.rows;
  const n = inputs.length;
  if (now.learn !== "all" || stays(position)) return null;
  const gradientOfRow = (x, s) =>
    number(backward(now.net, now.weights, x, targets[s], forward(now.net, now.weights, x)).gradient[position]);
  const total = n > 8 ? null : sum(...inputs.map(gradientOfRow));
  const left = total && lesson.reduction === "mean" ? quotient(total, number(n)) : total;
  return equation(`${lesson.reduction} of the gradients`, left, now.stepGradient[position]);
}

const stays = (position) => now.biases === "stay" && isBias(now.net, position);

function newWeight(position) {
  if (stays(position)) return prose("This bias does not change, because the biases are fixed.");
  const [old, next] = [now.weights[position], now.next[position]];
  const decimals = decimalsOfChange(old, next);
  const left = difference(number(old, decimals), product(number(now.rate), number(now.stepGradient[position])));
  return equation("new weight", left, next, {
    names: `weight − rate × ${stepGradientName()}`,
    decimals,
    main: true,
    reveals: true,
  });
}
