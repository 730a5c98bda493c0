"""Networks without NumPy: lists, neurons, careful sums, and derivatives by dual, complex and other special numbers."""

import cmath
import math
from collections.abc import Callable
from typing import Any

from tests.oracle.corpus.entry import entry

TANH_IDENTITY = {"hidden": "tanh", "output": "identity", "loss": "half_squared_error"}


def loops(case: Any, f: Callable[[float], float], slope: Callable[[float], float]) -> dict[str, Any]:
    """Return all stages by nested loops. `slope` is a function of the node, not of its sum."""
    I, H, O = case.n_inputs, case.n_hidden, case.n_outputs
    w, x, t = case.weights, case.inputs, case.targets
    ho = (I + 1) * H
    h_sums, h_nodes, o_sums = [], [], []
    for h in range(H):
        total = 0.0
        for i in range(I):
            total += x[i] * w[i * H + h]
        total += w[I * H + h]
        h_sums.append(total)
        h_nodes.append(f(total))
    for o in range(O):
        total = w[ho + H * O + o]
        for h in range(H):
            total += h_nodes[h] * w[ho + h * O + o]
        o_sums.append(total)
    powers = [math.exp(z) for z in o_sums]
    o_nodes = [p / sum(powers) for p in powers]
    loss = -sum(t[o] * math.log(o_nodes[o]) for o in range(O) if t[o] > 0)
    o_deltas = [o_nodes[o] - t[o] for o in range(O)]
    h_deltas = []
    for h in range(H):
        error = 0.0
        for o in range(O):
            error += o_deltas[o] * w[ho + h * O + o]
        h_deltas.append(error * slope(h_nodes[h]))
    gradient = [x[i] * h_deltas[h] for i in range(I) for h in range(H)] + h_deltas
    gradient += [h_nodes[h] * o_deltas[o] for h in range(H) for o in range(O)] + o_deltas
    return {
        "h_sums": h_sums, "h_nodes": h_nodes, "o_sums": o_sums, "o_nodes": o_nodes, "loss": loss,
        "o_deltas": o_deltas, "h_deltas": h_deltas, "gradient": gradient,
    }  # fmt: skip


@entry({})
def nested_loops(case):
    """A beginner without NumPy: nested loops, += and math.exp, softmax without subtracting the maximum."""
    return loops(case, lambda z: 1.0 / (1.0 + math.exp(-z)), lambda a: a * (1.0 - a))


@entry({"hidden": "relu"})
def nested_loops_relu(case):
    """The same beginner with max(0, z): math.exp raises OverflowError from 710 on, and math.log refuses 0."""
    return loops(case, lambda z: max(0.0, z), lambda a: 1.0 if a > 0 else 0.0)


def neurons_of(case: Any) -> list[list[dict[str, Any]]]:
    """Return two layers of neurons; the last weight of each is its bias."""
    I, H, O, w = case.n_inputs, case.n_hidden, case.n_outputs, case.weights
    ho = (I + 1) * H
    return [
        [{"weights": [w[i * H + h] for i in range(I + 1)]} for h in range(H)],
        [{"weights": [w[ho + h * O + o] for h in range(H + 1)]} for o in range(O)],
    ]


@entry({"output": "sigmoid", "loss": "half_squared_error"}, stages="h_nodes o_nodes o_deltas h_deltas gradient weights")
def dictionaries_of_neurons(case):
    """A blog without libraries: a neuron is a dictionary with weights, output and delta; the bias is the last weight."""
    hidden, output = network = neurons_of(case)
    row = case.inputs
    for layer in network:
        new_inputs = []
        for neuron in layer:
            activation = neuron["weights"][-1]
            for weight, value in zip(neuron["weights"][:-1], row, strict=True):
                activation += weight * value
            neuron["output"] = 1.0 / (1.0 + math.exp(-activation))
            new_inputs.append(neuron["output"])
        row = new_inputs
    for j, neuron in enumerate(output):
        neuron["delta"] = (neuron["output"] - case.targets[j]) * (neuron["output"] * (1.0 - neuron["output"]))
    for j, neuron in enumerate(hidden):
        error = 0.0
        for following in output:
            error += following["weights"][j] * following["delta"]
        neuron["delta"] = error * (neuron["output"] * (1.0 - neuron["output"]))
    gradient = []
    for layer, inputs in ((hidden, case.inputs), (output, [neuron["output"] for neuron in hidden])):
        gradient += [value * neuron["delta"] for value in [*inputs, 1.0] for neuron in layer]
    return {
        "h_nodes": [neuron["output"] for neuron in hidden],
        "o_nodes": [neuron["output"] for neuron in output],
        "o_deltas": [neuron["delta"] for neuron in output],
        "h_deltas": [neuron["delta"] for neuron in hidden],
        "gradient": gradient,
        "weights": [w - case.learning_rate * g for w, g in zip(case.weights, gradient, strict=True)],
    }


def lists(case: Any, add: Callable[[list[float]], float]) -> dict[str, Any]:
    """Return the stages of a tanh and identity network. `add` computes every sum."""
    neurons = neurons_of(case)
    nodes, sums, values = [], [], case.inputs
    for layer, f in zip(neurons, (math.tanh, lambda z: z), strict=True):
        sums.append([add([w * x for w, x in zip(n["weights"], [*values, 1.0], strict=True)]) for n in layer])
        values = [f(z) for z in sums[-1]]
        nodes.append(values)
    errors = [y - t for y, t in zip(nodes[1], case.targets, strict=True)]
    back = [add([n["weights"][h] * e for n, e in zip(neurons[1], errors, strict=True)]) for h in range(case.n_hidden)]
    h_deltas = [b * (1 - a * a) for a, b in zip(nodes[0], back, strict=True)]
    gradient = [x * d for x in [*case.inputs, 1.0] for d in h_deltas] + [a * e for a in [*nodes[0], 1.0] for e in errors]
    return {
        "h_sums": sums[0], "h_nodes": nodes[0], "o_sums": sums[1], "o_nodes": nodes[1],
        "loss": add([e * e for e in errors]) / 2, "o_deltas": errors, "h_deltas": h_deltas, "gradient": gradient,
    }  # fmt: skip


@entry(TANH_IDENTITY)
def builtin_sum(case):
    """A writer of one-liners: sum(), which compensates rounding errors since Python 3.12."""
    return lists(case, sum)


@entry(TANH_IDENTITY)
def exactly_rounded_sums(case):
    """An accountant: math.fsum for every sum."""
    return lists(case, math.fsum)


@entry(TANH_IDENTITY)
def reversed_sums(case):
    """Someone whose loops count down: the bias first, the last input next."""
    return lists(case, lambda terms: sum_in_order(reversed(terms)))


@entry(TANH_IDENTITY)
def sorted_sums(case):
    """A careful programmer, who adds the small terms first."""
    return lists(case, lambda terms: sum_in_order(sorted(terms, key=abs)))


@entry(TANH_IDENTITY)
def pairwise_sums(case):
    """A parallel programmer: sums as a tree."""

    def tree(terms):
        middle = len(terms) // 2
        return tree(terms[:middle]) + tree(terms[middle:]) if middle else terms[0]

    return lists(case, tree)


def sum_in_order(terms: Any) -> float:
    """Return the sum with every addition rounded, which sum() does not do since Python 3.12."""
    total = 0.0
    for term in terms:
        total += term
    return total


class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, children=()):
        self.data, self.grad, self.children, self.backward_of = data, 0.0, children, lambda: None

    def __add__(self, other):
        out = Value(self.data + other.data, (self, other))

        def backward():
            self.grad += out.grad
            other.grad += out.grad

        out.backward_of = backward
        return out

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))

        def backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out.backward_of = backward
        return out

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))

        def backward():
            self.grad += (1 - out.data**2) * out.grad

        out.backward_of = backward
        return out

    def backward(self):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for child in node.children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            node.backward_of()


@entry({"hidden": "tanh", "output": "tanh", "loss": "squared_error"})
def scalar_autograd(case):
    """Automatic differentiation: each number stores the numbers it was computed from, and backward() follows them."""
    weights = [Value(w) for w in case.weights]
    I, H, O, ho = case.n_inputs, case.n_hidden, case.n_outputs, (case.n_inputs + 1) * case.n_hidden
    x = [Value(v) for v in case.inputs]
    z1 = [sum((x[i] * weights[i * H + h] for i in range(I)), weights[I * H + h]) for h in range(H)]
    h1 = [z.tanh() for z in z1]
    z2 = [sum((h1[h] * weights[ho + h * O + o] for h in range(H)), weights[ho + H * O + o]) for o in range(O)]
    y = [z.tanh() for z in z2]
    errors = [out + Value(-t) for out, t in zip(y, case.targets, strict=True)]
    loss = sum((e * e for e in errors), Value(0.0))
    loss.backward()
    stages = {"h_sums": z1, "h_nodes": h1, "o_sums": z2, "o_nodes": y}
    answered = {name: [value.data for value in values] for name, values in stages.items()}
    for name, values in {"o_deltas": z2, "h_deltas": z1, "gradient": weights}.items():
        answered[name] = [value.grad for value in values]
    return {**answered, "loss": loss.data}


class Dual:
    """A number and its derivative."""

    def __init__(self, a, b=0.0):
        self.a, self.b = a, b

    def __add__(self, other):
        return Dual(self.a + other.a, self.b + other.b)

    def __mul__(self, other):
        return Dual(self.a * other.a, self.a * other.b + self.b * other.a)

    def exp(self):
        return Dual(math.exp(self.a), self.b * math.exp(self.a))

    def log(self):
        return Dual(math.log(self.a), self.b / self.a)

    def inverse(self):
        return Dual(1 / self.a, -self.b / self.a**2)


def loss_of(case: Any, w: list[Any], number: Any) -> tuple[list[Any], Any]:
    """Return outputs and cross-entropy of a sigmoid and softmax network, for numbers with +, *, exp, log and inverse."""
    I, H, O, ho = case.n_inputs, case.n_hidden, case.n_outputs, (case.n_inputs + 1) * case.n_hidden
    minus, one = number(-1.0), number(1.0)
    nodes = []
    for h in range(H):
        z = sum((number(case.inputs[i]) * w[i * H + h] for i in range(I)), w[I * H + h])
        nodes.append((one + (minus * z).exp()).inverse())
    sums = [sum((nodes[h] * w[ho + h * O + o] for h in range(H)), w[ho + H * O + o]) for o in range(O)]
    total = sum((z.exp() for z in sums), number(0.0))
    y = [z.exp() * total.inverse() for z in sums]
    return y, minus * sum((number(t) * p.log() for t, p in zip(case.targets, y, strict=True)), number(0.0))


@entry({}, stages="o_nodes loss gradient")
def dual_numbers(case):
    """Forward-mode differentiation: dual numbers, one pass for each weight."""
    gradient = []
    for k in range(len(case.weights)):
        y, loss = loss_of(case, [Dual(w, float(j == k)) for j, w in enumerate(case.weights)], Dual)
        gradient.append(loss.b)
    return {"o_nodes": [p.a for p in y], "loss": loss.a, "gradient": gradient}


class Complex(complex):
    """A complex number with the functions of a network."""

    def __add__(self, other):
        return Complex(complex(self) + complex(other))

    def __mul__(self, other):
        return Complex(complex(self) * complex(other))

    def exp(self):
        return Complex(cmath.exp(self))

    def log(self):
        return Complex(cmath.log(self))

    def inverse(self):
        return Complex(1 / complex(self))


@entry({}, stages="o_nodes loss gradient")
def complex_step(case):
    """An aerospace engineer: the complex step, Im f(w + ih)/h with h = 1e-30, which loses no digits by subtraction."""
    gradient = []
    for k in range(len(case.weights)):
        y, loss = loss_of(case, [Complex(w, 1e-30 * (j == k)) for j, w in enumerate(case.weights)], Complex)
        gradient.append(loss.imag / 1e-30)
    return {"o_nodes": [p.real for p in y], "loss": loss.real, "gradient": gradient}
