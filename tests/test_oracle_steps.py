"""Settings of a step, on the command line and in Python, and how the report repeats them."""

import subprocess
import sys

import pytest

import reference
from reference import oracle

NET = """
import reference
def net(case):
    n = reference.NeuralNetwork(case.n_inputs, case.n_hidden, case.n_outputs, hidden=case.hidden, output=case.output,
                                loss=case.loss, weights=case.weights)
    settings = dict(case.optimizer or {"name": "sgd"})
    kind = {"sgd": reference.SGD, "rmsprop": reference.RMSProp, "adam": reference.Adam}[settings.pop("name")]
    n.train(case.inputs, case.targets, learning_rate=case.learning_rate, optimizer=kind(**settings))
    return {"weights": n.weights}
"""


def checked(tmp_path, *words: str):
    (tmp_path / "net.py").write_text(NET, "utf-8")
    command = [sys.executable, "-m", "reference", "check", f"{tmp_path / 'net.py'}:net", "--examples", "5", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    "words",
    [
        ("--optimizer", "adam", "--beta1", "0.5", "--beta2", "0.75", "--epsilon", "0.001", "--targets", "any", "--strict"),
        ("--momentum", "0.5", "--nesterov"),
        ("--optimizer", "rmsprop", "--rmsprop-decay", "0.5", "--targets", "distribution"),
    ],
)
def test_every_setting_of_a_step_can_be_given_and_is_repeated(tmp_path, words) -> None:
    done = checked(tmp_path, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith(" ".join(words))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--optimizer", "adam", "--momentum", "0.5"), "--momentum is a setting of sgd, the optimizer is adam"),
        (("--epsilon", "0.5"), "--epsilon is a setting of rmsprop and adam, the optimizer is sgd"),
        (("--targets", "foo"), "targets is 'foo', not one of usual, distribution, any"),
        (("--precision", "half"), "precision is 'half', not one of float64, float32"),
        (
            ("--optimizer", "rmsprop", "--rmsprop-decay", "2"),
            "decay is 2.0, expected a finite number",
        ),
    ],
)
def test_a_setting_that_does_not_fit_is_one_line(tmp_path, words, message) -> None:
    done = checked(tmp_path, *words)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_call_in_the_report_gives_the_same_verdict_again() -> None:
    exec(NET, made := {})
    settings = {"optimizer": reference.Adam(beta1=0.5, epsilon=2.0**-10), "targets": "any", "strict": True, "examples": 5}
    report = str(oracle.check(made["net"], precision="float64", **settings))
    assert "largest difference 0" in report
    call = report.splitlines()[-1].removeprefix("again: ")
    assert str(eval(call, {"oracle": oracle, "reference": reference, "candidate": made["net"]})) == report
    assert "beta1=0.5" in call
    assert "targets='any', precision='float64', strict=True" in call
