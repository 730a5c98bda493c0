// Rounding of numbers for display, and equations between the rounded numbers.
//
// A number is shown with `digits` significant digits. Zeros at the end are kept only in a rounded number: 0.50001 becomes
// 0.5000, but 0.5 stays 0.5. The left side of an equation is computed from the digits that are shown, and rounded like the
// right side. If both sides agree, the sign is "=", else "≈". The terminal follows the same rules (shown.py and equations.py).

const MOST_DIGITS = 15; // more digits of a float are not reliable

function shown(x, decimals = 0) {
  // x as text with `digits` significant digits, or with more (up to 15) to show `decimals` decimals
  if (x === 0) return "0";
  const exponent = Number(x.toExponential(digits - 1).split("e")[1]);
  const isPlain = exponent >= -5 && exponent < 7;
  const behind = Math.max(digits - 1, decimals && Math.min(exponent + decimals, MOST_DIGITS - 1)); // digits after the first
  const text = isPlain ? x.toFixed(Math.max(behind - exponent, 0)) : x.toExponential(behind);
  const isExact = Math.abs(Number(text) - x) <= 1e-12 * Math.abs(x);
  const [mantissa, power] = text.split("e");
  const short = isExact && mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return (power ? `${short}e${power}` : short).replaceAll("-", "−");
}

const valueOf = (text) => Number(text.replaceAll("−", "-"));

function decimalsOf(text) {
  // the position of the last digit in the text, counted from the decimal point
  const [mantissa, power] = text.replaceAll("−", "-").split("e");
  return (mantissa.split(".")[1] || "").length - Number(power || 0);
}

// Return how many decimals show two digits of the change: at least as many as in shown(after), at most 12. 0: no change.
function decimalsOfChange(before, after) {
  const usual = decimalsOf(shown(after));
  const change = Math.abs(after - before);
  return change === 0 ? 0 : Math.min(12, Math.max(usual, 1 - Math.floor(Math.log10(change))));
}

// ---- parts of an equation: a text, its value computed from the digits in the text, and its precedence
// (3 for a number, 2 for a product, 1 for a sum)

const number = (x, decimals = 0) => part(shown(x, decimals), valueOf(shown(x, decimals)), 3);
const part = (text, value, precedence) => ({ text, value, precedence });
const inParentheses = ({ text }) => `(${text})`;
const factorText = (factor, first) =>
  factor.precedence < 2 || (!first && factor.text.startsWith("−")) ? inParentheses(factor) : factor.text;

function product(...factors) {
  if (factors.length === 1) return factors[0];
  return part(
    factors.map((factor, at) => factorText(factor, at === 0)).join(" × "),
    factors.reduce((all, { value }) => all * value, 1),
    2,
  );
}

function sum(...terms) {
  if (terms.length === 1) return terms[0];
  const text = terms
    .map((term, at) => {
      const inner = at > 0 && term.precedence === 1 ? inParentheses(term) : term.text;
      return at === 0 ? inner : inner.startsWith("−") ? ` − ${inner.slice(1)}` : ` + ${inner}`;
    })
    .join("");
  const total = terms.reduce((all, { value }) => all + value, 0);
  const error = (terms.length + 1) * Number.EPSILON * terms.reduce((all, { value }) => all + Math.abs(value), 0);
  return part(text, Math.abs(total) <= error ? 0 : total, 1); // a total within the rounding errors counts as 0
}

function difference(a, b) {
  return part(
    `${a.text} − ${b.precedence < 2 || b.text.startsWith("−") ? inParentheses(b) : b.text}`,
    a.value - b.value,
    1,
  );
}

function quotient(a, b) {
  return part(
    `${factorText(a, true)} / ${b.precedence < 3 || b.text.startsWith("−") ? inParentheses(b) : b.text}`,
    a.value / b.value,
    2,
  );
}

const ln1p = (rest) => part(`ln(${sum(number(1), ...rest).text})`, Math.log1p(sum(number(0), ...rest).value), 3);
const call = (name, f, ...args) =>
  part(`${name}(${args.map(({ text }) => text).join(", ")})`, f(...args.map(({ value }) => value)), 3);
const negative = (a) => part(`−${factorText(a, false)}`, -a.value, 2);

function holds(value, text) {
  // a tie counts as ≈, because some people round it up and some down
  const half = 0.5 * 10 ** -decimalsOf(text);
  return Math.abs(value - valueOf(text)) < half * (1 - 1e-9);
}
