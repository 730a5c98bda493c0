"""Vectors: a few cases with right answers that reveal many mistakes. Their file has the same bytes on every platform.

The right answers are computed with a hundred digits and rounded once. The allowances (the allowed errors) are increased by 1 %
and rounded up to two digits, so that they do not depend on the last bits of a library's exp. A vector kills a mistake if the
mistake makes some number wrong by more than 1000 times its allowance.
"""

import json
import math
import re
import struct
from collections.abc import Iterator
from decimal import ROUND_CEILING, Context, Decimal, localcontext
from typing import NamedTuple

from reference.oracle.answers import Rows
from reference.oracle.cases import QUESTION_FIELDS, Case, Question, cases
from reference.oracle.explaining.grids import Misfit
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.judging.expected import DIGITS, Right, right
from reference.oracle.judging.steps import numbers_of
from reference.oracle.settings import Setting, name_of
from reference.specification.files import Path, write_whole
from reference.specification.names import STAGES

FORMAT, VERSION = "nodesum vectors", 1
UP = Context(prec=2, rounding=ROUND_CEILING)
KILL_RATIO, NOISE = 1000, Decimal("1e-50")  # differences up to 1e-50 are rounding errors
FIELDS = {"vector", "purpose", "first", "flags", "kills", "hex", "right", *QUESTION_FIELDS}
FLAGS = {
    "plain": "weights and inputs between -2 and 2",
    "sums of 0": "small whole numbers whose hidden sums are exactly 0 in the first sample",
    "integers": "small whole numbers: with relu and identity every operation is exact, and sums are often 0",
    "outputs x 1e-9": "tiny ho weights and o biases: output sums near 0",
    "first layer x 1e-6": "tiny ih weights and h biases: hidden sums near 0",
    "large": "hidden sums up to several tens: sigmoid and tanh saturate",
    "cancelling": "h biases that nearly cancel the other terms of the hidden sums in the first sample",
    "biases x 1e-9": "tiny biases, and other weights between -2 and 2",
    "one-hot input": "one input is 1, the others are 0: the hidden sums are a row of the ih weights plus the h biases",
    "no ho weights": "ho weights of 0: the output sums are the o biases",
    "one sample": "inputs and targets are flat lists",
    "batch": "inputs and targets are lists of rows",
}
MOMENTUM = {"name": "sgd", "momentum": 0.875, "nesterov": True}
RMSPROP = {"name": "rmsprop", "decay": 0.9375, "epsilon": 2.0**-10}
ADAM = {"name": "adam", "beta1": 0.875, "beta2": 0.984375, "epsilon": 2.0**-10}
SETTINGS: list[tuple[Setting, int | None]] = [  # with the number of rows in a batch; None for one sample
    (Setting("sigmoid", "softmax", "cross_entropy", l2=0.25), 3),
    (Setting("leaky_relu", "softmax", "cross_entropy"), None),
    (Setting("tanh", "tanh", "mean_squared_error", "sum", 0.25, optimizer=MOMENTUM), 2),
    (Setting("sigmoid", "sigmoid", "half_squared_error", optimizer=RMSPROP), None),
    (Setting("relu", "identity", "squared_error", optimizer=ADAM), 2),
    (Setting("sigmoid", "sigmoid", "cross_entropy", "sum", 0.25), 3),
    (Setting("tanh", "softmax", "half_squared_error", l2=0.5, optimizer=ADAM), 2),
    (Setting("sigmoid", "sigmoid", "half_squared_error", rule="error_splitting"), 2),
    (Setting("identity", "relu", "squared_error"), None),
    (Setting("leaky_relu", "leaky_relu", "mean_squared_error", optimizer=RMSPROP), None),
    (Setting("relu", "softmax", "squared_error", "sum", optimizer=MOMENTUM), None),
]
N_CASES = 10  # drawn for each setting, to choose from
FAMILIES = re.compile(  # families of similar mistakes, which the vectors do not have to kill
    "(rows|loss_of_rows|inputs|order|neuron|gradient_(order|neuron|clipped_by)|each_block|adam_beta2|outputs_(clipped|and_targets)).*"
    "|.*(_alone|_going_forward|_off_by_.*|_weights_at_.*)"
)
NOT_SHOWN = {  # no vector shows these: one needs targets that do not add up to 1, the others need a second step
    "target_sum_taken_as_one", "adam_betas_exchanged", "adam_count_stands_still", "adam_keeps_the_corrected_mean",
    "adam_keeps_the_corrected_square", "adam_made_anew_for_each_step",
    "first_gradient_again", "gradient_not_reset", "gradient_not_reset_with_momentum", "gradient_not_reset_with_rmsprop",
    "gradient_not_reset_with_adam", "learning_rate_divided_by_t", "momentum_forgotten", "momentum_is_nesterov",
    "momentum_negative", "nesterov_is_plain_momentum", "rmsprop_forgets",
}  # fmt: skip
MISTAKES_TO_KILL = [name for name in MISTAKES if name not in NOT_SHOWN and not FAMILIES.fullmatch(name)]


class Vector(NamedTuple):
    """A case, the right numbers of every stage with their allowances, and the mistakes that the case kills."""

    case: Case
    right: dict[str, list[Right]]
    kills: list[str]


def vectors(seed: int = 0) -> list[Vector]:
    """Choose cases that together kill MISTAKES_TO_KILL and show every setting and flag."""
    pools = [list(cases(setting, examples=N_CASES, seed=seed + at, batch=b)) for at, (setting, b) in enumerate(SETTINGS)]
    remaining, words, choice = set(MISTAKES_TO_KILL), set[str](), []
    for case in (pool[number] for number in range(N_CASES) for pool in pools):
        rights = right(case, STAGES)
        if any(number.allowance == math.inf for numbers in rights.values() for number in numbers):
            continue  # JSON cannot store the infinite allowance of a number without a bound
        rights = round_rights(rights)
        kills = kills_of(case, rights, remaining)
        if kills or words_of(case) - words:
            remaining.difference_update(kills)
            words |= words_of(case)
            choice.append(Vector(case, rights, kills_of(case, rights, set(MISTAKES_TO_KILL))))
    for vector in list(choice):  # leave out a vector if the others show all that it shows
        others = [each for each in choice if each is not vector]
        if {*vector.kills, *words_of(vector.case)} <= {word for each in others for word in (*each.kills, *words_of(each.case))}:
            choice = others
    return choice


def words_of(case: Case) -> set[str]:
    """Return the settings and flags of a case as words, such as "hidden tanh" or "flag plain"."""
    setting = case.setting
    words = {"hidden": setting.hidden, "output": setting.output, "loss": setting.loss, "optimizer": name_of(setting.optimizer)}
    words |= {"rule": setting.rule, "reduction": setting.reduction, "flag": case.purpose}
    return {f"{what} {word}" for what, word in words.items()} | {"one sample" if case.one else "batch"}


def round_rights(rights: dict[str, list[Right]]) -> dict[str, list[Right]]:
    """Return the right numbers for a file: the nearest doubles, and allowances plus 1 %, rounded up to two digits."""
    with localcontext(DIGITS):
        return {
            stage: [
                Right(truth, float(UP.create_decimal(Decimal(allowance) * Decimal("1.01"))), nearest(truth))
                for truth, allowance, _ in numbers
            ]
            for stage, numbers in rights.items()
        }


def nearest(truth: Decimal) -> float:
    """Return the double nearest to the truth. A magnitude below 1e-80 is only a rounding error and becomes 0."""
    return 0.0 if abs(truth) < Decimal("1e-80") else float(truth) + 0.0


def kills_of(case: Case, rights: dict[str, list[Right]], names: set[str]) -> list[str]:
    """Return the names of the mistakes that the case kills, in the order of MISTAKES."""
    with localcontext(DIGITS):
        return [name for name in MISTAKES if name in names and is_killed(case, rights, name)]


def is_killed(case: Case, rights: dict[str, list[Right]], name: str) -> bool:
    """Whether a case kills a mistake. False if the mistake is not possible with the sizes of the case."""
    try:
        answers = numbers_of(Decimal, MISTAKES[name].network(case, Decimal).answers(tuple(rights)))
    except Misfit:
        return False
    return any(
        not x.is_finite() or abs(x - number.truth) > KILL_RATIO * Decimal(number.allowance) + NOISE
        for stage, numbers in answers.items()
        for x, number in zip(numbers, rights[stage], strict=True)
    )


def write_vectors(path: Path, seed: int = 0) -> list[Vector]:
    """Choose vectors, write them to a file, and return them."""
    choice = vectors(seed)
    write_whole(path, "".join(json.dumps(line, allow_nan=False) + "\n" for line in lines_of(choice)))
    return choice


def lines_of(choice: list[Vector]) -> Iterator[dict[str, object]]:
    """Yield the lines of a file: the first explains the file, and each other line is a vector."""
    mistakes = {name: MISTAKES[name].explanation for name in MISTAKES_TO_KILL}
    yield {"format": FORMAT, "version": VERSION, "vectors": len(choice), "flags": FLAGS, "mistakes": mistakes}
    before: set[str] = set()
    for number, (case, rights, kills) in enumerate(choice, 1):
        setting, question = case.setting, case.question()
        first = [word for word in (*sorted(words_of(case)), *kills) if word not in before]
        before.update(first)
        step = f"a step of {name_of(setting.optimizer)}"
        yield {
            "vector": number,
            "purpose": f"{setting.hidden}, {setting.output}, {setting.loss}, {step}: {FLAGS[case.purpose]}",
            "first": first,
            "flags": [case.purpose, "one sample" if case.one else "batch"],
            "kills": kills,
            **question,
            "hex": hex_fields(question),
            "right": right_fields(rights),
        }


def hex_fields(question: Question) -> dict[str, object]:
    """Return the numbers of a question as the hex digits of their bits."""
    return {name: hex_of(question[name]) for name in ("weights", "inputs", "targets")}


def right_fields(rights: dict[str, list[Right]]) -> dict[str, dict[str, list[object]]]:
    """Return the right numbers as the fields of a file."""
    return {
        stage: {
            "hex": [hex_of(number.value) for number in numbers],
            "decimal": [number.value for number in numbers],
            "allowance": [number.allowance for number in numbers],
        }
        for stage, numbers in rights.items()
    }


def hex_of(numbers: Rows) -> object:
    """Return a number as the 16 hex digits of its IEEE bits, the sign first. Nested lists stay nested lists.

    >>> hex_of([1.0, -2.0])
    ['3ff0000000000000', 'c000000000000000']
    """
    return list(map(hex_of, numbers)) if isinstance(numbers, list) else struct.pack(">d", numbers).hex()
