// The picture: nodes, edges and what flows between them in the step that is shown. In the forward pass numbers run along the
// edges into the node that is computed, in the backward pass deltas run the other way.

const MOST_EDGES = 12; // into or out of a wide layer

const DIRECTIONS = {
  all: "forward",
  h: "forward",
  o: "forward",
  y: "forward",
  loss: "forward",
  do: "backward",
  dh: "backward",
};
const directionOf = (kind) => DIRECTIONS[kind] ?? "learning";
const isOverview = ({ kind }) => kind === "all" || kind === "next";

// ---- what a step lights, and which numbers it shows

function litEdges({ kind, node, term }) {
  if (isOverview({ kind })) return [...edgesOfLayer("h"), ...edgesOfLayer("o")];
  if (!termsOf(now.net, kind)) return [];
  if (node === null) return edgesOfLayer(kind);
  const edges = edgesOf(now.net, kind, node);
  if (term !== null) return [edges[term]];
  if (edges.length <= WIDE + 1) return edges;
  const sizes = kind.startsWith("w")
    ? edges.map(({ position }) => now.gradient[position])
    : termsInto(kind, node).map(({ value: x }) => x);
  return [...sizes.keys()]
    .sort((a, b) => Math.abs(sizes[b]) - Math.abs(sizes[a]))
    .slice(0, MOST_EDGES)
    .map((at) => edges[at]);
}

function edgesOfLayer(kind) {
  const layers = kind === "dh" ? ["h", "o"] : [sourceLayer(kind), LAYER[kind]];
  if (layers.some(isWide)) return [];
  return Array.from({ length: sizeOf(now.net, LAYER[kind]) }, (_, node) => edgesOf(now.net, kind, node)).flat();
}

function inFocus({ kind, node }, layer, at) {
  return LAYER[kind] === layer && (node === null || node === at);
}

// Whether the number of a node has been computed when this step is reached.
function isReached(step, kind, node) {
  const order = kindsOf(now.net);
  const here = order.indexOf(step.kind);
  const there = order.indexOf(kind);
  if (isOverview(step) || there !== here) return isOverview(step) || there < here;
  return step.node === null || node < step.node || (node === step.node && step.term === null);
}

// The number under a node in this step: how to get it from a seen state, and its sign; null where none belongs there.
function numberBelow(step, layer, at) {
  const input = { get: (s) => s.inputs[at], edit: `x${at}` };
  const direction = directionOf(step.kind);
  const delta = { get: (s) => (layer === "h" ? s.h_deltas : s.o_deltas)[at], prefix: "δ ", style: "delta" };
  if (step.kind === "next") return layer === "i" ? input : { get: (s) => s.nextStages[`${layer}_nodes`][at] };
  if (direction === "backward") return layer !== "i" && isReached(step, `d${layer}`, at) ? delta : null;
  if (direction === "learning" && layer === LAYER[step.kind]) return delta;
  if (direction === "learning" && layer !== sourceLayer(step.kind)) return null;
  if (layer === "i") return input;
  const kind = layer === "o" && now.net.output === "softmax" ? "y" : layer;
  if (direction === "learning" || isReached(step, kind, at)) return { get: (s) => s[`${layer}_nodes`][at] };
  return kind === "y" && isReached(step, "o", at) ? { get: (s) => s.o_sums[at], prefix: "Σ " } : null;
}

// ---- edges

function drawEdge(g, edge, lit, direction) {
  const { x1, y1, x2, y2, unit } = ends(g, edge, lit ? 3 : 0);
  const w = now.weights[edge.position];
  const [layer, at] = edge.target;
  const term = edge.source[0] === "b" ? sizeOf(now.net, edge.source[1]) : edge.source[1];
  const flow = lit && svg`<line class="flow ${direction}" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>`;
  return svg`<g><line class="edge ${w < 0 ? "minus" : "plus"} ${lit && "lit"}" x1=${x1} y1=${y1} x2=${x2} y2=${y2}
    stroke-width=${(0.7 + (4 * Math.abs(w)) / g.largestWeight).toFixed(1)}></line>${flow}
    ${lit && (direction === "backward" ? arrow([x1, y1], [-unit[0], -unit[1]], direction) : arrow([x2, y2], unit, direction))}
    <line class="hit" x1=${x1} y1=${y1} x2=${x2} y2=${y2} data-go=${nameOfStep({ kind: `w${layer}`, node: at, term })}>
      <title>${edgeName(edge)}, place ${edge.position}: weight ${shown(w)}</title></line></g>`;
}

function arrow([x, y], [a, b], direction) {
  const corner = (along, off) => `${(x - a * along - b * off).toFixed(1)},${(y - b * along + a * off).toFixed(1)}`;
  return svg`<polygon class="arrow ${direction}" points="${corner(-2, 0)} ${corner(8, 5)} ${corner(8, -5)}"></polygon>`;
}

// The numbers on an edge: its weight; while it learns its gradient; and in focus its weight, gradient and new weight.
function drawLabel(g, edge, direction, inFull) {
  const { x1, y1, x2, y2 } = ends(g, edge, 0);
  const along = { backward: 0.55, learning: 0.5 }[direction] ?? 0.34;
  const [x, y] = [x1 + (x2 - x1) * along, y1 + (y2 - y1) * along - 3];
  const { position } = edge;
  const [w, next] = [now.weights[position], now.next[position]];
  const answer = (text) => (isHidden() ? "?" : text);
  const weight = (prefix, down) =>
    svg`<text class="weight ${direction}" x=${x} y=${down} data-edit="w${position}">${prefix}${shown(w)}</text>`;
  const newText = (text, down) => svg`<text class="weight learning" x=${x} y=${down}>${text}</text>`;
  const gradient = `∂ ${answer(shown(now.gradient[position]))}`;
  if (direction !== "learning") return weight("", y);
  if (!inFull) return newText(gradient, y);
  return svg`<g><rect class="plate" x=${x - 56} y=${y - 15} width="112" height="46" rx="6"></rect>${weight("w ", y)}
    ${newText(gradient, y + 14)}${newText(`→ ${answer(shown(next, decimalsOfChange(w, next)))}`, y + 28)}</g>`;
}

// ---- nodes

function drawNumber({ get, edit = null, prefix = "", style = "" }, x, y, isAnswer) {
  const text = isAnswer && isHidden() ? "?" : shown(get(now));
  return svg`<text class="below ${style} ${signOf(text)} ${was(get) && "changed"}" x=${x} y=${y} data-edit=${edit}>
    ${prefix}${text}</text>`;
}

function stepOfNode(step, layer, at) {
  return layer === "i"
    ? null
    : nameOfStep({ kind: directionOf(step.kind) === "backward" ? `d${layer}` : layer, node: at, term: null });
}

function drawNode(g, step, layer, at) {
  const [x, y] = place(g, [layer, at]);
  const isAnswer = inFocus(step, layer, at);
  const below = numberBelow(step, layer, at);
  const name = nodeName(layer, at);
  const go = stepOfNode(step, layer, at);
  const short = name.length > 16 ? `${name.slice(0, 15)}…` : name;
  const text = below && !isHidden() ? shown(below.get(now)) : "";
  const isResult = (isAnswer && step.term === null) || (step.kind === "next" && layer !== "i");
  return svg`<g class="node ${layer} ${isAnswer && "focus"}" data-go=${go} data-key=${go && `node ${go}`}
    tabindex=${go && "0"} role=${go && "button"} aria-label=${go && `${name} ${text}`}>
    <title>${name === `${layer}${at}` ? name : `${layer}${at}: ${name}`}</title>
    <circle cx=${x} cy=${y} r=${g.r}></circle><text class="inside" x=${x} y=${y}>${layer}${at}</text>
    ${ownName(layer, at) && svg`<text class="name" x=${x} y=${y - g.r - 5}>${short}</text>`}
    ${below && drawNumber(below, x, y + g.r + (view.present ? 18 : 14), isResult)}</g>`;
}

function drawBias(g, layer) {
  const [x, y] = place(g, ["b", layer]);
  return svg`<g class="node bias"><title>the bias: a node that is always 1</title>
    <rect x=${x - BIAS} y=${y - BIAS} width=${2 * BIAS} height=${2 * BIAS} rx="5"></rect>
    <text class="inside" x=${x} y=${y}>1</text><text class="name" x=${x} y=${y + 24}>bias</text></g>`;
}

// ---- wide layers: a square of cells, the chosen one outlined and named

function drawCells(g, step, layer) {
  const deltas = directionOf(step.kind) === "backward" && layer !== "i";
  const values = layer === "i" ? now.inputs : deltas ? now[`${layer}_deltas`] : now[`${layer}_nodes`];
  const chosen = step.node !== null && LAYER[step.kind] === layer ? step.node : null;
  const side = cellSide(g, layer);
  const below = place(g, [layer, values.length - 1])[1] + side / 2 + 17;
  const whole = step.node === null && inFocus(step, layer, 0);
  const text =
    chosen === null
      ? `${values.length} ${{ i: "inputs", h: "hidden nodes", o: "outputs" }[layer]}`
      : `${nodeName(layer, chosen)}: ${deltas ? "δ " : ""}${isHidden() ? "?" : shown(values[chosen])}`;
  const most = Math.max(...values.map(Math.abs)) || 1;
  const [source] = step.term === null ? [] : litEdges(step).map((edge) => edge.source);
  const isOutlined = (at) => at === chosen || (source?.[0] === layer && source[1] === at);
  const cells = values.map((x, at) => drawCell(g, step, layer, at, x, x / most, isOutlined(at)));
  return svg`<g class="cells ${whole && "focus"}">${cells}<text class="below" x=${g.x(layer)} y=${below}>${text}</text></g>`;
}

function drawCell(g, step, layer, at, x, share, isChosen) {
  const [cx, cy] = place(g, [layer, at]);
  const side = cellSide(g, layer);
  const { pixels } = lesson;
  const isInk = layer === "i" && pixels;
  const strength = isInk ? (x * pixels.divisor[at] + pixels.shift[at]) / pixels.most : Math.abs(share);
  const colour = isInk ? "ink" : share < 0 ? "minus" : "plus";
  return svg`<rect class="cell ${colour} ${isChosen && "focus"}" x=${cx - side / 2} y=${cy - side / 2} width=${side - 1}
    height=${side - 1} style="fill-opacity:${(0.04 + 0.96 * strength).toFixed(2)}" data-go=${stepOfNode(step, layer, at)}>
    <title>${nodeName(layer, at)}: ${shown(x)}</title></rect>`;
}

function drawBand(g, layers, isLit) {
  // in place of the edges of a wide layer
  const [left, right] = layers.map((layer) =>
    Array.from({ length: sizeOf(now.net, layer) }, (_, at) => place(g, [layer, at])),
  );
  const x = [Math.max(...left.map(([a]) => a)), Math.min(...right.map(([a]) => a))];
  const [a, b, c, d] = [left, right].flatMap((places) => [
    Math.min(...places.map(([, y]) => y)),
    Math.max(...places.map(([, y]) => y)),
  ]);
  return svg`<polygon class="band ${isLit && "lit"}" points="${x[0]},${a} ${x[1]},${c} ${x[1]},${d} ${x[0]},${b}"></polygon>`;
}

// ---- targets and the loss

function drawTarget(g, step, o) {
  const isMine = (step.kind === "loss" || step.kind === "do") && (step.node === null || step.node === o);
  const direction = directionOf(step.kind);
  const [from, y] = place(g, ["o", o]);
  const x = g.x("t");
  const loss = [g.x("loss"), g.height / 2];
  const line = (x1, y1, x2, y2) => [
    svg`<line class="edge plain ${isMine && "lit"}" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>`,
    isMine && svg`<line class="flow ${direction}" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>`,
  ];
  return svg`<g class="node target ${isMine && "focus"}"><title>the target of ${nodeName("o", o)}</title>
    ${line(from + g.r + 2, y, x - 24, y)}${line(x + 24, y, loss[0] - 20, loss[1])}
    <rect x=${x - 24} y=${y - 13} width="48" height="26" rx="6"></rect>
    <text class="inside" x=${x} y=${y} data-edit="t${o}">${shown(now.targets[o])}</text>
    <text class="name" x=${x} y=${y - 18}>t${o}</text></g>`;
}

function drawLoss(g, step) {
  const [x, y] = [g.x("loss"), g.height / 2];
  const isHere = step.kind === "loss";
  const isKnown = isHere || isOverview(step);
  const get = (s) => (step.kind === "next" ? s.nextStages.loss : s.loss);
  return svg`<g class="node loss ${isHere && "focus"}" data-go="loss" data-key="node loss" tabindex="0" role="button"
    aria-label="loss ${isKnown && !isHidden() && shown(get(now))}"><circle cx=${x} cy=${y} r="20"></circle>
    <text class="inside" x=${x} y=${y}>loss</text>${isKnown && drawNumber({ get }, x, y + 34, step.kind !== "all")}</g>`;
}

function picture(step) {
  const largestWeight = now.weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0) || 1;
  const g = { ...geometry(), largestWeight };
  const direction = directionOf(step.kind);
  const lit = litEdges(step);
  const positions = new Set(lit.map(({ position }) => position));
  const plain = ["h", "o"].flatMap((kind) => {
    const layers = [sourceLayer(kind), kind];
    if (layers.some(isWide)) return drawBand(g, layers, step.node === null && step.kind === kind);
    return edgesOfLayer(kind)
      .filter(({ position }) => !positions.has(position))
      .map((edge) => drawEdge(g, edge, false, direction));
  });
  const inFull = step.term !== null;
  const isLabelled = !isOverview(step) && step.node !== null && lit.length <= 6;
  const nodes = ["i", "h", "o"].flatMap((layer) =>
    isWide(layer)
      ? drawCells(g, step, layer)
      : Array.from({ length: sizeOf(now.net, layer) }, (_, at) => drawNode(g, step, layer, at)),
  );
  const targets = isWide("o") ? [] : now.targets.map((_, o) => drawTarget(g, step, o));
  return html`<svg id="drawing" class="network ${direction}" viewBox="0 0 ${g.width} ${g.height}" role="group"
    aria-label="the network: ${titleOf(step, now.net)}">
    ${plain}${lit.map((edge) => drawEdge(g, edge, !isOverview(step), direction))}
    ${targets}${drawLoss(g, step)}${drawBias(g, "i")}${drawBias(g, "h")}${nodes}
    ${isLabelled && lit.map((edge) => drawLabel(g, edge, direction, inFull))}</svg>`;
}
