"""Compute, by formulas, the numbers of a right or wrong network for one case.

A `Model` has the mistakes of the whole network, such as another activation. `Formulas` are the wrong formulas of single steps.
A step is a stage or a block of the gradient. A `Frame` computes the network with both kinds of mistakes on one case.
"""

from collections.abc import Sequence
from functools import cache, partial
from operator import add
from typing import Any, NamedTuple

from reference.losses import PAIRS
from reference.numbers.kinds import FLOAT, Kind
from reference.numbers.number import Number, Row
from reference.oracle.cases import Case
from reference.oracle.explaining.forms import right_name
from reference.oracle.explaining.formulas import Tree, put, tree
from reference.oracle.explaining.functions import guard, guard_row
from reference.oracle.explaining.grammar import BLOCK_STEPS, STEPS, expand, right, updates
from reference.oracle.explaining.grids import Grid, Misfit, apply, grid_of
from reference.oracle.explaining.readings import (
    BLOCKS,
    RIGHT,
    Reading,
    n_sources,
    n_targets,
    position_variables,
    positions,
    readings_of_block,
)
from reference.oracle.explaining.rows import ROWS
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

SIZES = ("n_samples", "n_inputs", "n_hidden", "n_outputs")
BACKWARD = STEPS[5:-1]
IN_STEP = "in_step."  # prefix of formulas that only training uses; the answered stages are computed without them
Formulas = dict[str, Tree]  # by step; "weights.w" and so on are the update formulas of the optimizer


class Model(NamedTuple):
    """The whole network.

    setting : its functions, loss and optimizer
    reading : the order in which it reads the flat vector
    writing : the order in which it writes the gradient
    inputs : the formula of its inputs
    rows : the name, in ROWS, of a mistake that changes how often each row of a batch counts; "" if there is none
    misreport : a stage that it answers with wrong numbers, although it computes with the right ones
    returned : the order in which the network returns the trained weights: "right", or "written" (as in `writing`). "" if the
        step is done on the flat vector, so that no order matters
    """

    setting: Setting
    reading: Reading = RIGHT
    writing: Reading = RIGHT
    inputs: Tree = "inputs"
    rows: str = ""
    misreport: str = ""
    returned: str = ""


class Fields(dict[str, Any]):
    """The fields of an optimizer, with a hash, so that a setting can be a key. Do not change these fields."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


def model_of(setting: Setting) -> Model:
    """Return the right model of a setting."""
    return Model(setting._replace(optimizer=Fields(setting.optimizer) if setting.optimizer else None))


@cache
def best_formula(setting: Setting, step: str) -> Tree:
    """Return the right formula of a step, written in the way that has the smallest rounding errors."""
    return expand(setting, right(setting, step))[0]


def constants(setting: Setting) -> dict[str, float]:
    """Return the learning rate and the numbers of the optimizer, by name."""
    fields = {name: value for name, value in (setting.optimizer or {}).items() if name not in ("name", "nesterov")}
    return {"rate": setting.learning_rate, **fields}


def with_rate(setting: Setting, rate: float) -> Formulas:
    """Return the update formulas that use the learning rate, with this number in its place."""
    both = {f"weights.{name}": (old, put(old, {"rate": rate})) for name, old in updates(setting).items()}
    return {name: new for name, (old, new) in both.items() if new != old}


class Frame:
    """A model with its wrong formulas on one case, computed with one kind of number.

    answers_by_step : the candidate's answers, used in place of computed numbers
    weights : the flat vector, if it is not that of the case
    """

    def __init__(
        self,
        case: Case,
        model: Model,
        formulas: Formulas,
        answers_by_step: dict[str, list[float]] | None = None,
        kind: Kind = FLOAT,
        weights: Row | None = None,
    ) -> None:
        self.case, self.model, self.formulas, self.kind = case, model, formulas, kind
        self.answers_by_step = answers_by_step or {}
        self.flat: Sequence[Number] = case.weights if weights is None else weights
        self.memo: dict[Tree, Grid] = {}
        self.gradients: dict[int, Row] = {}  # for each training step, the gradient at the candidate's own weights

    def answers(self, stages: tuple[str, ...] = STAGES) -> dict[str, Row]:
        """Return these stages as flat lists, sample after sample."""
        with self.kind.quiet():
            return {stage: list(self.answer(stage)) for stage in stages}

    def answer(self, stage: str) -> Row:
        """Return the numbers of a stage."""
        if stage == "gradient":
            return self.gradient()
        if stage == "weights":
            return self.weights_after(self.updates())
        return self.step(stage).numbers

    # ---- formulas and names

    def value(self, formula: Tree) -> Grid:
        """Return the value of a formula; raise Misfit if it has none."""
        grid = self.memo.get(formula)  # a single lookup, as hashing a tree is slow
        if grid is None:
            if isinstance(formula, tuple):
                grid = apply(self.kind, formula[0], [self.value(part) for part in formula[1:]])
            else:
                grid = self.leaf(formula) if isinstance(formula, str) else self.scalar(formula)
            self.memo[formula] = grid
        return grid

    def leaf(self, name: str) -> Grid:
        """Return the value of a name; raise Misfit if it has none."""
        case, layout, setting = self.case, self.case.layout, self.model.setting
        n_samples = len(case.inputs)
        if name == self.model.misreport:
            return self.shape(name, self.value(best_formula(setting, name)))
        if name in STEPS:
            return self.step(name)
        if name == "inputs":
            return self.value(put(self.model.inputs, {"inputs": "case_inputs"}))
        if name in ("case_inputs", "targets"):
            return self.numbers([x for row in (case.targets if name == "targets" else case.inputs) for x in row], n_samples)
        if name.startswith("rows_"):
            return self.numbers(ROWS[name.removeprefix("rows_")][0](n_samples, setting.reduction == "mean"), n_samples)
        block, _, words = name.partition(":")
        if block in BLOCKS:
            reading = readings_of_block(block)[words] if words else self.model.reading
            return self.numbers([self.flat[at] for at in positions(reading, layout)[block]], n_sources(layout, block))
        if name in SIZES:
            return self.scalar(n_samples if name == "n_samples" else getattr(layout, name))
        if name in ("right_losses", "right_deltas"):
            return self.losses_or_deltas(name)
        if name == "gradient_norm":
            stages = {step: numbers for step, numbers in self.answers_by_step.items() if step in STAGES[:7]}
            return Frame(case, self.model, {}, stages, self.kind).value(tree("sqrt(sum(gradient*gradient))"))
        if name == "gradient":
            return self.numbers(self.gradient(), 1)
        if name == "online":
            return self.online()
        if name == "l2" or name in constants(setting):
            return self.scalar(setting.l2 if name == "l2" else constants(setting)[name])
        if name in position_variables(layout):
            return self.numbers(position_variables(layout)[name], 1)
        raise Misfit

    def scalar(self, number: float) -> Grid:
        """Return a grid of one number."""
        return Grid(1, 1, [self.kind.convert(number)])

    def convert(self, numbers: Sequence[Number]) -> Row:
        """Convert numbers to the kind of this frame, if necessary."""
        return [x if isinstance(x, self.kind.type) else self.kind.convert(x) for x in numbers]

    def numbers(self, numbers: Sequence[Number], n_rows: int) -> Grid:
        """Return a grid of these numbers, row by row."""
        return Grid(n_rows, len(numbers) // n_rows, list(numbers) if self.kind is FLOAT else self.convert(numbers))

    def losses_or_deltas(self, name: str) -> Grid:
        """Return the losses or the output deltas of the samples, computed by the functions of `reference`."""
        setting = self.model.setting
        loss = "half_squared_error" if setting.rule == "error_splitting" and name == "right_deltas" else setting.loss
        pair: Any = PAIRS[right_name(setting.output), loss]
        samples = zip(*(self.value(each).rows() for each in ("o_sums", "o_nodes", "targets")), strict=True)
        if name == "right_losses":
            return grid_of([[guard(self.kind, pair.loss, self.kind, *sample)] for sample in samples])
        return grid_of([guard_row(self.kind, partial(pair.o_deltas, o_nodes=y, targets=t), z) for z, y, t in samples])

    # ---- the steps

    def step(self, step: str) -> Grid:
        """Return the numbers of a step: the candidate's answer if it is given, else computed numbers."""
        if step in self.answers_by_step:
            return self.numbers(self.answers_by_step[step], self.shape_of(step)[0])
        return self.compute(step)

    def compute(self, step: str) -> Grid:
        """Compute a step by its formula."""
        formula = self.formulas[step] if step in self.formulas else best_formula(self.model.setting, step)
        if self.model.rows and (step == "loss" or step in BLOCK_STEPS):
            names = ("right_losses",) if step == "loss" else ("o_deltas", "h_deltas")
            formula = put(formula, {name: ("*", f"rows_{self.model.rows}", name) for name in names})
        return self.shape(step, self.value(formula))

    def shape(self, step: str, grid: Grid) -> Grid:
        """Repeat a single row or column, so that the grid has the shape of the step."""
        shape = self.shape_of(step)
        return grid if (grid.n_rows, grid.n_columns) == shape else Grid(*shape, grid.spread(*shape))

    def shape_of(self, step: str) -> tuple[int, int]:
        """Return how many rows and columns a step has."""
        layout = self.case.layout
        if step == "loss":
            return 1, 1
        if step in STAGES[:7]:
            return len(self.case.inputs), layout.n_hidden if step[0] == "h" else layout.n_outputs
        block = step.removeprefix("gradient.")
        return n_sources(layout, block), n_targets(layout, block)

    def gradient(self) -> Row:
        """Return the flat gradient."""
        if "gradient" in self.answers_by_step:
            return self.numbers(self.answers_by_step["gradient"], 1).numbers
        places = positions(self.model.writing, self.case.layout)
        gradient: Row = [self.kind.convert(0)] * self.case.layout.n_weights
        for step in BLOCK_STEPS:
            for at, number in zip(places[step.removeprefix("gradient.")], self.step(step).numbers, strict=True):
                gradient[at] = number
        return gradient

    # ---- the optimizer

    def updates(self) -> Formulas:
        """Return the update formulas."""
        right = updates(self.model.setting)
        return {name: self.formulas.get(f"weights.{name}", formula) for name, formula in right.items()}

    def weights_after(self, formulas: Formulas, places: list[int] | None = None) -> Row:
        """Return the weights after each training step by these update formulas, or only the weights at `places`.

        Each later step starts from the candidate's weights after the previous step, if they are known.
        """
        path, n_steps = self.case.path, self.model.setting.steps
        state: dict[Tree, Grid] = {name: self.scalar(0) for name in formulas if name != "w"}
        names: dict[Tree, Grid] = {
            name: self.value(name)
            for name in (*position_variables(self.case.layout), *constants(self.model.setting), "l2", "n_samples")
        }
        w, rows = self.convert(self.flat), Row()
        reading, writing = (self.model.reading, self.model.writing) if self.model.returned else (RIGHT, RIGHT)
        returned = writing if self.model.returned == "written" else RIGHT
        order = self.in_right_order(list(range(len(w))), returned)  # for each weight, the place at which it is returned
        places = places and [order.index(place) for place in places]
        w, first_gradient = self.in_right_order(w, reading), self.in_right_order(self.gradient(), writing)
        gradient_sum: Row = []
        for number in range(n_steps):
            if number and path:
                w = self.in_right_order(self.convert(path[number - 1]), returned)
            gradient = self.in_right_order(self.gradient_at(number, w), writing)
            gradient_sum = list(map(add, gradient_sum, gradient)) if number else gradient
            flat = {"w": w, "gradient": gradient, "first_gradient": first_gradient, "gradient_sum": gradient_sum}
            values = names | {name: self.numbers(numbers, 1) for name, numbers in flat.items()}
            values = {name: at_places(grid, places) for name, grid in values.items()}
            values |= state | {f"old_{name}": grid for name, grid in state.items()} | {"t": self.scalar(number + 1)}
            for name, formula in formulas.items():
                frame = Frame(self.case, self.model, self.formulas, kind=self.kind)
                frame.memo = {**values}
                values[name] = frame.value(formula)
            state = {name: values[name] for name in state}
            w = values["w"].spread(1, len(places or w))
            rows += w if places or returned == RIGHT else [w[order.index(place)] for place in range(len(w))]
            if places and not path:
                return rows  # a further step would need all weights
        return rows

    def in_right_order(self, flat: Row, order: Reading) -> Row:
        """Put a flat vector, which has this order, into the right order."""
        if order == RIGHT:
            return flat
        places = positions(order, self.case.layout)
        return [flat[at] for block in BLOCKS for at in places[block]]

    def gradient_at(self, number: int, w: Row) -> Row:
        """Return the gradient of a training step at the weights before this step."""
        in_step = {name.removeprefix(IN_STEP): formula for name, formula in self.formulas.items() if name.startswith(IN_STEP)}
        if number == 0:
            if not in_step:
                return self.gradient()
            forward = {step: numbers for step, numbers in self.answers_by_step.items() if step in STAGES[:4]}
            return Frame(self.case, self.model, self.formulas | in_step, forward, self.kind).gradient()
        if number not in self.gradients:
            model = self.model._replace(reading=RIGHT) if self.model.returned else self.model
            gradient = Frame(self.case, model, self.formulas | in_step, kind=self.kind, weights=w).gradient()
            if not self.case.path:
                return gradient
            self.gradients[number] = gradient
        return self.gradients[number]

    def online(self) -> Grid:
        """Return the weights after one step of plain gradient descent for each row."""
        rate = self.kind.convert(self.model.setting.learning_rate)
        w = self.memo["w"].numbers
        for row, targets in zip(self.case.inputs, self.case.targets, strict=True):
            case = self.case._replace(inputs=[row], targets=[targets])
            gradient = Frame(case, self.model, self.formulas, kind=self.kind, weights=w).gradient()
            w = [x - rate * g for x, g in zip(w, gradient, strict=True)]
        return Grid(1, len(w), w)


def at_places(grid: Grid, places: list[int] | None) -> Grid:
    """Return the entries of a row at these places. A single number stays as it is."""
    return grid if places is None or grid.n_columns == 1 else Grid(1, len(places), [grid.numbers[at] for at in places])
