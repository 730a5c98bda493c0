"""Checks of the rows of the table in SLIPS.md. A check tests the claim of its row, and returns texts that the row must have."""

import keyword
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import reference
import vectorized
from reference import oracle

CHECKS: dict[str, Callable[[], list[str]]] = {}
SIGMOIDS: dict[str, Any] = {"hidden": "sigmoid", "output": "sigmoid"}
GATE = reference.datasets.gate()
INPUTS, TARGETS = np.array(GATE.inputs), np.array(GATE.targets)
MINUS = "\N{MINUS SIGN}"


def shows(key: str) -> Callable[[Callable[[], list[str]]], Callable[[], list[str]]]:
    """Return a decorator that registers the check of one row."""

    def register(check: Callable[[], list[str]]) -> Callable[[], list[str]]:
        assert key not in CHECKS, key
        CHECKS[key] = check
        return check

    return register


def sigmoid(z: Any) -> Any:
    return np.exp(-np.logaddexp(0, -np.asarray(z)))


def derivative(z: Any) -> Any:
    """Return the derivative of the sigmoid at a sum."""
    return sigmoid(z) * sigmoid(-np.asarray(z))


def network_of(case: Any) -> Any:
    sizes = case.n_inputs, case.n_hidden, case.n_outputs
    names = {"hidden": case.hidden, "output": case.output, "loss": case.loss}
    return vectorized.NeuralNetwork(*sizes, **names, weights=case.weights)


def gate_network(seed: int = 0) -> vectorized.NeuralNetwork:
    """Return the untrained network of document 004."""
    return vectorized.NeuralNetwork(3, 4, 1, **SIGMOIDS, init="normal", seed=seed)


def train(network: vectorized.NeuralNetwork, epochs: int) -> list[float]:
    """Train as in document 004, and return the losses that the document writes to its loss file."""
    settings: Any = {"learning_rate": 1, "reduction": "sum", "train_biases": False}
    return [loss / 4 for loss in network.train(INPUTS, TARGETS, epochs=epochs, **settings)]


def diagnosis(candidate: Any, **settings: Any) -> str:
    """Return the only mistake that the oracle names."""
    verdict = oracle.check(candidate, **SIGMOIDS, examples=30, **settings)
    assert verdict.grade == "wrong"
    (name,) = verdict.diagnoses
    return name


def signed(number: float) -> str:
    """Return a number as SLIPS.md shows it, with a minus sign instead of a hyphen."""
    return f"{number:g}".replace("-", MINUS)


# ---- 000


@shows("000.1")
def the_first_matrix_is_used_for_both_layers() -> list[str]:
    def candidate(case: Any) -> Any:
        h_nodes = network_of(case).forward(case.inputs).h_nodes
        return {"h_nodes": h_nodes, "o_sums": h_nodes @ network_of(case).blocks().ih_weights}

    network = vectorized.NeuralNetwork(2, 4, 2, **SIGMOIDS, init="truncated_normal")
    weights_in_hidden, _, weights_hidden_out, _ = network.blocks()
    h_nodes = network.forward([3.0, 4.0]).h_nodes
    with pytest.raises(ValueError, match="matmul"):
        h_nodes @ weights_in_hidden
    assert np.allclose(sigmoid(h_nodes @ weights_hidden_out), network.predict([3.0, 4.0]))
    formula = diagnosis(candidate, biases=False, sizes=(3, 3, 3))
    assert formula == "o_sums[o] = sum_h(h_nodes[h]*ih_weights[i][h]) + o_biases[o]"
    return []


@shows("000.2")
def the_sigmoid_reaches_1() -> list[str]:
    def candidate(case: Any) -> Any:
        network, right = network_of(case), network_of(case).backward(case.inputs, case.targets)
        y = network.forward(case.inputs).h_nodes
        return {"h_deltas": y * (1 - y) * (network.blocks().ho_weights @ right.o_deltas)}

    first = next(z for z in range(100) if 1 / (1 + np.exp(-z)) == 1)
    y = 1 / (1 + np.exp(-np.array([first, 1000.0])))
    assert list(y) == [1, 1]
    code = "y * (1 - y)"
    assert list(eval(code, {"y": y})) == [0, 0]
    assert derivative(40.0) > 0
    verdict = oracle.check(candidate, **SIGMOIDS, examples=30)
    assert (verdict.grade, verdict.record["formulas"]) == ("textbook", ["the hidden slope from the node, h*(1-h) or 1-h**2"])
    return ["0 or 1", f"it is 1 from {first} on", f"`{code}` is 0"]


@shows("000.3")
def a_ufunc_of_a_number() -> list[str]:
    assert not isinstance(np.tanh(3.4), np.ndarray)
    assert isinstance(np.tanh([3.4]), np.ndarray)
    return []


@shows("000.4")
def the_derivative_of_relu() -> list[str]:
    names = {"np": np, "x": np.array([-1.0, 0.0, 2.0])}
    wrong, right = "if x <= 0", "np.where(x <= 0, 0, 1)"
    with pytest.raises(ValueError, match="ambiguous"):
        exec(f"{wrong}: pass", names)
    assert list(eval(right, names)) == [0, 0, 1]
    return [f"`{wrong}`", f"`{right}`", "At 0, any slope from 0 to 1 is right."]


@shows("000.5")
def each_sample_is_returned_as_a_column() -> list[str]:
    def run(network: Any, rows: Any) -> Any:
        ih_weights, h_biases, ho_weights, o_biases = network.blocks()
        h_nodes = sigmoid(ih_weights.T @ np.array(rows, ndmin=2).T + h_biases[:, None])
        return sigmoid(ho_weights.T @ h_nodes + o_biases[:, None])

    network = vectorized.NeuralNetwork(2, 4, 2, **SIGMOIDS, init="truncated_normal")
    one, example = np.array((3, 4)), np.array([(3, 4)])
    assert np.array_equal(run(network, one), run(network, example))
    rows = [[3, 4], [1, 2], [0, 1]]
    assert np.allclose(run(network, rows).T, network.predict(rows))
    verdict = oracle.check(lambda case: run(network_of(case), case.inputs), **SIGMOIDS, batch=3, examples=12)
    assert verdict.grade == "wrong"
    assert verdict.first_wrong == "o_nodes has shape (2, 3), expected (3, 2): a list of 3 rows, one for each sample"
    assert oracle.check(lambda case: run(network_of(case), case.inputs), **SIGMOIDS, examples=12).agrees
    return [f"`{one.shape}`", f"`{example.shape}`"]


@shows("000.6")
def a_label_with_an_accent_for_the_prime() -> list[str]:
    """Matplotlib draws a backslash and ' as U+0301, a combining acute accent."""
    parse = pytest.importorskip("matplotlib.mathtext").MathTextParser("path").parse
    wrong, right = ({glyph[2] for glyph in parse(label).glyphs} for label in (r"$\sigma\'(x)$", r"$\sigma'(x)$"))
    assert 0x301 in wrong
    assert 0x301 not in right
    return [r"In TeX, `\'` is an accent."]


# ---- 001


@shows("001.1")
def names_and_a_backslash() -> list[str]:
    wrong, right = r'"\Begin"', r'"\nBegin"'
    with pytest.warns((DeprecationWarning, SyntaxWarning), match="invalid escape"):
        assert eval(wrong) == "\\Begin"
    assert eval(right) == "\nBegin"
    with pytest.raises(NameError):
        eval("NeuralNet(3, 4, 2)", {"NeuralNetwork": vectorized.NeuralNetwork})
    return [f"`{wrong}`", f"`{right}`"]


@shows("001.2")
def the_logistic_function_is_cut_off() -> list[str]:
    def log_sig(x: float) -> float:
        return 0.0 if x < -20 else 1.0 if x > 20 else float(sigmoid(x))

    def candidate(case: Any) -> Any:
        return {"h_nodes": [log_sig(z) for z in network_of(case).forward(case.inputs).h_sums]}

    assert 0 < log_sig(-20) < log_sig(20) < 1
    at = -20.5
    assert log_sig(at) == 0
    assert f"{np.float32(sigmoid(at)):.1e}" == f"{sigmoid(at):.1e}", "sigmoid(-20.5) is not too small for float32"
    below, above = f"0 below {signed(-20)}", f"1 above {signed(20)}"
    name = diagnosis(candidate, seed=1)
    return [
        below,
        above,
        f"`sigmoid({at})` is {sigmoid(at):.1e}.",
        f"exp(-z) overflows only below {signed(-last_power())}.",
        f"`{name}`",
    ]


def last_power(kind: Any = np.float64) -> int:
    """Return the largest whole number x for which exp(x) does not overflow."""
    with np.errstate(over="ignore"):
        return next(x for x in range(2000) if np.isinf(np.exp(kind(x + 1))))


@shows("001.3")
def sums_of_printed_digits() -> list[str]:
    stages = reference.NeuralNetwork(3, 4, 2, init="ramp").forward([3.0, 4.0, -4.5])
    printed = [-0.0005, -0.0001, 0.0250, 0.0600]
    assert np.allclose(printed, stages.h_nodes, rtol=0, atol=0.50001e-4), "rounded to four decimals"
    as_printed = sum(node * weight for node, weight in zip(printed, (0.17, 0.19, 0.21, 0.23), strict=True)) + 0.25
    powers = [f"{np.exp(float(f'{z:.4f}')):.4f}" for z in stages.o_sums]
    total = float(powers[0]) + float(powers[1])
    right = f"`o_sum[0]` is {stages.o_sums[0]:.4f}, and {' + '.join(powers)} is {np.exp(stages.o_sums).sum():.4f}."
    return [right, f"{as_printed:.4f} and {total:.4f}"]


@shows("001.4")
def inputs_kept_by_reference() -> list[str]:
    def candidate(case: Any) -> Any:
        outputs = network_of(case).predict(case.inputs)
        case.inputs[0] = 99.0
        return outputs

    x_values = [3.0, 4.0, -4.5]
    i_nodes, copied = x_values, list(x_values)
    x_values[0] = 99.0
    assert (i_nodes[0], copied[0]) == (99.0, 3.0)
    network, weights = reference.NeuralNetwork(1, 1, 1, init="ramp"), [1.0, 2.0, 3.0, 4.0]
    network.weights = weights
    weights[0] = 99.0
    assert network.weights[0] == 1.0
    notes = oracle.check(candidate, **SIGMOIDS, examples=12).record["notes"]
    assert any("changes the lists in the case" in note for note in notes)
    return []


@shows("001.5")
def glorot_weights_are_uniform() -> list[str]:
    weights, limit = np.ravel(reference.NeuralNetwork(60, 40, 1).blocks().ih_weights), (6 / (60 + 40)) ** 0.5
    counts, _ = np.histogram(weights, bins=4, range=(-limit, limit))
    assert counts.sum() == weights.size, "none is outside the limits"
    assert np.allclose(counts / weights.size, 1 / 4, atol=0.01)
    fixed = np.ravel(reference.NeuralNetwork(60, 40, 1, init="uniform").blocks().ih_weights)
    assert 0.49 < abs(fixed).max() <= 0.5
    return []


@shows("001.6")
def self_is_no_keyword() -> list[str]:
    assert not keyword.iskeyword("self")
    return []


# ---- 002


@shows("002.1")
def weights_go_beyond_1() -> list[str]:
    names, code = {"rand": np.random.default_rng(0).random}, "rand() - 0.5"
    drawn = [eval(code, names) for _ in range(1000)]
    assert -0.5 <= min(drawn) < -0.49
    assert 0.49 < max(drawn) < 0.5
    network = vectorized.NeuralNetwork(3, 3, 3, **SIGMOIDS, init="uniform")
    inputs = np.where(np.eye(3), 0.9, 0.1)
    losses = network.train(inputs, np.roll(inputs, 1, 1), epochs=300, learning_rate=0.3, batch_size=1, train_biases=False)
    assert losses[-1] < losses[0] / 2
    assert abs(network.weights).max() > 1
    return [f"between {MINUS}1 and 1", f"`{code}` is between {signed(-0.5)} and 0.5", "beyond 1"]


@shows("002.2")
def the_inverse_of_a_matrix() -> list[str]:
    W, I = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 1.0])  # noqa: E741, N806
    with pytest.warns(PendingDeprecationWarning):
        assert np.allclose(np.asmatrix(W).I @ W, np.eye(2))
    code = "np.dot(W, I)"
    assert list(eval(code, {"np": np, "W": W, "I": I})) == [3, 7]
    return [f"`{code}`"]


@shows("002.3")
def names_that_are_not_there() -> list[str]:
    class Network:
        weights_hidden_output = np.ones((2, 3))

    names = {"np": np, "targets": np.ones(2), "final_outputs": np.ones(2), "self": Network()}
    assert eval("np.array([0.9, 0.1], ndmin=2).T", names).shape == (2, 1)
    assert list(eval("targets - final_outputs", names)) == [0, 0]
    assert eval("self.weights_hidden_output", names).shape == (2, 3)
    for code in ("numpy.array([0.9, 0.1], ndmin=2).T", "target - final_outputs", "self.weights_hidden"):
        with pytest.raises((NameError, AttributeError)):
            eval(code, names)
    return ["`numpy`, `target` and `weights_hidden`", "`np`, `targets` and `weights_hidden_output`"]


@shows("002.4")
def hidden_errors_in_the_update() -> list[str]:
    def candidate(case: Any) -> Any:
        network = network_of(case)
        right = network.backward(case.inputs, case.targets, rule="error_splitting")
        hidden_errors = network.blocks().ho_weights @ (case.targets - network.predict(case.inputs))
        gradient, end = right.gradient.copy(), network.n_weights - network.n_outputs
        gradient[end - hidden_errors.size * network.n_outputs : end] = np.outer(hidden_errors, right.o_deltas).ravel()
        return {"o_deltas": right.o_deltas, "h_deltas": right.h_deltas, "gradient": gradient}

    return [f"`{diagnosis(candidate, rule='error_splitting')}`"]


@shows("002.5")
def parts_that_do_not_add_up() -> list[str]:
    weights = [[3.0], [1.0]]
    network = reference.NeuralNetwork.from_blocks([[0.5, -1.0]], [0, 0], weights, [0], **SIGMOIDS)
    (error,) = network.predict([1.0])
    h_sums, h_deltas = network.forward([1.0]).h_sums, network.backward([1.0], [0.0], rule="error_splitting").h_deltas
    parts = np.array(h_deltas) / derivative(h_sums)
    assert np.allclose(parts, [3 * error, error]), "each weight multiplies the whole error"
    assert np.isclose(sum(parts), 4 * error)
    return []


# ---- 003


@shows("003.1")
def a_weight_is_strong_if_it_is_far_from_0() -> list[str]:
    moved = []
    for weight in (-5, 0.1):
        network = reference.NeuralNetwork(1, 1, 1, hidden="sigmoid", output="identity", weights=[weight, 0, 1, 0])
        moved.append(abs(network.predict([1.0])[0] - network.predict([0.0])[0]))
    assert moved[0] > moved[1]
    return ["from 0", f"{signed(-5)} is stronger than 0.1"]


@shows("003.2")
def a_bias_is_minus_the_threshold() -> list[str]:
    def candidate(case: Any) -> Any:
        ih_weights, h_biases, *_ = network_of(case).blocks()
        return {"h_sums": case.inputs @ ih_weights - h_biases}

    total, threshold = 2 * 0 + 3 * 1, 4
    assert sigmoid(total - threshold) < 1 / 2 < sigmoid(total + threshold), "the sum does not exceed the threshold"
    return [f"`{diagnosis(candidate)}`"]


@shows("003.3")
def the_sigmoid_of_a_small_number() -> list[str]:
    assert sigmoid(-5) < 0.01 < 0.99 < sigmoid(5)
    return ["tend to 0, and positive numbers to 1", "far from 0", f"the sigmoid of {signed(-0.1)} is {sigmoid(-0.1):.3f}"]


@shows("003.4")
def the_lost_multiplication_signs() -> list[str]:
    network = reference.NeuralNetwork(2, 1, 1, hidden="sigmoid", output="identity", weights=[0, 1, 4, 1, 0])
    (output,) = network.predict([2, 3])
    assert np.isclose(output, sigmoid(7))
    wrong, right = "20 + 31 + 4 = 7", "2*0 + 3*1 + 4 = 7"
    assert [eval(equation.replace("=", "==")) for equation in (wrong, right)] == [False, True]
    return [f"`{wrong}`", f"`{right}`", f"the output is {int(100 * output) / 100}", f"rounds to {output:.2f}"]


@shows("003.5")
def three_lines_that_fail() -> list[str]:
    def neuron(head: str) -> Any:
        names: dict[str, Any] = {}
        exec(f"class Neuron:\n {head}(self, weights, bias):\n  self.bias = bias", names)
        return names["Neuron"]

    class self:  # noqa: N801
        input = np.zeros((5, 3))

    names = {"rand": np.random.default_rng(0).random, "self": self}
    heads = "def init", "def __init__"
    calls = "rand(self.input.shape, 4)", "rand(self.input.shape[1], 4)"
    with pytest.raises(TypeError):
        neuron(heads[0])([0, 1], 4)
    assert neuron(heads[1])([0, 1], 4).bias == 4
    rand = "np.random.rand"
    with pytest.raises(TypeError):
        eval(calls[0].replace("rand", rand), names | {"np": np})
    assert eval(calls[1].replace("rand", rand), names | {"np": np}).shape == (3, 4)
    product = "np.dot(layer1.T, (2 * (y - output) * slope)"
    compile(product + ")", "backprop", "eval")
    with pytest.raises(SyntaxError):
        compile(product, "backprop", "eval")
    return [f"`{heads[0]}`, `{calls[0]}`", "`)`", f"`{heads[1]}`, `{calls[1]}`"]


@shows("003.6")
def the_derivative_contains_weights() -> list[str]:
    def candidate(case: Any) -> Any:
        network = network_of(case)
        o_deltas = network.backward(case.inputs, case.targets).o_deltas
        return {"o_deltas": o_deltas, "h_deltas": derivative(network.forward(case.inputs).h_sums) * o_deltas.sum()}

    networks = [reference.NeuralNetwork(1, 1, 1, **SIGMOIDS, weights=[1, 0, weight, 0]) for weight in (0.0, 2.0)]
    gradients = [network.backward([1.0], [0.0]).gradient[0] for network in networks]
    assert gradients[0] == 0 < gradients[1]
    return [f"`{diagnosis(candidate)}`"]


# ---- 004


@shows("004.1")
def the_gate_is_no_exclusive_or() -> list[str]:
    rows = INPUTS.astype(int)
    assert list(TARGETS[:, 0]) == [a == b == c for a, b, c in rows]
    agree = sum(a ^ b ^ c == target for (a, b, c), (target,) in zip(rows, TARGETS, strict=True))
    return ["is 1 where", f"in {agree} of {len(rows)} rows"]


@shows("004.2")
def a_sample_divided_by_its_own_maximum() -> list[str]:
    rows, sample = np.array([[2.0, 5.0, 4.0], [1.0, 0.0, 2.0]]), np.array([1.0, 5.0, 2.0])
    assert np.allclose(sample / np.amax(sample), [0.2, 1, 0.4])
    assert np.allclose(sample / np.amax(rows, axis=0), [0.5, 1, 0.5])
    with np.errstate(invalid="ignore"):
        nothing = np.zeros(3) / np.amax(np.zeros(3))
    with pytest.raises(ValueError, match="not a finite number"):
        gate_network().predict(nothing)
    assert callable(reference.prepare)
    return ["`reference.prepare`"]


@shows("004.3")
def the_loss_before_each_step() -> list[str]:
    def mean_of_squares() -> float:
        return float(np.square(network.predict(INPUTS) - TARGETS).mean())

    network = gate_network(367)
    losses = [mean_of_squares()]
    written = []
    for _ in range(2):
        written += train(network, 1)
        losses.append(mean_of_squares())
    assert np.allclose(written, losses[:-1])
    return []


@shows("004.4")
def training_follows_the_gradient() -> list[str]:
    network = gate_network(367)

    def loss_with(position: int, change: float) -> float:
        weights = network.weights.copy()
        weights[position] += change
        other = vectorized.NeuralNetwork(3, 4, 1, **SIGMOIDS, weights=weights)
        return other.loss_of(INPUTS, TARGETS, reduction="sum")

    before = network.weights.copy()
    measured = [(loss_with(at, 1e-5) - loss_with(at, -1e-5)) / 2e-5 for at in (0, 5, 17)]
    train(network, 1)
    assert np.allclose((before - network.weights)[[0, 5, 17]], measured, atol=1e-9)
    return []


@shows("004.5")
def an_error_of_nodes_not_of_weights() -> list[str]:
    weights = np.array([[3.0], [1.0]])
    network = reference.NeuralNetwork.from_blocks([[0.5, -1.0]], [0, 0], weights.tolist(), [0], **SIGMOIDS)
    h_nodes, o_deltas = np.array(network.forward([1.0]).h_nodes), np.array(network.backward([1.0], [0.0]).o_deltas)

    def loss(nodes: Any, weights: Any) -> float:
        return float(sigmoid(nodes @ weights).item() ** 2 / 2)

    for h, change in enumerate(np.eye(2) * 1e-6):
        by_node = (loss(h_nodes + change, weights) - loss(h_nodes - change, weights)) / 2e-6
        by_weight = (loss(h_nodes, weights + change[:, None]) - loss(h_nodes, weights - change[:, None])) / 2e-6
        assert np.isclose(by_node, (weights @ o_deltas)[h]), "document 004 calls minus this derivative z2_error"
        assert np.isclose(by_weight, (h_nodes * o_deltas)[h])
        position = reference.Layout(1, 2, 1).position(f"h{h}->o0")
        assert np.isclose(network.backward([1.0], [0.0]).gradient[position], by_weight)
    return []


@shows("004.6")
def input_output_and_target() -> list[str]:
    network, row = gate_network(367), 1
    train(network, 1000)
    assert list(INPUTS[row]) == [0, 0, 1]
    assert TARGETS[row] == 0
    assert f"{network.predict(INPUTS[row]).item():.2f}" == "0.04", "the document prints 0.04422615"
    return []


@shows("004.7")
def runs_differ() -> list[str]:
    runs = []
    for seed in range(50):
        network = gate_network(seed)
        losses = train(network, 1000)
        runs.append((losses[-1], bool((abs(network.predict(INPUTS) - TARGETS) < 0.1).all())))
    right = sum(is_right for _, is_right in runs)
    return [f"Of {len(runs)} starts, {right} give right outputs.", f"{min(runs)[0]:.4f} to {max(runs)[0]:.4f}"]


# ---- several documents


@shows("several.1")
def starts_without_a_seed() -> list[str]:
    assert not np.array_equal(np.random.rand(3, 3), np.random.rand(3, 3))
    starts = [reference.initial_weights(2, 4, 2, "truncated_normal", seed=7) for _ in range(2)]
    assert starts[0] == starts[1]
    outputs = [
        vectorized.NeuralNetwork(2, 4, 2, **SIGMOIDS, init="truncated_normal", seed=seed).predict([3, 4]) for seed in range(20)
    ]
    for output in [*np.ravel(outputs), 0.50734046, 0.62161634]:
        assert sigmoid(-2) < output < sigmoid(2), "every start gives outputs in this range"
    return ["000, 002 and 004"]


@shows("several.2")
def the_power_overflows() -> list[str]:
    x = -float(last_power()) - 1
    names = {"exp": np.exp, "x": np.float64(x)}
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        eval("exp(-x)", names)
    with np.errstate(all="raise", under="ignore"):
        power = eval("exp(-abs(x))", names)
    assert power > 0
    settings: Any = {"hidden": "sigmoid", "output": "identity", "weights": [1, 0, 1, 0]}
    for package in (reference, vectorized):
        (node,) = package.NeuralNetwork(1, 1, 1, **settings).predict([x])
        assert abs(Fraction(float(node)) / Fraction(float(power)) - 1) < 1e-9
    assert last_power(np.float32) == 88
    return ["000, 003 and 004", "`exp(-x)`", f"below {signed(-last_power() - 1)}", "`exp(-abs(x))`"]
