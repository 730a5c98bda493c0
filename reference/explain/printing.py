"""Print the account in a terminal, stage by stage.

For a wide network it prints only the first nodes and the weights with the largest gradients.
"""

import argparse

from rich.console import Console
from rich.text import Text

from reference.commands.report import say
from reference.explain.account import Account, Entry
from reference.explain.selection import belongs, by_stage, comes_through
from reference.explain.shown import shown
from reference.explain.text import Line, Style, equation, equations_after_terms, line_of, short_equation, term_lines
from reference.numbers.traced import Traced

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
    out: Console, account: Account, entries: list[Entry], twin: dict[str, list[float]], title: str, options: argparse.Namespace
) -> None:
    """Print all stages. `twin` has the same stages, computed with matrices."""
    style = Style(options.digits)
    opening(out, account, title, style)
    for stage, of_stage, few in by_stage(account, entries, options):
        heading(out, account, stage)
        show_entries(out, few, style, options.node or [])
        if any(entry.is_exact for entry in few):
            say(out, "  (if the formula above would lose digits, the loops use another form, which is shown here)")
        if any("largest" in equation(entry, style, names=True) for entry in few):
            largest = max(entry.value for entry in account.of("o_sums"))
            say(out, f"  largest is the largest number of o_sums, {shown(largest, style.digits)}")
        if len(few) < len(of_stage):
            what = "weights" if stage in ("gradient", "weights") else "nodes"
            say(out, f"  ... and {len(of_stage) - len(few):,} more {what}; use --all to see all of them, --node to see one")
        say(out, f"  matrices: {account.formulas[stage].matrix}{difference(account, twin, stage)}")
    if account.loss_after is not None and any(entry.stage == "weights" for entry in entries) and not options.node:
        show_loss_after(out, account, account.loss_after, style)
    if account.targets is None:
        out.print()
        say(out, "Add --targets T,T,.. to see the backward pass.")


def opening(out: Console, account: Account, title: str, style: Style) -> None:
    """Print the title, the sample, and the legend."""
    say(out, title)
    say(out, functions_of(account, style))
    for text in sample_lines(account, style):
        say(out, text)
    say(out, f"Numbers are rounded to {style.digits} significant digits for display and computed at full precision.")
    say(out, "A number with fewer digits is exact, up to the rounding of floats.")
    say(out, "The sign ≈ marks an equation that holds only before rounding.")


def sample_lines(account: Account, style: Style) -> list[str]:
    """Return the inputs and the targets with the names of their nodes; a line that would be too long is left out."""
    values = {"inputs": ("i", account.inputs), "targets": ("o", account.targets or [])}
    return [
        f"{what}: " + ", ".join(f"{letter}{at} {shown(x, style.digits)}" for at, x in enumerate(numbers))
        for what, (letter, numbers) in values.items()
        if 0 < len(numbers) <= style.most
    ]


def functions_of(account: Account, style: Style) -> str:
    """Return the names of the functions and, if there are targets, the learning rate."""
    net, rate = account.architecture, f", learning rate {shown(account.rate, style.digits)}" if account.targets else ""
    return f"hidden {net.hidden}, output {net.output}, loss {net.loss}{rate}"


def heading(out: Console, account: Account, stage: str) -> None:
    """Print the name of a stage, its meaning, and its formula."""
    out.print()
    out.print(Text.assemble((stage, "bold"), f": {TITLES[stage]}"), soft_wrap=True)
    say(out, f"  {account.formulas[stage].loop}")


def show_entries(out: Console, entries: list[Entry], style: Style, nodes: list[str]) -> None:
    """Print the entries of a stage: the first sum (with --node, every sum) term by term, other entries on one line each."""
    known: Traced | None = None
    single = [line for entry in entries for line in single_terms(entry, style, nodes)]
    if single:
        show_lines(out, single)
    for at, entry in enumerate(entries):
        if nodes and not belongs(entry, nodes):
            continue
        if entry.terms and entry.total is not known and (nodes or known is None):
            say(out, f"  {entry.name}")
            show_lines(out, term_lines(entry, style))
            for text in equations_after_terms(entry, style):
                say(out, f"  {text}")
            known = entry.total
        else:
            say(out, f"  {short_equation(entry, style, known, names=at == 0 or entry.stage == 'gradient')}")


def single_terms(entry: Entry, style: Style, nodes: list[str]) -> list[Line]:
    """Return the lines of the terms whose edge is in --node, each with the name of its sum."""
    terms = [] if belongs(entry, nodes) else [term for term in entry.terms if comes_through(term.edge, nodes)]
    return [line_of(entry, term, style, show_sum=False)._replace(so_far=f"part of {entry.name}") for term in terms]


def show_lines(out: Console, lines: list[Line]) -> None:
    """Print the terms of a sum as a table."""
    edge, position, expression, _, value, so_far = (max(len(line[at]) for line in lines) for at in range(6))
    for line in lines:
        numbers = f"{line.expression:>{expression}} {line.sign} {line.value:>{value}}   {line.so_far:>{so_far}}"
        text = f"    {line.edge:<{edge}} {line.position:>{position}}   {numbers}".rstrip()
        out.print(Text(text, sign_colour(line.value)), soft_wrap=True)


def difference(account: Account, twin: dict[str, list[float]], stage: str) -> str:
    """Return the largest difference between matrices and loops in a stage, as text."""
    largest = max(abs(a - entry.value) for a, entry in zip(twin[stage], account.of(stage), strict=True))
    return f"; they differ by at most {shown(largest, 2)}" if largest else "; the same numbers"


def show_loss_after(out: Console, account: Account, after: float, style: Style) -> None:
    """Print the loss of the sample with the new weights."""
    (loss,) = account.of("loss")
    change = "falls" if after < loss.value else "rises" if after > loss.value else "stays"
    before, now = shown(loss.value, style.digits), shown(after, style.digits)
    how = f"from {before} to {now}" if before != now else f"by {shown(abs(after - loss.value), 2)} from {before}"
    out.print()
    out.print(Text.assemble((AFTER, "bold"), f": {TITLES[AFTER]}"))
    say(out, f"  it {change} {how}" if change != "stays" else f"  it stays {now}")


def sign_colour(text: str) -> str:
    """Return the colour of a number: orange below 0, blue above 0."""
    return "dark_orange" if text.startswith("-") else "" if not text.strip("0.") else "dodger_blue1"
