// The positions of the nodes in the picture. A wide layer is a square grid of cells, so that a layer of pixels is an image.

const WIDE = 10; // a layer with more nodes is drawn as cells, not circles
const isWide = (layer) => sizeOf(now.net, layer) > WIDE;
const BIAS = 11; // half the side of the square of a bias

function geometry() {
  const frame = byId("picture");
  const isPhone = frame.clientWidth < 560;
  const width = isPhone ? 400 : 660;
  const rows = Math.max(4, ...["i", "h", "o"].map((layer) => (isWide(layer) ? 4 : slots(layer))));
  const hasNames = lesson.names.inputs.length + lesson.names.outputs.length > 0;
  const lineOfName = hasNames ? (view.present ? 20 : 10) : 0;
  const usual = rows * ((rows > 6 ? 60 : 72) + lineOfName);
  const height = view.present ? Math.max(usual, (width * frame.clientHeight) / frame.clientWidth) : usual;
  const across = isPhone
    ? { i: 0.1, h: 0.37, o: 0.62, t: 0.775, loss: 0.925 }
    : { i: isWide("i") ? 0.13 : 0.1, h: 0.39, o: 0.65, t: 0.8, loss: 0.92 };
  return {
    width,
    height,
    isPhone,
    gap: height / rows,
    r: isPhone || rows > 6 ? 16 : view.present ? 24 : 20,
    lossR: view.present ? 26 : 20,
    below: view.present ? 20 : 16, // from the circle of a node to the baseline of its number
    side: isPhone ? 80 : 160,
    x: (column) => across[column] * width,
  };
}

const slots = (layer) => sizeOf(now.net, layer) + (layer === "o" ? 0 : 1); // one more for the bias
const cellSide = (g, layer) => Math.min(g.side / 8, g.side / Math.ceil(Math.sqrt(sizeOf(now.net, layer))));

// The centre of a node; ["b", "h"] is the bias below the hidden layer.
function place(g, [layer, at]) {
  if (layer === "b") return placeOfBias(g, at);
  if (!isWide(layer)) return [g.x(layer), g.height / 2 + (at - (slots(layer) - 1) / 2) * g.gap];
  const perRow = Math.ceil(Math.sqrt(sizeOf(now.net, layer)));
  const rows = Math.ceil(sizeOf(now.net, layer) / perRow);
  const side = cellSide(g, layer);
  return [
    g.x(layer) + ((at % perRow) - (perRow - 1) / 2) * side,
    g.height / 2 - 12 + (Math.floor(at / perRow) - (rows - 1) / 2) * side,
  ];
}

function placeOfBias(g, layer) {
  if (!isWide(layer)) return place(g, [layer, sizeOf(now.net, layer)]);
  const [, lowest] = place(g, [layer, sizeOf(now.net, layer) - 1]);
  return [g.x(layer), lowest + 50];
}

// Where an edge starts and ends (at the borders of its nodes), and the direction of the edge.
function ends(g, { source, target }, gap) {
  const from = place(g, source);
  const to = place(g, target);
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const unit = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const rim = ([layer]) => (layer === "b" ? BIAS : isWide(layer) ? 3 : g.r) + 1;
  const [near, far] = [rim(source), rim(target) + gap];
  return {
    unit,
    x1: from[0] + unit[0] * near,
    y1: from[1] + unit[1] * near,
    x2: to[0] - unit[0] * far,
    y2: to[1] - unit[1] * far,
  };
}
