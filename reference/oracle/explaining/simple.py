"""Simplify formulas before they are printed: some have terms such as 0*n_samples or factors such as n/n."""

from reference.oracle.explaining.formulas import Tree, indices


def simplified(formula: Tree, one_sample: bool) -> Tree:
    """Return a formula without terms of 0, factors of 1 and terms that cancel. For one sample, n_samples is 1.

    >>> simplified(("+", ("*", ("/", "x", "n_samples"), "n_samples"), ("*", 0, "n_samples")), False)
    'x'
    """
    if one_sample and formula == "n_samples":
        return 1
    if not isinstance(formula, tuple):
        return formula
    simple: Tree = (formula[0], *(simplified(part, one_sample) for part in formula[1:]))
    match simple:
        case ("+", x, 0) | ("+", 0, x) | ("-", x, 0) | ("*", x, 1) | ("*", 1, x) | ("/", x, 1):
            return x
        case ("*", ("/", x, y), z) | ("/", ("*", x, y), z) if y == z:
            return x
        case ("*", 0, x) | ("*", x, 0) if indices(x) == "--":  # only if x is a single number: 0 times a matrix is a matrix
            return 0
        case ("-", 0, x):
            return ("neg", x)
        case ("-", ("-", w, x), v) if v == w:  # (w - x) - w, a step
            return ("neg", x)
        case ("-", ("+", w, x), v) if v == w:
            return x
        case ("*", n, ("neg", x)):
            return ("neg", ("*", n, x))
        case ("/", ("neg", x), n):
            return ("neg", ("/", x, n))
        case ("+", w, ("neg", x)):
            return ("-", w, x)
        case ("-", ("*", 2, w), ("-", v, x)) if v == w:  # 2*w - (w - x), a step with the wrong sign
            return ("+", w, x)
        case ("-", ("*", 2, w), ("+", v, x)) if v == w:
            return ("-", w, x)
        case ("sum" | "mean", x) if one_sample and indices(x) in ("s-", "--"):
            return x
    return simple
