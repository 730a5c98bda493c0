"""The commands as a user runs them, and what needs a fresh interpreter."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(*arguments: str, status: int = 0) -> str:
    """Run Python in the checkout and return what it printed; warnings are errors."""
    done = subprocess.run([sys.executable, "-W", "error", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


def test_the_tour() -> None:
    """The sums of document 001, and digits learnt by both twins to at least 94 %."""
    printed = run("-m", "reference")
    assert "h_sums[0] = 3*0.01 + 4*0.05 + -4.5*0.09 + 0.13 = -0.0450" in printed
    assert "o_nodes   = softmax of both = 0.4973, 0.5027" in printed
    shares = [float(share) for share in re.findall(r"([\d.]+)%", printed)]
    assert len(shares) == 2
    assert min(shares) >= 94
    assert "\x1b" not in printed, "a pipe gets plain text"


def test_the_commands_for_those_who_change_the_code() -> None:
    assert "worst" in run("-m", "tests.soundness", "--cases", "100")
    assert "0 of 4" in run("-m", "tests.gate_starts", "--seeds", "4", "--epochs", "10")


def test_bad_arguments_get_one_line_and_status_2() -> None:
    for module in ("reference", "benchmarks", "tests.soundness", "tests.gate_starts"):
        printed = run("-m", module, "--no-such-flag", status=2)
        assert "Traceback" not in printed
        assert "--no-such-flag" in printed.splitlines()[-1]


def test_help_shows_an_example() -> None:
    for module in ("reference", "benchmarks"):
        assert f"python -m {module}" in run("-m", module, "--help").split("xample")[1]


def test_reference_needs_no_package() -> None:
    """In an interpreter without site-packages the loops, files and data sets work, and NumPy is not asked for."""
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
    assert run("-I", "-S", "-c", code, str(ROOT)) == "2 True False\n"


def test_importing_reference_imports_no_numpy() -> None:
    assert run("-c", "import sys, reference; print('numpy' in sys.modules)") == "False\n"
