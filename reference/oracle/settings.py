"""What a check is asked for, looked at before anything is drawn."""

from typing import Any

from reference.layout import Layout
from reference.numbers.shown import shown
from reference.optimizers import SGD, Adam, RMSProp
from reference.oracle.cases import Setting
from reference.specification.architecture import Architecture
from reference.specification.door import not_negative, whole_number, yes_or_no
from reference.specification.names import REDUCTIONS, RULES, one_of

OPTIMIZERS: dict[str, type[Any]] = {"sgd": SGD, "rmsprop": RMSProp, "adam": Adam}


def setting_of(
    hidden: str = "sigmoid",
    output: str = "softmax",
    loss: str | None = None,
    reduction: str = "mean",
    l2: float = 0.0,
    rule: str = "backpropagation",
    optimizer: Any = None,
    learning_rate: float = 0.1,
    biases: bool = True,
    steps: int = 1,
) -> Setting:
    """Return the setting of a check; ValueError for one that cannot be."""
    return Setting(
        hidden,
        output,
        Architecture(1, 1, 1, hidden, output, loss).loss,
        one_of(REDUCTIONS, reduction, "reduction"),
        float(not_negative(l2, "l2")),
        one_of(RULES, rule, "rule"),
        optimizer_fields(optimizer),
        float(not_negative(learning_rate, "learning_rate")),
        yes_or_no(biases, "biases"),
        whole_number(steps, "steps", least=1),
    )


def optimizer_fields(given: Any) -> dict[str, Any] | None:
    """Return an optimizer as plain fields: its name and its settings; None for plain gradient descent."""
    if given is None:
        return None
    if isinstance(given, str):
        given = OPTIMIZERS[one_of(OPTIMIZERS, given, "optimizer")]()
    for name, kind in OPTIMIZERS.items():
        if type(given) is kind:
            return {"name": name, **{field: value for field, value in vars(given).items() if not field.startswith("_")}}
    raise ValueError(f"optimizer is {shown(given)}, expected None, one of {', '.join(OPTIMIZERS)}, or an SGD, RMSProp or Adam")


def sizes_of(given: Any) -> tuple[int, int, int] | None:
    """Return three sizes, or None."""
    if given is None:
        return None
    if not isinstance(given, list | tuple) or len(given) != 3:
        raise ValueError(f"sizes is {shown(given)}, expected (n_inputs, n_hidden, n_outputs)")
    layout = Layout(*given)
    return layout.n_inputs, layout.n_hidden, layout.n_outputs


def counts(examples: Any, seed: Any, batch: Any) -> tuple[int, int, int | None]:
    """Return how many cases, their seed, and how many rows a batch has."""
    rows = None if batch is None else whole_number(batch, "batch", least=1)
    return whole_number(examples, "examples", least=1), whole_number(seed, "seed"), rows
