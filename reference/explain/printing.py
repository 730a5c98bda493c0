"""The account in a terminal: stage after stage, of a wide network the first nodes and the weights with the largest gradient."""

import argparse

from rich.console import Console
from rich.text import Text

from reference.commands.report import say
from reference.explain.account import Account, Entry
from reference.explain.selection import belongs, comes_through, few_of
from reference.explain.shown import shown
from reference.explain.text import Line, Style, equation, equations_after_terms, line_of, short_equation, term_lines
from reference.numbers.traced import Traced
from reference.specification.names import STAGES

AFTER = "loss after the step"
TITLES = {
    "h_sums": "what reaches each hidden node",
    "h_nodes": "what each hidden node passes on",
    "o_sums": "what reaches each output node",
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
    """Print stage after stage; `twin` has the stages as the matrices compute them."""
    style = Style(options.digits)
    opening(out, account, title, style)
    for stage in STAGES:
        of_stage = [entry for entry in entries if entry.stage == stage]
        if not of_stage:
            continue
        few = of_stage if options.all or options.node else few_of(of_stage, account)
        heading(out, account, stage)
        show_entries(out, few, style, options.node or [])
        if any(entry.is_exact for entry in few):
            say(out, "  (where the formula above would lose digits, this is the form that the loops compute)")
        if any("largest" in equation(entry, style, names=True) for entry in few):
            say(out, f"  largest is the largest of o_sums, {shown(max(e.value for e in account.of('o_sums')), style.digits)}")
        if len(few) < len(of_stage):
            what = "weights" if stage in ("gradient", "weights") else "nodes"
            say(out, f"  ... and {len(of_stage) - len(few):,} more {what}; --all shows them, --node one of them")
        say(out, f"  matrices: {account.formulas[stage].matrix}{difference(account, twin, stage)}")
    if account.loss_after is not None and any(entry.stage == "weights" for entry in entries) and not options.node:
        show_loss_after(out, account, account.loss_after, style)
    if account.targets is None:
        out.print()
        say(out, "Add --targets T,T,.. to see the backward pass.")


def opening(out: Console, account: Account, title: str, style: Style) -> None:
    """Print what is explained, the sample, and the legend."""
    say(out, title)
    say(out, functions_of(account, style))
    for what, letter, values in (("inputs", "i", account.inputs), ("targets", "o", account.targets or [])):
        if 0 < len(values) <= style.most:
            say(out, f"{what}: " + ", ".join(f"{letter}{at} {shown(x, style.digits)}" for at, x in enumerate(values)))
    say(out, f"Numbers are rounded to {style.digits} significant digits for display and computed at full precision.")
    say(out, "A number with fewer digits is exact, up to the rounding of floats.")
    say(out, "The sign ≈ marks an equation that holds only before rounding.")


def functions_of(account: Account, style: Style) -> str:
    """Return the names of the functions and, with targets, the learning rate."""
    net, rate = account.architecture, f", learning rate {shown(account.rate, style.digits)}" if account.targets else ""
    return f"hidden {net.hidden}, output {net.output}, loss {net.loss}{rate}"


def heading(out: Console, account: Account, stage: str) -> None:
    """Print the name of a stage, what it is, and its formula."""
    out.print()
    out.print(Text.assemble((stage, "bold"), f": {TITLES[stage]}"), soft_wrap=True)
    say(out, f"  {account.formulas[stage].loop}")


def show_entries(out: Console, entries: list[Entry], style: Style, nodes: list[str]) -> None:
    """Print the entries of a stage: the first sum term by term, with --node each, the others on a line."""
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
    """Return the lines of the terms that come over an edge of --node, each with the sum that it is part of."""
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
    """Return by how much the matrices differ from the loops in a stage."""
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
    """Return the colour that repeats a sign."""
    return "dark_orange" if text.startswith("-") else "" if not text.strip("0.") else "dodger_blue1"
