// The forward pass in numbers: the sum of a node, its activation, softmax.

function nodePart(name, z) {
  const one = number(1);
  const here = number(z);
  if (name === "sigmoid") return quotient(one, sum(one, call("exp", Math.exp, number(-z))));
  if (name === "tanh") return call("tanh", Math.tanh, here);
  if (name === "relu") return call("max", Math.max, here, number(0));
  if (name === "leaky_relu") return call("max", Math.max, here, quotient(here, number(100)));
  return here;
}

function forwardNode(kind, node, term) {
  const { net } = now;
  const name = `${kind}_sums[${node}]`;
  const [z, y, activation] =
    kind === "h"
      ? [now.h_sums[node], now.h_nodes[node], net.hidden]
      : [now.o_sums[node], now.o_nodes[node], net.output];
  const formula =
    kind === "h"
      ? `(sum over i of inputs[i] × ih_weights[i][${node}]) + h_biases[${node}]`
      : `(sum over h of h_nodes[h] × ho_weights[h][${node}]) + o_biases[${node}]`;
  const sumElements = [
    prose("Multiply each value by its weight, and add the products. The bias node always has the value 1."),
    code(`${name} = ${formula}`),
    termTable(kind, node, term),
    sumEquation(kind, node, name, z, term),
  ];
  if (isWide(sourceLayer(kind))) sumElements.push(weightImage(kind, node));
  if (activation === "softmax" || term !== null) return sumElements;
  return [
    ...sumElements,
    prose(`The node passes the sum through ${activation}.`),
    equation(`${kind}_nodes[${node}]`, nodePart(activation, z), y, { names: `${activation}(${name})`, reveals: true }),
    !isHidden() && curve(activation, z, y),
  ];
}

// The weights from a wide layer into a node, as a picture. A weight has the place that its source node has in the main picture.
function weightImage(kind, node) {
  const weights = edgesOf(now.net, kind, node)
    .slice(0, -1)
    .map(({ position }) => now.weights[position]);
  const perRow = Math.ceil(Math.sqrt(weights.length));
  const most = Math.max(...weights.map(Math.abs)) || 1;
  const cells = weights.map(
    (w, at) => svg`<rect class="cell ${w < 0 ? "minus" : "plus"}" x=${at % perRow} y=${Math.floor(at / perRow)}
    width="1" height="1" style=${opacity(Math.abs(w) / most)}>
    <title>${shown(w)}</title></rect>`,
  );
  const sources = kind === "h" ? "inputs" : "hidden nodes";
  const label = `the weights into ${nodeName(LAYER[kind], node)}, arranged like the ${sources}`;
  return html`<figure><svg class="weights" viewBox="0 0 ${perRow} ${perRow}" role="img" aria-label=${label}>${cells}</svg>
    <figcaption class="faint">${label}</figcaption></figure>`;
}

function curve(name, z, y) {
  const reach = Math.min(1e300, Math.max(4, 1.1 * Math.abs(z)));
  const xs = Array.from({ length: 121 }, (_, at) => (reach * (at - 60)) / 60);
  const ys = xs.map(NODES[name]);
  const low = Math.min(...ys, 0);
  const high = Math.max(...ys, 0);
  const X = (x) => 120 + (108 * x) / reach;
  const Y = (height) => 88 - (76 * (height - low)) / (high - low || 1);
  const path = xs.map((x, at) => `${X(x).toFixed(1)},${Y(ys[at]).toFixed(1)}`).join("L");
  return html`<svg class="curve" viewBox="0 0 240 100" role="img" aria-label="${name}: the sum ${shown(z)} becomes ${shown(y)}">
    <line class="axis" x1="12" x2="228" y1=${Y(0)} y2=${Y(0)}></line>
    <line class="axis" x1=${X(0)} x2=${X(0)} y1="10" y2="92"></line><path d="M${path}"></path>
    <line class="guide" x1=${X(z)} x2=${X(z)} y1=${Y(0)} y2=${Y(y)}></line><circle cx=${X(z)} cy=${Y(y)} r="5"></circle>
    <text x="16" y="16">${name}</text></svg>`;
}

// ---- softmax

const PLAIN = 20; // for larger sums, only the form that subtracts the largest sum is shown

const isPlain = () => Math.max(...now.o_sums.map(Math.abs)) <= PLAIN;
const softmaxEquation = (o, isStable = !isPlain()) =>
  equation(`o_nodes[${o}]`, share(o, isStable ? Math.max(...now.o_sums) : 0), now.o_nodes[o]);

function softmaxNode(o) {
  const isSeen = (at) => at <= o || !view.hide; // the bar of a later output would reveal its answer
  const bars = now.o_nodes.map((y, at) => isSeen(at) && bar(y, at, at === o));
  return [
    prose(
      "Softmax turns the sums into shares that add up to 1: raise e to the power of each sum, and divide by the total.",
    ),
    code(`o_nodes[${o}] = exp(o_sums[${o}]) / (sum over all o of exp(o_sums[o]))`),
    softmaxEquation(o),
    isPlain()
      ? details("The form that never overflows", softmaxEquation(o, true))
      : prose("The largest sum is first subtracted from every sum. The shares stay the same, and exp cannot overflow."),
    !isHidden() && html`<div class="bars">${bars}</div>`,
  ];
}

function share(o, largest) {
  const powers = now.o_sums.map((z) =>
    call("exp", Math.exp, largest === 0 ? number(z) : difference(number(z), number(largest))),
  );
  const total = now.o_sums.reduce((all, z) => all + Math.exp(z - largest), 0);
  return quotient(powers[o], powers.length <= 3 ? sum(...powers) : number(total));
}

function bar(y, at, isHere) {
  return html`<div class="bar ${isHere && "here"}"><span>${nodeName("o", at)}</span>
    <span class="track"><span style="width:${(100 * y).toFixed(1)}%"></span></span>${value((s) => s.o_nodes[at])}</div>`;
}
