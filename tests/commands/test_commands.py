"""The tour, help and wrong arguments of the commands, and what they import."""

import re

import pytest

from reference.commands import tour
from tests.command import ROOT, output_of, process, run
from tests.thorough import thorough


@pytest.mark.parametrize(("epochs", "least"), [(1, 60), *thorough((tour.EPOCHS, 94))])
def test_the_tour_shows_sums_and_trains_both_networks(epochs: int, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After training, at least `least` percent of the test set are right."""
    monkeypatch.setattr(tour, "EPOCHS", epochs)
    status, text, messages = run("reference")
    assert status == 0
    for line in messages.splitlines():
        assert re.fullmatch(r"reference learns: epoch \d+ of \d+, loss \S+, \d+ s left", line)
    assert "h_sums[0] = 3*0.01 + 4*0.05 + -4.5*0.09 + 0.13 = -0.0450" in text
    assert "o_nodes   = softmax of both = 0.4973, 0.5027" in text
    shares = [float(share) for share in re.findall(r"([\d.]+)%", text)]
    assert len(shares) == 2
    assert min(shares) >= least
    assert "\x1b" not in text, "a pipe gets plain text"


@pytest.mark.thorough
def test_soundness_and_gate_starts_print_results() -> None:
    assert "worst" in process("-m", "tests.numbers.soundness", "--cases", 100).out
    assert "0 of 4" in process("-m", "tests.network.gate_starts", "--seeds", 4, "--epochs", 10).out


@pytest.mark.parametrize(
    "module", ["reference", "benchmarks", *thorough(("tests.numbers.soundness",), ("tests.network.gate_starts",))]
)
def test_bad_arguments_give_a_message_and_status_2(module: str) -> None:
    result = process("-m", module, "--no-such-flag")
    assert (result.status, result.out) == (2, "")
    assert "Traceback" not in result.err
    assert "--no-such-flag" in result.err.splitlines()[-1]


def test_help_shows_an_example() -> None:
    for module in ("reference", "benchmarks"):
        assert f"python -m {module}" in output_of(module, "--help").split("xample")[1]


def test_reference_needs_only_the_standard_library() -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import reference, reference.datasets
network = reference.NeuralNetwork(4, 3, 3)
data = reference.datasets.iris()
losses = network.train(data.inputs, data.targets, epochs=2, learning_rate=0.01, batch_size=10)
network.weights = [reference.Bounded(w) for w in network.weights]
print(len(losses), network.predict(data.inputs[0])[0].error < 1, 'numpy' in sys.modules)
"""
    assert process("-I", "-S", "-c", code, ROOT) == (0, "2 True False\n", "")


def test_importing_reference_imports_no_numpy() -> None:
    assert process("-c", "import sys, reference; print('numpy' in sys.modules)") == (0, "False\n", "")
