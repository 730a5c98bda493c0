"""Document 004, "How to Build a Simple Neural Network in Python": the gate, printed runs, files and mistakes.

The document does not give its random start. The tests use two seeds whose runs are close to its two printed runs.
`python -m tests.network.gate_starts` shows how rare such seeds are.
"""

import math
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

import vectorized
from tests.network import gate, gate_starts
from tests.network.documents import (
    SIGMOIDS,
    bounded,
    digits,
    drawn_from,
    exact,
    packages,
    sigmoid,
    sizes_of,
    weights_within,
    within,
)
from tests.network.gate import INPUTS, PRINTED_LOSS, TARGETS

# The outputs that the document prints. NumPy does not print a final 0, but it is added here.
PRINTED = {
    1000: ["0.93419893", "0.04425737", "0.01636304", "0.03906686", "0.04377351", "0.01744497", "0.03911430", "0.93197489"],
    100_000: [
        *("9.85225608e-01", "1.41750544e-04", "1.51985054e-04", "1.14829204e-02"),
        *("1.17578404e-04", "1.14814754e-02", "1.14821256e-02", "9.78014943e-01"),
    ],
}
SEED_OF_1000 = 367
SEED_OF_100_000 = 3910
both_runs = pytest.mark.parametrize("epochs", [1000, 100_000])


def by_column_maxima(rows: ArrayLike, training_rows: ArrayLike) -> NDArray[np.float64]:
    """Return rows divided by the maxima of the training columns, as the document scales its eight rows."""
    return np.array(rows) / np.amax(training_rows, axis=0)


def test_table_is_no_xor() -> None:
    """004, the table of the "three-input XOR gate": 1 if all inputs are equal. The XOR of three inputs is another gate.

    The document's sentence "1 only if all the inputs are either 0 or 1" means: all are 0, or all are 1.
    """
    equal = [[float(len(set(row)) == 1)] for row in INPUTS]
    parity = [[sum(row) % 2] for row in INPUTS]
    assert equal == TARGETS
    assert [a == b for a, b in zip(parity, TARGETS, strict=True)] == [False, False, False, True, False, True, True, True]


@both_runs
def test_printed_loss_is_a_mean(epochs: int) -> None:
    """004, Sum Squared Loss: 0.0020575319565093496 and 0.00013715041859631841 are means of squares, not sums.

    The printed outputs have these means of squares, if each output may be wrong by half a unit of its last digit.
    """
    outputs = [Decimal(text) for text in PRINTED[epochs]]
    errors = [y - exact(t)[0] for y, t in zip(outputs, TARGETS, strict=True)]
    half_units = [Decimal(5).scaleb(y.as_tuple().exponent - 1) for y in outputs]
    allowed = sum(2 * abs(e) * unit + unit * unit for e, unit in zip(errors, half_units, strict=True)) / 8
    total, printed = sum(e * e for e in errors), Decimal(repr(PRINTED_LOSS[epochs]))
    assert abs(total / 8 - printed) <= allowed
    assert not abs(total - printed) <= allowed


@both_runs
def test_printed_outputs_obey_the_rule(epochs: int) -> None:
    """004, "above 0.9 is a 1 and below 0.1 is a 0": both printed runs obey. A network whose outputs are all 1/2 does not."""
    assert gate.obeys([float(text) for text in PRINTED[epochs]])
    assert not gate.obeys([0.5] * 8)
    assert not gate.obeys([0.89, *(float(text) for text in PRINTED[epochs][1:])])


@packages
def test_start(package: ModuleType) -> None:
    """004, np.random.randn: 3x4 and 4x1 weights, no biases. Scaling by amax does not change inputs of 0 and 1."""
    blocks = gate.start(package, seed=0).blocks()
    assert sizes_of(blocks) == ((3, 4), (4,), (4, 1), (1,))
    assert not np.any(blocks.h_biases)
    assert not np.any(blocks.o_biases)
    assert np.array_equal(by_column_maxima(INPUTS, INPUTS), INPUTS)


@packages
def test_start_is_normal(package: ModuleType) -> None:
    """004, np.random.randn: mean 0 and deviation 1. The test would notice a variance of 1.25."""
    weights = np.sort(np.ravel(package.NeuralNetwork(1, 20_000, 1, init="normal").blocks().ih_weights))
    normal, wider = ([(1 + math.erf(x / math.sqrt(v))) / 2 for x in weights] for v in (2, 2.5))
    assert drawn_from(normal)
    assert not drawn_from(wider)


@packages
def test_sample_scaled_by_its_own_maximum(package: ModuleType) -> None:
    """004, xPredicted / amax(xPredicted): a sample must be divided by the maxima of the training columns, not its own.

    The document's sample [0, 0, 1] does not show this, as all these maxima are 1. For [0, 0, 0], 0 / 0 is not a number.
    """
    training_rows, sample = [[2.0, 5.0, 4.0], [1.0, 0.0, 2.0]], [1.0, 5.0, 2.0]
    right, wrong = by_column_maxima(sample, training_rows), np.array(sample) / np.amax(sample, axis=0)
    assert right.tolist() == [0.5, 1.0, 0.5]
    assert wrong.tolist() == [0.2, 1.0, 0.4]
    network = gate.start(package, SEED_OF_1000)
    blocks, proven = network.blocks(), bounded(network).predict(list(right))
    truth = sigmoid(sigmoid(exact(right) @ exact(blocks.ih_weights)) @ exact(blocks.ho_weights))
    assert within(network.predict(right), truth, proven)
    assert not within(network.predict(wrong), truth, proven)
    assert np.array_equal(by_column_maxima([0, 0, 1], INPUTS), np.array([0, 0, 1]) / 1)
    with np.errstate(invalid="ignore"):
        nans = np.zeros(3) / np.amax(np.zeros(3))
    with pytest.raises(ValueError, match="finite"):
        network.predict(nans)


@packages
def test_one_step_of_training(package: ModuleType) -> None:
    """004, backwardPropagate: its matrix formula is a step of rate 1 with the gradient summed over eight rows."""
    network, proven = gate.start(package, 1), bounded(gate.start(package, 1))
    w1, w2 = exact(network.blocks().ih_weights), exact(network.blocks().ho_weights)
    hidden = sigmoid(exact(INPUTS) @ w1)
    output = sigmoid(hidden @ w2)
    o_delta = (exact(TARGETS) - output) * output * (1 - output)
    z2_delta = (o_delta @ w2.T) * hidden * (1 - hidden)
    for net in (network, proven):
        gate.train(net, 1)
    step1, step2 = exact(INPUTS).T @ z2_delta, hidden.T @ o_delta
    assert weights_within(network, proven, w1 + step1, w2 + step2) == (True, True)
    assert weights_within(network, proven, w1 + step1 / 8, w2 + step2 / 8) == (False, False), (
        "a mean gradient gives other weights"
    )
    assert weights_within(network, proven, w1 + 2 * step1, w2 + 2 * step2) == (False, False), (
        "squares without 1/2 give other weights"
    )


@packages
def test_loss_file_has_the_losses_before_each_update(package: ModuleType) -> None:
    """004, SumSquaredLossList.csv, "each loss factor at the end of each epoch": in fact, at the start of the epoch."""
    network, squares = gate.start(package, 1), []
    for epoch in range(5):
        mean = package.NeuralNetwork(3, 4, 1, **SIGMOIDS, loss="mean_squared_error", weights=network.weights)
        squares.append(mean.loss_of(INPUTS, TARGETS))
        (loss,) = gate.train(network, 1)
        assert loss == squares[epoch]
        assert loss != 2 * network.loss_of(INPUTS, TARGETS), "it is not the loss at the end of the epoch"
    assert gate.train(gate.start(package, 1), 5) == squares


@packages
def test_loss_file_line_by_line(package: ModuleType, tmp_path: Path) -> None:
    """004, saveSumSquaredLossList: a line `epoch,loss` for each of 1,000 epochs, numbered from 0 to 999."""
    with open(tmp_path / "loss.csv", "w") as file:
        expected = gate.train(
            gate.start(package, SEED_OF_1000), 1000, on_epoch=lambda epoch, loss: file.write(f"{epoch},{loss / 4}\n")
        )
    epochs, losses = np.loadtxt(tmp_path / "loss.csv", delimiter=",", unpack=True)
    assert np.array_equal(epochs, np.arange(1000))
    assert losses.tolist() == expected
    assert gate.near(losses[-1], 1000)


@packages
def test_1000_epochs(package: ModuleType) -> None:
    """004, epoch 999: loss 0.0020575 within 10 %, and all eight outputs to two decimals. They obey the rule."""
    network = gate.start(package, SEED_OF_1000)
    assert not gate.obeys(network.predict(INPUTS))
    losses = gate.train(network, 999)
    outputs = network.predict(INPUTS)
    assert digits(outputs, ".2f") == digits(PRINTED[1000], ".2f")
    assert gate.obeys(outputs)
    (loss,) = gate.train(network, 1)
    assert gate.near(loss, 1000)
    assert not gate.near(losses[500], 1000)
    assert losses[0] > losses[10] > losses[100] > losses[500] > loss, "the loss falls fast, then slowly"


@cache
def long_run() -> tuple[list[float], list[float]]:
    """Return the losses of 99,000 epochs and the final weights, computed by `vectorized` to save time."""
    network = gate.start(vectorized, SEED_OF_100_000)
    return gate.train(network, 99_000), network.weights.tolist()


@pytest.mark.thorough
@packages
def test_100_000_epochs(package: ModuleType) -> None:
    """004, epoch 99999: loss 0.000137 within 10 %, and the printed pattern of outputs.

    The document prints 0.985 for inputs 000, 0.978 for 111, about 1e-4 if one input is 1, and some 80 times as much
    (0.0115) if two inputs are 1. Each package computes the last 1,000 epochs itself.
    """
    losses, weights = long_run()
    network = gate.start(package, SEED_OF_100_000)
    network.weights = weights
    (*_, loss) = gate.train(network, 1000)
    assert gate.near(loss, 100_000)
    outputs = np.ravel(network.predict(INPUTS))
    assert gate.obeys(outputs)
    for pattern in (outputs, np.array([float(text) for text in PRINTED[100_000]])):
        one, two = pattern[[1, 2, 4]], pattern[[3, 5, 6]]
        assert digits(pattern[[0, 7]], ".3f") == ["0.985", "0.978"]
        assert digits(two, ".3f") == ["0.011"] * 3
        assert (one > 1e-4).all()
        assert (one < 2e-4).all()
        assert 70 < two.mean() / one.mean() < 100
    assert loss < losses[999] / 100, "below a hundredth of the loss after 1,000 epochs"
    assert not gate.near(losses[999], 1000), "this run is not the printed run of 1,000 epochs"


@packages
def test_prediction_comes_after_the_last_update(package: ModuleType) -> None:
    """004 predicts 0.04422615 for [0, 0, 1], but prints 0.04425737 in epoch 999, one update before the prediction.

    After 100,000 epochs, 004 prints 1.41750544e-04 before the last update and predicts 0.00014175 after it: the same digits.
    """
    network = gate.start(package, SEED_OF_1000)
    gate.train(network, 999)
    before = network.predict([0, 0, 1])
    gate.train(network, 1)
    after = network.predict([0, 0, 1])
    for early, late in ((before[0], after[0]), (float(PRINTED[1000][1]), 0.04422615)):
        assert late < early
        assert digits([late], ".8f") != digits([early], ".8f")
        assert digits([late], ".3f") == digits([early], ".3f")
    assert digits([float(PRINTED[100_000][1])], ".8f") == ["0.00014175"]


@packages
def test_weights_saved_as_text(package: ModuleType, tmp_path: Path) -> None:
    """004, saveWeights: text files with 3 rows of 4 and 4 rows of 1. A network read from them is the same.

    The captions say "a 4x3 matrix" and "a 1x4 matrix", but in the files each row is a source node, as in this project.
    """
    network = gate.start(package, SEED_OF_1000)
    gate.train(network, 20)
    blocks = network.blocks()
    paths = tmp_path / "weightsLayer1.txt", tmp_path / "weightsLayer2.txt"
    for path, matrix in zip(paths, (blocks.ih_weights, blocks.ho_weights), strict=True):
        np.savetxt(path, matrix, fmt="%s")
    saved = [np.loadtxt(path, ndmin=2) for path in paths]
    assert [matrix.shape for matrix in saved] == [(3, 4), (4, 1)]
    again = package.NeuralNetwork.from_blocks(saved[0], [0] * 4, saved[1], [0], **SIGMOIDS)
    assert np.array_equal(again.weights, network.weights)
    assert np.array_equal(again.predict(INPUTS), network.predict(INPUTS))
    with pytest.raises(ValueError, match="shape"):
        package.NeuralNetwork.from_blocks(saved[0].T, [0] * 4, saved[1].T, [0], **SIGMOIDS)
    network.save(tmp_path / "gate.json")
    assert np.array_equal(package.NeuralNetwork.load(tmp_path / "gate.json").weights, network.weights)


@pytest.mark.parametrize(("seed", "count"), [(SEED_OF_1000, 1), (0, 0)])
def test_gate_starts_counts_the_starts_near_the_printed_loss(
    seed: int, count: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """004, "every time you run it the results will be slightly different"."""
    run = gate_starts.run(seed, 1000)
    network = gate.start(vectorized, seed)
    assert run.loss == gate.train(network, 1000)[-1]
    assert gate.near(run.loss, 1000) == bool(count)
    monkeypatch.setenv("COLUMNS", "100")
    gate_starts.main(["--first", str(seed), "--seeds", "1", "--epochs", "1000"])
    lines = capsys.readouterr().out.splitlines()
    (near,) = (line for line in lines if "within 10 %" in line)
    assert f"{count} of 1" in near
    (median,) = (line for line in lines if "median" in line)
    assert f"{run.loss:.3g}" in median
