"""The command `explain`: show how every number of a network is computed, for one sample."""

import argparse
from collections.abc import Callable
from functools import partial

from reference.commands.data import file_of
from reference.commands.line import Commands, console, named
from reference.commands.options import add_columns
from reference.commands.outputs import check_outputs
from reference.commands.twin import Network
from reference.explain.account import Account, Entry, account_of
from reference.explain.history import history_of
from reference.explain.lessons import WORKED, check_size, lesson_of
from reference.explain.page import page_of
from reference.explain.printing import show
from reference.explain.subject import Subject, numbers, subject_of
from reference.specification.files import write_whole
from reference.specification.messages import printable
from reference.specification.names import FORWARD, STAGES
from reference.specification.parameters import not_negative, whole_number

MOST_DIGITS_OF_A_PAGE = 9  # the page checks its equations in floats
Stages = dict[str, list[float]]
Matrices = Callable[[Network, list[float], list[float] | None, float], Stages]
EXAMPLES = """Examples:
  python -m reference explain
  python -m reference explain --targets 1,0 --node h0
  python -m reference train iris --save iris.json && python -m reference explain --network iris.json --data iris --sample 17
  python -m reference explain --example xor --html xor.html
  python -m reference explain --epochs 1000 --html gate.html"""


def add_to(commands: Commands, matrices: Matrices) -> None:
    """Add the command; `matrices` computes the same stages with `vectorized`."""
    parser = commands.add_parser(
        "explain",
        help="show how every number of a network is computed",
        description="Show how every number of a network is computed: term by term as in the loops, and as matrices.\n"
        "Without options, it uses the 3-4-2 network of document 001. Add --targets to see the backward pass.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("--example", type=named(tuple(WORKED), "example"), metavar="NAME", help=f"a worked example: {', '.join(WORKED)}")
    add(
        "--network",
        metavar="FILE",
        help="a network file saved by reference or vectorized (default: the network of document 001)",
    )
    add("--inputs", metavar="X,X,..", help="the inputs of one sample, already scaled")
    add(
        "--targets",
        metavar="T,T,..",
        help="its targets; adds the backward pass (write --targets=-1,0 if the first is negative)",
    )
    add("--data", metavar="DATA", help="take the sample from gate, iris, digits, a CSV file or -, scaled as in training")
    add("--sample", type=int, default=0, metavar="N", help="which row of --data, counted from 0 (default 0)")
    column = "column of --data to learn; once for each (default the last)"
    add("--target", dest="columns", action="append", metavar="COLUMN", help=column)
    add_columns(parser)
    add("--node", action="append", metavar="NODE", help="only this node or edge, e.g. h0, o1, i0->h2, b->o1; once for each")
    add("--stage", type=named(STAGES, "stage"), action="append", metavar="NAME", help=f"only this stage: {', '.join(STAGES)}")
    add("--digits", type=int, default=4, metavar="N", help="significant digits, 2 to 15 (default 4)")
    add("--all", action="store_true", help="show every node and weight of a wide network, not only the first few")
    add(
        "--learning-rate", type=float, metavar="RATE", help="of the training step and of --epochs (default 0.1; 1 for the gate)"
    )
    add(
        "--epochs",
        type=int,
        default=0,
        metavar="N",
        help="train on --data (default gate) first; with --html, a slider shows it",
    )
    add("--html", metavar="FILE", help="write an interactive page instead of text")
    parser.set_defaults(run=partial(run, matrices), prog=parser.prog)


def run(matrices: Matrices, options: argparse.Namespace) -> int:
    """Print the account, or write the page; return the exit status."""
    check(options)
    if options.html is not None and not (options.network or options.data or options.inputs or options.epochs):
        options.example = options.example or "3-4-2"
    subject = subject_of(options) if options.example is None else example_of(options)
    if options.html is not None:
        write_page(subject, options)
        return 0
    sample = subject.network, subject.inputs, subject.targets, subject.rate
    if options.epochs:
        entries_for(account_of(*sample), options)  # fail before a long training
        history_of(subject, options.epochs)
    account = account_of(*sample)
    entries = entries_for(account, options)
    show(console(), account, entries, matrices(*sample), subject.title, options)
    return 0


def write_page(subject: Subject, options: argparse.Namespace) -> None:
    """Write the page of a subject, with the worked examples after it."""
    network = subject.network
    check_size(network.architecture)
    network.forward(subject.inputs) if subject.targets is None else network.backward(subject.inputs, subject.targets)
    history = history_of(subject, options.epochs) if options.epochs else []
    first = options.example or "your network"
    lessons = [lesson_of(subject, first, history)]
    lessons += [lesson_of(example(), name) for name, example in WORKED.items() if name != first]
    write_whole(options.html, page_of(lessons, options.digits))
    print(printable(f"the page is in {options.html}; open it in a browser"))


def example_of(options: argparse.Namespace) -> Subject:
    """Return the worked example of --example, with the targets and the rate of the options."""
    others = {"--network": options.network, "--data": options.data, "--inputs": options.inputs, "--sample": options.sample}
    others |= {"--epochs": options.epochs, "--target": options.columns, "--ignore": options.ignored}
    for option, given in others.items():
        if given:
            raise ValueError(f"--example has its own network and data; leave {option} out")
    subject = WORKED[options.example]()
    targets = numbers(options.targets, "--targets") or subject.targets
    return subject._replace(rate=subject.rate if options.learning_rate is None else options.learning_rate, targets=targets)


def check(options: argparse.Namespace) -> None:
    """Raise ValueError for invalid options."""
    if not 2 <= options.digits <= 15:
        raise ValueError(f"--digits is {options.digits}, expected 2 to 15")
    if options.html is not None and options.digits > MOST_DIGITS_OF_A_PAGE:
        raise ValueError(f"--digits is {options.digits}; with --html it is at most {MOST_DIGITS_OF_A_PAGE}")
    if options.html is not None and (options.node or options.stage):
        raise ValueError("--html shows everything; leave --node and --stage out")
    whole_number(options.epochs, "--epochs")
    if options.learning_rate is not None:
        not_negative(options.learning_rate, "--learning-rate")
    check_outputs([("--html", options.html)], [("--network", options.network), ("--data", file_of(options.data))])


def entries_for(account: Account, options: argparse.Namespace) -> list[Entry]:
    """Return the entries of --stage and --node, or all; ValueError for a node that is not there."""
    stages, nodes, layout = options.stage or STAGES, options.node, account.layout
    names = {entry.node for entry in account.entries} | {layout.name_of(at) for at in range(layout.n_weights)}
    for node in nodes or []:
        if node not in names:
            raise ValueError(
                f"--node {node}: this {layout} network has the nodes h0 .. h{layout.n_hidden - 1}, "
                f"o0 .. o{layout.n_outputs - 1} and edges such as i0->h0 and b->o0"
            )
    if options.stage and account.targets is None and not set(options.stage) & set(FORWARD):
        raise ValueError(f"--stage {options.stage[0]} needs --targets")
    entries = [entry for entry in account.entries if entry.stage in stages and (not nodes or belongs(entry, nodes))]
    if not entries:
        what = f"of {', '.join(nodes)} " if nodes else ""
        hint = "" if account.targets else "; an edge is part of the backward pass, which needs --targets"
        raise ValueError(f"there is nothing {what}in {', '.join(stages)}{hint}")
    return entries


def belongs(entry: Entry, nodes: list[str]) -> bool:
    """Whether the entry belongs to one of the nodes, or to a weight into one."""
    return any(entry.node == node or entry.node.endswith(f"->{node}") for node in nodes)
