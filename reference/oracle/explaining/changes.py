"""Small changes of a formula: another operation, another name or number, a part left out, a function applied."""

from collections.abc import Callable, Iterator

from reference.oracle.explaining.formulas import Tree, put, tree
from reference.specification.names import HIDDEN, OUTPUT

Leaves = Callable[[str], list[Tree]]  # returns what to try in place of a name

SIMILAR_OPERATIONS = (  # operations that people confuse
    ("+", "-", "*", "/"),
    ("exp", "exp2", "log", "log2", "log10", "log1p", "sqrt", "abs", "sin", "cos"),
    ("exp", *OUTPUT, "sin", "cos"),
    tuple(f"d_{name}" for name in HIDDEN if name != "identity"),
    ("maximum", "minimum"),
    ("sum", "sum0", "sum1", "mean", "mean0", "mean1", "max1"),
    ("max1", "max0", "min1", "sum1"),
)
WRAPPERS = tuple(
    tree(text)
    for text in (
        "-z", "2*z", "z/2", "z*z", "1/z", "abs(z)", "z + 1", "z - 1", "n_samples*z", "z/n_samples", "z/n_outputs", "sqrt(z)",
        "backwards(z)", "but_last(z)", "but_first(z)", "next(z)", "previous(z)", "first(z)", "last(z)", "running(z)",
        "carried(z)", "last_sample(z)", "first_sample(z)", "samples_backwards(z)", "next_sample(z)", "previous_sample(z)",
        "first_alone(z)", "whole(z)", "rounded(z)", "minimum(z, 1)", "sign(z)",
    )
)  # fmt: skip


def changes(formula: Tree, leaves: Leaves) -> Iterator[Tree]:
    """Yield formulas that differ from this formula in one place."""
    yield from changes_at_root(formula, leaves)
    if isinstance(formula, tuple):
        op, *parts = formula
        for at, part in enumerate(parts):
            for other in changes(part, leaves):
                yield (op, *[*parts[:at], other, *parts[at + 1 :]])


def changes_at_root(formula: Tree, leaves: Leaves) -> Iterator[Tree]:
    """Yield formulas that differ from this formula at the root of the tree."""
    if isinstance(formula, str):
        yield from leaves(formula)
        yield from (0, 1)
    elif not isinstance(formula, tuple):
        yield from (number for number in (0, 1, 2, -formula, 2 * formula, 10) if number != formula)
        yield from (("/", formula, 2), "n_outputs", "n_samples", "n_hidden", "n_inputs")
    else:
        op, *parts = formula
        for group in SIMILAR_OPERATIONS:
            for other in group if op in group else ():
                if other != op:
                    yield (other, *parts)
        if len(parts) == 2:
            yield (op, parts[1], parts[0])
        yield from parts_of(formula)
        if op == "@":
            yield from (("@", ("T", parts[0]), parts[1]), ("@", parts[0], ("T", parts[1])), ("@", parts[0], ("/", 1, parts[1])))
            yield from ((sign, ("sum1", parts[0]), ("sum0", parts[1])) for sign in "*+-")
    yield from (put(wrapper, {"z": formula}) for wrapper in WRAPPERS)


def parts_of(formula: Tree) -> Iterator[Tree]:
    """Yield all parts of a formula, at every depth."""
    if isinstance(formula, tuple):
        for part in formula[1:]:
            yield part
            yield from parts_of(part)
