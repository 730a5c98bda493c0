"""The commands `check` and `vectors`: check functions, programs in any language, and files of answers."""

import argparse
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from reference.commands.line import ERROR, Parser, named
from reference.commands.options import OPTIMIZER_OPTIONS, optimizer_settings
from reference.commands.progress import spinner
from reference.specification.messages import printable
from reference.specification.names import DTYPES, HIDDEN, LOSSES, OPTIMIZERS, OUTPUT, REDUCTIONS, RULES, TARGETS

if TYPE_CHECKING:
    from reference.oracle.candidates.program import Program
    from reference.oracle.verdict import Verdict

Settings: TypeAlias = dict[str, Any]  # the settings of `oracle.check`, by name
EXAMPLES = """FUNCTION takes one case and returns the outputs of your network. A program reads and writes one JSON object per
line. {protocol} describes cases and answers.
Exit status: 0 the network agrees, 1 it does not, 2 the oracle cannot decide: an answer is missing or unusable, or an
option is wrong.

Examples:
  python -m reference check net.py:predict --hidden relu --output softmax
  python -m reference check --command "node candidate.js"
  python -m reference vectors --output vectors.jsonl
  python -m reference check --vectors vectors.jsonl --answers answers.jsonl"""
ALLOWED_WITH_VECTORS = ("precision", "strict")
DISAGREES = 1
SECONDS = 10.0
NEEDS_EARLIER_CASES = (
    "run the command after `replay:`; if your program answers, the failure depends on earlier cases; "
    "to repeat the failure, save all cases with --command \"sh -c 'tee cases.jsonl | COMMAND'\", then run COMMAND < cases.jsonl"
)
PROTOCOL = Path(__file__).with_name("PROTOCOL.md")


def add_to(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add both commands."""
    parser = commands.add_parser(
        "check",
        help="check a network written elsewhere, in any language",
        usage="python -m reference check [FUNCTION] [options]",
        description="Run a network on cases drawn from a seed, and check every number that it returns.",
        epilog=EXAMPLES.format(protocol=PROTOCOL),
    )
    add = parser.add_argument
    add("function", nargs="?", metavar="FUNCTION", help="file.py:name or package.module:name; it runs in its own process")
    add("--command", metavar="COMMAND", help="a program to check; it runs without a shell")
    add("--vectors", metavar="FILE", help="use the cases in this file")
    add("--answers", metavar="FILE", help="check the answers in this file: one per line, in the order of --vectors")
    add(
        "--seconds",
        type=seconds,
        default=SECONDS,
        metavar="S",
        help="seconds for one answer, six times as long for the first (default 10)",
    )
    add("--json", action="store_true", help="print the verdict as JSON")
    add_settings(parser)
    parser.set_defaults(run=check, prog=parser.prog)

    parser = commands.add_parser(
        "vectors",
        help="write cases and their right answers to a file",
        description="Write a small set of cases with their right answers. Together they reveal many of the known mistakes.\n"
        f"{PROTOCOL} describes the file.",
        epilog="Example:\n  python -m reference vectors --output vectors.jsonl",
    )
    parser.add_argument("--output", required=True, metavar="FILE", help="the file to write, one JSON object per line")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the cases (default 0)")
    parser.set_defaults(run=write, prog=parser.prog)


def add_settings(parser: Parser) -> None:
    """Add the settings of `oracle.check`. The parsed options hold only the settings that the user passes."""
    group = parser.add_argument_group("the network and the cases", argument_default=argparse.SUPPRESS)
    words = {"hidden": HIDDEN, "output": OUTPUT, "loss": LOSSES, "reduction": REDUCTIONS, "rule": RULES}
    words |= {"optimizer": tuple(OPTIMIZERS), "precision": DTYPES, "targets": TARGETS}
    defaults = {"hidden": "sigmoid", "output": "softmax", "loss": "cross_entropy for softmax, else half_squared_error"}
    defaults |= {"optimizer": "plain gradient descent", "precision": "both"}
    for name, names in words.items():
        default = defaults.get(name, names[0])
        group.add_argument(f"--{name}", type=named(names, name), metavar="NAME", help=f"{', '.join(names)} (default {default})")
    group.add_argument(
        "--l2",
        type=float,
        metavar="L",
        help="add L/2 times the sum of the squared weights, without biases, to the loss (default 0)",
    )
    group.add_argument("--learning-rate", type=float, metavar="RATE", help="learning rate of the step (default 0.1)")
    group.add_argument("--steps", type=int, metavar="N", help="check the weights after each of N steps (default 1)")
    group.add_argument("--momentum", type=float, metavar="MU", help="momentum of sgd (default 0)")
    group.add_argument("--nesterov", action="store_true", help="use Nesterov momentum with sgd")
    group.add_argument("--rmsprop-decay", type=float, metavar="RHO", help="decay of rmsprop (default 0.99)")
    group.add_argument("--beta1", type=float, metavar="BETA", help="beta1 of adam (default 0.9)")
    group.add_argument("--beta2", type=float, metavar="BETA", help="beta2 of adam (default 0.999)")
    group.add_argument("--epsilon", type=float, metavar="E", help="epsilon of rmsprop and adam (default 1e-8)")
    group.add_argument("--strict", action="store_true", help="do not accept textbook formulas that lose digits")
    group.add_argument("--no-biases", dest="biases", action="store_false", help="set all biases to 0, and do not check them")
    group.add_argument("--batch", type=int, metavar="ROWS", help="use batches of ROWS samples (default: one sample at a time)")
    group.add_argument("--examples", type=int, metavar="N", help="number of cases (default 200)")
    group.add_argument("--seed", type=int, metavar="N", help="seed of the cases (default 0)")
    group.add_argument("--sizes", type=sizes, metavar="I-H-O", help="sizes of all cases, such as 3-4-2 (default: they vary)")


def seconds(text: str) -> float:
    """Return a number of seconds above 0 and below a million."""
    number = float(text)
    if not 0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0 and below a million")
    return number


def sizes(text: str) -> tuple[int, ...]:
    """Return three sizes, written as 3-4-2."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 7 and int(part) for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not three sizes such as 3-4-2")
    return tuple(map(int, parts))


def check(options: argparse.Namespace) -> int:
    """Judge the candidate, print the verdict, and return the exit status."""
    from reference.oracle.answers import NoAnswer, WrongShape
    from reference.oracle.candidates.program import NO_FIRST_ANSWER, NotStarted
    from reference.oracle.explaining.calls import replay_command
    from reference.oracle.verdict import record_of, verdict_of

    settings = settings_of(options)
    sources = [name for name in ("function", "command", "answers") if getattr(options, name) is not None]
    if len(sources) != 1:
        raise ValueError("give one of FUNCTION, --command COMMAND, or --vectors FILE --answers FILE")
    if options.answers and not options.vectors:
        raise ValueError("--answers also needs --vectors, the file of the cases")
    if options.vectors and (others := [name for name in settings if name not in ALLOWED_WITH_VECTORS]):
        option = "no-biases" if others[0] == "biases" else others[0].replace("_", "-")
        raise ValueError(f"--{option} cannot be used with --vectors: these cases have their own settings")
    try:
        verdict = on_vectors(options, settings) if options.vectors else on_cases(options, settings)
    except (NotStarted, NoAnswer, WrongShape) as error:  # the candidate does not start, or fails while its mistake is explained
        if not options.json:
            raise ValueError(str(error)) from None
        verdict = verdict_of(record_of(None, **settings), "undecided", why=str(error))
    verdict.record["again"] = repeat_command(options, settings)
    why, case = verdict.record["why"] or "", verdict.record["counterexample"]
    # a replay cannot show that a program does not flush its output: the program ends after one case, and the end flushes
    # a replay with tee would overwrite the file of the saved cases
    if options.command and case and NO_FIRST_ANSWER not in why and not re.search(r"\btee\b", options.command):
        verdict.record["replay"] = replay_command(options.command, case)
        if verdict.grade == "undecided" and not why.startswith("case 0"):
            verdict.record["notes"].append(NEEDS_EARLIER_CASES)
    headline, _, rest = str(verdict).partition("\n")
    print(verdict.to_json() if options.json else f"{headline}: {printable(getattr(options, sources[0]))}\n{rest}")
    return 0 if verdict.agrees else ERROR if verdict.grade == "undecided" else DISAGREES


def settings_of(options: argparse.Namespace) -> Settings:
    """Return the options that are settings of `oracle.check`."""
    others = ("function", "command", "vectors", "answers", "seconds", "json", "run", "prog")
    return {name: value for name, value in vars(options).items() if name not in others}


@contextmanager
def running(options: argparse.Namespace) -> Iterator["Program"]:
    """Start the candidate and yield it. Stop it at the end, even after an error."""
    from reference.oracle.candidates.program import Program, python_candidate

    function = python_candidate(options.function, seconds=options.seconds) if options.function else None
    with function or Program(options.command, seconds=options.seconds) as candidate, spinner("checking"):
        yield candidate


def on_cases(options: argparse.Namespace, settings: Settings) -> "Verdict":
    """Return the verdict on cases drawn from a seed."""
    from reference.oracle.checking import check

    settings = with_optimizer(settings)
    with running(options) as candidate:
        return check(candidate, **settings)


def with_optimizer(settings: Settings) -> Settings:
    """Return the settings with the optimizer built from its options. Raises ValueError for an option of another optimizer."""
    from reference.oracle.settings import optimizer_of

    optimizer = settings.get("optimizer", "sgd")
    fields = optimizer_settings(optimizer, settings)
    others = {name: value for name, value in settings.items() if name not in OPTIMIZER_OPTIONS}
    return others | ({"optimizer": optimizer_of({"name": optimizer, **fields})} if fields else {})


def on_vectors(options: argparse.Namespace, settings: Settings) -> "Verdict":
    """Return the verdict on the cases of a vector file, without the cases that the candidate skips."""
    from reference.oracle.candidates.program import Skipped
    from reference.oracle.decide import verdict_on
    from reference.oracle.vector_files import ask_all, read_answers, read_vectors, replay
    from reference.oracle.verdict import record_of, verdict_of

    vectors = read_vectors(options.vectors)
    if options.answers:
        answers = read_answers(options.answers, vectors)
    else:
        with running(options) as candidate:
            answers = ask_all(candidate, vectors)
    answered = [at for at, answer in enumerate(answers) if not isinstance(answer, Skipped)]
    cases, n_skipped = [vectors[at] for at in answered], len(answers) - len(answered)
    notes = [f"{n_skipped} of {len(vectors)} vectors were skipped and not checked"] if n_skipped else []
    record = record_of(None, examples=len(cases), vectors=options.vectors, skipped=n_skipped, **settings)
    if not cases:
        return verdict_of(record | {"notes": notes}, "undecided", why="every vector was skipped")
    verdict = verdict_on(replay(cases, [answers[at] for at in answered]), cases, record, ask_more=False)
    if verdict.counterexample:
        notes.append(f"the case shown is vector {answered[cases.index(verdict.counterexample)] + 1}")
    verdict.record["notes"] = notes + verdict.record["notes"]
    return verdict


def repeat_command(options: argparse.Namespace, settings: Settings) -> str:
    """Return the command that repeats the check."""
    words = ["python", "-m", "reference", "check"] + ([options.function] if options.function else [])
    for name in ("command", "vectors", "answers"):
        if getattr(options, name):
            words += [f"--{name}", getattr(options, name)]
    for name, value in (settings | ({"seconds": options.seconds} if options.seconds != SECONDS else {})).items():
        if isinstance(value, bool):
            words.append("--no-biases" if name == "biases" else f"--{name}")
        else:
            words += [f"--{name.replace('_', '-')}", "-".join(map(str, value)) if name == "sizes" else str(value)]
    return printable(shlex.join(words))


def write(options: argparse.Namespace) -> int:
    """Write a file of vectors, print how many mistakes it reveals, and return the exit status."""
    from reference.commands.outputs import check_outputs
    from reference.oracle.explaining.mistakes import MISTAKES
    from reference.oracle.vectors import write_vectors

    check_outputs([("--output", options.output)])
    with spinner("looking for cases that reveal many mistakes"):
        vectors = write_vectors(options.output, options.seed)
    kills = {name for vector in vectors for name in vector.kills}
    print(printable(f"{options.output}: {len(vectors)} vectors; together they reveal {len(kills)} of {len(MISTAKES)} mistakes"))
    return 0
