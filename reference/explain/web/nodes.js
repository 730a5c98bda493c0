// The nodes of the picture (circles, or a square of cells for a wide layer), the biases, the targets and the loss.

function drawNumber({ get, edit = null, prefix = "", style = "" }, x, y, isAnswer) {
  const text = isAnswer && isHidden() ? "?" : shown(get(now));
  return svg`<text class="below ${style} ${signOf(text)} ${oldText(get) && "changed"}" x=${x} y=${y} data-edit=${edit}>
    ${prefix + text}</text>`;
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
  const dataName = nameInData(layer, at);
  const text = below && !isHidden() ? shown(below.get(now)) : "";
  const isResult = isAnswer
    ? step.term === null && directionOf(step.kind) !== "learning"
    : step.kind === "all" && layer !== "i";
  return svg`<g class="node ${layer} ${isAnswer && "focus"}" data-edit=${layer === "i" && `x${at}`}
    data-go=${go} data-key=${go && `node ${go}`} tabindex=${go && "0"} role=${go && "link"}
    aria-label=${go && `${name} ${text}`}>
    <title>${layer}${at}${dataName && `: ${dataName}`}</title>
    <circle cx=${x} cy=${y} r=${g.r}></circle><text class="inside" x=${x} y=${y}>${layer}${at}</text>
    ${dataName && svg`<text class="name" x=${x} y=${y - g.r - 5}>${cut(dataName, 16)}</text>`}
    ${below && drawNumber(below, x, y + g.r + g.below, isResult)}</g>`;
}

function drawBias(g, layer) {
  const [x, y] = place(g, ["b", layer]);
  return svg`<g class="node bias"><title>bias node: its value is always 1</title>
    <rect x=${x - BIAS} y=${y - BIAS} width=${2 * BIAS} height=${2 * BIAS} rx="5"></rect>
    <text class="inside" x=${x} y=${y}>1</text><text class="name" x=${x} y=${y + BIAS + g.below}>bias</text></g>`;
}

// ---- targets and the loss

function drawTarget(g, step, o) {
  const isUsed = (step.kind === "loss" || step.kind === "do") && (step.node === null || step.node === o);
  const direction = directionOf(step.kind);
  const [from, y] = place(g, ["o", o]);
  const x = g.x("t");
  const loss = [g.x("loss"), g.height / 2];
  const text = shown(now.targets[o]);
  const half = Math.max(24, (view.present ? 5.7 : 4.2) * text.length + 6); // half the width of the box
  const line = (x1, y1, x2, y2) => [
    svg`<line class="edge plain ${isUsed && "lit"}" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>`,
    isUsed && svg`<line class="flow ${direction}" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>`,
  ];
  return svg`<g class="node target ${isUsed && "focus"}" data-edit="t${o}"><title>the target of ${nodeName("o", o)}</title>
    ${line(from + g.r + 2, y, x - half, y)}${line(x + half, y, loss[0] - g.lossR, loss[1])}
    <rect x=${x - half} y=${y - 13} width=${2 * half} height="26" rx="6"></rect>
    <text class="inside" x=${x} y=${y}>${text}</text>
    <text class="name" x=${x} y=${y - 18}>${`t${o}`}</text></g>`;
}

function drawLoss(g, step) {
  const [x, y] = [g.x("loss"), g.height / 2];
  const isHere = step.kind === "loss";
  const isKnown = isHere || isOverview(step);
  const isAnswer = isHere || step.kind === "all";
  const text = isAnswer && isHidden() ? "" : shown(now.loss);
  return svg`<g class="node loss ${isHere && "focus"}" data-go="loss" data-key="node loss" tabindex="0" role="link"
    aria-label="loss ${isKnown && text}"><circle cx=${x} cy=${y} r=${g.lossR}></circle>
    <text class="inside" x=${x} y=${y}>loss</text>
    ${isKnown && drawNumber({ get: (s) => s.loss }, x, y + g.lossR + g.below, isAnswer)}</g>`;
}

// ---- wide layers: a square of cells; the selected cell has an outline and a name

function drawCells(g, step, layer) {
  const deltas = directionOf(step.kind) === "backward" && layer !== "i";
  const values = layer === "i" ? now.inputs : deltas ? now[`${layer}_deltas`] : now[`${layer}_nodes`];
  const chosen = step.node !== null && LAYER[step.kind] === layer ? step.node : null;
  const side = cellSide(g, layer);
  const below = place(g, [layer, values.length - 1])[1] + side / 2 + 22;
  const whole = step.node === null && inFocus(step, layer, 0);
  const text =
    chosen === null
      ? `${values.length} ${{ i: "inputs", h: "hidden nodes", o: "outputs" }[layer]}`
      : `${nodeName(layer, chosen)}: ${deltas ? "δ " : ""}${isHidden() ? "?" : shown(values[chosen])}`;
  const most = Math.max(...values.map(Math.abs)) || 1;
  const [source] = step.term === null ? [] : litEdges(step).map((edge) => edge.source);
  const isOutlined = (at) => at === chosen || (source?.[0] === layer && source[1] === at);
  const stage = deltas ? `d${layer}` : nodeKind(layer);
  const isUnknown = (at) => directionOf(step.kind) !== "learning" && !isReached(step, stage, at);
  const isBlank = (at) => layer !== "i" && (isUnknown(at) || (isHidden() && (at === chosen || whole || step.kind === "all")));
  const cells = values.map((x, at) => drawCell(g, step, layer, at, x, isBlank(at) ? 0 : x / most, isOutlined(at)));
  const [x, y] = place(g, [layer, 0]).map((middle) => middle - side / 2);
  const perRow = Math.ceil(Math.sqrt(values.length));
  const rows = Math.ceil(values.length / perRow);
  const ground = svg`<rect class="ground" x=${x} y=${y} width=${perRow * side} height=${rows * side}></rect>`;
  return svg`<g class="cells ${whole && "focus"}">${ground}${cells}
    <text class="below" x=${g.x(layer)} y=${below}>${text}</text></g>`;
}

const opacity = (strength) => `fill-opacity:${(0.04 + 0.96 * strength).toFixed(2)}`;

function drawCell(g, step, layer, at, x, share, isChosen) {
  const [cx, cy] = place(g, [layer, at]);
  const side = cellSide(g, layer);
  const isInk = layer === "i" && lesson.largestPixel;
  const strength = isInk ? unscaled("inputs", at, x) / lesson.largestPixel : Math.abs(share);
  const colour = isInk ? "ink" : share < 0 ? "minus" : "plus";
  return svg`<rect class="cell ${colour} ${isChosen && "focus"}" x=${cx - side / 2} y=${cy - side / 2} width=${side - 1}
    height=${side - 1} style=${opacity(strength)} data-go=${stepOfNode(step, layer, at)}>
    <title>${nodeName(layer, at)}${!view.hide && `: ${shown(x)}`}</title></rect>`;
}
