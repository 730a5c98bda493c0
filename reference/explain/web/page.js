"use strict";
// The page shows what stands in its account and computes nothing: choosing a node lights the same weights everywhere.
const account = JSON.parse(document.getElementById("account").textContent);
const { sizes, edges, weights } = account;
const [nInputs, nHidden, nOutputs] = sizes;
const byId = (id) => document.getElementById(id);
const make = (tag, attributes = {}, ...children) => {
  const svg = ["svg", "g", "line", "circle", "text", "path", "rect", "title"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
const sign = (text) => (text.startsWith("-") ? "minus" : /[1-9]/.test(text) ? "plus" : "");
const entryOf = new Map(account.entries.map((entry) => [entry.name, entry]));
const lit = { svg: [], cells: [], slots: [], nodes: [] };
const drawn = { edges: new Map(), nodes: new Map(), cells: new Map(), slots: [] };
let state = { entry: null, edge: null };

// ---- the network

const largest = Math.max(...weights.map(Math.abs), 1e-300);
const gap = Math.max(20, Math.min(64, 640 / Math.max(nInputs, nHidden, nOutputs)));
const crowded = nInputs * nHidden > 300;
const radius = Math.min(17, gap * 0.42);
const tall = gap * Math.max(nInputs, nHidden, nOutputs) + 30;
const xOf = { i: 70, h: 300, o: 530 };
const count = { i: nInputs, h: nHidden, o: nOutputs };
const yOf = (layer, at) => 20 + (tall - 30) / 2 + (at - (count[layer] - 1) / 2) * gap;

function drawNetwork() {
  const picture = byId("picture");
  picture.setAttribute("viewBox", `0 0 640 ${tall + 10}`);
  if (crowded) picture.classList.add("crowded");
  edges.forEach((edge, position) => {
    const [source, target] = edge.split("->");
    if (source === "b") return;
    const [from, to] = [source, target].map((node) => [xOf[node[0]], yOf(node[0], +node.slice(1))]);
    const line = make("line", {
      class: `edge ${weights[position] < 0 ? "minus" : "plus"}`, x1: from[0] + radius, y1: from[1], x2: to[0] - radius, y2: to[1],
      "stroke-width": (0.6 + 5 * Math.abs(weights[position]) / largest).toFixed(2),
    }, make("title", {}, `${edge} [${position}] = ${account.shown[position]}`));
    line.addEventListener("click", () => chooseEdge(position));
    drawn.edges.set(position, line);
    picture.append(line);
  });
  for (const layer of "iho") for (let at = 0; at < count[layer]; at++) {
    const node = `${layer}${at}`, [x, y] = [xOf[layer], yOf(layer, at)];
    const value = layer === "i" ? account.inputs[at] : entryOf.get(`${layer}_nodes[${at}]`).shown;
    const circle = make("circle", { class: "node", cx: x, cy: y, r: radius });
    const spot = make("g", { class: "spot", id: `spot-${node}` }, make("title", {}, `${node} = ${value}`), circle,
      make("text", { x, y, class: "inside", style: `font-size: ${Math.min(12, radius)}px` }, node));
    const [left, down] = { i: [-radius - 4, 4], h: [0, radius + 11], o: [radius + 4, 4] }[layer];
    if (layer !== "h" || gap > 38) spot.append(make("text", { class: `beside ${layer}`, x: x + left, y: y + down }, value));
    if (layer !== "i") {
      spot.setAttribute("tabindex", "0");
      spot.setAttribute("role", "button");
      spot.setAttribute("aria-label", `${node}, ${value}`);
      spot.addEventListener("click", () => choose(`${layer}_sums[${at}]`));
      spot.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(`${layer}_sums[${at}]`); }
      });
    }
    drawn.nodes.set(node, circle);
    picture.append(spot);
  }
}

// ---- the matrices and the flat vector

function drawMatrices() {
  const holder = byId("matrices");
  for (const [title, source, target, rows, columns] of [["ih weights and h biases", "i", "h", nInputs, nHidden], ["ho weights and o biases", "h", "o", nHidden, nOutputs]]) {
    const head = make("tr", {}, make("th", {}, ""));
    for (let column = 0; column < columns; column++) head.append(make("th", { scope: "col" }, `${target}${column}`));
    const table = make("table", {}, make("caption", {}, title), head);
    for (let row = 0; row <= rows; row++) {
      const name = row < rows ? `${source}${row}` : "b";
      const line = make("tr", {}, make("th", { scope: "row" }, name));
      for (let column = 0; column < columns; column++) {
        const position = edges.indexOf(`${name}->${target}${column}`);
        const cell = make("td", { class: sign(account.shown[position]), "data-edge": position }, account.shown[position]);
        drawn.cells.set(position, cell);
        line.append(cell);
      }
      table.append(line);
    }
    table.addEventListener("click", (event) => { if (event.target.dataset.edge) chooseEdge(+event.target.dataset.edge); });
    holder.append(table);
  }
}

function drawSlots() {
  const holder = byId("slots");
  edges.forEach((edge, position) => {
    const slot = make("span", { class: `slot ${sign(account.shown[position])}`, title: edge, "data-edge": position }, make("b", {}, position), account.shown[position]);
    drawn.slots.push(slot);
    holder.append(slot);
  });
  holder.addEventListener("click", (event) => {
    const slot = event.target.closest(".slot");
    if (slot) chooseEdge(+slot.dataset.edge);
  });
}

// ---- choosing

const nodeOf = (entry) => entry.node.includes("->") ? entry.node.split("->")[1] : entry.node;

function chooseEdge(position) {
  const target = edges[position].split("->")[1];
  const here = state.entry && state.entry.terms.some((term) => term.position === position);
  choose(here ? state.entry.name : `${target[0]}_sums[${target.slice(1)}]`, position);
}

function choose(name, edge = null, keepHash = false, phase = 0) {
  const entry = entryOf.get(name);
  if (!entry) return;
  state = { entry, edge };
  light();
  showSum();
  const at = steps.findIndex((step) => step.name === name);
  if (at >= 0) stepAt = at;
  phaseAt = phase;
  showPhase();
  if (!keepHash) history.replaceState(null, "", `#${hashOf()}`);
}

function light() {
  for (const elements of Object.values(lit)) { for (const element of elements) element.classList.remove("lit", "chosen"); elements.length = 0; }
  const { entry, edge } = state;
  const add = (kind, element, style) => { if (element) { element.classList.add(style); lit[kind].push(element); } };
  const positions = entry.terms.length ? entry.terms.map((term) => term.position).filter((at) => at !== null) : entry.node.includes("->") ? [edges.indexOf(entry.node)] : [];
  for (const position of positions) {
    const style = position === edge ? "chosen" : "lit";
    add("svg", drawn.edges.get(position), "lit");
    if (position === edge) add("svg", drawn.edges.get(position), "chosen");
    add("cells", drawn.cells.get(position), style);
    add("slots", drawn.slots[position], style);
    const [source, target] = edges[position].split("->");
    for (const node of [source, target]) add("nodes", drawn.nodes.get(node), "lit");
  }
  add("nodes", drawn.nodes.get(nodeOf(entry)), "chosen");
  const slot = drawn.slots[edge === null ? positions[0] : edge];
  if (slot && slot.parentElement.scrollHeight > slot.parentElement.clientHeight) slot.parentElement.scrollTop = slot.offsetTop - slot.parentElement.offsetTop - 40;
}

function showSum() {
  const { entry, edge } = state;
  const formula = account.formulas[entry.stage];
  byId("sum-title").textContent = `The sum: ${entry.name}${entry.node.includes("->") ? `, ${entry.node}` : ""}`;
  byId("loop").textContent = `loop: ${formula.loop}`;
  byId("matrix-line").textContent = `matrices: ${formula.matrix};  ${entry.matrix}`;
  const holder = byId("terms");
  holder.replaceChildren();
  if (entry.terms.length && entry.terms.length <= 24 && entry.terms.some((term) => term.position !== null)) {
    const cells = make("div", { class: "cells", "aria-hidden": "true" });
    entry.terms.forEach((term, number) => {
      const parts = term.expression.split(" * ");
      const cell = make("span", { class: `cell ${term.position === edge && edge !== null ? "chosen" : ""}` },
        make("span", { class: "above" }, parts.length > 1 ? parts[0] : "1"), make("span", { class: sign(parts.at(-1).replace("(", "")) }, `× ${parts.at(-1)}`));
      if (term.position !== null) cell.addEventListener("click", () => chooseEdge(term.position));
      cells.append(...(number ? ["+"] : []), cell);
    });
    cells.append(`= ${entry.total}`);
    holder.append(cells);
  }
  if (entry.terms.length) {
    const table = make("table", {}, make("tr", {}, ...["term", "place", "numbers", "product", "sum so far"].map((text) => make("th", { scope: "col" }, text))));
    for (const term of entry.terms) {
      const row = make("tr", { class: term.position === edge && edge !== null ? "chosen" : "" },
        make("td", {}, term.edge), make("td", {}, term.position === null ? "" : `[${term.position}]`),
        make("td", {}, term.expression), make("td", { class: sign(term.value) }, term.value), make("td", {}, term.so_far));
      if (term.position !== null) {
        row.dataset.edge = term.position;
        row.tabIndex = 0;
        row.setAttribute("role", "button");
        row.addEventListener("click", () => chooseEdge(term.position));
        row.addEventListener("keydown", (event) => { if (event.key === "Enter") chooseEdge(term.position); });
      }
      table.append(row);
    }
    table.append(make("tr", { class: "total" }, make("td", {}, "sum"), make("td", {}), make("td", {}), make("td", {}, entry.total), make("td", {})));
    holder.append(table);
  }
  byId("equations").replaceChildren(...entry.equations.map((text) => make("p", {}, text)));
  showCurve(entry);
  const node = nodeOf(entry), also = byId("also");
  const more = make("details", {}, make("summary", {}, `gradients and new weights of the edges to ${node}`));
  also.replaceChildren();
  for (const other of account.entries) if (other !== entry && other.node && (other.node === node || other.node.endsWith(`->${node}`))) {
    const button = make("button", { type: "button" }, other.node.includes("->") ? `${other.stage} ${other.node}` : other.name);
    button.addEventListener("click", () => choose(other.name));
    (other.node.includes("->") ? more : also).append(button);
  }
  if (more.children.length > 1) also.append(more);
}

// ---- the activation as a curve, softmax as bars

function showCurve(entry) {
  const holder = byId("curve");
  holder.replaceChildren();
  const layer = entry.node[0], curve = account.curves[layer];
  if (!["h_sums", "h_nodes", "o_sums", "o_nodes"].includes(entry.stage)) return;
  const at = entry.node.slice(1), z = entryOf.get(`${layer}_sums[${at}]`), node = entryOf.get(`${layer}_nodes[${at}]`);
  if (!curve) {
    const svg = make("svg", { viewBox: `0 0 320 ${nOutputs * 20 + 10}`, role: "img", "aria-label": `softmax: ${node.name} is ${node.shown}` });
    for (let o = 0; o < nOutputs; o++) {
      const share = entryOf.get(`o_nodes[${o}]`);
      svg.append(make("rect", { class: o === +at ? "point" : "bar", x: 40, y: 6 + o * 20, width: Math.max(0.5, 200 * share.value), height: 14 }),
        make("text", { x: 4, y: 17 + o * 20 }, `o${o}`), make("text", { x: 46 + 200 * share.value, y: 17 + o * 20 }, share.shown));
    }
    holder.append(svg);
    return;
  }
  const [points, low, high] = [curve.points, ...curve.range];
  const ys = points.map(([, y]) => y), least = Math.min(...ys), most = Math.max(...ys);
  const X = (x) => 30 + 260 * (x - low) / (high - low), Y = (y) => 130 - 110 * (y - least) / (most - least || 1);
  const clamped = Math.min(high, Math.max(low, z.value));
  const svg = make("svg", { viewBox: "0 0 320 160", role: "img", "aria-label": `${curve.name}: ${z.shown} becomes ${node.shown}` },
    make("line", { class: "axis", x1: 30, x2: 290, y1: Y(0), y2: Y(0) }), make("line", { class: "axis", x1: X(0), x2: X(0), y1: 15, y2: 135 }),
    make("path", { class: "curve", d: "M" + points.map(([x, y]) => `${X(x).toFixed(1)},${Y(y).toFixed(1)}`).join("L") }),
    make("circle", { class: "point", cx: X(clamped), cy: Y(Math.min(most, Math.max(least, node.value))), r: 6 }),
    make("text", { x: 30, y: 152 }, `${curve.name}: ${z.shown} becomes ${node.shown}`));
  holder.append(svg);
}

// ---- steps: for each number of the way forward and back, one node, its weights, the sum, the grid, the matrix line

const withWeights = [["network", "the node"], ["network", "its weights"], ["sum", "the sum"], ["grid", "the same weights in the matrix"], ["sum", "the line as matrices"]];
const without = [withWeights[0], withWeights[2], withWeights[4]];
const phasesOf = (entry) => entry.terms.some((term) => term.position !== null) || entry.node.includes("->") ? withWeights : without;
const steps = [];
for (const entry of account.entries) if (!["gradient", "weights"].includes(entry.stage) || account.entries.length < 400) steps.push(entry);
let stepAt = 0, phaseAt = 0;

function showPhase() {
  for (const section of document.querySelectorAll("section.now")) section.classList.remove("now");
  const phases = phasesOf(state.entry), [place, text] = phases[phaseAt];
  byId(place).classList.add("now");
  byId("phase").textContent = `${state.entry.name}, ${phaseAt + 1} of ${phases.length}: ${text}`;
  byId("jump").value = steps.includes(state.entry) ? stepAt : "";
}

function walk(by) {
  let phase = phaseAt + by;
  if (phase < 0 || phase >= phasesOf(steps[stepAt]).length) {
    if (stepAt + by < 0 || stepAt + by >= steps.length) return;
    stepAt += by;
    phase = by > 0 ? 0 : phasesOf(steps[stepAt]).length - 1;
  }
  choose(steps[stepAt].name, null, false, phase);
  if (matchMedia("(max-width: 52rem)").matches) document.querySelector("section.now").scrollIntoView({ block: "nearest" });
}

byId("next").addEventListener("click", () => walk(1));
byId("back").addEventListener("click", () => walk(-1));
byId("jump").append(...steps.map((step, at) => make("option", { value: at }, step.node.includes("->") ? `${step.name} ${step.node}` : step.name)));
byId("jump").addEventListener("change", (event) => { choose(steps[+event.target.value].name); });
document.addEventListener("keydown", (event) => {
  if (event.target.tagName === "SELECT" || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowRight") walk(1);
  if (event.key === "ArrowLeft") walk(-1);
});

// ---- deep links: #h0, #o1, #ih[2,0], #b->h1, #o_deltas[1]

function hashOf() {
  const { entry, edge } = state;
  if (edge !== null) {
    const [source, target] = edges[edge].split("->");
    return source === "b" ? edges[edge] : `${source[0]}${target[0]}[${source.slice(1)},${target.slice(1)}]`;
  }
  return entry.stage.endsWith("_sums") ? entry.node : entry.name;
}

function fromHash() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const cell = /^(ih|ho)\[(\d+),(\d+)\]$/.exec(hash);
  const edge = cell ? `${cell[1][0]}${cell[2]}->${cell[1][1]}${cell[3]}` : hash;
  if (edges.includes(edge)) chooseEdge(edges.indexOf(edge));
  else if (/^[ho]\d+$/.test(hash) && entryOf.has(`${hash[0]}_sums[${hash.slice(1)}]`)) choose(`${hash[0]}_sums[${hash.slice(1)}]`);
  else if (entryOf.has(hash)) choose(hash);
  else choose(account.entries[0].name, null, true);
}

byId("told").textContent = account.told;
drawNetwork();
drawMatrices();
drawSlots();
fromHash();
addEventListener("hashchange", fromHash);
