"""The command `explain`: show how a network computes every number for one sample."""

import argparse
from collections.abc import Callable
from functools import partial

from reference.commands.data import file_of
from reference.commands.line import Commands, console, named
from reference.commands.options import add_columns
from reference.commands.outputs import check_outputs
from reference.commands.package import Network
from reference.explain.explanation import Explanation, explanation_of
from reference.explain.history import history_of
from reference.explain.lessons import WORKED, check_size, lesson_of
from reference.explain.page import page_of
from reference.explain.printing import show
from reference.explain.selection import entries_for
from reference.explain.sheet_page import sheet_page
from reference.explain.subject import Subject, subject_of, with_options
from reference.explain.worksheet import rounded, worksheet
from reference.specification.files import write_whole
from reference.specification.messages import printable
from reference.specification.names import STAGES
from reference.specification.parameters import not_negative, whole_number

MOST_DIGITS_OF_A_PAGE = 9  # with more digits, rounding errors could change the = or ≈ of an equation on the page
Stages = dict[str, list[float]]
Matrices = Callable[[Network, list[float], list[float] | None, float, bool], Stages]
EXAMPLES = """Examples:
  python -m reference explain
  python -m reference explain --node h0
  python -m reference train iris --save iris.json && python -m reference explain --network iris.json --data iris --sample 17
  python -m reference explain --worksheet --html sheet.html
  python -m reference explain --example xor --html xor.html
  python -m reference explain --epochs 1000 --html gate.html

Your own weights: save a network in Python. Each row of a matrix has the weights of one source node.
  import reference
  matrices = [[0.1, -0.2], [0.3, 0.4]], [0.5, -0.5], [[0.7], [-0.8]], [0.9]  # ih weights, h biases, ho weights, o biases
  reference.NeuralNetwork.from_blocks(*matrices, hidden="sigmoid", output="sigmoid").save("own.json")
Then give its file:
  python -m reference explain --network own.json --inputs 1,2 --targets 1"""


def add_to(commands: Commands, matrices: Matrices) -> None:
    """Add the command `explain`. The function `matrices` computes the numbers of a sample with `vectorized`."""
    parser = commands.add_parser(
        "explain",
        help="show how every number of a network is computed",
        description="Show how every number of a network is computed: term by term as in the loops, and as matrices.\n"
        "Without options, it uses the example 3-4-2, a network with weights 0.01, 0.02, ... 0.26.",
        epilog=EXAMPLES,
    )
    add = parser.add_argument_group("which network and sample").add_argument
    add("--example", type=named(tuple(WORKED), "example"), metavar="NAME", help=f"a worked example: {', '.join(WORKED)}")
    network = "a network file saved by either package, see below (default: the example 3-4-2; with --data, a new network)"
    add("--network", metavar="FILE", help=network)
    add(
        "--inputs",
        metavar="X,X,..",
        help="the inputs of one sample, already scaled (write --inputs=-1,2 if the first is negative)",
    )
    targets = "the targets: a class, or numbers (with --data: before scaling; with --inputs: already scaled)"
    add("--targets", metavar="T,T,..", help=targets)
    data = "take the sample from gate, iris, digits, a CSV file or - (standard input), scaled as in training"
    add("--data", metavar="DATA", help=data)
    add("--sample", type=int, metavar="N", help="the row of --data, counted from 0 (default 0)")
    column = "target column of --data; repeat the option for several (default: the last column)"
    add("--target", dest="columns", action="append", metavar="COLUMN", help=column)
    add_columns(parser)
    add = parser.add_argument_group("training").add_argument
    rate = "learning rate of the training step and of --epochs (default 0.1; the gate, xor and 2-2-2 have their own)"
    add("--learning-rate", type=float, metavar="RATE", help=rate)
    epochs = "train first, on all rows of the data or on the one sample (if no network or sample is chosen: on the gate)"
    add("--epochs", type=int, default=0, metavar="N", help=epochs)
    add = parser.add_argument_group("what is shown").add_argument
    node = "only the numbers of this node or edge, such as i0, h0, i0->h2 or b->o1; repeatable"
    add("--node", action="append", metavar="NODE", help=node)
    add("--stage", type=named(STAGES, "stage"), action="append", metavar="NAME", help=f"only this stage: {', '.join(STAGES)}")
    add("--digits", type=int, default=4, metavar="N", help="significant digits, 2 to 15 (default 4)")
    add("--all", action="store_true", help="every node and every weight, not only a few of them")
    add("--html", metavar="FILE", help="write an interactive page instead of text")
    sheet = "show a worksheet: a blank for each result, and the answers at the end; with --html, as a page to print"
    add("--worksheet", action="store_true", help=sheet)
    parser.set_defaults(run=partial(run, matrices), prog=parser.prog)


def run(matrices: Matrices, options: argparse.Namespace) -> int:
    """Print the explanation or the worksheet, or write a page. Return the exit status."""
    check(options)
    subject = subject_of_options(options)
    if is_page(options):
        write_page(subject, options)
        return 0
    if options.epochs:
        entries_for(explanation_for(subject), options)  # report wrong options before a long training
        history_of(subject, options.epochs)
    if options.worksheet:
        subject = rounded(subject, options.digits)
    explanation = explanation_for(subject)
    entries = entries_for(explanation, options)
    if options.worksheet:
        show_worksheet(worksheet(explanation, entries, subject.heading, options), options)
    else:
        sample = subject.network, subject.inputs, subject.targets, subject.rate
        show(console(), subject, explanation, entries, matrices(*sample, subject.train_biases), options)
    if subject.targets is None:
        print("no targets: this is the forward pass only; add --targets T,T,.. to see the backward pass")
    return 0


def show_worksheet(sheet: str, options: argparse.Namespace) -> None:
    """Print the worksheet, or write it to --html."""
    if options.html is None:
        for line in sheet.splitlines():
            print(printable(line))
        return
    write_whole(options.html, sheet_page(sheet))
    more = "" if options.all else " (--all shows every node and weight)"
    print(printable(f"the worksheet is in {options.html}; print it from a browser{more}"))


def explanation_for(subject: Subject) -> Explanation:
    """Return the explanation of a subject (a network and a sample)."""
    return explanation_of(subject.network, subject.inputs, subject.targets, subject.rate, subject.train_biases)


def subject_of_options(options: argparse.Namespace) -> Subject:
    """Return the subject that the options choose.

    The default is the example 3-4-2. With --epochs and without --targets, the default is the gate.
    """
    is_chosen = options.network or options.data or options.inputs or options.example
    if options.epochs and not is_chosen and not options.targets:
        options.data = "gate"
    data_options = {"--sample": options.sample, "--target": options.columns, "--ignore": options.ignored or None}
    data_options["--no-header" if options.header is False else "--header"] = options.header
    if options.example is not None:
        others = {"--network": options.network, "--data": options.data, "--inputs": options.inputs}
        for option, value in {**others, **data_options}.items():
            if value is not None:
                raise ValueError(f"--example has its own network and data; leave {option} out")
    for option, value in data_options.items():
        if options.data is None and value is not None:
            raise ValueError(f"{option} needs --data")
    if not (is_chosen or options.data):
        options.example = "3-4-2"
    subject = with_options(subject_of(options) if options.example is None else WORKED[options.example](), options)
    return subject._replace(title=f"{subject.title}, after {options.epochs:,} epochs") if options.epochs else subject


def write_page(subject: Subject, options: argparse.Namespace) -> None:
    """Write the page of a subject and the worked examples. Raises FloatingPointError if a sum of the subject overflows."""
    network = subject.network
    check_size(network.architecture)
    network.forward(subject.inputs) if subject.targets is None else network.backward(subject.inputs, subject.targets)
    history = history_of(subject, options.epochs) if options.epochs else []
    first = options.example or "your network"
    lessons = [lesson_of(subject, first, history)]
    lessons += [lesson_of(example(), name) for name, example in WORKED.items() if name != first]
    write_whole(options.html, page_of(lessons, options.digits))
    print(printable(f"the page is in {options.html}; open it in a browser"))


def is_page(options: argparse.Namespace) -> bool:
    """Whether the options ask for the interactive page."""
    return options.html is not None and not options.worksheet


def check(options: argparse.Namespace) -> None:
    """Raise ValueError for invalid options."""
    if not 2 <= options.digits <= 15:
        raise ValueError(f"--digits is {options.digits}, expected 2 to 15")
    if is_page(options) and options.digits > MOST_DIGITS_OF_A_PAGE:
        raise ValueError(f"--digits is {options.digits}; with --html it is at most {MOST_DIGITS_OF_A_PAGE}")
    if is_page(options) and (options.node or options.stage):
        raise ValueError("the page of --html shows everything; leave --node and --stage out, or add --worksheet")
    whole_number(options.epochs, "--epochs")
    if options.learning_rate is not None:
        not_negative(options.learning_rate, "--learning-rate")
    check_outputs([("--html", options.html)], [("--network", options.network), ("--data", file_of(options.data))])
