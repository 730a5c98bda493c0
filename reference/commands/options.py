"""The options of `train`: one definition for both twins, and what stands for an option that is not given."""

import argparse
from typing import Any

from reference.commands.line import Parser, named
from reference.specification.door import expect, fraction_of_one, not_negative, positive, whole_number
from reference.specification.names import DTYPES, HIDDEN, INITS, LOSSES, OUTPUT, REDUCTIONS, RULES, SCALES, TASKS
from reference.specification.network_file import LARGEST_SINGLE

OPTIMIZERS = ("sgd", "rmsprop", "adam")
DEFAULTS: dict[str, Any] = {
    "n_hidden": 32,
    "hidden": "leaky_relu",
    "init": "glorot_uniform",
    "optimizer": "adam",
    "epochs": 50,
    "batch_size": 32,
    "reduction": "mean",
    "test_fraction": 0.2,
    "scale": "standard",
}
GATE: dict[str, Any] = {  # as document 004 trains it, on all eight rows
    "n_hidden": 4,
    "hidden": "sigmoid",
    "output": "sigmoid",
    "init": "normal",
    "optimizer": "sgd",
    "epochs": 1000,
    "batch_size": "all",
    "reduction": "sum",
    "test_fraction": 0.0,
    "scale": "max",
}
LEARNING_RATES = {"sgd": 0.1, "rmsprop": 0.01, "adam": 0.01}
OF_OPTIMIZER = {  # option: (the optimizer it belongs to, the name there)
    "momentum": ("sgd", "momentum"),
    "nesterov": ("sgd", "nesterov"),
    "rmsprop_decay": ("rmsprop", "decay"),
    "beta1": ("adam", "beta1"),
    "beta2": ("adam", "beta2"),
}


def samples_a_step(given: str) -> int | str:
    """Return a batch size: a whole number, or the word all."""
    if given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{given!r} is no whole number, nor the word all") from None


def add_data(parser: Parser) -> None:
    """Add what both `train` and `predict` ask about a table."""
    parser.add_argument("data", metavar="DATA", help="gate, iris, digits, a CSV file, or - for standard input")
    parser.add_argument(
        "--column",
        "--ignore",
        dest="ignored",
        action="append",
        default=[],
        metavar="COLUMN",
        help="ignore this column, by name or by number from 1; once for each",
    )
    parser.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether the first line holds the names of the columns (default: yes, unless numbers stand there: then say which)",
    )


def add_options(parser: Parser) -> None:
    """Add the options of training; those not given are None until `fill_in`."""
    add_data(parser)
    add = parser.add_argument
    add(
        "--label",
        "--target",
        dest="targets",
        action="append",
        metavar="COLUMN",
        help="column to learn, by name or by number from 1, -1 the last; once for each (default the last)",
    )
    add(
        "--task",
        type=named(TASKS, "task"),
        metavar="NAME",
        help="classification or regression (default: numbers are targets unless the output is softmax; with no --output, "
        "text and whole numbers are classes)",
    )
    add(
        "--scale",
        type=named(SCALES, "scale"),
        metavar="NAME",
        help=f"{', '.join(SCALES)}: how inputs are scaled, learnt on the training part (default standard; max for the gate)",
    )
    add(
        "--scale-targets",
        type=named(SCALES, "scale"),
        metavar="NAME",
        help="the same for targets that are numbers (default: standard, or minmax where the output cannot reach them)",
    )
    add(
        "--test-fraction",
        type=float,
        metavar="PART",
        help="part of the rows held out, the same of each class (default 0.2; the gate: 0)",
    )

    add = parser.add_argument_group("the network").add_argument
    add("--n-hidden", type=int, metavar="N", help="hidden nodes (default 32; the gate: 4)")
    add(
        "--hidden",
        type=named(HIDDEN, "hidden"),
        metavar="NAME",
        help=f"{', '.join(HIDDEN)} (default leaky_relu; the gate: sigmoid)",
    )
    add(
        "--output",
        type=named(OUTPUT, "output"),
        metavar="NAME",
        help="those and softmax (default softmax for classes, identity for numbers; the gate: sigmoid)",
    )
    add(
        "--loss",
        type=named(LOSSES, "loss"),
        metavar="NAME",
        help=f"{', '.join(LOSSES)} (default cross_entropy for softmax, else half_squared_error)",
    )
    add("--init", type=named(INITS, "init"), metavar="NAME", help=f"{', '.join(INITS)} (default {INITS[0]}; the gate: normal)")
    add(
        "--dtype",
        type=named(DTYPES, "dtype"),
        default="float64",
        metavar="NAME",
        help="float64, or for the matrices float32 (default float64)",
    )
    add("--seed", type=int, default=0, metavar="N", help="of initial weights, order of samples and held-out part (default 0)")

    add = parser.add_argument_group("the training").add_argument
    add("--epochs", type=int, metavar="N", help="times that every row is met (default 50; the gate: 1000)")
    add("--batch-size", type=samples_a_step, metavar="N", help="rows a step, or all (default 32; the gate: all)")
    add(
        "--optimizer",
        type=named(OPTIMIZERS, "optimizer"),
        metavar="NAME",
        help="sgd, rmsprop, adam (default adam; the gate: sgd)",
    )
    add("--learning-rate", type=float, metavar="RATE", help="default 0.1 for sgd, else 0.01; the gate: 1")
    add("--learning-rate-decay", type=float, default=0.0, metavar="D", help="epoch e learns at rate / (1 + D*e) (default 0)")
    add("--momentum", type=float, metavar="MU", help="of sgd (default 0)")
    add("--nesterov", action="store_true", default=None, help="Nesterov's momentum, of sgd")
    add("--rmsprop-decay", type=float, metavar="RHO", help="of rmsprop (default 0.99)")
    add("--beta1", type=float, metavar="BETA", help="of adam (default 0.9)")
    add("--beta2", type=float, metavar="BETA", help="of adam (default 0.999)")
    add("--epsilon", type=float, metavar="E", help="of rmsprop and adam (default 1e-8)")
    add("--l2", type=float, default=0.0, metavar="L", help="adds L/2 times the sum of squared weights to the loss (default 0)")
    add(
        "--reduction",
        type=named(REDUCTIONS, "reduction"),
        metavar="NAME",
        help="mean or sum of the losses of a batch (default mean; the gate: sum)",
    )
    add("--rule", type=named(RULES, "rule"), default=RULES[0], metavar="NAME", help="backpropagation or error_splitting")
    add("--freeze-biases", action="store_true", help="leave every bias as it is")
    add("--no-shuffle", action="store_true", help="take the rows in the same order in every epoch")

    add = parser.add_argument_group("what is kept").add_argument
    add("--save", metavar="FILE", help="the network with its scaling and names, for predict and show; - is standard output")
    add("--loss-file", metavar="FILE", help="the loss of every epoch as CSV, epoch,loss; - is standard output")
    add("--plot", metavar="FILE", help="the losses as a picture, .png or .svg; needs matplotlib")
    add("--weights-text", metavar="DIR", help="the four blocks as text files, a line a source node, as document 004 keeps them")


def fill_in(options: argparse.Namespace) -> None:
    """Put what the data set suggests in the place of every option that was not given; ValueError for two that do not fit."""
    for name, value in (DEFAULTS | (GATE if options.data == "gate" else {})).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.learning_rate is None:
        whole_gate = options.data == "gate" and options.optimizer == "sgd"
        options.learning_rate = 1.0 if whole_gate else LEARNING_RATES[options.optimizer]
    for option, (optimizer, _) in OF_OPTIMIZER.items():
        if getattr(options, option) is not None and options.optimizer != optimizer:
            flag = option.replace("_", "-")
            raise ValueError(f"--{flag} is a setting of {optimizer}, the optimizer is {options.optimizer}")
    if options.epsilon is not None and options.optimizer == "sgd":
        raise ValueError("--epsilon is a setting of rmsprop and adam, the optimizer is sgd")
    whole_number(options.n_hidden, "--n-hidden", least=1)
    whole_number(options.seed, "--seed")
    whole_number(options.epochs, "--epochs")
    if options.batch_size != "all":
        whole_number(options.batch_size, "--batch-size", least=1)
    for name in ("learning_rate", "learning_rate_decay", "l2"):
        flag, given = f"--{name.replace('_', '-')}", getattr(options, name)
        not_negative(given, flag)
        expect(options.dtype != "float32" or given <= LARGEST_SINGLE, given, flag, "a number that float32 holds")
    for name in ("test_fraction", "momentum", "rmsprop_decay", "beta1", "beta2"):
        if getattr(options, name) is not None:
            fraction_of_one(getattr(options, name), f"--{name.replace('_', '-')}")
    if options.epsilon is not None:
        positive(options.epsilon, "--epsilon")


def optimizer_settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the settings of the chosen optimizer that were given, by their names there."""
    settings = {name: getattr(options, option) for option, (_, name) in OF_OPTIMIZER.items()}
    return {name: value for name, value in (settings | {"epsilon": options.epsilon}).items() if value is not None}
