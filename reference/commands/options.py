"""The options of `train`, the same for both packages, and their default values."""

import argparse
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from reference.commands.line import Parser, named
from reference.specification.names import DTYPES, HIDDEN, INITS, LOSSES, OPTIMIZERS, OUTPUT, REDUCTIONS, RULES, SCALES, TASKS
from reference.specification.parameters import fraction_of_one, not_negative, positive, whole_number

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
GATE: dict[str, Any] = {  # the settings of document 004, except that the biases are trained
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
OPTIMIZER_OPTIONS = {  # option: (the optimizers with this option, the name of the parameter)
    "momentum": (("sgd",), "momentum"),
    "nesterov": (("sgd",), "nesterov"),
    "rmsprop_decay": (("rmsprop",), "decay"),
    "beta1": (("adam",), "beta1"),
    "beta2": (("adam",), "beta2"),
    "epsilon": (("rmsprop", "adam"), "epsilon"),
}
CHECKS: dict[str, Callable[[Any, str], object]] = {
    **dict.fromkeys(("n_hidden", "batch_size"), partial(whole_number, least=1)),
    **dict.fromkeys(("epochs", "seed"), whole_number),
    **dict.fromkeys(("learning_rate", "l2"), not_negative),
    **dict.fromkeys(("momentum", "rmsprop_decay", "beta1", "beta2", "test_fraction"), fraction_of_one),
    "epsilon": positive,
}


def batch_size(text: str) -> int | str:
    """Return a batch size: a whole number, or the word all."""
    if text == "all":
        return text
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number or the word all") from None


def add_name(add: Callable[..., object], flag: str, names: Collection[str], meaning: str, default: str | None = None) -> None:
    """Add an option that takes one of these names."""
    add(flag, type=named(names, flag[2:]), metavar="NAME", help=meaning, default=default)


def add_data(parser: Parser) -> None:
    """Add the argument DATA and the options that say how to read it."""
    parser.add_argument("data", metavar="DATA", help="gate, iris, digits, a CSV file, or - for standard input")
    add_columns(parser)


def add_columns(parser: Parser) -> None:
    """Add the options that say how to read a table: ignored columns, header, missing values and decimal mark."""
    parser.add_argument(
        "--ignore",
        dest="ignored",
        action="append",
        default=[],
        metavar="COLUMN",
        help="a column to ignore: its name, or its number from 1; repeat for more",
    )
    parser.add_argument(
        "--header",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="whether the first line has the column names (default: yes, unless an input would have a number as its name: then "
        "choose one of the two options)",
    )
    parser.add_argument(
        "--skip-missing",
        action="store_true",
        help="skip the rows in which a value is empty, NA, n/a, nan, null or ?; predict leaves their answers empty",
    )
    parser.add_argument("--decimal", choices=("point", "comma"), default="point", help="decimal mark of the numbers in DATA")


def add_options(parser: Parser) -> None:
    """Add the options of training. `fill_in` later sets the defaults that depend on other options."""
    add_data(parser)
    add = parser.add_argument
    add(
        "--target",
        "--label",
        dest="targets",
        action="append",
        metavar="COLUMN",
        help="a column to learn: its name, or its number from 1, or -1 for the last; repeat for more (default the last)",
    )
    tasks = (
        "classification or regression (default: regression for several targets; classification for one target of text, for "
        "--output softmax, and, without --output, for at most 20 different whole numbers that appear at least twice on "
        "average; else regression)"
    )
    add_name(add, "--task", TASKS, tasks)
    scales = f"{', '.join(SCALES)}: how to scale the inputs, using the training set only (default standard; for gate: max)"
    add_name(add, "--scale", SCALES, scales)
    part = "share of the rows in the test set, the same for each class (default 0.2; for gate: 0)"
    add("--test-fraction", type=float, metavar="PART", help=part)

    add = parser.add_argument_group("the network").add_argument
    add("--n-hidden", type=int, metavar="N", help="hidden nodes (default 32; for gate: 4)")
    add_name(add, "--hidden", HIDDEN, f"{', '.join(HIDDEN)} (default leaky_relu; for gate: sigmoid)")
    add_name(
        add,
        "--output",
        OUTPUT,
        f"{', '.join(OUTPUT)} (default softmax for classes, identity for numbers; for gate: sigmoid)",
    )
    add_name(add, "--loss", LOSSES, f"{', '.join(LOSSES)} (default cross_entropy for softmax, else half_squared_error)")
    add_name(add, "--init", INITS, f"{', '.join(INITS)} (default {INITS[0]}; for gate: normal)")
    add_name(add, "--dtype", DTYPES, "float64, or float32 for the matrices only (default float64)", "float64")
    add("--seed", type=int, default=0, metavar="N", help="seed of initial weights, order of samples and test set (default 0)")

    add = parser.add_argument_group("the training").add_argument
    add("--epochs", type=int, metavar="N", help="passes over all training rows (default 50; for gate: 1000)")
    add("--batch-size", type=batch_size, metavar="N", help="rows per step, or all (default 32; for gate: all)")
    add_name(add, "--optimizer", OPTIMIZERS, "sgd, rmsprop, adam (default adam; for gate: sgd)")
    add("--learning-rate", type=float, metavar="RATE", help="default 0.1 for sgd, else 0.01; for gate with sgd: 1")
    add("--momentum", type=float, metavar="MU", help="momentum of sgd (default 0)")
    add("--nesterov", action="store_true", default=None, help="use Nesterov momentum with sgd")
    add("--rmsprop-decay", type=float, metavar="RHO", help="decay of rmsprop (default 0.99)")
    add("--beta1", type=float, metavar="BETA", help="beta1 of adam (default 0.9)")
    add("--beta2", type=float, metavar="BETA", help="beta2 of adam (default 0.999)")
    add("--epsilon", type=float, metavar="E", help="epsilon of rmsprop and adam (default 1e-8)")
    add(
        "--l2",
        type=float,
        default=0.0,
        metavar="L",
        help="add L/2 times the sum of squared ih and ho weights to the loss (default 0)",
    )
    add_name(add, "--reduction", REDUCTIONS, "mean or sum of the losses of a batch (default mean; for gate: sum)")
    add_name(add, "--rule", RULES, "backpropagation or error_splitting", RULES[0])
    add("--freeze-biases", action="store_true", help="do not train the biases")
    add("--no-shuffle", action="store_true", help="use the rows in the same order in every epoch")

    add = parser.add_argument_group("output files").add_argument
    add("--save", metavar="FILE", help="save the network with scaling and names, for predict and show; - is standard output")
    add("--loss-file", metavar="FILE", help="save the loss of every epoch as CSV (epoch,loss); - is standard output")


def fill_in(options: argparse.Namespace) -> None:
    """Set the defaults that depend on the data set or the optimizer. Raises ValueError for an invalid option."""
    for name, value in (DEFAULTS | (GATE if options.data == "gate" else {})).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.learning_rate is None:
        as_document_004 = options.data == "gate" and options.optimizer == "sgd"
        options.learning_rate = 1.0 if as_document_004 else LEARNING_RATES[options.optimizer]
    optimizer_settings(options.optimizer, vars(options))
    for option, check in CHECKS.items():
        value = getattr(options, option)
        if value not in (None, "all"):
            check(value, f"--{option.replace('_', '-')}")


def optimizer_settings(optimizer: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments for an optimizer. Raises ValueError for an option of another optimizer."""
    settings = {}
    for option, (owners, name) in OPTIMIZER_OPTIONS.items():
        if options.get(option) is None:
            continue
        if optimizer not in owners:
            flag = option.replace("_", "-")
            raise ValueError(f"--{flag} is a setting of {' and '.join(owners)}, but the optimizer is {optimizer}")
        settings[name] = options[option]
    return settings
