"""The equations that `python -m reference explain` prints have the right signs, = or ≈ (see arithmetic.py)."""

import itertools
import re
from argparse import Namespace
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest

import reference
from reference.__main__ import main, stages_of_vectorized
from reference.explain.explanation import explanation_of
from reference.explain.printing import TITLES, show
from reference.explain.shown import shown
from reference.explain.subject import Subject
from reference.specification.names import HIDDEN, LOSSES, OUTPUT
from tests import command
from tests.explain.arithmetic import sign_is_right
from tests.thorough import mark_slow_in, thorough

TERM = re.compile(r" {4}\S.*? +(?:\[\d+\])? {3,}(\S.*?) ([=≈]) +(\S+)(?: +\S+| +(part of \S+))?")
HEADING = re.compile(f"({'|'.join(TITLES)}): ")
NAME = re.compile(r"[a-z_]+\[\d+\]|\w+->\w+")


def explain(*arguments: object) -> str:
    return command.output_of("reference", "explain", *arguments)


def equations(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (left side, sign, right side) of each equation. A line without a calculation must have =, and is not yielded."""
    terms, before = [], ""
    for line in text.splitlines():
        is_formula, before = bool(HEADING.match(before)), line
        if term := TERM.fullmatch(line):
            yield term[1], term[2], term[3]
            if not term[4]:
                terms.append(f"({term[3]})")
        elif not is_formula and re.match(r"  (?!matrices)\S.* [=≈] ", line):
            *names, value = re.split(r" ([=≈]) ", re.sub(r", (a sum of|where sum has) .*", "", line))
            if terms:
                assert len(names) == 2, line
                yield " + ".join(terms), names[1], value
                terms = []
            else:
                assert set(names[1:-1:2]) <= {"="}, line
                if len(names) == 2 or NAME.fullmatch(names[-2]):
                    assert names[-1] == "=", line
                else:
                    yield names[-2], names[-1], value


def check(text: str, digits: int) -> int:
    """Assert that every sign is right, and return the number of equations."""
    count = 0
    for left, sign, right in equations(text):
        count += 1
        assert sign_is_right(left, sign, right, digits), f"{left} {sign} {right}"
    return count


class Lines(list[str]):
    """A console that stores the lines, much faster than the console of rich."""

    def print(self, text: object = "", **how: object) -> None:
        self.append(str(text))


def text_of(network: Any, inputs: list[float], targets: list[float], digits: int) -> str:
    """Return what the command prints for a network."""
    explanation, package = explanation_of(network, inputs, targets), stages_of_vectorized(network, inputs, targets, 0.1)
    out = Lines()
    subject, options = Subject(network, inputs, targets, ""), Namespace(digits=digits, all=True, node=None)
    show(out, subject, explanation, explanation.entries, package, options)  # type: ignore[arg-type]
    return "\n".join(out)


DIGITS = [2, 4, 9, 15]
NETWORKS = [
    (hidden, output, loss)
    for hidden, output, loss in itertools.product(HIDDEN, OUTPUT, LOSSES)
    if loss != "cross_entropy" or output in ("softmax", "sigmoid")
]


@pytest.mark.parametrize(("hidden", "output", "loss"), [*NETWORKS[::3], *thorough(*NETWORKS[1::3], *NETWORKS[2::3])])
@pytest.mark.parametrize(("n_hidden", "epochs", "digits"), [(1, 1, [4]), *thorough((4, 0, DIGITS), (4, 30, DIGITS))])
def test_every_sign_is_right(hidden: str, output: str, loss: str, n_hidden: int, epochs: int, digits: list[int]) -> None:
    network = reference.NeuralNetwork(3, n_hidden, 2, hidden=hidden, output=output, loss=loss, seed=5)
    inputs, targets = [1.5, -2.0, 0.25], [0.25, 0.75]
    if epochs:
        network.train([inputs], [targets], epochs=epochs, learning_rate=0.01)
    for number in digits:
        assert check(text_of(network, inputs, targets, number), number) > 25


COMMANDS = ["--targets 1,0", "--targets 0.3,0.7 --inputs 1e-5,2000000,-0.1", "--epochs 1000", "--data iris --sample 60"]
MANY = [f"{options} --all --digits {digits}" for options in COMMANDS for digits in (2, 4, 7, 12)]


@pytest.mark.parametrize("arguments", ["--digits 2", "--epochs 20", *mark_slow_in(MANY, *MANY)])
def test_every_sign_of_the_command_is_right(arguments: str) -> None:
    digits = re.search(r"--digits (\d+)", arguments)
    assert check(explain(*arguments.split()), int(digits[1]) if digits else 4) > 10


def with_mistakes(line: str) -> Iterator[str]:
    """Yield the line with each sign replaced in turn. If the last sign is =, also yield the line with a wrong last digit."""
    for sign in re.finditer("[=≈]", line):
        yield line[: sign.start()] + ("≈" if sign[0] == "=" else "=") + line[sign.end() :]
    left, sign, right = re.split("([=≈])(?!.*[=≈])", line)
    if sign == "=" and not NAME.fullmatch(left.split(" = ")[-1].strip()):  # not only a name and its value
        value = right.split()[0]
        yield left + sign + right.replace(value, value[:-1] + str((int(value[-1]) + 1) % 10), 1)


def test_every_mistake_is_found() -> None:
    found = 0
    for block in explain("--targets", "1,0", "--node", "h0", "--node", "o0").split("\n\n"):
        check(block, 4)
        lines = block.splitlines()
        for at, line in enumerate(lines):
            is_equation = re.match(r"  (?!matrices).*[=≈]", line) and not (at and HEADING.match(lines[at - 1]))
            for wrong in with_mistakes(line) if is_equation else ():
                with pytest.raises(AssertionError):
                    check("\n".join([*lines[:at], wrong, *lines[at + 1 :]]), 4)
                found += 1
    assert found > 80


RIGHT = ["3 * 0.01 = 0.03", "0.2798 - 0.2690 ≈ 0.01084", "exp(-0.5) = 0.6065", "0.3 * 0.04115 ≈ 0.01235", "3e-170 * 1e-200 ≈ 0"]
WRONG = [
    "3 * 0.01 ≈ 0.03",
    "3 * 0.01 = 0.0303",
    "0.2798 - 0.2690 ≈ 0.01184",
    "exp(-0.5) = 0.6066",
    "0.3 * 0.04115 = 0.01235",
    "3e-170 * 1e-200 = 0",
]


def test_the_check_accepts_right_equations_and_refuses_wrong_ones() -> None:
    """The last equation in each list has a product too small for a float. The second last has a tie in rounding."""
    for equation in RIGHT:
        assert check(f"    edge      {equation}", 4) == 1
    for equation in WRONG:
        with pytest.raises(AssertionError):
            check(f"    edge      {equation}", 4)


SHOWN = [
    (0.0, 4, "0"),
    (-0.0, 4, "0"),
    (3.0, 4, "3"),
    (0.01, 4, "0.01"),
    (-0.04500000000000001, 4, "-0.045"),
    (0.49703, 4, "0.4970"),
    (0.015625, 4, "0.01563"),  # a tie, which is rounded away from 0
    (-0.015625, 4, "-0.01563"),
    (0.125, 2, "0.13"),
    (2.675, 3, "2.67"),  # no tie: this float is a little less than 2.675
    (0.99996, 4, "1.000"),
    (1 + 1e-13, 4, "1"),
    (1 / 3, 15, "0.333333333333333"),
    (0.1 + 0.2, 15, "0.3"),
    (100.0, 2, "100"),
    (12345.678, 4, "12346"),
    (9999.96, 4, "10000"),
    (9999499.6, 4, "9999500"),
    (9999500.0, 4, "1.000e+7"),
    (1e7, 4, "1e+7"),
    (-1.2e9, 4, "-1.2e+9"),
    (12345678.9, 4, "1.235e+7"),
    (1e-5, 4, "0.00001"),
    (9.9996e-6, 4, "0.00001000"),
    (9.9994e-6, 4, "9.999e-6"),
    (1.50812e-7, 4, "1.508e-7"),
    (5e-324, 4, "4.941e-324"),
    (1.7976931348623157e308, 4, "1.798e+308"),
]


@pytest.mark.parametrize(("x", "digits", "text"), SHOWN)
def test_how_a_number_is_shown(x: float, digits: int, text: str) -> None:
    assert shown(x, digits) == text


@pytest.mark.parametrize("arguments", ["--targets 1,0", "--targets 1,0 --learning-rate 1e-6", "--epochs 5 --learning-rate .01"])
def test_a_small_change_of_a_weight_is_visible(arguments: str) -> None:
    """In new = old - rate * gradient, rounding moves new, old and rate * gradient by at most 5 % of the change each."""
    text = explain(*arguments.split(), "--stage", "weights", "--digits", "2", "--all")
    lines = re.findall(r"= (\S+) - (\S+) \* (\S+) [=≈] (\S+)\n", text)
    assert len(lines) > 8
    for line in lines:
        old, rate, gradient, new = (float(number.strip("()")) for number in line)
        assert abs(old - new - rate * gradient) <= 0.15 * rate * abs(gradient), line


def test_ascii_output_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    out = TextIOWrapper(BytesIO(), encoding="ascii")
    monkeypatch.setattr("sys.stdout", out)
    assert main(["explain", "--targets", "1,0", "--stage", "loss"]) == 0
    assert rb"ln(0.4973) = 0.6986" in out.buffer.getvalue()  # type: ignore[attr-defined]
