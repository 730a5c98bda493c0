"""What the search for a wrong formula tries: mistakes of the catalogue, other names in a formula, and simple factors."""

from collections.abc import Iterator
from functools import cache
from itertools import permutations

from reference.oracle.explaining.changes import Leaves
from reference.oracle.explaining.formulas import INDICES, Tree, put, tree
from reference.oracle.explaining.grammar import expand, step_of, updates
from reference.oracle.explaining.mistakes import MISTAKES
from reference.oracle.explaining.models import SIZES, Formulas, constants
from reference.oracle.explaining.readings import BLOCKS, readings_of_block
from reference.oracle.settings import Setting
from reference.specification.names import STAGES

OTHER_BLOCKS: dict[str, list[Tree]] = {  # tried in place of a block, even if the shapes do not fit
    "ih_weights": ["ho_weights"],
    "ho_weights": ["ih_weights", ("T", "h_biases"), ("T", "o_biases")],
}
NUMBERS = ["-1", "2", "-2", "3", "4", "10", "100", "3/2", "2/3", "1/2", "-1/2", "1/3", "1/4", "1/10", "1/100", "rate", "1/rate"]
FACTORS_OF_ONE_SIZE = [
    "n", "1/n", "-n", "-1/n", "2*n", "n/2", "2/n", "1/(2*n)", "1/(n*n)", "1/(n - 1)", "1/(n + 1)", "(n - 1)/n", "n/(n - 1)",
]  # fmt: skip
FACTORS_OF_TWO_SIZES = ["n*m", "1/(n*m)", "n/m"]
FACTORS = [
    *map(tree, NUMBERS),
    *(put(tree(text), {"n": n}) for n in SIZES for text in FACTORS_OF_ONE_SIZE),
    *(put(tree(text), {"n": n, "m": m}) for n, m in permutations(SIZES, 2) for text in FACTORS_OF_TWO_SIZES),
]


def mistakes_in(setting: Setting, steps: list[str]) -> Iterator[tuple[str, Formulas]]:
    """For each possible mistake in these steps (stages or blocks of the gradient), yield its name and its wrong formulas."""
    for name, mistake in MISTAKES.items():
        if mistake.formulas and mistake.when(setting):
            formulas = {step: formula for step, formula in mistake.trees(setting).items() if step_of(step) in steps}
            if formulas:
                yield name, formulas


def best_ways(setting: Setting, formulas: Formulas) -> Formulas:
    """Return the formulas, each written in the most accurate way."""
    return {step: expand(setting, formula)[0] for step, formula in formulas.items()}


def ways(setting: Setting, formulas: Formulas) -> Iterator[Formulas]:
    """For each way to write each formula (see `expand`), yield `formulas` with it, and the others in the most accurate way."""
    best = best_ways(setting, formulas)
    for step, formula in formulas.items():
        for way in expand(setting, formula):
            yield best | {step: way}


def leaves_of(step: str, setting: Setting, *, blocks: bool = True) -> Leaves:
    """Return a function that lists what to try in place of a name. With `blocks`, also list wrong ways to read a block."""
    if step.startswith("weights"):
        names = ["w", "gradient", "first_gradient", "t", *updates(setting), *constants(setting)]
        return lambda name: [other for other in names if other != name]
    earlier = ["inputs", "targets", *(stage for stage in STAGES[: STAGES.index(step.partition(".")[0])] if stage != "loss")]

    @cache
    def leaves(name: str) -> list[Tree]:
        letters = INDICES.get(name, "--")
        others: list[Tree] = []
        if letters[0] == "s":
            others += [other for other in earlier if other != name]
            others += [block for block in ("h_biases", "o_biases") if INDICES[block][1] == letters[1]]
            others += [("head", other) for other in earlier if INDICES[other] != letters]
            others += [("entry", name, size) for size in SIZES[1:]]  # as if an index were left over from a finished loop
        others += OTHER_BLOCKS.get(name, [])
        if name in BLOCKS and blocks:
            others += [*(f"{name}:{words}" for words in readings_of_block(name)), ("read_by_columns", name)]
        if name.startswith("n_"):
            others += [other for other in SIZES if other != name]
        return others

    return leaves
