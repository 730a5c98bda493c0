// The picture: nodes, edges, and the flow of the current step. In the forward pass, numbers flow along the highlighted
// edges. In the backward pass, deltas flow along the highlighted edges in the opposite direction.

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
  const isOneWeight = direction === "learning" && step.term !== null;
  const isLabelled =
    !isOverview(step) &&
    step.node !== null &&
    lit.length <= 6 &&
    !isOneWeight &&
    !(g.isPhone && direction === "learning");
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
    ${isLabelled && lit.map((edge) => drawLabel(g, edge, direction))}${isOneWeight && drawPlate(g, lit[0])}</svg>`;
}
