"""Mutation operators imitate typing mistakes. Each yields texts to replace a node in the syntax tree of a network's source."""

import ast
import difflib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

MODULES = {"np", "math", "xp"}  # modules, not arrays: np.sum is a function, not a method of an array named np
HARNESS = {"answer", "flat", "matrices", "samples", "split", "n_steps", "rows_or_one"}  # calls of these functions are kept
OTHER_OPERATORS = {ast.Add: "-*", ast.Sub: "+", ast.Mult: "/+", ast.Div: "*", ast.Pow: "*"}
OTHER_COMPARISONS = {ast.Gt: (">=", "<"), ast.GtE: (">", "<"), ast.Lt: ("<=", ">"), ast.LtE: ("<", ">")}
OTHER_FUNCTIONS = {
    "np.exp": ("np.log", "np.exp2", "np.expm1"),
    "math.exp": ("math.log", "math.expm1", "math.sin"),
    "np.tanh": ("(lambda a: 1 / (1 + np.exp(-a)))", "np.sin", "np.arctan"),
    "math.tanh": ("(lambda a: 1 / (1 + math.exp(-a)))", "math.sin", "math.atan"),
    "np.log": ("np.exp", "np.log2", "np.log1p"),
    "math.log": ("math.exp", "math.log2", "math.log1p"),
    "np.maximum": ("np.minimum",),
    "np.max": ("np.min",),
    "max": ("min",),
    "sigmoid": ("np.tanh",),
    "softmax": ("np.exp",),
    "np.sqrt": ("np.square",),
}
TOTALS = {"np.sum": "np.mean", "np.mean": "np.sum", "sum": "max"}
NOT_TERMS = (ast.List, ast.Dict, ast.Tuple, ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.Constant)


class Scope(NamedTuple):
    """The names and keys that are used in a function."""

    names: tuple[str, ...] = ()  # local names, in the order of the source
    loop_names: tuple[str, ...] = ()  # variables of loops
    keys: tuple[str, ...] = ()  # strings that are indices


EMPTY_SCOPE = Scope()


class Place(NamedTuple):
    """A node in a tree, and the field of its parent that holds it."""

    node: Any
    parent: Any
    field: str
    at: int | None  # the position of the node, if the field is a list
    in_index: bool  # whether the node is part of an index
    scope: Scope

    def put(self, node: Any) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


class Edit(NamedTuple):
    """A replacement for one node, as source text."""

    place: Place
    operator: str
    text: str


def is_bound(node: Any) -> bool:
    """Whether a node is a parameter, or a name that is assigned."""
    return isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def bound_names(nodes: list[Any]) -> list[str]:
    """Return the parameters and assigned names in these nodes, except self, case and _, in the order of the source."""
    bound = sorted((node for node in nodes if is_bound(node)), key=lambda node: (node.lineno, node.col_offset))
    names = [node.arg if isinstance(node, ast.arg) else node.id for node in bound]
    return [name for name in dict.fromkeys(names) if name not in ("self", "case", "_")]


def scope_of(function: ast.AST, outer: Scope) -> Scope:
    """Return the scope of a function, joined to that of the function around it."""
    nodes = list(ast.walk(function))
    targets = [n for loop in nodes if isinstance(loop, ast.For | ast.comprehension) for n in ast.walk(loop.target)]
    slices = [node.slice for node in nodes if isinstance(node, ast.Subscript)]
    keys = [key.value for key in slices if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    inner = Scope(*map(tuple, (bound_names(nodes), bound_names(targets), keys)))
    return Scope(*(tuple(dict.fromkeys(a + b)) for a, b in zip(outer, inner, strict=True)))


def places(node: Any, scope: Scope = EMPTY_SCOPE, in_index: bool = False) -> Iterator[Place]:
    """Yield the places that may change in the tree below a node.

    Decorators, parameters, annotated assignments and docstrings do not change.
    """
    if isinstance(node, ast.FunctionDef):
        scope = scope_of(node, scope)
    for field, value in ast.iter_fields(node):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and field != "body":
            continue
        inside = in_index or (isinstance(node, ast.Subscript) and field == "slice")
        for at, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not is_text and not isinstance(child, ast.AnnAssign):
                yield Place(child, node, field, at, inside, scope)
                yield from places(child, scope, inside)


def is_read(node: Any) -> bool:
    """Whether a node is an expression whose value is used."""
    is_set = isinstance(getattr(node, "ctx", None), ast.Store)
    return isinstance(node, ast.expr) and not isinstance(node, ast.Starred) and not is_set


def is_term(place: Place) -> bool:
    """Whether a factor or a minus sign may be added to a node.

    The node must be a term of a sum, the base of a power, an element of a list comprehension, or an assigned or returned value.
    """
    node, parent = place.node, place.parent
    if not is_read(node) or place.in_index or isinstance(node, (*NOT_TERMS, ast.UnaryOp)) or in_harness(node):
        return False
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.Add | ast.Sub) or (isinstance(parent.op, ast.Pow) and place.field == "left")
    return place.field in ("value", "elt") and isinstance(parent, ast.Assign | ast.AugAssign | ast.Return | ast.ListComp)


def in_harness(node: Any) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in HARNESS


def is_number(node: Any) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def arithmetic(place: Place) -> Iterator[str]:
    node = place.node
    if isinstance(node, ast.BinOp):
        for other in OTHER_OPERATORS.get(type(node.op), ""):
            yield f"({ast.unparse(node.left)}) {other} ({ast.unparse(node.right)})"
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        yield f"{ast.unparse(node.target)} {'-+'[isinstance(node.op, ast.Sub)]}= {ast.unparse(node.value)}"


def operand_dropped(place: Place) -> Iterator[str]:
    """Keep only one operand, as if a bias, a slope or a penalty were forgotten."""
    if isinstance(place.node, ast.BinOp):
        yield ast.unparse(place.node.left)
        if not isinstance(place.node.op, ast.Sub | ast.Div | ast.Pow):
            yield ast.unparse(place.node.right)


def sign(place: Place) -> Iterator[str]:
    """Drop or add a minus sign."""
    if isinstance(place.node, ast.UnaryOp) and isinstance(place.node.op, ast.USub) and not place.in_index:
        yield ast.unparse(place.node.operand)
    elif is_term(place):
        yield f"-({ast.unparse(place.node)})"


def factor(place: Place) -> Iterator[str]:
    """Double or halve a term."""
    if is_term(place):
        yield f"2 * ({ast.unparse(place.node)})"
        yield f"0.5 * ({ast.unparse(place.node)})"


def constant(place: Place) -> Iterator[str]:
    node = place.node
    if is_number(node) and not place.in_index and not isinstance(place.parent, ast.keyword):
        values = (node.value + 1, node.value - 1) if isinstance(node.value, int) else (2 * node.value or 1.0,)
        yield from map(repr, values)


def index(place: Place) -> Iterator[str]:
    """Replace an index: by a neighbour, by 0, by the variable of another loop, or by another key."""
    node = place.node
    if not place.in_index or isinstance(place.parent, ast.Slice):
        return
    if isinstance(node, ast.Name) and is_read(node) and place.field != "func":
        yield from (f"{node.id} + 1", "0", *(name for name in place.scope.loop_names if name != node.id))
    elif is_number(node):
        yield from (repr(node.value + 1), repr(node.value - 1))
    elif isinstance(node, ast.Constant) and node.value in place.scope.keys:
        at = place.scope.keys.index(node.value)
        yield from (repr(place.scope.keys[at - 1]), repr(place.scope.keys[(at + 1) % len(place.scope.keys)]))


def slice_bound(place: Place) -> Iterator[str]:
    """Move a bound of a slice by one."""
    if isinstance(place.parent, ast.Slice):
        yield from (f"({ast.unparse(place.node)}) + 1", f"({ast.unparse(place.node)}) - 1")


def axis(place: Place) -> Iterator[str]:
    """Exchange the axes 0 and 1."""
    if isinstance(place.parent, ast.keyword) and place.parent.arg == "axis":
        yield "0" if ast.unparse(place.node) in ("1", "-1") else "1"


def transposition(place: Place) -> Iterator[str]:
    """Drop or add .T, reverse the indices of one array in an einsum, or exchange the factors of an outer product."""
    node, parent = place.node, place.parent
    text = ast.unparse(node)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield ast.unparse(node.value)
    elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and is_factor(place):
        yield f"({text}).T"
    elif isinstance(node, ast.Call) and ast.unparse(node.func) == "np.outer":
        yield f"np.outer({ast.unparse(node.args[1])}, {ast.unparse(node.args[0])})"
    elif isinstance(node, ast.Constant) and isinstance(parent, ast.Call) and ast.unparse(parent.func) == "np.einsum":
        left, right = str(node.value).split("->")
        swapped = [part[::-1] if at + 1 == len(left.split(",")) else part for at, part in enumerate(left.split(","))]
        yield from (repr(f"{','.join(swapped)}->{right}"), repr(f"{left}->{right[::-1]}"))


def is_factor(place: Place) -> bool:
    """Whether a node is a factor in a matrix product."""
    parent = place.parent
    if isinstance(parent, ast.BinOp):
        return isinstance(parent.op, ast.MatMult)
    return isinstance(parent, ast.Call) and place.field == "args" and ast.unparse(parent.func).endswith(".dot")


def statement_dropped(place: Place) -> Iterator[str]:
    if isinstance(place.node, ast.Assign | ast.AugAssign | ast.Expr):
        yield "pass"


def augmented_assignment(place: Place) -> Iterator[str]:
    """Turn an operator such as += into =, or = into +=."""
    node = place.node
    if isinstance(node, ast.AugAssign):
        yield f"{ast.unparse(node.target)} = {ast.unparse(node.value)}"
    elif isinstance(node, ast.Assign) and len(node.targets) == 1 and not isinstance(node.targets[0], ast.Tuple):
        yield f"{ast.unparse(node.targets[0])} += {ast.unparse(node.value)}"


def comparison(place: Place) -> Iterator[str]:
    node = place.node
    for other in OTHER_COMPARISONS.get(type(node.ops[0]), ()) if isinstance(node, ast.Compare) else ():
        yield f"{ast.unparse(node.left)} {other} {ast.unparse(node.comparators[0])}"


def other_function(place: Place) -> Iterator[str]:
    """Replace a function by a similar one, and a maximum by a minimum."""
    if isinstance(place.node, ast.Name | ast.Attribute) and is_read(place.node):
        yield from OTHER_FUNCTIONS.get(ast.unparse(place.node), ())
        if isinstance(place.node, ast.Attribute) and place.node.attr == "max" and ast.unparse(place.node.value) not in MODULES:
            yield f"({ast.unparse(place.node.value)}).min"


def mean(place: Place) -> Iterator[str]:
    """Replace a sum by a mean, a mean by a sum, or Python's sum by max."""
    node = place.node
    if place.field == "func" and ast.unparse(node) in TOTALS:
        yield TOTALS[ast.unparse(node)]
    elif place.field == "func" and isinstance(node, ast.Attribute) and node.attr == "sum":
        yield f"({ast.unparse(node.value)}).mean"


def call_dropped(place: Place) -> Iterator[str]:
    """Replace a call by its first argument, or by the object whose method is called."""
    node = place.node
    if not isinstance(node, ast.Call) or in_harness(node) or ast.unparse(node.func) in ("range", "zip", "enumerate", "dict"):
        return
    if isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) not in MODULES:
        yield ast.unparse(node.func.value)
    elif node.args and is_read(node.args[0]) and not isinstance(node.args[0], ast.Constant):
        yield ast.unparse(node.args[0])


def other_name(place: Place) -> Iterator[str]:
    """Replace a local name by the name before or after it in the scope."""
    node, names = place.node, place.scope.names
    if isinstance(node, ast.Name) and is_read(node) and not place.in_index and node.id in names and not is_stage(place):
        at = names.index(node.id)
        yield from (names[at - 1], names[(at + 1) % len(names)])


def is_stage(place: Place) -> bool:
    """Whether a node is a stage in an answer: a keyword argument, or a value in a dictionary with at least five entries."""
    return isinstance(place.parent, ast.keyword) or (isinstance(place.parent, ast.Dict) and len(place.parent.keys) > 4)


def loop_bound(place: Place) -> Iterator[str]:
    """Leave out the first or the last round of a loop."""
    node = place.node
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "range":
        first, last = [ast.unparse(each) for each in ([ast.Constant(0), *node.args] if len(node.args) == 1 else node.args)]
        yield from (f"range({first}, {last} - 1)", f"range({first} + 1, {last})")
    elif place.field == "iter" and isinstance(node, ast.Name):
        yield from (f"{node.id}[:-1]", f"{node.id}[1:]")


def epsilon(place: Place) -> Iterator[str]:
    """Add a small number to the argument of a logarithm."""
    parent = place.parent
    if isinstance(parent, ast.Call) and place.field == "args" and ast.unparse(parent.func) in ("np.log", "math.log"):
        yield from (f"{ast.unparse(place.node)} + 1e-07", f"{ast.unparse(place.node)} + 0.001")


OPERATORS: dict[str, Callable[[Place], Iterator[str]]] = {
    function.__name__.replace("_", " "): function
    for function in (
        arithmetic, operand_dropped, sign, factor, constant, index, slice_bound, axis, transposition, statement_dropped,
        augmented_assignment, comparison, other_function, mean, call_dropped, other_name, loop_bound, epsilon,
    )
}  # fmt: skip


def edits(part: ast.AST) -> Iterator[Edit]:
    """Yield every edit of a function or a class, without repetitions at the same place."""
    for place in list(places(part)):
        dumps = {ast.dump(place.node)}
        for operator, texts in OPERATORS.items():
            for text in texts(place):
                dump = ast.dump(node_of(text, place))
                if dump not in dumps:
                    dumps.add(dump)
                    yield Edit(place, operator, text)


def node_of(text: str, place: Place) -> Any:
    """Parse a text as a statement if the place holds one, else as an expression."""
    return ast.parse(text).body[0] if isinstance(place.node, ast.stmt) else ast.parse(text, mode="eval").body


def line_pair(before: str, after: str) -> tuple[str, str]:
    """Return the lines that only the first text has, and those that only the second has."""
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:2] in ("- ", "+ ")]
    old, new = ([line[2:].strip() for line in lines if line[0] == side] for side in "-+")
    return "; ".join(old), "; ".join(new)
