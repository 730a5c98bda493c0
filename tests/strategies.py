"""Strategies for hypothesis: networks with three independent sizes, and numbers from tiny to huge."""

from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from reference import Layout
from reference.specification.names import HIDDEN, LOSSES, OUTPUT, REDUCTIONS, RULES
from vectorized.inplace import ACTIVATIONS

PAIRS = [(output, loss) for output in OUTPUT for loss in LOSSES if loss != "cross_entropy" or output in ("softmax", "sigmoid")]

SEARCH = settings(
    max_examples=4000,  # a search stops at the first case that it finds
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Trial(NamedTuple):
    """A network and a batch, in plain numbers."""

    layout: Layout
    hidden: str
    output: str
    loss: str
    weights: list[float]
    inputs: list[list[float]]
    targets: list[list[float]]
    reduction: str = "mean"
    l2: float = 0.0
    rule: str = "backpropagation"

    def network(self, package: Any, weights: Any = None, **more: Any) -> Any:
        """Return the network of a package. `weights` may give the weights in another kind of number."""
        layout = self.layout
        names = {"hidden": self.hidden, "output": self.output, "loss": self.loss}
        weights = self.weights if weights is None else weights
        return package.NeuralNetwork(*layout.sizes, **names, weights=weights, **more)

    @property
    def how(self) -> dict[str, Any]:
        """The settings of the backward pass."""
        return {"reduction": self.reduction, "l2": self.l2, "rule": self.rule}


def numbers(width: int = 64) -> st.SearchStrategy[float]:
    """Draw mostly ordinary numbers, but also numbers whose sigmoid is nearly 0 or 1, and any other float."""
    finite = {"allow_nan": False, "allow_infinity": False, "width": width}
    usual = st.floats(-2, 2, **finite)
    whole = st.integers(-3, 3).map(float)
    powers = st.integers(-100, 60) if width == 32 else st.integers(-900, 500)
    scaled = st.builds(lambda x, k: x * 2.0**k, whole, powers)
    return st.one_of(usual, usual, usual, whole, whole, st.floats(-64, 64, **finite), scaled, st.floats(**finite))


def usual_numbers(width: int = 64) -> st.SearchStrategy[float]:
    return st.one_of(st.floats(-2, 2, width=width), st.integers(-3, 3).map(float))


def targets_of(n_outputs: int, width: int = 64) -> st.SearchStrategy[list[float]]:
    """Draw a one-hot target, numbers from 0 to 1, or numbers from -2 to 2."""
    one_hot = st.integers(0, n_outputs - 1).map(lambda label: [float(o == label) for o in range(n_outputs)])
    fractions = st.lists(st.floats(0, 1, width=width), min_size=n_outputs, max_size=n_outputs)
    ordinary = st.lists(st.floats(-2, 2, width=width), min_size=n_outputs, max_size=n_outputs)
    return st.one_of(one_hot, fractions, ordinary)


@st.composite
def cases(draw: st.DrawFn, width: int = 64, usual: bool = False, max_samples: int = 4, **fixed: Any) -> Trial:
    """Draw a network and a batch. `fixed` may have `hidden`, and `pair` (output and loss)."""
    sizes = st.integers(1, 4)
    layout = Layout(draw(sizes), draw(sizes), draw(sizes))
    hidden = fixed.get("hidden") or draw(st.sampled_from(HIDDEN))
    output, loss = fixed.get("pair") or draw(st.sampled_from(PAIRS))
    number = usual_numbers(width) if usual or draw(st.integers(0, 3)) else numbers(width)
    n_samples = draw(st.integers(1, max_samples))
    weights = draw(st.lists(number, min_size=layout.n_weights, max_size=layout.n_weights))
    sample = st.lists(number, min_size=layout.n_inputs, max_size=layout.n_inputs)
    inputs = draw(st.lists(sample, min_size=n_samples, max_size=n_samples))
    target = targets_of(layout.n_outputs, width)
    targets = draw(st.lists(target, min_size=n_samples, max_size=n_samples))
    reduction, l2 = draw(st.sampled_from(REDUCTIONS)), draw(st.sampled_from([0.0, 0.0, 0.25, 1.5]))
    return Trial(layout, hidden, output, loss, weights, inputs, targets, reduction, l2, draw(st.sampled_from(RULES)))


@st.composite
def cases_in_place(draw: st.DrawFn, width: int = 64, hidden: str | None = None) -> Trial:
    """Draw a case for which `vectorized` trains in place: softmax, cross-entropy, one-hot targets and no penalty."""
    hidden = hidden or draw(st.sampled_from(list(ACTIVATIONS)))
    case = draw(cases(width, hidden=hidden, pair=("softmax", "cross_entropy")))
    targets = [[float(o == row.index(max(row))) for o in range(case.layout.n_outputs)] for row in case.targets]
    return case._replace(targets=targets, l2=0.0, rule="backpropagation")


def nearly_in_place() -> st.SearchStrategy[Trial]:
    """Draw a case like `cases_in_place`, with at most one setting changed."""
    halves = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=4, max_size=4)
    changes: list[st.SearchStrategy[dict[str, Any]]] = [
        *(st.just(change) for change in ({"output": "sigmoid"}, {"loss": "squared_error"}, {"l2": 0.25})),
        *(st.just(change) for change in ({"rule": "error_splitting"}, {})),
        st.lists(halves, min_size=4, max_size=4).map(lambda rows: {"targets": rows}),
    ]

    def change_case(case: Trial, change: dict[str, Any]) -> Trial:
        rows = [row[: case.layout.n_outputs] for row in change.get("targets", case.targets)[: len(case.targets)]]
        return case._replace(**change | {"targets": rows})

    return st.builds(change_case, cases_in_place(), st.one_of(changes))
