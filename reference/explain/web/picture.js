// The picture: nodes, edges and what flows between them in the step that is shown. Numbers run along the edges into the node
// that is computed; in the backward pass the deltas run the other way.

const WIDE = 10; // nodes of a layer that are drawn as circles; more are drawn as the cells of a square
const MOST_EDGES = 12; // into or out of a wide layer

const isWide = (net, layer) => sizeOf(net, layer) > WIDE;
const directionOf = (kind) => ({ all: "forward", h: "forward", o: "forward", y: "forward", loss: "forward", do: "backward", dh: "backward" })[kind] || "learning";

function geometry(net) {
  const narrow = byId("picture").clientWidth < 560, width = narrow ? 400 : 660, named = lesson.names.inputs.length + lesson.names.outputs.length > 0;
  const rows = Math.max(...["i", "h", "o"].map((layer) => (isWide(net, layer) ? 3 : sizeOf(net, layer) + (layer === "o" ? 0 : 1))));
  const frame = byId("picture"), usual = rows * (rows > 6 ? 60 : named ? 80 : 72) + 24;
  const height = view.present ? Math.max(usual, width * frame.clientHeight / frame.clientWidth) : Math.max(usual, 300), gap = (height - 24) / Math.max(rows, 4), r = narrow || rows > 6 ? 16 : 20;
  const across = narrow ? { i: 0.1, h: 0.37, o: 0.64, t: 0.8, loss: 0.93 } : { i: isWide(net, "i") ? 0.13 : 0.1, h: 0.39, o: 0.65, t: 0.82, loss: 0.94 };
  const x = (layer) => across[layer] * width;
  const y = (at, count) => height / 2 + (at - (count - 1) / 2) * gap;
  const cellsAcross = (layer) => Math.ceil(Math.sqrt(sizeOf(net, layer)));
  const cell = (layer) => Math.min(narrow ? 12 : 20, (narrow ? 80 : 160) / cellsAcross(layer));
  const place = (layer, at) => {
    if (layer === "b") return [x(at) + 0.1 * width, height - 28];
    if (!isWide(net, layer)) return [x(layer), y(at, sizeOf(net, layer) + (layer === "o" ? 0 : 1)) - (layer === "o" ? 0 : 8)];
    const perRow = cellsAcross(layer), s = cell(layer), down = Math.ceil(sizeOf(net, layer) / perRow);
    return [x(layer) + (at % perRow - (perRow - 1) / 2) * s, height / 2 - 12 + (Math.floor(at / perRow) - (down - 1) / 2) * s];
  };
  return { width, height, r, x, y, gap, place, cell, named };
}

// ---- what a step lights, and which numbers it shows

function litEdges(step) {
  const { kind, node, term } = step, { net } = now, source = { do: null, y: null, loss: null, all: null, next: null };
  if (kind in source) return kind === "all" || kind === "next" ? [...edgesOfLayer("h"), ...edgesOfLayer("o")] : [];
  if (node === null) return edgesOfLayer(kind);
  const edges = edgesOf(net, kind, node);
  if (term !== null) return [edges[term]];
  const wide = edges.length > WIDE + 1;
  return wide ? largest(edges.map((edge) => importance(kind, edge)), MOST_EDGES, null, -1).map((at) => edges[at]) : edges;
}

function importance(kind, edge) {
  return ["wo", "wh"].includes(kind) ? now.gradient[edge.position] : now.weights[edge.position] * sourceValue(now, kind === "dh" ? ["d", edge.target[1]] : edge.source);
}

function edgesOfLayer(kind) {
  const { net } = now, layer = LAYER[kind];
  if (isWide(net, layer) || isWide(net, sourceLayer(kind)) || isWide(net, "o") && kind === "dh") return [];
  return Array.from({ length: sizeOf(net, layer) }, (_, node) => edgesOf(net, kind, node)).flat();
}

// Whether a number of the forward pass, or a delta, has been computed when this step is reached.
function isReached(step, kind, node) {
  const order = kindsOf(now.net), here = order.indexOf(step.kind), there = order.indexOf(kind);
  if (step.kind === "all" || step.kind === "next") return directionOf(kind) === "forward";
  if (there !== here) return there < here;
  return step.node === null || node < step.node || (node === step.node && step.term === null);
}

function numberBelow(step, layer, at) { // the number under a node, as a getter; null where none belongs there in this step
  const direction = directionOf(step.kind), { net } = now;
  const delta = { get: (s) => (layer === "h" ? s.h_deltas : s.o_deltas)[at], kind: "delta" };
  const nodeKind = layer === "h" ? "h" : net.output === "softmax" ? "y" : "o";
  if (step.kind === "next") return { get: (s) => (layer === "i" ? s.inputs : layer === "h" ? s.nextStages.h_nodes : s.nextStages.o_nodes)[at] };
  if (direction === "forward") {
    if (layer === "i") return { get: (s) => s.inputs[at], edit: `x${at}` };
    if (isReached(step, nodeKind, at)) return { get: (s) => (layer === "h" ? s.h_nodes : s.o_nodes)[at] };
    return layer === "o" && nodeKind === "y" && isReached(step, "o", at) ? { get: (s) => s.o_sums[at], kind: "sum" } : null;
  }
  if (direction === "backward") return layer !== "i" && isReached(step, layer === "h" ? "dh" : "do", at) ? delta : null;
  const source = sourceLayer(step.kind); // learning: values of the sources, deltas of the targets
  if (layer === source) return layer === "i" ? { get: (s) => s.inputs[at], edit: `x${at}` } : { get: (s) => s.h_nodes[at] };
  return layer === LAYER[step.kind] ? delta : null;
}

// ---- drawing

function drawNumber({ get, edit = null, kind = "" }, x, y, isAnswer) {
  const text = shown(get(now)), old = was(get), prefix = { delta: "δ ", sum: "Σ " }[kind] || "";
  if (isAnswer && hidden()) return make("text", { class: "below", x, y }, `${prefix}?`);
  return make("text", { class: `below ${kind} ${signOf(text)} ${old ? "changed" : ""}`, x, y, "data-edit": edit, "data-get": get(now) }, `${prefix}${text}`);
}

function drawEdge(g, edge, { lit, direction, label }) {
  const [from, to] = [g.place(...edge.source), g.place(...edge.target)], w = now.weights[edge.position];
  const bias = edge.source[0] === "b", length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1, unit = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const radius = (layer, b) => (b ? 11 : isWide(now.net, layer) ? 3 : g.r) + 1;
  const [x1, y1] = [from[0] + unit[0] * radius(edge.source[0], bias), from[1] + unit[1] * radius(edge.source[0], bias)];
  const [x2, y2] = [to[0] - unit[0] * (radius(edge.target[0]) + (lit ? 3 : 0)), to[1] - unit[1] * (radius(edge.target[0]) + (lit ? 3 : 0))];
  const size = Math.abs(w) / (largestWeight || 1), attributes = { x1, y1, x2, y2 };
  const out = [make("line", { ...attributes, class: `edge ${w < 0 ? "minus" : "plus"} ${lit ? "lit" : ""}`, "stroke-width": (0.7 + 4 * size).toFixed(1) })];
  if (lit) {
    const [tip, back] = direction === "backward" ? [[x1, y1], -1] : [[x2, y2], 1], side = [-unit[1], unit[0]];
    const corner = (along, off) => `${(tip[0] - back * unit[0] * along + side[0] * off).toFixed(1)},${(tip[1] - back * unit[1] * along + side[1] * off).toFixed(1)}`;
    out.push(make("line", { ...attributes, class: `flow ${direction}` }), make("polygon", { class: `arrow ${direction}`, points: `${corner(-2, 0)} ${corner(8, 5)} ${corner(8, -5)}` }));
  }
  const labels = [];
  if (label) {
    const part = { backward: 0.55, learning: 0.5 }[direction] || 0.34, [x, y] = [x1 + (x2 - x1) * part, y1 + (y2 - y1) * part - 3];
    const lines = direction === "learning" && label === "full" ? [["w ", (s) => s.weights[edge.position]], ["∂ ", (s) => s.gradient[edge.position]], ["→ ", (s) => s.next[edge.position]]] : direction === "learning" ? [["∂ ", (s) => s.gradient[edge.position]]] : [["", (s) => s.weights[edge.position]]];
    if (label === "full") labels.push(make("rect", { class: "plate", x: x - 50, y: y - 14, width: 100, height: 44, rx: 6 }));
    lines.forEach(([prefix, get], line) => labels.push(make("text", { class: `weight ${direction}`, x, y: y + line * 13, "data-edit": prefix === "∂ " || prefix === "→ " ? null : `w${edge.position}` },
      prefix + (prefix && hidden() && prefix !== "w " ? "?" : shown(get(now), prefix === "→ " ? decimalsOfChange(now.weights[edge.position], now.next[edge.position]) : null)))));
  }
  out.push(make("line", { ...attributes, class: "hit", "data-go": nameOfStep({ kind: edge.target[0] === "h" ? "wh" : "wo", node: edge.target[1], term: bias ? sizeOf(now.net, edge.source[1]) : edge.source[1] }) },
    make("title", {}, `${edgeName(edge)}, place ${edge.position}: weight ${shown(w)}`)));
  return { lines: out, labels };
}

function inFocus(step, layer, at) {
  const { kind, node } = step;
  if (kind === "all" || kind === "next") return false;
  return LAYER[kind] === layer && (node === null || node === at);
}

function drawNode(g, step, layer, at) {
  const [x, y] = g.place(layer, at), focus = inFocus(step, layer, at), below = numberBelow(step, layer, at);
  const kind = directionOf(step.kind) === "backward" ? (layer === "h" ? "dh" : "do") : layer;
  const go = layer === "i" ? null : nameOfStep({ kind, node: at, term: null }), name = nodeName(layer, at), label = below ? shown(below.get(now)) : "";
  return make("g", { class: `node ${layer} ${focus ? "focus" : ""}`, "data-go": go, "data-key": go && `node ${go}`, tabindex: go ? 0 : null, role: go ? "button" : null, "aria-label": go && `${name} ${hidden() ? "" : label}` },
    make("title", {}, `${layer}${at}${name === `${layer}${at}` ? "" : ` ${name}`}`), make("circle", { cx: x, cy: y, r: g.r }), make("text", { class: "inside", x, y }, `${layer}${at}`),
    g.named && own(layer, at) ? make("text", { class: "name", x, y: y - g.r - 5 }, name.length > 16 ? `${name.slice(0, 15)}…` : name) : null,
    below ? drawNumber(below, x, y + g.r + 14, (focus && step.term === null) || (step.kind === "next" && layer !== "i")) : null);
}

function drawCells(g, step, layer) { // a wide layer: a square of cells, the chosen one outlined and named
  const values = layer === "i" ? now.inputs : directionOf(step.kind) === "backward" ? (layer === "h" ? now.h_deltas : now.o_deltas) : layer === "h" ? now.h_nodes : now.o_nodes;
  const size = g.cell(layer), most = Math.max(...values.map(Math.abs)) || 1, focus = values.findIndex((_, at) => inFocus(step, layer, at) && step.node !== null);
  const ink = layer === "i" && lesson.pixels ? values.map((x, at) => (x * lesson.pixels.divisor[at] + lesson.pixels.shift[at]) / lesson.pixels.most) : null;
  const cells = values.map((x, at) => {
    const [cx, cy] = g.place(layer, at);
    const style = ink ? "ink" : x < 0 ? "minus" : "plus", strength = ink ? ink[at] : Math.abs(x) / most;
    const go = layer === "i" ? null : nameOfStep({ kind: directionOf(step.kind) === "backward" ? (layer === "h" ? "dh" : "do") : layer, node: at, term: null });
    return make("rect", { class: `cell ${style} ${at === focus ? "focus" : ""}`, x: cx - size / 2, y: cy - size / 2, width: size - 1, height: size - 1, "data-go": go, style: `fill-opacity:${(0.04 + 0.96 * strength).toFixed(2)}` },
      make("title", {}, `${nodeName(layer, at)}: ${shown(x)}`));
  });
  const [x] = g.place(layer, 0), below = Math.max(...values.map((_, at) => g.place(layer, at)[1])) + size / 2 + 16, middle = g.x(layer);
  const what = focus >= 0 ? `${nodeName(layer, focus)}: ${hidden() ? "?" : shown(values[focus])}` : `${values.length} ${{ i: "inputs", h: "hidden nodes", o: "outputs" }[layer]}`;
  const all = step.node === null && inFocus(step, layer, 0);
  return [make("g", { class: `cells ${all ? "focus" : ""}` }, cells), make("text", { class: "below", x: Number.isFinite(x) ? middle : 0, y: below }, what)];
}

let largestWeight = 1;

function picture(step) {
  const { net } = now, g = geometry(net), direction = directionOf(step.kind), lit = litEdges(step), positions = new Set(lit.map(({ position }) => position)), out = [];
  largestWeight = now.weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
  for (const [kind, layers] of [["h", ["i", "h"]], ["o", ["h", "o"]]]) {
    if (layers.some((layer) => isWide(net, layer))) out.push(bandBetween(g, layers, step.node === null && step.kind === kind));
    else for (let node = 0; node < sizeOf(net, LAYER[kind]); node++) for (const edge of edgesOf(net, kind, node)) if (!positions.has(edge.position)) out.push(...drawEdge(g, edge, { lit: false }).lines);
  }
  const label = step.term !== null && direction === "learning" ? "full" : step.node !== null && lit.length <= 6 ? "short" : null, overview = step.kind === "all" || step.kind === "next";
  const drawn = lit.map((edge) => drawEdge(g, edge, { lit: !overview, direction, label }));
  out.push(...drawn.flatMap(({ lines }) => lines));
  out.push(...drawLoss(g, step, direction));
  for (const layer of ["i", "h"]) {
    const [x, y] = g.place("b", layer);
    out.push(make("g", { class: "node bias" }, make("title", {}, "the bias: a node that is always 1"), make("rect", { x: x - 11, y: y - 11, width: 22, height: 22, rx: 5 }), make("text", { class: "inside", x, y }, "1"), make("text", { class: "name", x, y: y + 24 }, "bias")));
  }
  for (const layer of ["i", "h", "o"]) {
    if (isWide(net, layer)) out.push(...drawCells(g, step, layer));
    else for (let at = 0; at < sizeOf(net, layer); at++) out.push(drawNode(g, step, layer, at));
  }
  return make("svg", { id: "drawing", class: `network ${direction}`, viewBox: `0 0 ${g.width} ${g.height}`, role: "group", "aria-label": `the network, ${titleOf(step, net)}` }, out, drawn.flatMap(({ labels }) => labels));
}

function bandBetween(g, [left, right], lit) {
  const box = (layer) => {
    const at = Array.from({ length: sizeOf(now.net, layer) }, (_, place) => g.place(layer, place));
    return [Math.min(...at.map(([, y]) => y)), Math.max(...at.map(([, y]) => y)), Math.min(...at.map(([x]) => x)), Math.max(...at.map(([x]) => x))];
  };
  const [a, b] = [box(left), box(right)];
  return make("polygon", { class: `band ${lit ? "lit" : ""}`, points: `${a[3]},${a[0]} ${b[2]},${b[0]} ${b[2]},${b[1]} ${a[3]},${a[1]}` });
}

function drawLoss(g, step, direction) { // targets and the loss are nodes, too
  const n = sizeOf(now.net, "o"), [x, y] = [g.x("loss"), g.height / 2], focus = step.kind === "loss", out = [], few = n <= WIDE;
  const lit = focus || step.kind === "do";
  const target = (o) => [g.x("t"), few ? g.place("o", o)[1] : g.height / 2];
  for (let o = 0; o < (few ? n : 1); o++) {
    const [tx, ty] = target(o), mine = lit && (step.node === null || step.node === o), from = few ? g.place("o", o)[0] + g.r : g.x("o") + 40;
    for (const [x1, y1, x2, y2] of [[from + 2, ty, tx - 24, ty], [tx + 24, ty, x - 20, y]]) {
      out.push(make("line", { class: `edge plain ${mine ? "lit" : ""}`, x1, y1, x2, y2 }));
      if (mine) out.push(make("line", { class: `flow ${direction}`, x1, y1, x2, y2 }));
    }
    const go = "loss", text = few ? shown(now.targets[o]) : "targets";
    out.push(make("g", { class: `node target ${mine ? "focus" : ""}` }, make("title", {}, few ? `the target of ${nodeName("o", o)}` : "the targets"),
      make("rect", { x: tx - 24, y: ty - 13, width: 48, height: 26, rx: 6 }), make("text", { class: "inside", x: tx, y: ty, "data-edit": few ? `t${o}` : null, "data-go": few ? null : go }, text),
      o === 0 || few ? make("text", { class: "name", x: tx, y: ty - 18 }, few ? `t${o}` : "") : null));
  }
  const known = direction === "forward" && (focus || step.kind === "all") || step.kind === "next";
  out.push(make("g", { class: `node loss ${focus ? "focus" : ""}`, "data-go": "loss", "data-key": "node loss", tabindex: 0, role: "button", "aria-label": `loss ${known && !hidden() ? shown(now.loss) : ""}` },
    make("circle", { cx: x, cy: y, r: 20 }), make("text", { class: "inside", x, y }, "loss"), known ? drawNumber({ get: (s) => (step.kind === "next" ? s.nextStages.loss : s.loss) }, x, y + 34, focus || step.kind === "next") : null));
  return out;
}
