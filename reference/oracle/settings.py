"""The setting of a case: activations, loss, optimizer and more. Invalid settings raise ValueError."""

from typing import Any, NamedTuple, TypeAlias

from reference import optimizers
from reference.layout import Layout
from reference.numbers.description import describe
from reference.optimizers import StatefulOptimizer
from reference.specification import names
from reference.specification.architecture import Architecture
from reference.specification.names import REDUCTIONS, RULES, one_of
from reference.specification.parameters import not_negative, whole_number, yes_or_no

Fields: TypeAlias = dict[str, Any]  # the name and the settings of an optimizer, as JSON can hold them
OPTIMIZERS: dict[str, type[StatefulOptimizer]] = {name: getattr(optimizers, kind) for name, kind in names.OPTIMIZERS.items()}


class Setting(NamedTuple):
    """What all random cases of a check have in common."""

    hidden: str = "sigmoid"
    output: str = "softmax"
    loss: str = "cross_entropy"
    reduction: str = "mean"
    l2: float = 0.0
    rule: str = "backpropagation"
    optimizer: Fields | None = None
    learning_rate: float = 0.125
    biases: bool = True
    steps: int = 1


def setting_of(
    hidden: str = "sigmoid",
    output: str = "softmax",
    loss: str | None = None,
    reduction: str = "mean",
    l2: float = 0.0,
    rule: str = "backpropagation",
    optimizer: object = None,
    learning_rate: float = 0.1,
    biases: bool = True,
    steps: int = 1,
) -> Setting:
    """Check and return a setting."""
    return Setting(
        hidden,
        output,
        Architecture(1, 1, 1, hidden, output, loss).loss,
        one_of(REDUCTIONS, reduction, "reduction"),
        float(not_negative(l2, "l2")),
        one_of(RULES, rule, "rule"),
        fields_of(optimizer),
        float(not_negative(learning_rate, "learning_rate")),
        yes_or_no(biases, "biases"),
        whole_number(steps, "steps", least=1),
    )


def fields_of(optimizer: object) -> Fields | None:
    """Return the fields of an optimizer, passed as an object or by name. None is plain gradient descent and stays None."""
    if optimizer is None:
        return None
    if isinstance(optimizer, str):
        optimizer = OPTIMIZERS[one_of(OPTIMIZERS, optimizer, "optimizer")]()
    for name, kind in OPTIMIZERS.items():
        if type(optimizer) is kind:
            return {"name": name, **{field: value for field, value in vars(optimizer).items() if not field.startswith("_")}}
    raise ValueError(
        f"optimizer is {describe(optimizer)}, expected None, {', '.join(OPTIMIZERS)}, or an SGD, RMSProp or Adam object"
    )


def optimizer_of(fields: Fields | None) -> StatefulOptimizer:
    """Return a new optimizer from its fields; None is plain gradient descent."""
    settings = dict(fields or {"name": "sgd"})
    return OPTIMIZERS[settings.pop("name")](**settings)


def name_of(fields: Fields | None) -> str:
    """Return the name of an optimizer from its fields; "sgd" for None."""
    return str(fields["name"]) if fields else "sgd"


def sizes_of(sizes: object) -> tuple[int, int, int] | None:
    """Check fixed sizes and return them. None means random sizes and stays None."""
    if sizes is None:
        return None
    if not isinstance(sizes, list | tuple) or len(sizes) != 3:
        raise ValueError(f"sizes is {describe(sizes)}, expected (n_inputs, n_hidden, n_outputs)")
    return Layout(*sizes).sizes
