"""A network as formulas, computed on a case: as it is asked for, or as another network would compute it.

A `Model` says what the whole network does otherwise (a setting, an activation, how the flat vector is read), `formulas` what
its steps do otherwise. A `Frame` computes it on one case, from the answers of a candidate where there are any.
"""

from functools import cache, partial
from typing import Any, NamedTuple

from reference.layout import Layout
from reference.losses import PAIRS
from reference.numbers.bounded import Bounded
from reference.numbers.kinds import FLOAT, kind_of_type
from reference.numbers.number import Number
from reference.oracle.cases import Case
from reference.oracle.formulas import Tree, put
from reference.oracle.grammar import PARTS, STEPS, asked, expanded, right, updates
from reference.oracle.grids import Grid, Misfit, applied, grid, guarded, row_of
from reference.oracle.readings import BLOCKS, RIGHT, Reading, positions, readings
from reference.oracle.rows import ROWS
from reference.oracle.settings import Setting
from reference.oracle.steps import STAGES

BOUNDED: Any = kind_of_type(Bounded)
SIZES = ("n_samples", "n_inputs", "n_hidden", "n_outputs")


class Model(NamedTuple):
    """What the whole network does.

    setting : what it computes
    read, written : how it reads the flat vector, and how it writes the gradient
    inputs : what it makes of the inputs
    rows : how often it counts each row
    reported : the stage that it answers otherwise than it goes on with
    """

    setting: Setting
    read: Reading = RIGHT
    written: Reading = RIGHT
    inputs: Tree = "inputs"
    rows: str = ""
    reported: str = ""


Formulas = dict[str, Tree]


class Fields(dict[str, Any]):
    """The fields of an optimizer, which do not change, so that a setting can be looked up."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


def model_of(setting: Setting) -> Model:
    """Return the right model of a setting."""
    return Model(setting._replace(optimizer=Fields(setting.optimizer) if setting.optimizer else None))


class Frame:
    """A model with some formulas of its own on one case, in one kind of number."""

    def __init__(
        self, case: Case, model: Model, formulas: Formulas, given: dict[str, list[float]] | None = None, kind: Any = FLOAT
    ) -> None:
        self.case, self.model, self.formulas, self.kind = case, model, formulas, kind
        self.given = given or {}
        self.memo: dict[Tree, Grid] = {}

    def value(self, whole: Tree) -> Grid:
        """Return what a formula gives; raises Misfit where shapes do not fit."""
        found = self.memo.get(whole)
        if found is None:
            if isinstance(whole, tuple):
                found = applied(self.kind, whole[0], [self.value(part) for part in whole[1:]])
            elif isinstance(whole, str):
                found = self.leaf(whole)
            else:
                found = self.scalar(whole)
            self.memo[whole] = found
        return found

    def converted(self, x: Number) -> Number:
        """Return a number of the kind: a weight after a step is one already."""
        return x if isinstance(x, self.kind.type) else self.kind.convert(x)

    def scalar(self, number: Number) -> Grid:
        """Return a single number."""
        return Grid(1, 1, [self.kind.convert(number)])

    def leaf(self, name: str) -> Grid:
        """Return the numbers of a name."""
        case, layout = self.case, self.case.layout
        if name in STEPS:
            if name == self.model.reported:
                return self.shaped(name, self.value(plain(self.model.setting, name)))
            return self.step(name)
        if name == "inputs" and self.model.inputs != "inputs":
            return self.value(put(self.model.inputs, {"inputs": "given_inputs"}))
        if name in ("inputs", "targets", "given_inputs"):
            return self.numbers([x for row in getattr(case, name.removeprefix("given_")) for x in row], len(case.inputs))
        if name.startswith("rows_"):
            return self.numbers(ROWS[name[5:]][0](len(case.inputs), self.model.setting.reduction == "mean"), len(case.inputs))
        block, _, other = name.partition(":")
        if block in BLOCKS:
            where = positions(self.model.read, layout)[block] if not other else other_blocks(block)[other](layout)
            return self.numbers([case.weights[at] for at in where], n_sources(layout, block))
        if name in SIZES:
            return self.scalar(len(case.inputs) if name == "n_samples" else getattr(layout, name))
        if name == "online":
            return self.online(self.memo["w"].numbers)
        if name == "gradient_norm":
            own = Frame(
                case, self.model, {}, {step: numbers for step, numbers in self.given.items() if step in STAGES[:7]}, self.kind
            )
            return applied(self.kind, "sqrt", [self.squares(own.gradient())])
        if name in ("l2", "rate"):
            return self.scalar(self.model.setting.l2 if name == "l2" else self.model.setting.learning_rate)
        if name in ("right_losses", "right_deltas"):
            return self.by_pair(name)
        if name in FLAT:
            return self.numbers([FLAT[name](layout, at) for at in range(layout.n_weights)], 1)
        optimizer = self.model.setting.optimizer or {}
        if name in optimizer:
            return self.scalar(optimizer[name])
        raise Misfit

    def online(self, w: list[Number]) -> Grid:
        """Return the weights after a plain step on each row, one after another."""
        rate = self.kind.convert(self.model.setting.learning_rate)
        for row, targets in zip(self.case.inputs, self.case.targets, strict=True):
            frame = Frame(
                self.case._replace(weights=w, inputs=[row], targets=[targets]), self.model, self.formulas, kind=self.kind
            )
            w = [x - rate * g for x, g in zip(w, frame.gradient(), strict=True)]
        return Grid(1, len(w), w)

    def squares(self, numbers: list[Number]) -> Grid:
        """Return the sum of the squares of numbers."""
        whole = Grid(1, len(numbers), numbers)
        return applied(self.kind, "sum", [applied(self.kind, "*", [whole, whole])])

    def numbers(self, found: list[float], n_rows: int) -> Grid:
        """Return a grid of plain numbers."""
        return Grid(n_rows, len(found) // n_rows, found if self.kind is FLOAT else list(map(self.converted, found)))

    def by_pair(self, name: str) -> Grid:
        """Return the losses or the deltas of the samples, by the reference's own functions."""
        setting = self.model.setting
        loss = "half_squared_error" if setting.rule == "error_splitting" and name == "right_deltas" else setting.loss
        pair = PAIRS[asked(setting.output), loss]
        stages = zip(*(self.value(each).rows() for each in ("o_sums", "o_nodes", "targets")), strict=True)
        if name == "right_losses":
            return grid([[guarded(self.kind, pair.loss, self.kind, *row)] for row in stages])
        return grid([row_of(self.kind, partial(deltas_of, pair, *rest), z) for z, *rest in stages])

    def step(self, step: str) -> Grid:
        """Return a step: as it was answered, else as its formula gives it."""
        if step in self.given:
            n_rows = (
                1 if step == "loss" else len(self.case.inputs) if step in STAGES[:7] else n_sources(self.case.layout, step[9:])
            )
            return self.numbers(self.given[step], n_rows)
        return self.computed(step)

    def computed(self, step: str) -> Grid:
        """Return a step by its formula."""
        whole = self.formulas[step] if step in self.formulas else plain(self.model.setting, step)
        if self.model.rows and (step == "loss" or step in PARTS):
            names = ("right_losses",) if step == "loss" else ("o_deltas", "h_deltas")
            whole = put(whole, {name: ("*", f"rows_{self.model.rows}", name) for name in names})
        return self.shaped(step, self.value(whole))

    def shaped(self, step: str, found: Grid) -> Grid:
        """Return a step in its shape: a single row or column is repeated."""
        layout, n = self.case.layout, len(self.case.inputs)
        if step == "loss":
            shape = (1, 1)
        elif step in STAGES[:7]:
            shape = (n, layout.n_hidden if step[0] == "h" else layout.n_outputs)
        else:
            block = step[9:]
            shape = (n_sources(layout, block), layout.n_hidden if block in BLOCKS[:2] else layout.n_outputs)
        if (found.n_rows, found.n_columns) == shape:
            return found
        return Grid(*shape, found.spread(*shape))

    def gradient(self) -> list[Number]:
        """Return the flat gradient."""
        if "gradient" in self.given:
            return self.numbers(self.given["gradient"], 1).numbers
        where = positions(self.model.written, self.case.layout)
        found: list[Number] = [self.kind.convert(0)] * self.case.layout.n_weights
        for part in PARTS:
            for at, number in zip(where[part[9:]], self.step(part).numbers, strict=True):
                found[at] = number
        return found

    def weights(self, lines: Formulas, few: list[int] | None = None) -> list[Number]:
        """Return the weights after every step, each from the candidate's own before it; at a few places, if these are given."""
        case, kind = self.case, self.kind
        kept = {name: self.scalar(0) for name in lines}
        rows: list[Number] = []
        w = list(map(self.converted, case.weights))
        for number in range(self.model.setting.steps):
            if number:
                w = [kind.convert(x) for x in case.path[number - 1]] if case.path else w
            own = Frame(case, self.model, self.formulas, kind=kind)
            own.memo = {name: some(self.value(name), few) for name in self.flat_names()}
            own.memo |= kept | {
                "w": some(Grid(1, len(w), w), few),
                "gradient": some(Grid(1, len(w), self.gradient_at(number, w)), few),
                "t": self.scalar(number + 1),
                "first_gradient": some(Grid(1, len(w), self.gradient()), few),
            }
            own.memo |= {f"old_{name}": kept[name] for name in lines if name != "w"}
            for name, line in lines.items():
                kept[name] = own.memo[name] = own.value(line)
                own.memo = {key: value for key, value in own.memo.items() if not isinstance(key, tuple)}
            w = kept.pop("w").spread(1, len(few or w))
            rows += w
            if few and number + 1 < self.model.setting.steps and not case.path:
                return rows
        return rows

    def flat_names(self) -> list[str]:
        """Return the names that an optimizer knows besides its own."""
        return [
            *FLAT,
            "rate",
            "l2",
            "n_samples",
            *(name for name in self.model.setting.optimizer or {} if name not in ("name", "nesterov")),
        ]

    def gradient_at(self, number: int, w: list[Number]) -> list[Number]:
        """Return the gradient of a step, at the weights before it; it is computed once where these are the candidate's own."""
        if number == 0:
            return self.gradient()
        key = ("gradient at", number) if self.case.path else None
        if key is None or key not in self.memo:
            frame = Frame(self.case._replace(weights=w), self.model, self.formulas, kind=self.kind)
            found = Grid(1, len(w), frame.gradient())
            if key is None:
                return found.numbers
            self.memo[key] = found
        return self.memo[key].numbers

    def answer(self, stage: str) -> list[Number]:
        """Return the numbers of a stage."""
        if stage == "gradient":
            return self.gradient()
        if stage == "weights":
            return self.weights(self.lines())
        return self.step(stage).numbers

    def lines(self) -> Formulas:
        """Return the lines of the optimizer."""
        return {name: self.formulas.get(f"weights.{name}", line) for name, line in updates(self.model.setting).items()}

    def answers(self, wanted: tuple[str, ...] = STAGES) -> dict[str, list[Number]]:
        """Return the wanted stages, each flat, sample after sample."""
        with self.kind.quiet():
            return {stage: list(self.answer(stage)) for stage in wanted}


def block_at(layout: Layout, at: int) -> int:
    """Return 1 to 4: the block of a position in the flat vector."""
    return 1 + (at >= layout.h_biases_at) + (at >= layout.ho_weights_at) + (at >= layout.o_biases_at)


FLAT: dict[str, Any] = {
    "block": lambda layout, at: block_at(layout, at),
    "layer": lambda layout, at: 1 + (at >= layout.ho_weights_at),
    **{
        f"is_{name}": lambda layout, at, number=number: int(block_at(layout, at) == number)
        for number, name in enumerate(BLOCKS, 1)
    },
    "is_weight": lambda layout, at: int(not layout.name_of(at).startswith("b")),
}


def some(whole: Grid, few: list[int] | None) -> Grid:
    """Return a row at few places, a single number as it is."""
    return whole if few is None or whole.n_columns == 1 else Grid(1, len(few), [whole.numbers[at] for at in few])


def deltas_of(pair: Any, o_nodes: list[Number], targets: list[Number], kind: Any, o_sums: list[Number]) -> list[Number]:
    """Return the deltas of a sample."""
    found: list[Number] = pair.o_deltas(kind, o_sums, o_nodes, targets)
    return found


@cache
def plain(setting: Setting, step: str) -> Tree:
    """Return the right formula of a step, as accurately as it can be written."""
    return expanded(setting, right(setting, step))[0]


def n_sources(layout: Layout, block: str) -> int:
    """Return how many rows a block has."""
    return {"ih_weights": layout.n_inputs, "ho_weights": layout.n_hidden}.get(block, 1)


@cache
def other_blocks(block: str) -> dict[str, Any]:
    """Return the ways to read one block alone that differ from the right one, by their words."""
    looked = (Layout(3, 5, 2), Layout(2, 4, 3))
    seen = {tuple(tuple(positions(RIGHT, layout)[block]) for layout in looked)}
    found = {}
    for reading in readings():
        key = tuple(tuple(positions(reading, layout)[block]) for layout in looked)
        if key not in seen:
            seen.add(key)
            found[f"from {reading.words()}"] = lambda layout, reading=reading: positions(reading, layout)[block]
    return found
