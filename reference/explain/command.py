"""The command `explain`: a network and a sample of one's own, every number as the sum it is."""

import argparse
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from rich.console import Console
from rich.text import Text

from reference.commands.line import console, file_of, named
from reference.commands.outputs import check_outputs
from reference.commands.report import say
from reference.explain.account import FORWARD, STAGES, Account, Entry, account_of
from reference.explain.history import charts, history_of, show_history
from reference.explain.subject import subject_of
from reference.explain.text import Style, largest_first, result_lines, shown, term_lines, twin_text
from reference.numbers.traced import digits, symbol
from reference.specification.door import not_negative, whole_number
from reference.specification.files import write_whole
from reference.specification.messages import printable

FEW_NODES, FEW_WEIGHTS = 8, 12
Twin = Callable[[Any, list[float], list[float] | None, float], dict[str, list[float]]]
EXAMPLES = """Examples:
  python -m reference explain
  python -m reference explain --targets 1,0 --node h0
  python -m reference train iris --save iris.json && python -m reference explain --network iris.json --data iris --sample 17
  python -m reference explain --targets 1,0 --html page.html
  python -m reference explain --epochs 1000 --html gate.html"""


def add_to(commands: Any, twin: Twin) -> None:
    """Add the command; `twin` computes the same stages as matrices."""
    parser = commands.add_parser(
        "explain",
        help="every number of a network as the sum it is",
        description="Write out every sum of a network with its numbers, as the loops add them, and what the matrices say.\n"
        "Without options it is the 3-4-2 network of document 001; with targets the way back is shown, too.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--network", metavar="FILE", help="a network file of either twin (default: the network of document 001)")
    add("--inputs", metavar="X,X,..", help="the inputs of one sample, as the network takes them")
    add("--targets", metavar="T,T,..", help="its targets: with them the way back (--targets=-1,0 where the first is negative)")
    add("--data", metavar="DATA", help="take the sample from gate, iris, digits, a CSV file or -, scaled as in training")
    add(
        "--target",
        dest="wanted",
        action="append",
        metavar="COLUMN",
        help="column of --data to learn (default the last)",
    )
    add(
        "--ignore",
        dest="ignored",
        action="append",
        default=[],
        metavar="COLUMN",
        help="ignore this column of --data",
    )
    add("--header", action=argparse.BooleanOptionalAction, default=None, help="whether --data begins with names")
    add("--sample", type=int, default=0, metavar="N", help="which row of --data, counted from 0 (default 0)")
    add("--node", action="append", metavar="NODE", help="only this node or edge, e.g. h0, o1, i0->h2, b->o1; once for each")
    add("--stage", type=named(STAGES, "stage"), action="append", metavar="NAME", help=f"only this stage: {', '.join(STAGES)}")
    add(
        "--digits",
        type=int,
        default=4,
        metavar="N",
        help="digits behind the point, 2 to 15 (default 4); sums are in full",
    )
    add(
        "--terms",
        type=int,
        default=12,
        metavar="N",
        help="of a sum of more terms the largest, and the sum of the rest (default 12)",
    )
    add("--all", action="store_true", help="every node and every weight, not the first few of a wide network")
    add("--learning-rate", type=float, metavar="RATE", help="of the step, and of --epochs (default 0.1; 1 for the gate)")
    add("--epochs", type=int, default=0, metavar="N", help="train on --data (default gate) first, and show how all of it moved")
    add("--json", action="store_true", help="everything in full digits, for a program")
    add("--html", metavar="FILE", help="write a page in place of the text: choose a node, and see its sum")
    parser.set_defaults(run=partial(run, twin), prog=parser.prog)


def run(twin: Twin, options: argparse.Namespace) -> int:
    """Print the account, or write the page; return the exit status."""
    if not 2 <= options.digits <= 15:
        raise ValueError(f"--digits is {options.digits}, expected 2 to 15")
    if options.html is not None and (options.json or options.node or options.stage):
        raise ValueError("--html shows everything; leave --json, --node and --stage out")
    whole_number(options.terms, "--terms", least=2)
    whole_number(options.epochs, "--epochs")
    if options.learning_rate is not None:
        not_negative(options.learning_rate, "--learning-rate")
    check_outputs([("--html", options.html)], [("--network", options.network), ("--data", file_of(options.data))])
    about = subject_of(options)
    if options.epochs and options.html is None:  # what is asked for is there before the training as well, or not at all
        choose(account_of(about.network, about.inputs, about.targets, about.rate), options)
    history = history_of(about, options.epochs) if options.epochs else []
    account = account_of(about.network, about.inputs, about.targets, about.rate)
    stages = twin(about.network, about.inputs, about.targets, about.rate)
    if options.html is not None:
        from reference.explain.page import page_of

        moved = charts(about, history) if history else ""
        write_whole(options.html, page_of(account, stages, about.told, options.digits, moved))
        print(printable(f"the page is in {options.html}; open it in a browser"))
        return 0
    chosen = choose(account, options)
    if options.json:
        moments = [moment._asdict() for moment in history]
        print(json.dumps(as_json(account, chosen, stages) | {"history": moments}, indent=1, allow_nan=False))
        return 0
    out = console()
    show(out, account, chosen, stages, about.told, options)
    if history:
        show_history(out, about, history, options.digits)
    return 0


def choose(account: Account, options: argparse.Namespace) -> list[Entry]:
    """Return the entries that the options ask for; ValueError for a node that is not there."""
    stages, nodes = options.stage or STAGES, options.node
    for node in nodes or []:
        if not any(entry.node == node for entry in account.entries) and not is_edge(account, node):
            layout = account.layout
            raise ValueError(
                f"--node {node}: this {layout} network has the nodes h0 .. h{layout.n_hidden - 1}, "
                f"o0 .. o{layout.n_outputs - 1} and edges such as i0->h0 and b->o0"
            )
    if options.stage and account.targets is None and not set(options.stage) & set(FORWARD):
        raise ValueError(f"--stage {options.stage[0]} needs --targets: without them there is no way back")
    chosen = [entry for entry in account.entries if entry.stage in stages and (not nodes or belongs(entry, nodes))]
    if not chosen:
        what = f"of {', '.join(nodes)} " if nodes else ""
        way_out = "" if account.targets else "; an edge is seen on the way back, which needs --targets"
        raise ValueError(f"there is nothing {what}in {', '.join(stages)}{way_out}")
    return chosen


def is_edge(account: Account, node: str) -> bool:
    """Whether this is an edge of the network."""
    try:
        account.layout.position(node)
    except ValueError:
        return False
    return True


def belongs(entry: Entry, nodes: list[str]) -> bool:
    """Whether a number is of one of the nodes, or of a weight that leads to one."""
    return any(entry.node == node or entry.node.endswith(f"->{node}") for node in nodes)


def as_json(account: Account, entries: list[Entry], twin: dict[str, list[float]]) -> dict[str, Any]:
    """Return the account in full digits; each expression evaluates to its value."""
    return {
        "format": "nodesum explanation",
        "version": 1,
        "network": str(account.layout),
        "hidden": account.names[0],
        "output": account.names[1],
        "loss": account.names[2],
        "inputs": account.inputs,
        "targets": account.targets,
        "rate": account.rate,
        "entries": [
            {
                "name": entry.name,
                "stage": entry.stage,
                "node": entry.node,
                "formula": account.formulas[entry.stage].loop,
                "matrix": account.formulas[entry.stage].matrix,
                "names": entry.text(symbol),
                "numbers": entry.text(digits) if entry.alias is None else repr(entry.value),
                "value": entry.value,
                "vectorized": value_of(twin, account, entry),
                "terms": [
                    {"edge": term.edge, "position": term.position, "value": term.number.value, "so_far": term.so_far}
                    for term in entry.terms
                ],
            }
            for entry in entries
        ],
    }


def value_of(twin: dict[str, list[float]], account: Account, entry: Entry) -> float:
    """Return what the matrices have for an entry."""
    return twin[entry.stage][account.of(entry.stage).index(entry)]


def show(
    out: Console, account: Account, entries: list[Entry], twin: dict[str, list[float]], told: str, options: argparse.Namespace
) -> None:
    """Print stage after stage."""
    style = Style(options.digits, options.terms)
    hidden, output, loss = account.names
    say(out, f"{told}: {hidden}, {output}, {loss}")
    for what, letter, values in (("inputs", "i", account.inputs), ("targets", "o", account.targets or [])):
        if 0 < len(values) <= style.most:
            say(out, f"{what}: " + ", ".join(f"{letter}{at} {shown(x, style.digits)}" for at, x in enumerate(values)))
    say(out, f"numbers are shown to {style.digits} digits behind the point, and added in full")
    edges = {entry.node for entry in first_few("gradient", [entry for entry in entries if entry.stage == "gradient"])}
    for stage in STAGES:
        of_stage = [entry for entry in entries if entry.stage == stage]
        kept = of_stage if options.all or options.node else first_few(stage, of_stage)
        if stage == "weights" and edges and kept is not of_stage:  # those whose gradient is shown
            kept = [entry for entry in of_stage if entry.node in edges]
        if not kept:
            continue
        out.print()
        out.print(Text(stage, "bold"))
        say(out, account.formulas[stage].loop)
        if stage == "o_nodes" and output == "softmax":
            say(out, f"largest is the largest of o_sums, {shown(max(e.value for e in account.of('o_sums')), style.digits)}")
        for entry in kept:
            show_entry(out, account, entry, value_of(twin, account, entry), style)
        if len(kept) < len(of_stage):
            what = "weights" if stage in ("gradient", "weights") else "nodes"
            say(out, f"... and {len(of_stage) - len(kept):,} more {what}; --all shows every one, --node one of them")
    if account.targets is None:
        say(out, "")
        say(out, "with --targets T,T,.. the way back is shown, too")


def first_few(stage: str, entries: list[Entry]) -> list[Entry]:
    """Return what is shown of a wide stage: its first nodes, or the weights with the largest gradient."""
    if stage in ("gradient", "weights"):
        return largest_first(entries, FEW_WEIGHTS)
    return entries[:FEW_NODES]


def show_entry(out: Console, account: Account, entry: Entry, twin: float, style: Style) -> None:
    """Print the terms of an entry, its equation, and the same line as matrices."""
    lines = term_lines(entry, style)
    if lines:
        out.print()
        say(out, f"  {entry.name}")
        widths = [max(len(line[at]) for line in lines) for at in range(5)]
        for line in lines:
            place = f"[{line.position}]" if line.position else ""
            sofar = f"   {line.so_far:>{widths[4]}}" if line.so_far else ""
            made = f"{line.expression:>{widths[2]}} = {line.value:>{widths[3]}}{sofar}"
            out.print(
                Text(f"    {line.edge:<{widths[0]}} {place:>{widths[1] + 2}}   {made}", sign_of(line.value)), soft_wrap=True
            )
    for text in result_lines(entry, style):
        say(out, f"  {text}")
    say(out, f"  matrices: {account.formulas[entry.stage].matrix};  {twin_text(entry, twin, style)}")


def sign_of(text: str) -> str:
    """Return the colour that repeats a sign."""
    return "dark_orange" if text.startswith("-") else "" if not text.strip("0.") else "dodger_blue1"
