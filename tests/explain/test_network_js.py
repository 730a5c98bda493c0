"""The oracle agrees with the network of the page, web/network.js, and finds every planted mistake."""

import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reference.explain.shown import shown
from reference.oracle import check
from reference.oracle.candidates.program import Program
from reference.specification.names import HIDDEN
from tests.command import ROOT
from tests.strategies import PAIRS
from tests.thorough import mark_slow_in, thorough

NODE = shutil.which("node")
WEB = ROOT / "reference" / "explain" / "web"
pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")


def network_in(*file: Path) -> Program:
    """Return the network of a JavaScript file as a program. Without a file, return the network of the page."""
    return Program([str(NODE), str(WEB / "candidate.js"), *map(str, file)])


@pytest.fixture(scope="module")
def network_js() -> Iterator[Program]:
    with network_in() as program:
        yield program


FEW = [
    ("tanh", "softmax", "cross_entropy"),
    ("sigmoid", "sigmoid", "half_squared_error"),
    ("relu", "tanh", "mean_squared_error"),
]
OTHERS = [(hidden, *pair) for hidden in HIDDEN for pair in PAIRS if (hidden, *pair) not in FEW]
SETTINGS: list[dict[str, Any]] = [{}, {"batch": 3, "reduction": "sum"}, {"batch": 2, "biases": False}]


@pytest.mark.parametrize(("hidden", "output", "loss"), [*FEW, *thorough(*OTHERS)])
@pytest.mark.parametrize("settings", [SETTINGS[0], *thorough(*((settings,) for settings in SETTINGS[1:]))], ids=str)
def test_network_js_agrees_in_every_stage_of_three_steps(
    network_js: Program, hidden: str, output: str, loss: str, settings: dict[str, Any]
) -> None:
    verdict = check(network_js, hidden=hidden, output=output, loss=loss, steps=3, strict=True, examples=7, **settings)
    assert verdict.agrees, str(verdict)


@pytest.mark.thorough
@pytest.mark.parametrize("loss", ["cross_entropy", "squared_error"])
@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
@pytest.mark.parametrize("targets", ["distribution", "any"])
def test_network_js_agrees_for_targets_that_are_not_one_hot(network_js: Program, output: str, loss: str, targets: str) -> None:
    verdict = check(network_js, output=output, loss=loss, targets=targets, strict=True, examples=60)
    assert verdict.agrees, str(verdict)


@pytest.mark.parametrize("output", ["softmax", "sigmoid"])
def test_large_sums_do_not_overflow(network_js: Program, output: str) -> None:
    names = {"hidden": "identity", "output": output, "loss": "cross_entropy", "reduction": "mean"}
    weights, sample = [1000.0, 0.0, 1.0, -1.0, 0.0, 0.0], {"inputs": [1.0], "targets": [0.0, 1.0]}
    plain = {"l2": 0, "rule": "backpropagation", "optimizer": None, "learning_rate": 0.5, "steps": 1}
    answer: Any = network_js({"n_inputs": 1, "n_hidden": 1, "n_outputs": 2, **names, **plain, "weights": weights, **sample})
    assert answer["o_nodes"] == [1, 0]
    assert answer["loss"] == 2000
    assert answer["o_deltas"] == [1, -1]


SQUARED = {"output": "tanh", "loss": "half_squared_error"}
MISTAKES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "no hidden bias": ("total + weights[hBiasAt(net, h)]", "total", {}),
    "transposed ho weights": ("+ h * net.n_outputs + o", "+ o * net.n_hidden + h", {}),
    "no output bias": ("total + weights[oBiasAt(net, o)]", "total", {}),
    "transposed ih weights": ("=> i * net.n_hidden + h", "=> h * net.n_inputs + i", {}),
    "slope of sigmoid without the square": ("small / (1 + small) / (1 + small)", "small / (1 + small)", {}),
    "slope of tanh without the square": ("return root * root", "return root", {"hidden": "tanh"}),
    "slope of tanh that loses digits": ("return root * root", "return 1 - Math.tanh(z) ** 2", {"hidden": "tanh"}),
    "slope 0 in leaky relu": ("z > 0 ? 1 : 1 / 100", "z > 0 ? 1 : 0", {"hidden": "leaky_relu"}),
    "slope of the output left out": ("slope * SLOPES[net.output](o_sums[o])", "slope", SQUARED),
    "t - y in place of y - t": ("half_squared_error: y - t,", "half_squared_error: t - y,", SQUARED),
    "t - y in cross-entropy": ("y * total - targets[o]", "targets[o] - y * total", {}),
    "softmax without the other outputs": ("y * (slopes[o] - mean)", "y * (1 - y) * slopes[o]", {"loss": "squared_error"}),
    "half left out of the loss": ("half_squared_error: total / 2", "half_squared_error: total", SQUARED),
    "mean over the outputs left out": ("(2 * (y - t)) / net.n_outputs", "2 * (y - t)", {"loss": "mean_squared_error"}),
    "loss of sigmoid without 1 - t": ("loss += (1 - t) *", "loss += 0 *", {"output": "sigmoid", "loss": "cross_entropy"}),
    "hidden slope left out": ("SLOPES[net.hidden](h_sums[h]) * total", "total", {}),
    "gradient of the hidden biases is 0": ("gradient.push(...h_deltas)", "gradient.push(...h_deltas.map(() => 0))", {}),
    "gradient without the input": ("gradient.push(input * delta)", "gradient.push(delta)", {}),
    "a step uphill": ("weight - rate * gradient[at]", "weight + rate * gradient[at]", {}),
    "the sum in place of the mean": ('"mean" ? inputs.length : 1', '"mean" ? 1 : 1', {"batch": 3}),
    "the mean in place of the sum": ('"mean" ? inputs.length : 1', '"mean" ? 1 : 3', {"batch": 3, "reduction": "sum"}),
}  # fmt: skip


@pytest.mark.parametrize("mistake", mark_slow_in(MISTAKES, *list(MISTAKES)[1:]))
def test_a_planted_mistake_is_found(mistake: str, tmp_path: Path, without_slow_searches: None) -> None:
    right, wrong, settings = MISTAKES[mistake]
    text = (WEB / "network.js").read_text("utf-8")
    assert text.count(right) == 1
    (tmp_path / "network.js").write_text(text.replace(right, wrong), "utf-8")
    with network_in(tmp_path / "network.js") as program:
        assert not check(program, strict=True, examples=60, **settings).agrees


@pytest.mark.parametrize("digits", [4, *thorough((2,), (3,), (9,))])
def test_page_and_terminal_round_numbers_in_the_same_way(digits: int) -> None:
    """Page and terminal have separate code for rounding. Some numbers are ties, very large or very small."""
    draw = random.Random(digits)
    numbers = [draw.gauss(0, 1) * 10.0 ** draw.choice([*range(-9, 10), 200, -200]) for _ in range(2000)]
    numbers += [draw.randint(-(2**20), 2**20) / 2 ** draw.randint(0, 24) for _ in range(2000)]
    numbers += [round(draw.gauss(0, 1), draw.randint(0, 6)) for _ in range(1000)]
    cases = [(x, draw.choice([0, 0, 3, 6, 12, -4])) for x in numbers]
    script = f"const digits = {digits};\n{(WEB / 'numbers.js').read_text(encoding='utf-8')}"
    script += "\nconst cases = JSON.parse(require('fs').readFileSync(0));"
    script += "\nconsole.log(JSON.stringify(cases.map(([x, decimals]) => shown(x, decimals))));"
    result = subprocess.run([str(NODE), "-e", script], input=json.dumps(cases), capture_output=True, text=True, check=True)
    texts = [text.replace("−", "-") for text in json.loads(result.stdout)]
    assert texts == [shown(x, digits, decimals) for x, decimals in cases]
