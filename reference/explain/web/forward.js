// The forward pass in numbers: a sum term by term, the activation of a node, softmax.

const FEW = 12, SHORT = 6; // terms of a sum that are listed, and written in one line

// ---- activations and their slopes, in numbers

function nodePart(name, z) {
  const one = number(1), sumPart = number(z);
  if (name === "sigmoid") return quotient(one, sum(one, call("exp", Math.exp, number(-z))));
  if (name === "tanh") return call("tanh", Math.tanh, sumPart);
  if (name === "relu") return call("max", Math.max, sumPart, number(0));
  if (name === "leaky_relu") return call("max", Math.max, sumPart, quotient(sumPart, number(100)));
  return sumPart;
}

const SLOPE_NAMES = { sigmoid: "y × (1 − y)", tanh: "1 − y × y", relu: "0 where the sum is ≤ 0, else 1", leaky_relu: "1/100 where the sum is ≤ 0, else 1", identity: "1" };

function slopePart(name, z, y) {
  if (name === "sigmoid") return product(number(y), difference(number(1), number(y)));
  if (name === "tanh") return difference(number(1), product(number(y), number(y)));
  return name === "leaky_relu" && z <= 0 ? quotient(number(1), number(100)) : number(SLOPES[name](z));
}

function curve(name, z, y, layer) {
  const f = NODES[name], reach = Math.min(1e6, Math.max(4, 1.1 * Math.abs(z)));
  const xs = Array.from({ length: 121 }, (_, at) => -reach + at * reach / 60), ys = xs.map(f);
  const low = Math.min(...ys, 0), high = Math.max(...ys, 0);
  const X = (x) => 12 + 216 * (x + reach) / (2 * reach), Y = (height) => 88 - 76 * (height - low) / (high - low || 1);
  return make("svg", { class: "curve", viewBox: "0 0 240 100", role: "img", "aria-label": `${name}: the sum ${shown(z)} becomes ${shown(y)}` },
    make("line", { class: "axis", x1: 12, x2: 228, y1: Y(0), y2: Y(0) }), make("line", { class: "axis", x1: X(0), x2: X(0), y1: 10, y2: 92 }),
    make("path", { d: "M" + xs.map((x, at) => `${X(x).toFixed(1)},${Y(ys[at]).toFixed(1)}`).join("L") }),
    make("line", { class: "guide", x1: X(z), x2: X(z), y1: Y(0), y2: Y(y) }), make("circle", { cx: X(z), cy: Y(y), r: 5 }), make("text", { x: 16, y: 16 }, name));
}

// ---- a sum, term by term

const sourceValue = (s, [layer, at]) => (layer === "b" ? 1 : layer === "i" ? s.inputs[at] : layer === "h" ? s.h_nodes[at] : s.o_deltas[at]);
const factorsOf = (kind, edge) => (kind === "dh" ? edge.target : edge.source);

function termTable(kind, node, term) {
  const s = now, edges = edgesOf(s.net, kind, node), products = edges.map((edge) => sourceValue(s, kind === "dh" ? ["d", edge.target[1]] : edge.source) * s.weights[edge.position]);
  let total = 0;
  const soFar = products.map((x) => (total += x));
  const few = edges.length <= FEW + 1 || view.everyTerm ? edges.map((_, at) => at) : largest(products, FEW, term, kind === "dh" ? -1 : edges.length - 1);
  const rows = few.map((at) => {
    const edge = edges[at], bias = edge.source[0] === "b", [layer, place] = kind === "dh" ? ["d", edge.target[1]] : edge.source;
    const name = kind === "dh" ? `delta of ${nodeName("o", place)}` : nodeName(layer, place);
    const left = bias ? make("span", { class: "value" }, "1") : layer === "i" ? field(`x${place}`, (t) => t.inputs[place], `input ${name}`)
      : value((t) => (layer === "h" ? t.h_nodes[place] : t.o_deltas[place]));
    const inner = bias ? number(s.weights[edge.position]) : product(number(sourceValue(s, [layer, place])), number(s.weights[edge.position]));
    const text = shown(products[at]), later = term !== null && at > term;
    return make("tr", { class: term === at ? "here" : later ? "later" : "" },
      make("th", { scope: "row" }, goTo(name, { kind: kind === "h" ? "wh" : "wo", node: kind === "dh" ? place : node, term: kind === "dh" ? node : at }, { title: `${edgeName(edge)}, place ${edge.position} of the flat vector` })),
      make("td", {}, left), make("td", { class: "sign" }, "×"), make("td", {}, field(`w${edge.position}`, (t) => t.weights[edge.position], `weight ${edgeName(edge)}`)),
      make("td", { class: "sign" }, holds(inner.value, text) ? "=" : "≈"), later ? make("td") : make("td", { class: signOf(text), "data-left": inner.text }, answerOf(text)),
      make("td", { class: "faint" }, few.length === edges.length && at > 0 && !later ? shown(soFar[at]) : ""));
  });
  if (few.length < edges.length) {
    let rest = total;
    for (const at of few) rest -= products[at];
    rows.push(make("tr", {}, make("th", { scope: "row" }, button(`the ${edges.length - few.length} other terms`, "terms")), make("td", { colspan: 4 }), make("td", {}, shown(rest)), make("td")));
  }
  const titles = kind === "dh" ? ["from", "delta", "", "weight", "", "product", "sum so far"] : ["from", "value", "", "weight", "", "product", "sum so far"];
  return make("div", { class: "wide" }, make("table", { class: "terms" }, make("thead", {}, make("tr", {}, titles.map((title) => make("th", { scope: "col" }, title)))), make("tbody", {}, rows)));
}

function largest(products, most, always, bias) {
  const order = products.map((x, at) => [Math.abs(x), at]).sort((a, b) => b[0] - a[0]).map(([, at]) => at);
  const chosen = new Set([always ?? bias, bias].filter((at) => at >= 0));
  for (const at of order) if (chosen.size < most) chosen.add(at);
  return [...chosen].sort((a, b) => a - b);
}

function sumEquation(kind, node, name, total, term) { // the sum in one line, as far as it is added
  const s = now, edges = edgesOf(s.net, kind, node), count = term === null ? edges.length : term + 1;
  const parts = edges.slice(0, count).map((edge) => (edge.source[0] === "b" ? number(s.weights[edge.position])
    : product(number(kind === "dh" ? s.o_deltas[edge.target[1]] : sourceValue(s, edge.source)), number(s.weights[edge.position]))));
  const reached = count === edges.length ? total : edges.slice(0, count).reduce((all, edge) => all + sourceValue(s, kind === "dh" ? ["d", edge.target[1]] : edge.source) * s.weights[edge.position], 0);
  return equation(count === edges.length ? name : "so far", count > SHORT ? null : sum(...parts), reached);
}

// ---- the steps of the forward pass

function forwardNode(kind, node, term) {
  const s = now, [sums, nodes, activation] = kind === "h" ? [s.h_sums, s.h_nodes, s.net.hidden] : [s.o_sums, s.o_nodes, s.net.output];
  const from = kind === "h" ? "inputs[i] × ih_weights[i]" : "h_nodes[h] × ho_weights[h]", letter = kind === "h" ? "i" : "h";
  const sumName = `${kind}_sums[${node}]`, z = sums[node], y = nodes[node];
  const out = [prose("Multiply each value by its weight and add the bias."), code(`${sumName} = (sum over ${letter} of ${from}[${node}]) + ${kind}_biases[${node}]`),
    termTable(kind, node, term), sumEquation(kind, node, sumName, z, term)];
  if (activation !== "softmax" && term === null) {
    out.push(prose(`The node passes the sum through ${activation}.`), equation(`${kind}_nodes[${node}]`, nodePart(activation, z), y, { names: `${activation}(${sumName})` }), curve(activation, z, y, kind));
  }
  return out;
}

function softmaxNode(o) {
  const s = now, largest_ = Math.max(...s.o_sums), plain = Math.max(...s.o_sums.map(Math.abs)) <= 20;
  const power = (z) => call("exp", Math.exp, number(z)), shifted = (z) => call("exp", Math.exp, difference(number(z), number(largest_)));
  const share = (of) => {
    const powers = s.o_sums.map(of), all = sum(...powers);
    return powers.length <= 3 ? quotient(powers[o], all) : quotient(powers[o], number(s.o_sums.reduce((total, z) => total + Math.exp(plain && of === power ? z : z - largest_), 0)));
  };
  const stable = equation(`o_nodes[${o}]`, share(shifted), s.o_nodes[o]);
  const bars = s.o_nodes.map((y, at) => make("div", { class: `bar ${at === o ? "here" : ""}` }, make("span", {}, nodeName("o", at)), make("span", { class: "track" }, make("span", { style: `width:${(100 * y).toFixed(1)}%` })), value((t) => t.o_nodes[at])));
  return [prose("Softmax turns the sums of all outputs into shares of 1: the power of this sum by the sum of all powers."), code(`o_nodes[${o}] = exp(o_sums[${o}]) / (sum over all o of exp(o_sums[o]))`),
    plain ? equation(`o_nodes[${o}]`, share(power), s.o_nodes[o]) : stable,
    plain ? details("The form that never overflows: the largest sum is taken out first", stable) : prose("The largest sum is taken out first, which changes no share and never overflows."),
    make("div", { class: "bars" }, bars)];
}

