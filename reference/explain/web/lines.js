// The edges of the picture: lines (wider for weights of larger magnitude), arrows (reversed in the backward pass), and numbers.

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
      <title>${edgeName(edge)}, position ${edge.position}: weight ${shown(w)}</title></line></g>`;
}

function arrow([x, y], [a, b], direction) {
  const corner = (along, off) => `${(x - a * along - b * off).toFixed(1)},${(y - b * along + a * off).toFixed(1)}`;
  return svg`<polygon class="arrow ${direction}" points="${corner(-2, 0)} ${corner(8, 5)} ${corner(8, -5)}"></polygon>`;
}

// The number on an edge: its weight, or the gradient of its weight in the steps that show the new weights.
function drawLabel(g, edge, direction) {
  const { x1, y1, x2, y2 } = ends(g, edge, 0);
  // a line that descends starts near the number below its source node
  const along = g.isPhone ? 0.45 : { forward: 0.34, backward: 0.55, learning: y2 > y1 ? 0.5 : 0.34 }[direction];
  const [x, y] = [x1 + (x2 - x1) * along, y1 + (y2 - y1) * along];
  const { position } = edge;
  if (direction !== "learning")
    return svg`<text class="weight label" x=${x} y=${y} data-edit="w${position}">${shown(now.weights[position])}</text>`;
  return svg`<text class="weight learning label" x=${x} y=${y}>${`∂ ${answerText(now.gradient[position])}`}</text>`;
}

const answerText = (x, decimals = 0) => (isHidden() ? "?" : shown(x, decimals));

// The selected weight, its gradient and its new value, in the lower right corner.
function drawPlate(g, { position, source, target }) {
  const [w, next] = [now.weights[position], now.next[position]];
  const [x, y] = [Math.min((g.x("t") + g.x("loss")) / 2, g.width - 76), g.height - 72];
  const line = (text, down) => svg`<text class="weight learning" x=${x} y=${y + down}>${text}</text>`;
  return svg`<g><rect class="plate" x=${x - 72} y=${y - 18} width="144" height="82" rx="8"></rect>
    ${line(edgeName({ source, target }), 0)}
    <text class="weight" x=${x} y=${y + 18} data-edit="w${position}">${`weight ${shown(w)}`}</text>
    ${line(`∂ ${answerText(now.gradient[position])}`, 36)}
    ${line(`→ ${answerText(next, decimalsOfChange(w, next))}`, 54)}</g>`;
}

function drawBand(g, layers, isLit) {
  // If a layer is wide, this band replaces the edges.
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
