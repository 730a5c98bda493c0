"""The account in a terminal: stage after stage, of a wide network the first nodes and the weights with the largest gradient."""

import argparse

from rich.console import Console
from rich.text import Text

from reference.commands.report import say
from reference.explain.account import Account, Entry
from reference.explain.text import Style, result_lines, shown, term_lines, twin_text
from reference.specification.names import STAGES

FEW_NODES, FEW_WEIGHTS = 8, 12


def show(
    out: Console, account: Account, entries: list[Entry], twin: dict[str, list[float]], title: str, options: argparse.Namespace
) -> None:
    """Print stage after stage; `twin` has the stages as the matrices compute them."""
    style, net = Style(options.digits), account.architecture
    say(out, f"{title}: {net.hidden}, {net.output}, {net.loss}")
    for what, letter, values in (("inputs", "i", account.inputs), ("targets", "o", account.targets or [])):
        if 0 < len(values) <= style.most:
            say(out, f"{what}: " + ", ".join(f"{letter}{at} {shown(x, style.digits)}" for at, x in enumerate(values)))
    say(out, f"numbers are rounded to {style.digits} significant digits for display and computed at full precision")
    say(out, "a number with fewer digits is exact; ≈ marks an equation that holds only before rounding")
    steepest = sorted((e for e in entries if e.stage == "gradient"), key=lambda entry: -abs(entry.value))[:FEW_WEIGHTS]
    edges = {entry.node for entry in steepest or [e for e in entries if e.stage == "weights"][:FEW_WEIGHTS]}
    for stage in STAGES:
        of_stage = few = [entry for entry in entries if entry.stage == stage]
        if not of_stage:
            continue
        what = "weights" if stage in ("gradient", "weights") else "nodes"
        if not (options.all or options.node):
            few = [entry for entry in of_stage if entry.node in edges] if what == "weights" else of_stage[:FEW_NODES]
        out.print()
        out.print(Text(stage, "bold"))
        say(out, account.formulas[stage].loop)
        if stage == "o_nodes" and net.output == "softmax":
            largest = max(entry.value for entry in account.of("o_sums"))
            say(out, f"largest is the largest of o_sums, {shown(largest, style.digits)}")
        for entry in few:
            show_entry(out, account, entry, twin_value(twin, account, entry), style)
        if len(few) < len(of_stage):
            say(out, f"... and {len(of_stage) - len(few):,} more {what}; --all shows every one, --node one of them")
    if account.targets is None:
        say(out, "")
        say(out, "add --targets T,T,.. to see the backward pass")


def twin_value(twin: dict[str, list[float]], account: Account, entry: Entry) -> float:
    """Return the value of an entry as the matrices compute it."""
    return twin[entry.stage][account.of(entry.stage).index(entry)]


def show_entry(out: Console, account: Account, entry: Entry, twin: float, style: Style) -> None:
    """Print the terms of an entry, its equation, and the same line as matrices."""
    lines = term_lines(entry, style)
    if lines:
        out.print()
        say(out, f"  {entry.name}")
        widths = [max(len(line[at]) for line in lines) for at in range(6)]
    for line in lines:
        position = f"[{line.position}]" if line.position else ""
        so_far = f"   {line.so_far:>{widths[5]}}" if line.so_far else ""
        equation = f"{line.expression:>{widths[2]}} {line.sign} {line.value:>{widths[4]}}{so_far}"
        text = f"    {line.edge:<{widths[0]}} {position:>{widths[1] + 2}}   {equation}"
        out.print(Text(text, sign_colour(line.value)), soft_wrap=True)
    for text in result_lines(entry, style):
        say(out, f"  {text}")
    say(out, f"  matrices: {account.formulas[entry.stage].matrix};  {twin_text(entry, twin, style)}")


def sign_colour(text: str) -> str:
    """Return the colour that repeats a sign."""
    return "dark_orange" if text.startswith("-") else "" if not text.strip("0.") else "dodger_blue1"
