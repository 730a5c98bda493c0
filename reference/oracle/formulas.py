"""Formulas as texts and trees: read, written with their indices, and changed in one place.

A tree is a name, a number, or a tuple of an operation and its arguments. `inputs @ ih_weights + h_biases` is
("+", ("@", "inputs", "ih_weights"), "h_biases"), and is written inputs[i]*ih_weights[i][h] summed over i, + h_biases[h].
"""

import ast
from functools import cache
from typing import Any, TypeAlias

Tree: TypeAlias = Any
OPERATORS: dict[type, str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**", ast.Gt: ">",
}  # fmt: skip
INDICES = {  # of the rows and of the columns
    "inputs": "si", "targets": "so", "h_sums": "sh", "h_nodes": "sh", "o_sums": "so", "o_nodes": "so", "o_deltas": "so",
    "h_deltas": "sh", "ih_weights": "ih", "h_biases": "-h", "ho_weights": "ho", "o_biases": "-o", "z": "--",
}  # fmt: skip


@cache
def tree(text: str) -> Tree:
    """Return the tree of a formula."""
    return tree_of(ast.parse(text, mode="eval").body)


def tree_of(node: ast.AST) -> Tree:
    """Return the tree of a node of Python's own syntax tree."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=number):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ("neg", tree_of(operand))
        case ast.BinOp(left=left, op=op, right=right):
            return (OPERATORS[type(op)], tree_of(left), tree_of(right))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return (OPERATORS[type(op)], tree_of(left), tree_of(right))
        case ast.Attribute(value=value, attr="T"):
            return ("T", tree_of(value))
        case ast.Call(func=ast.Name(id=name), args=args):
            return (name, *map(tree_of, args))
    raise ValueError(f"no formula: {ast.dump(node)}")


def put(whole: Tree, names: dict[str, Tree]) -> Tree:
    """Return a tree with names replaced by trees."""
    if isinstance(whole, tuple):
        return (whole[0], *(put(part, names) for part in whole[1:]))
    return names.get(whole, whole) if isinstance(whole, str) else whole


def names_in(whole: Tree) -> set[str]:
    """Return the names in a tree."""
    if isinstance(whole, tuple):
        return set().union(*map(names_in, whole[1:]))
    return {whole} if isinstance(whole, str) else set()


# ---- as a person reads it


def written(whole: Tree, one: bool) -> str:
    """Return a formula as text with its indices; `one` leaves out that of the sample.

    >>> written(tree("inputs @ ih_weights - h_biases"), True)
    'sum_i(inputs[i]*ih_weights[i][h]) - h_biases[h]'
    """
    return text_of(whole, one)[0]


BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4, ">": 0}


def text_of(whole: Tree, one: bool) -> tuple[str, int]:
    """Return the text and how closely its last operation binds."""
    if isinstance(whole, str):
        base, _, reading = whole.partition(":")
        letters = "".join(f"[{letter}]" for letter in INDICES.get(base, "") if letter not in ("-s" if one else "-"))
        return base + letters + (f" (read {reading})" if reading else ""), 5
    if not isinstance(whole, tuple):
        return (f"{whole:g}" if isinstance(whole, float) else str(whole)), 5
    op, *parts = whole
    if op == "T":
        return text_of(parts[0], one)
    if op == "@":
        inside = "*".join(bracketed(part, 2, one) for part in parts)
        letter = indices(parts[0])[1]
        alone = letter == "-" or (one and letter == "s")
        return (inside, 2) if alone else (f"sum_{letter}({inside})", 5)
    if op == "neg":
        return f"-{bracketed(parts[0], 2, one)}", 1
    if op in BINDS:
        level = BINDS[op]
        left, right = bracketed(parts[0], level, one), bracketed(parts[1], level + (op in "-/"), one)
        return f"{left} {op} {right}" if level < 2 else f"{left}{op}{right}", level
    inside = ", ".join(text_of(part, one)[0] for part in parts)
    if op == "step":
        return f"{inside} > 0", 0
    if op == "head":
        return f"{text_of(parts[0], one)[0].split('[')[0]}[0]", 5
    if op == "entry":
        return f"{text_of(parts[0], one)[0].split('[')[0]}[{parts[1]} - 1]", 5
    if op[:2] == "d_":
        return f"{op[2:]}'({inside})", 5
    if op[-1] in "01" and op[:-1] in ("sum", "mean", "max", "min"):
        letter = indices(parts[0])[int(op[-1])]
        if one and letter == "s":
            return text_of(parts[0], one)
        return f"{op[:-1]}_{letter}({inside})", 5
    return f"{op}({inside})", 5


def bracketed(part: Tree, level: int, one: bool) -> str:
    """Return the text of a part, in brackets where it binds less closely than this."""
    text, own = text_of(part, one)
    return text if own >= level else f"({text})"


def indices(whole: Tree) -> str:
    """Return the index letters of rows and columns of a tree, "-" for none."""
    if not isinstance(whole, tuple):
        return INDICES.get(str(whole).partition(":")[0], "--") if isinstance(whole, str) else "--"
    op, *parts = whole
    found = [indices(part) for part in parts]
    if op == "T":
        return found[0][::-1]
    if op == "@":
        return found[0][0] + found[1][1]
    if op in ("sum", "mean", "max", "min"):
        return "--"
    if op[-1] in "01" and op[:-1] in ("sum", "mean", "max", "min"):
        return "-" + found[0][1] if op[-1] == "0" else found[0][0] + "-"
    return "".join(next((each[at] for each in found if each[at] != "-"), "-") for at in (0, 1))
