"""Formulas as trees: parse a formula, replace its names and parts, and write it as text with indices.

A tree is a name, a number, or a tuple of an operation and its arguments. The tree of `inputs @ ih_weights + h_biases` is
("+", ("@", "inputs", "ih_weights"), "h_biases"). Its text is sum_i(inputs[i]*ih_weights[i][h]) + h_biases[h].
"""

import ast
from collections.abc import Mapping
from functools import cache
from typing import TypeAlias

Tree: TypeAlias = "str | float | tuple[str, *tuple[Tree, ...]]"
OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**", ast.Gt: ">",
}  # fmt: skip
PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4, ">": 0}
INDICES = {  # index letters of rows and columns
    "inputs": "si", "targets": "so", "h_sums": "sh", "h_nodes": "sh", "o_sums": "so", "o_nodes": "so", "o_deltas": "so",
    "h_deltas": "sh", "ih_weights": "ih", "h_biases": "-h", "ho_weights": "ho", "o_biases": "-o",
}  # fmt: skip
TOTALS = ("sum", "mean", "max", "min")  # sum adds up all numbers, sum0 each column, sum1 each row


@cache
def tree(text: str) -> Tree:
    """Return the tree of a formula."""
    return tree_of(ast.parse(text, mode="eval").body)


def tree_of(node: ast.AST) -> Tree:
    """Convert a node of Python's `ast` to a tree of this module."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ("neg", tree_of(operand))
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            return (OPERATORS[type(op)], tree_of(left), tree_of(right))
        case ast.Attribute(value=value, attr="T"):
            return ("T", tree_of(value))
        case ast.Call(func=ast.Name(id=name), args=args):
            return (name, *map(tree_of, args))
    raise ValueError(f"not a formula: {ast.dump(node)}")


def put(formula: Tree, others: Mapping[Tree, Tree]) -> Tree:
    """Replace names or parts of a formula."""
    other = others.get(formula)
    if other is not None:
        return other
    return (formula[0], *(put(part, others) for part in formula[1:])) if isinstance(formula, tuple) else formula


def put_form(formula: Tree, name: str, form: Tree) -> Tree:
    """Replace a name, or every call of a function with this name, by `form`. In `form`, z is the argument of the call."""
    if not isinstance(formula, tuple):
        return form if formula == name else formula
    parts = [put_form(part, name, form) for part in formula[1:]]
    return put(form, {"z": parts[0]}) if formula[0] == name else (formula[0], *parts)


def names_in(formula: Tree) -> set[str]:
    """Return the names in a formula, without functions."""
    if isinstance(formula, tuple):
        return set().union(*map(names_in, formula[1:]))
    return {formula} if isinstance(formula, str) else set()


def size(formula: Tree) -> int:
    """Return how many names, numbers and operations a formula has."""
    return 1 + sum(map(size, formula[1:])) if isinstance(formula, tuple) else 1


def axis_of(op: str) -> int | None:
    """Return 0 for a total of each column (such as sum0), 1 for a total of each row (such as sum1), else None."""
    return int(op[-1]) if op[:-1] in TOTALS else None


def indices(formula: Tree) -> str:
    """Return the two index letters of a formula, for rows and columns; "-" stands for no index."""
    if isinstance(formula, str):
        return INDICES.get(formula.partition(":")[0], "--")
    if not isinstance(formula, tuple) or formula[0] in TOTALS:
        return "--"
    op, *parts = formula
    letters = [indices(part) for part in parts]
    if op == "T":
        return letters[0][::-1]
    if op == "@":
        return letters[0][0] + letters[1][1]
    if axis_of(op) is not None:
        return "-" + letters[0][1] if axis_of(op) == 0 else letters[0][0] + "-"
    return "".join(next((each[at] for each in letters if each[at] != "-"), "-") for at in (0, 1))


def text_of(formula: Tree, one_sample: bool) -> str:
    """Return a formula as text with indices. For one sample, the index of the sample is left out.

    >>> text_of(tree("inputs @ ih_weights - h_biases"), True)
    'sum_i(inputs[i]*ih_weights[i][h]) - h_biases[h]'
    """
    return text_and_precedence(formula, one_sample)[0]


def text_and_precedence(formula: Tree, one_sample: bool) -> tuple[str, int]:
    """Return a formula as text, with the precedence of its outermost operation."""
    if isinstance(formula, str):
        base, _, reading = formula.partition(":")
        letters = "".join(f"[{letter}]" for letter in INDICES.get(base, "") if letter not in ("-s" if one_sample else "-"))
        return base + letters + (f" (read {reading})" if reading else ""), 5
    if not isinstance(formula, tuple):
        return (f"{formula:g}" if isinstance(formula, float) else str(formula)), 5
    op, *parts = formula
    axis = axis_of(op)
    letter = "-" if op in TOTALS else indices(parts[0])[1 if axis is None else axis]
    over_one_sample = one_sample and letter == "s"
    if op == "T" or (axis is not None and over_one_sample):
        return text_and_precedence(parts[0], one_sample)
    if op == "@":
        inside = "*".join(bracket(part, 2, one_sample) for part in parts)
        return (inside, 2) if letter == "-" or over_one_sample else (f"sum_{letter}({inside})", 5)
    if op == "neg":
        return f"-{bracket(parts[0], 2, one_sample)}", 1
    if op in PRECEDENCE:
        precedence = PRECEDENCE[op]
        left = bracket(parts[0], precedence, one_sample)
        right = bracket(parts[1], precedence + (op in "-/"), one_sample)
        return f"{left} {op} {right}" if precedence < 2 else f"{left}{op}{right}", precedence
    inside = ", ".join(text_of(part, one_sample) for part in parts)
    if op == "step":
        return f"{inside} > 0", 0
    if op in ("head", "entry"):
        return f"{inside.split('[')[0]}[{'0' if op == 'head' else f'{parts[1]} - 1'}]", 5
    if op[:2] == "d_":
        return f"{op[2:]}'({inside})", 5
    return f"{op if axis is None else f'{op[:-1]}_{letter}'}({inside})", 5


def bracket(part: Tree, precedence: int, one_sample: bool) -> str:
    """Return the text of a part, in brackets if its precedence is lower than `precedence`."""
    text, inner = text_and_precedence(part, one_sample)
    return text if inner >= precedence else f"({text})"
