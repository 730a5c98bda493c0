"""The two layers of a framework's model, converted to and from the flat vector, so that the oracle can check the model."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, Protocol, TypeAlias, TypeVar

from reference.network import NeuralNetwork
from reference.numbers.description import describe
from reference.numbers.kinds import exact_float
from reference.numbers.number import Numbers
from reference.oracle.answers import Candidate
from reference.oracle.cases import Question
from reference.specification.notebook import quantity

Rows: TypeAlias = list[list[float]]
Answers: TypeAlias = dict[str, Any]  # for each stage an array of the framework, or plain numbers
Model = TypeVar("Model")
A = TypeVar("A", bound="Array")


class Array(Protocol):
    """An array of any framework."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes."""


class Flat(NamedTuple):
    """The sizes n_inputs, n_hidden, n_outputs, and the flat vector."""

    sizes: tuple[int, int, int]
    weights: list[float]


class Layers(NamedTuple, Generic[A]):
    """The weight and the bias (or None) of each layer, as arrays of a framework, and a function that writes into an array."""

    parts: Sequence[tuple[A, A | None]]
    transposed: bool  # whether the matrices are (out, in)
    write: Callable[[A, Rows | list[float]], object]

    def sizes(self) -> tuple[int, int, int]:
        """Return n_inputs, n_hidden, n_outputs. Raises ValueError if the shapes do not make a network."""
        shapes = [tuple(map(int, weight.shape)) for weight, _ in self.parts]
        text = f"the {'(out, in)' if self.transposed else '(in, out)'} shapes {', '.join(map(str, shapes))}"
        if len(shapes) != 2:
            n_layers = quantity(len(shapes), "layer")
            raise ValueError(f"the network has {n_layers}, with {text}; expected two: input to hidden, hidden to output")
        (n_inputs, n_hidden), (n_sources, n_outputs) = (shape[::-1] if self.transposed else shape for shape in shapes)
        biases = [None if bias is None else tuple(map(int, bias.shape)) for _, bias in self.parts]
        if n_sources != n_hidden or any(b not in (None, (n,)) for b, n in zip(biases, (n_hidden, n_outputs), strict=True)):
            text += f" with biases {' and '.join(map(str, biases))}"
            raise ValueError(f"its layers have {text}, which do not fit together")
        return n_inputs, n_hidden, n_outputs

    def flat(self) -> Flat:
        """Return the sizes and the flat vector."""
        sizes = self.sizes()
        flat: list[float] = []
        for (weight, bias), n_targets in zip(self.parts, sizes[1:], strict=True):
            rows = numbers(weight)
            for row in zip(*rows, strict=True) if self.transposed else rows:
                flat += row
            flat += [0.0] * n_targets if bias is None else numbers(bias)
        return Flat(sizes, flat)

    def put(self, weights: Numbers) -> None:
        """Write a flat vector into the arrays. If it does not fit, raise ValueError and write nothing."""
        blocks = NeuralNetwork(*self.sizes(), weights=weights).blocks()
        layers = [(blocks.ih_weights, blocks.h_biases), (blocks.ho_weights, blocks.o_biases)]
        for name, (_, array), (_, biases) in zip(("h_biases", "o_biases"), self.parts, layers, strict=True):
            if array is None and any(biases):
                raise ValueError(f"{name} are {describe(biases)}, expected zeros: the layer has no bias")
        for (weight, bias), (rows, biases) in zip(self.parts, layers, strict=True):
            self.write(weight, [list(map(exact_float, row)) for row in (zip(*rows, strict=True) if self.transposed else rows)])
            if bias is not None:
                self.write(bias, list(map(exact_float, biases)))


def numbers(array: Any) -> Any:
    """Return a framework's array as nested lists."""
    return array.tolist() if hasattr(array, "tolist") else array.numpy().tolist()


def candidate_of(
    source: Any,
    layers_of: Callable[[Model], Layers[A]],
    answer: Callable[[Model, Rows, Rows], Answers],
) -> Candidate:
    """Return the candidate of a model, or of a function that makes a model for each case.

    After each case, the candidate restores the weights of the model.
    """
    methods = ("parameters", "get_params", "get_weights")  # of a module, an estimator, a Keras model
    is_model = not isinstance(source, type) and any(hasattr(source, name) for name in methods)

    def candidate(case: Question) -> dict[str, object]:
        model: Model = source if is_model else source(case)
        layers = layers_of(model)
        sizes, weights = layers.flat()
        if sizes != (case.n_inputs, case.n_hidden, case.n_outputs):
            raise ValueError(f"pass sizes={sizes} to oracle.check; a case is {case.n_inputs}-{case.n_hidden}-{case.n_outputs}")
        one = not isinstance(case.inputs[0], list)
        layers.put(weights)  # fail before anything changes if the weights cannot be restored
        layers.put(case.weights)
        try:
            answers = answer(model, [case.inputs] if one else case.inputs, [case.targets] if one else case.targets)
            return {stage: rows[0] if one and stage in ("o_sums", "o_nodes") else rows for stage, rows in answers.items()}
        finally:
            layers.put(weights)

    return candidate
