// A sum, term by term: one term for each edge into the node or, for a hidden delta, out of the node.

const FEW = 12; // a long list is cut to this many entries
const SHORT = 6; // a sum of more terms is not written on one line; in a presentation, a long table is cut to this many rows

// The terms of a sum. The kind is h (h_sums[node]), o (o_sums[node]) or dh (the sum of weight × delta in h_deltas[node]).
function termsInto(kind, node) {
  return edgesOf(now.net, kind, node).map((edge) => {
    const [layer, at] = kind === "dh" ? ["d", edge.target[1]] : edge.source;
    const weight = now.weights[edge.position];
    const get = { b: () => 1, i: (s) => s.inputs[at], h: (s) => s.h_nodes[at], d: (s) => s.o_deltas[at] }[layer];
    const name = layer === "d" ? nodeName("o", at) : nodeName(layer, at);
    const part = layer === "b" ? number(weight) : product(number(get(now)), number(weight));
    return { edge, layer, at, get, name, part, value: get(now) * weight };
  });
}

// The indices of the values, sorted by magnitude, the largest first.
const bySize = (values) => [...values.keys()].sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]));

// The indices of the values to list: all values, or the largest values and those at the indices `always`. The list does not
// change while the reader types in it.
let lastList = { step: null, places: [] };
function indicesToList(values, always) {
  if (lastList.step === view.step && document.activeElement?.matches("#panel .number")) return lastList.places;
  const places = [...values.keys()];
  const most = view.present ? SHORT : FEW;
  const few = [...new Set([...always, ...bySize(values)])].slice(0, most).toSorted((a, b) => a - b);
  lastList = { step: view.step, places: view.everyTerm || values.length <= most + 1 ? places : few };
  return lastList.places;
}

function termTable(kind, node, term) {
  const terms = termsInto(kind, node);
  const bias = kind === "dh" ? [] : [terms.length - 1];
  const places = indicesToList(
    terms.map(({ value: x }) => x),
    term === null ? bias : [term, ...bias],
  );
  const all = places.length === terms.length;
  const sums = runningSums(terms);
  const rows = places.map((place) =>
    termRow(terms[place], kind, node, place, term, all && place > 0 ? sums[place] : null),
  );
  if (!all) {
    const rest = places.reduce((total, place) => total - terms[place].value, sums.at(-1));
    const others = button(`the ${terms.length - places.length} other terms`, "terms");
    rows.push(
      html`<tr><th scope="row">${others}</th><td colspan="4"></td><td>${answerOf(shown(rest))}</td><td></td></tr>`,
    );
  }
  return table(["from", kind === "dh" ? "delta" : "value", "", "weight", "", "product", all ? "sum so far" : ""], rows);
}

function runningSums(terms) {
  let total = 0;
  return terms.map(({ value: x }) => (total += x));
}

function termRow({ edge, layer, at, get, name, part, value: x }, kind, node, place, term, soFar) {
  const isLater = term !== null && place > term;
  const wasShown = term === null ? view.level === "term" : place < term; // an earlier step has shown this product
  const text = shown(x);
  const step = kind === "dh" ? { kind: "wo", node: at, term: node } : { kind: `w${kind}`, node, term: place };
  const source =
    layer === "i" ? field(`x${at}`, `input ${name}`) : layer === "b" ? html`<span class="value">1</span>` : value(get);
  return html`<tr class="term ${place === term && "here"} ${isLater && "later"}">
    <th scope="row">${goTo(name, step, `${edgeName(edge)}, position ${edge.position} of the flat list`)}</th>
    <td>${source}</td><td class="sign">×</td><td>${field(`w${edge.position}`, `weight ${edgeName(edge)}`)}</td>
    <td class="sign">${isLater ? "" : holds(part.value, text) ? "=" : "≈"}</td>
    <td data-left=${isLater ? null : part.text}>${isLater ? "" : wasShown ? plainAnswer(text) : answerOf(text)}</td>
    <td class="faint">${soFar !== null && !isLater && (wasShown || !isHidden()) && shown(soFar)}</td></tr>`;
}

// The sum in one line, up to the current term.
function sumEquation(kind, node, name, total, term = null) {
  const terms = termsInto(kind, node);
  const count = term === null ? terms.length : term + 1;
  const parts = terms.slice(0, count);
  const left = count > SHORT ? null : sum(...parts.map(({ part }) => part));
  return count === terms.length
    ? equation(name, left, total)
    : equation(`${name} so far`, left, runningSums(parts).at(-1));
}
