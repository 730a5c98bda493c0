"""The worksheet of `explain --worksheet`: equations with blanks for the results, and the answers at the end.

The answers are computed from the numbers that the sheet shows, so a student who follows the sheet gets the same results. The
sheet is plain text, which `sheet_page.py` can turn into HTML. Each part has a title and ends with an empty line.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from textwrap import TextWrapper, fill
from typing import Any

from reference.explain.equations import value_of
from reference.explain.explanation import Entry, Explanation
from reference.explain.printing import AFTER, TITLES, functions_of, sample_lines
from reference.explain.selection import entries_by_stage
from reference.explain.shown import shown
from reference.explain.subject import Subject
from reference.explain.text import Style, leaf_of, title_of, weight_decimals
from reference.network import NeuralNetwork
from reference.numbers.kinds import exact_float
from reference.numbers.traced import Traced, expression_of
from reference.specification.messages import printable

MOST_TERMS, MOST_WEIGHTS = 12, 50  # at most this many terms in a question, and weights in the tables
WIDTH, UNBROKEN = 80, "\N{NO-BREAK SPACE}"
BLANK, BEFORE_ANSWERS = "= ________", f"\n\n{'-' * WIDTH}\n"
BREAK = re.compile(r" (?=\+ |[*/-] \((?!-))")  # a new line starts with a plus sign, or with an operator and a bracket


def rounded(subject: Subject, digits: int) -> Subject:
    """Return the subject with its numbers rounded to the digits that a worksheet shows, with a note if a number changes."""

    def rounded_numbers(numbers: Any) -> list[float]:
        return [float(shown(float(x), digits)) for x in numbers]

    old, net = subject.network, subject.network.architecture
    network = NeuralNetwork(*net.sizes, **net.names, weights=rounded_numbers(old.weights))
    targets = None if subject.targets is None else rounded_numbers(subject.targets)
    (rate,) = rounded_numbers([subject.rate])
    new = subject._replace(network=network, inputs=rounded_numbers(subject.inputs), targets=targets, rate=rate)
    same = (new.inputs, new.targets, new.rate) == (subject.inputs, subject.targets, subject.rate)
    if same and network.weights == [float(weight) for weight in old.weights]:
        return new
    note = f"The given numbers are rounded to {digits} significant digits. The answers are computed from the rounded numbers."
    return new._replace(notes=(*subject.notes, note))


def worksheet(explanation: Explanation, entries: list[Entry], lines: list[str], options: argparse.Namespace) -> str:
    """Return the worksheet of some entries. Raises ValueError if a sum is too long for paper, or if there are no questions."""
    style, parts, answers = Style(options.digits), list[list[str]](), list[str]()
    results: dict[str, float] = {}  # not rounded
    for stage, of_stage, few in entries_by_stage(explanation, entries, options):
        asked = [entry for entry in few if not entry.alias]  # an alias repeats an earlier number, so it is not asked
        if not asked:
            continue
        part = [f"{stage}: {TITLES[stage]}", *formula_lines(explanation, stage)]
        if len(few) < len(of_stage):
            part.append(f"This part asks for some of the {'weights' if stage in ('gradient', 'weights') else 'nodes'} only.")
        answers.append("")
        for entry in asked:
            for question, name, answer in questions_of(entry, style, results):
                part.append(wrapped(f"  {question} {BLANK}"))
                answers.append(f"  {name} = {answer}")
        parts.append(part)
    weights = explanation.of("weights")
    if weights and all(entry.name in results or entry.alias for entry in weights):
        parts.append([f"{AFTER}: {TITLES[AFTER]}", *formula_lines(explanation, "loss"), f"  {AFTER} {BLANK}"])
        answers += ["", f"  {AFTER} = {shown(loss_after(explanation, results), style.digits)}"]
    if not parts:
        raise ValueError("--worksheet: there is nothing to compute; choose another --stage or --node")
    title, *others = map(printable, lines)
    rounding = (
        f"Write {style.digits} significant digits. For new weights, write enough digits to see the change. "
        "Continue with unrounded results."
    )
    data = [*others, functions_of(explanation, style), *sample_lines(explanation, style), rounding]
    tables = weight_tables(explanation, style) if len(explanation.weights) <= MOST_WEIGHTS else []
    parts = [[title, *(fill(line, WIDTH) for line in data)], *tables, *parts]
    return "\n\n".join(map("\n".join, parts)) + BEFORE_ANSWERS + "\n".join(["Answers", *answers])


def formula_lines(explanation: Explanation, stage: str) -> list[str]:
    """Return the formula of a stage, one equation on each line."""
    return [wrapped(equation) for equation in explanation.formulas[stage].loop.replace(",  ", "; ").split("; ")]


def wrapped(equation: str) -> str:
    """Return an equation as lines of text. A blank stays on the line of the last term."""
    indent = equation[: len(equation) - len(equation.lstrip())]
    text = " ".join(part.replace(" ", UNBROKEN) for part in BREAK.split(equation.strip()))
    wrapper = TextWrapper(WIDTH, indent, f"{indent}    ", break_long_words=False, break_on_hyphens=False)
    return wrapper.fill(text).replace(UNBROKEN, " ")


def questions_of(entry: Entry, style: Style, results: dict[str, float]) -> Iterator[tuple[str, str, str]]:
    """Yield (question, name, answer) for an entry.

    If a delta is computed with a slope, and the sheet also asks for the sum of the node, the slope is asked before the delta.
    Raises ValueError if the entry has too many terms.
    """
    if len(entry.terms) > MOST_TERMS:
        raise ValueError(
            f"--worksheet: {entry.name} has {len(entry.terms)} terms, too many for paper; choose another --stage or --node"
        )
    names = {name: name for name in results}
    slope = next((x for x in entry.plain.parts if x.name == "slope"), None)
    if slope is not None and entry.name.replace("deltas", "sums") in results:
        names["slope"] = f"slope of {entry.node}"
        yield names["slope"], names["slope"], shown(slope.value, style.digits)
    question = title = title_of(entry)
    result = entry.value
    if entry.plain.operation:
        digits, unrounded = leaf_of(entry, style.digits), {name: repr(x) for name, x in results.items()}
        question = f"{title} = {expression_of(entry.plain, leaf_with_texts(names, digits))}"
        result = float(value_of(entry.plain, leaf_with_texts(unrounded, digits)))
    results[entry.name] = result
    yield question, title, shown(result, style.digits, weight_decimals(entry, style.digits))


def leaf_with_texts(texts: dict[str, str], digits: Callable[[Traced], str | None]) -> Callable[[Traced], str | None]:
    """Return a function that writes a number x as texts[x.name], or as digits(x) if x.name is not in `texts`."""
    return lambda x: texts[x.name] if x.name in texts else digits(x)


def loss_after(explanation: Explanation, results: dict[str, float]) -> float:
    """Return the loss with the new weights of the sheet."""
    net = explanation.architecture
    weights = [results.get(entry.name, entry.value) for entry in explanation.of("weights")]
    network = NeuralNetwork(*net.sizes, **net.names, weights=weights)
    return exact_float(network.loss_of(explanation.inputs, explanation.targets or []))


def weight_tables(explanation: Explanation, style: Style) -> Iterator[list[str]]:
    """Yield the weights of each layer as a table (a list of lines). A wide table is cut into several tables."""
    layout, sizes = explanation.architecture.layout, explanation.architecture.sizes
    for layer, source, target in ((0, "i", "h"), (1, "h", "o")):
        sources, targets = [f"{source}{s}" for s in range(sizes[layer])], [f"{target}{t}" for t in range(sizes[layer + 1])]
        rows = [["", *targets]]
        for name in (*sources, "b"):
            weights = (explanation.weights[layout.position(f"{name}->{column}")] for column in targets)
            rows.append([name, *(shown(weight, style.digits) for weight in weights)])
        first, width = len(sources[-1]) + 2, max(len(cell) for row in rows for cell in row) + 2
        step = WIDTH // width - 1
        for at in range(1, len(targets) + 1, step):
            lines = (f"{row[0]:>{first}}" + "".join(f"{cell:>{width}}" for cell in row[at : at + step]) for row in rows)
            yield [f"{source}{target}_weights (row b: {target}_biases)", *lines]
