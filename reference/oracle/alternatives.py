"""What a step may be instead: the mistakes of the catalogue, other names for a name, simple factors."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import permutations

from reference.oracle.formulas import INDICES, Tree, put, tree
from reference.oracle.grammar import expanded, updates
from reference.oracle.mistakes import MISTAKES
from reference.oracle.models import SIZES, Formulas, other_blocks
from reference.oracle.readings import BLOCKS
from reference.oracle.settings import Setting
from reference.oracle.steps import STAGES

OTHER_BLOCKS: dict[str, list[Tree]] = {  # where the sizes allow it
    "ih_weights": ["ho_weights"],
    "ho_weights": ["ih_weights", ("T", "h_biases"), ("T", "o_biases")],
}
WHOLE = ("-1", "2", "-2", "3", "4", "10", "100", "3/2", "2/3", "1/2", "-1/2", "1/3", "1/4", "1/10", "1/100", "rate", "1/rate")
OF_SIZES = (
    "n",
    "1/n",
    "-n",
    "-1/n",
    "2*n",
    "n/2",
    "2/n",
    "1/(2*n)",
    "1/(n*n)",
    "1/(n - 1)",
    "1/(n + 1)",
    "(n - 1)/n",
    "n/(n - 1)",
)
OF_TWO = ("n*m", "1/(n*m)", "n/m")
FACTORS = [
    *map(tree, WHOLE),
    *(put(tree(text), {"n": n}) for n in SIZES for text in OF_SIZES),
    *(put(tree(text), {"n": n, "m": m}) for n, m in permutations(SIZES, 2) for text in OF_TWO),
]


def named(setting: Setting, steps: list[str]) -> Iterator[tuple[str, Formulas]]:
    """Yield the mistakes of the catalogue that change one of these steps, with their formulas."""
    for name, mistake in MISTAKES.items():
        if not mistake.formulas or not mistake.when(setting):
            continue
        mine = {
            step: formula
            for step, formula in mistake.trees(setting).items()
            if step in steps or ("weights" in steps and step.startswith("weights."))
        }
        if mine:
            yield name, mine


def first_ways(setting: Setting, formulas: Formulas) -> Formulas:
    """Return formulas with their parts written in the most accurate way."""
    return {step: expanded(setting, formula)[0] for step, formula in formulas.items()}


def ways(setting: Setting, formulas: Formulas) -> Iterator[Formulas]:
    """Yield formulas with their parts written in every right way, one step at a time."""
    for step, formula in formulas.items():
        first = {other: expanded(setting, whole)[0] for other, whole in formulas.items()}
        for way in expanded(setting, formula):
            yield first | {step: way}


def names_for(step: str, setting: Setting, *, blocks: bool = True) -> Callable[[str], list[Tree]]:
    """Return what may stand for a name in the formula of a step: what is known before it."""
    if step.startswith("weights"):
        return in_steps(setting)
    known = ["inputs", "targets", *[each for each in STAGES[: STAGES.index(step.partition(".")[0])] if each != "loss"]]

    @cache
    def instead(name: str) -> list[Tree]:
        kind = INDICES.get(name, "")
        found: list[Tree] = [other for other in known if other != name and kind[:1] == "s"]
        found += [block for block in ("h_biases", "o_biases") if kind and kind[0] == "s" and INDICES[block][1] == kind[1]]
        if kind[:1] == "s":
            found += [("head", other) for other in known if INDICES[other] != kind]
            found += [("entry", name, count) for count in SIZES[1:]]  # an index that a loop over another layer left behind
        found += OTHER_BLOCKS.get(name, [])
        if name in BLOCKS and blocks:
            found += [f"{name}:{words}" for words in other_blocks(name)] + [("read_by_columns", name)]
        if name.startswith("n_"):
            found += [other for other in SIZES if other != name]
        return found

    return instead


def size(whole: Tree) -> int:
    """Return how many names, numbers and operations a formula has."""
    return 1 + sum(map(size, whole[1:])) if isinstance(whole, tuple) else 1


def in_steps(setting: Setting) -> Callable[[str], list[Tree]]:
    """Return what may stand for a name in a line of the optimizer."""
    optimizer = setting.optimizer or {}
    known = [
        "w",
        "gradient",
        "first_gradient",
        "rate",
        "t",
        *updates(setting),
        *(name for name in optimizer if name not in ("name", "nesterov")),
    ]
    return lambda name: [other for other in known if other != name]
