"""The commands of the benchmark and their options."""

import argparse
from collections.abc import Callable, Iterator

from benchmarks import comparison, plots, results, run, tables
from benchmarks import goals as all_goals
from benchmarks.contenders import CONTENDERS
from benchmarks.peers import PEERS
from benchmarks.shapes import OPERATIONS, shape_of
from reference.commands.line import Parser, console, named
from reference.commands.outputs import check_outputs
from reference.commands.plots import check
from reference.specification.messages import printable
from reference.specification.names import DTYPES
from reference.specification.parameters import whole_number

EXAMPLES = """Examples:
  python -m benchmarks --quick
  python -m benchmarks --shape 784-100-10 --batch 64 --dtype float32
  python -m benchmarks --output results.json && python -m benchmarks plot results.json picture.svg
  python -m benchmarks --peers --shape 64-32-10 --batch 32
  python -m benchmarks show results.json
  python -m benchmarks compare before.json after.json
  python -m benchmarks goals"""


def parser() -> Parser:
    """Return the parser of every command."""
    main = Parser(
        prog="python -m benchmarks",
        description="Measure how much faster the matrices of `vectorized` are than the loops of `reference`, from which size "
        "on the matrices are faster, and how far matrices and loops are from what the machine can do.",
        epilog=EXAMPLES,
    )
    main.set_defaults(run=measure, prog=main.prog)
    length = main.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="fewer shapes: a quarter of a minute instead of about a minute")
    length.add_argument("--thorough", action="store_true", help="more shapes, more rounds: a quarter of an hour")
    operation, all_contenders = named(OPERATIONS, "operation"), [*CONTENDERS, *PEERS]
    add = main.add_argument
    add("--shape", action="append", metavar="I-H-O", help="measure only this network, such as 784-100-10; may be repeated")
    add(
        "--batch",
        type=int,
        action="append",
        metavar="N",
        help="number of samples, for every --shape (default 1); may be repeated",
    )
    add(
        "--dtype",
        type=named(DTYPES, "dtype"),
        metavar="NAME",
        help="precision of --shape: float64 (default) or float32; the loops always use float64",
    )
    add(
        "--operation",
        type=operation,
        action="append",
        metavar="NAME",
        help=f"{', '.join(OPERATIONS)}; may be repeated (default with --shape: forward, gradient and step; otherwise, "
        "with --peers or --contender: step and epoch; otherwise: all)",
    )
    add(
        "--contender",
        type=named(all_contenders, "contender"),
        action="append",
        metavar="NAME",
        help="time this contender instead of loops and matrices, in its own process; may be repeated; one of "
        f"{', '.join(all_contenders)}",
    )
    add("--peers", action="store_true", help=f"compare with {', '.join(PEERS)}, if installed")
    add("--threads", type=int, default=1, metavar="N", help="threads of the BLAS library (default 1)")
    add("--output", metavar="FILE", help="write every measured time to this JSON file")

    commands = main.add_subparsers(title="commands", metavar="COMMAND")
    command = add_command(commands, "show", show, "print the tables of a file of results")
    command.add_argument("file", metavar="FILE")
    command = add_command(commands, "plot", plot, "draw a file of results: times, ratios, the parts of a step")
    command.add_argument("file", metavar="FILE")
    command.add_argument("picture", metavar="PICTURE", help="a name that ends in .svg or .png")
    plot_operation = named([name for name in OPERATIONS if name != "epoch"], "operation")
    command.add_argument(
        "--operation", type=plot_operation, default="step", metavar="NAME", help="forward, gradient or step (the default)"
    )
    command = add_command(
        commands, "compare", compare, "compare two files of results, row by row: show what became faster or slower"
    )
    command.add_argument("before", metavar="BEFORE")
    command.add_argument("after", metavar="AFTER")
    command = add_command(
        commands,
        "goals",
        goals,
        "measure whether the goals for speed and memory are met (four minutes); the exit status is 1 if one is missed",
    )
    command.add_argument(
        "--only",
        metavar="TEXT",
        default="",
        help="measure only the promises (groups of goals) whose name contains this text, such as PyTorch; also print each goal",
    )
    return main


def add_command(
    commands: "argparse._SubParsersAction[Parser]", name: str, action: Callable[[argparse.Namespace], int], help_text: str
) -> Parser:
    """Add a command, with its help."""
    command = commands.add_parser(name, help=help_text, description=f"{help_text.capitalize()}.")
    command.set_defaults(run=action, prog=command.prog)
    return command


def measure(options: argparse.Namespace) -> int:
    """Measure, write the results to the --output file, and print them. After Ctrl-C or an error, keep the finished rows."""
    whole_number(options.threads, "threads", least=1)
    check_outputs([("--output", options.output)])
    outcome, problem = run.collect(jobs_of(options))
    if outcome.rows or problem is None:
        if options.output is not None:
            results.write(options.output, outcome)
        tables.show(console(), outcome)
    if problem is not None:
        raise problem
    return 0


def jobs_of(options: argparse.Namespace) -> Iterator[run.Job]:
    """Return the jobs that the options ask for."""
    plan = run.QUICK_PLAN if options.quick else run.THOROUGH_PLAN if options.thorough else run.USUAL_PLAN
    operations = tuple(dict.fromkeys(options.operation or OPERATIONS))
    if options.shape is None and (options.batch is not None or options.dtype is not None):
        raise ValueError("--batch and --dtype belong to a --shape; give one, for example --shape 64-32-10")
    option_shapes = [
        shape_of(shape, n, options.dtype or "float64") for shape in options.shape or () for n in options.batch or [1]
    ]
    if option_shapes:
        if options.operation and "epoch" in operations:
            raise ValueError("--operation epoch uses the digits, whose shape is 64-32-10; leave --shape out")
        operations = tuple(operation for operation in operations if operation != "epoch")
    if options.peers or options.contender:
        contest_operations = operations if options.operation or option_shapes else ("step", "epoch")
        contest_shapes = option_shapes or (run.CONTEST[:2] if options.quick else run.CONTEST)
        return run.contest_jobs(contest_shapes, contest_operations, plan.pace, options.contender)
    if option_shapes:
        shapes = tuple(size for shape in option_shapes for size in run.with_smaller(shape, operations, plan.pace))
        plan = run.Plan(shapes, plan.pace, operations, parts=tuple(option_shapes) if "step" in operations else ())
    elif options.operation:
        plan = run.Plan(plan.shapes, plan.pace, operations)
    return run.jobs_of(plan)


def show(options: argparse.Namespace) -> int:
    """Print the tables of a file of results."""
    tables.show(console(), results.read(options.file))
    return 0


def plot(options: argparse.Namespace) -> int:
    """Draw a file of results."""
    check(options.picture, "PICTURE")
    check_outputs([("PICTURE", options.picture)], [("FILE", options.file)])
    plots.draw(options.picture, results.read(options.file), options.operation)
    print(printable(f"drawn: {options.picture}"))
    return 0


def compare(options: argparse.Namespace) -> int:
    """Compare two files of results."""
    comparison.show(console(), results.read(options.before), results.read(options.after))
    return 0


def goals(options: argparse.Namespace) -> int:
    """Measure whether the goals are met."""
    return all_goals.show(console(), options.only)
