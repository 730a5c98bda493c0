"""Print the explanation in a terminal, stage by stage."""

import argparse

from rich.console import Console
from rich.text import Text

from reference.commands.report import say
from reference.explain.equations import sign, value_of
from reference.explain.explanation import Entry, Explanation
from reference.explain.lessons import scale_of
from reference.explain.selection import belongs, comes_through, entries_by_stage
from reference.explain.shown import shown
from reference.explain.subject import FEW, Subject
from reference.explain.text import Line, Style, equation, equations_after_terms, leaf_of, line_of, short_equation, term_lines
from reference.numbers.traced import Traced, expression_of

AFTER = "loss after the step"
TITLES = {
    "h_sums": "the sum of each hidden node",
    "h_nodes": "the activation of each hidden node",
    "o_sums": "the sum of each output node",
    "o_nodes": "the outputs",
    "loss": "how far the outputs are from the targets",
    "o_deltas": "how fast the loss changes with each of o_sums",
    "h_deltas": "how fast the loss changes with each of h_sums",
    "gradient": "how fast the loss changes with each weight",
    "weights": "the weights after one step down the gradient",
    AFTER: "the forward pass again, with the new weights",
}


def show(
    out: Console,
    subject: Subject,
    explanation: Explanation,
    entries: list[Entry],
    matrices: dict[str, list[float]],
    options: argparse.Namespace,
) -> None:
    """Print the heading, and every stage that has entries. `matrices` has the numbers that matrices compute."""
    style = Style(options.digits)
    opening(out, explanation, subject.heading, style)
    for stage, of_stage, few in entries_by_stage(explanation, entries, options):
        heading(out, explanation, stage)
        show_entries(out, few, style, options.node or [])
        if any(entry.is_exact for entry in few):
            say(out, "  (if the textbook formula would lose digits, the equation shows the formula of the loops)")
        if any("largest" in equation(entry, style, names=True) for entry in few):
            largest = max(entry.value for entry in explanation.of("o_sums"))
            say(out, f"  largest is the largest number of o_sums, {shown(largest, style.digits)}")
        if len(few) < len(of_stage):
            what = "weights" if stage in ("gradient", "weights") else "nodes"
            say(out, f"  ... and {len(of_stage) - len(few):,} more {what}; use --all to see all of them, --node to see one")
        say(out, f"  matrices: {explanation.formulas[stage].matrix}")
        for text in answers(subject, explanation, style) if stage == "o_nodes" else []:
            say(out, f"  {text}")
    say(out, f"  in all stages, {difference(explanation, matrices)}")
    if explanation.loss_after is not None and any(entry.stage == "weights" for entry in entries) and not options.node:
        show_loss_after(out, explanation, explanation.loss_after, style)


def answers(subject: Subject, explanation: Explanation, style: Style) -> list[str]:
    """Return lines with the answer and the target, as names of classes or as numbers in the units of the data."""
    names, scale, outputs = subject.outputs, subject.target_scale, explanation.of("o_nodes")
    rows = [row for row in ([entry.value for entry in outputs], explanation.targets) if row]
    if names and names == subject.classes:
        pairs = [[names[row.index(max(row))] for row in rows]]
    elif scale is None or scale_of(scale) is None:
        return []
    else:
        pairs = [[shown(x, style.digits) for x in numbers] for numbers in zip(*scale.undo(rows), strict=True)][:FEW]
        for name, entry, pair, *scales in zip(names, outputs, pairs, *scale, strict=False):
            shift, divisor = map(Traced, scales)
            number, leaf = Traced(entry.value) * divisor + shift, leaf_of(entry, style.digits)
            equal = sign(value_of(number, leaf), pair[0])
            pair[0] = f"{name} = {expression_of(number, leaf)} {equal} {pair[0]}"
    return ["; target: ".join(("answer: " + answer, *target)) for answer, *target in pairs]


def opening(out: Console, explanation: Explanation, lines: list[str], style: Style) -> None:
    """Print the lines of a heading, the functions, the sample, and the legend."""
    for text in (*lines, functions_of(explanation, style), *sample_lines(explanation, style)):
        say(out, text)
    say(out, f"Numbers are rounded to {style.digits} significant digits for display and computed at full precision.")
    say(out, "A number with fewer digits is exact, except for tiny rounding errors of floats.")
    say(out, "The sign ≈ marks an equation that holds only before rounding.")


def sample_lines(explanation: Explanation, style: Style) -> list[str]:
    """Return a line with the inputs and a line with the targets. A line that would be too long is left out."""
    values = {"inputs": ("i", explanation.inputs), "targets": ("o", explanation.targets or [])}
    return [
        f"{what}: " + ", ".join(f"{letter}{at} {shown(x, style.digits)}" for at, x in enumerate(numbers))
        for what, (letter, numbers) in values.items()
        if 0 < len(numbers) <= style.most
    ]


def functions_of(explanation: Explanation, style: Style) -> str:
    """Return the names of the functions and, if there are targets, the learning rate."""
    net = explanation.architecture
    rate = f", learning rate {shown(explanation.rate, style.digits)}" if explanation.targets else ""
    return f"hidden {net.hidden}, output {net.output}, loss {net.loss}{rate}"


def heading(out: Console, explanation: Explanation, stage: str) -> None:
    """Print the name of a stage, its meaning, and its formula."""
    out.print()
    out.print(Text.assemble((stage, "bold"), f": {TITLES[stage]}"), soft_wrap=True)
    say(out, f"  {explanation.formulas[stage].loop}")


def show_entries(out: Console, entries: list[Entry], style: Style, nodes: list[str]) -> None:
    """Print the first sum of a stage term by term, and the other entries as equations. --node prints every sum term by term."""
    shown_total: Traced | None = None
    single = [line for entry in entries for line in lines_of_selected_terms(entry, style, nodes)]
    if single:
        show_lines(out, single)
    for at, entry in enumerate(entries):
        if nodes and not belongs(entry, nodes):
            continue
        if entry.terms and entry.total is not shown_total and (nodes or shown_total is None):
            say(out, f"  {entry.name}")
            show_lines(out, term_lines(entry, style))
            for text in equations_after_terms(entry, style):
                say(out, f"  {text}")
            shown_total = entry.total
        else:
            say(out, f"  {short_equation(entry, style, shown_total, names=at == 0 or entry.stage == 'gradient')}")


def lines_of_selected_terms(entry: Entry, style: Style, nodes: list[str]) -> list[Line]:
    """Return a line for each term that comes from a node, or along an edge, of --node; no lines if the whole sum is shown."""
    terms = [] if belongs(entry, nodes) else [term for term in entry.terms if comes_through(term.edge, nodes)]
    return [line_of(entry, term, style, show_sum=False)._replace(so_far=f"part of {entry.name}") for term in terms]


def show_lines(out: Console, lines: list[Line]) -> None:
    """Print the terms of a sum as a table."""
    edge, position, expression, _, value, so_far = (max(len(line[at]) for line in lines) for at in range(6))
    for line in lines:
        numbers = f"{line.expression:>{expression}} {line.sign} {line.value:>{value}}   {line.so_far:>{so_far}}"
        text = f"    {line.edge:<{edge}} {line.position:>{position}}   {numbers}".rstrip()
        out.print(Text(text, sign_colour(line.value)), soft_wrap=True)


def difference(explanation: Explanation, matrices: dict[str, list[float]]) -> str:
    """Return the largest difference between matrices and loops, as text."""
    pairs = ((matrices[stage], explanation.of(stage)) for stage in matrices)
    largest = max(abs(x - entry.value) for numbers, entries in pairs for x, entry in zip(numbers, entries, strict=True))
    if not largest:
        return "the matrices give the same numbers as the loops"
    return f"the numbers of the matrices differ from those of the loops by at most {shown(largest, 2)}"


def show_loss_after(out: Console, explanation: Explanation, after: float, style: Style) -> None:
    """Print the loss of the sample with the new weights."""
    (loss,) = explanation.of("loss")
    change = "falls" if after < loss.value else "rises" if after > loss.value else "stays"
    before, now = shown(loss.value, style.digits), shown(after, style.digits)
    how = f"from {before} to {now}" if before != now else f"by {shown(abs(after - loss.value), 2)} from {before}"
    out.print()
    out.print(Text.assemble((AFTER, "bold"), f": {TITLES[AFTER]}"))
    say(out, f"  the loss {change} {how}" if change != "stays" else f"  the loss stays {now}")


def sign_colour(text: str) -> str:
    """Return the colour of a number: orange below 0, blue above 0."""
    return "dark_orange" if text.startswith("-") else "" if not text.strip("0.") else "dodger_blue1"
