"""How results are displayed: as a few lines of text, and as a table in a notebook.

A display never raises an error and never computes a lazy array. Lazy arrays of Dask, and arrays inside `jax.jit` or
`torch.func`, are displayed without numbers.
"""

from typing import Any

from reference.specification.notebook import MOST, WIDTH, first_few, short, table

# the first part of a field's name, and its column headings without the last number: "h0->o" for h0->o0, h0->o1, ...
NODES = {"h": "h", "o": "o", "ih": "i0->h", "ho": "h0->o"}
NOT_COMPUTED = ["not computed"]


def is_list(values: object) -> bool:
    """Whether values are a list or tuple that is not empty."""
    return isinstance(values, list | tuple) and len(values) > 0


def shape_of(values: Any) -> tuple[Any, ...]:
    """Return the shape of an array or of nested lists; () for a number."""
    if hasattr(values, "shape"):
        return tuple(values.shape)
    return (len(values), *shape_of(values[0])) if is_list(values) else ()


def kind_of(values: Any) -> str:
    """Return the library and precision of an array, or the type of the numbers in lists.

    >>> kind_of([[0.5]])
    'lists of float'
    """
    if hasattr(values, "shape"):
        library = type(values).__module__.partition(".")[0].replace("jaxlib", "jax")
        return f"{library} {str(getattr(values, 'dtype', '')).rpartition('.')[2]}"
    return f"lists of {kind_of(values[0]).rpartition(' ')[2]}" if is_list(values) else type(values).__name__


def numbers_of(values: Any) -> list[str]:
    """Return the first numbers of the first row, as texts."""
    if is_list(values):
        return numbers_of(values[0]) if is_list(values[0]) else first_few(list(map(short, values[: MOST + 1])))
    if not hasattr(values, "shape"):
        return [short(values)]
    if hasattr(values, "compute"):  # with Dask, one number costs the whole computation
        return NOT_COMPUTED
    try:
        while values.ndim > 1:
            values = values[0, ...]
        numbers = [values[at] for at in range(min(MOST + 1, values.shape[0]))] if values.ndim else [values]
        return first_few([short(x.item() if hasattr(x, "item") else float(x)) for x in numbers])
    except Exception:  # while tracing, each library raises its own error
        return NOT_COMPUTED


def title_of(result: Any) -> str:
    """Return e.g. 'Forward: numpy float64, first row of each'."""
    note = ", first row of each" if any(len(shape_of(values)) > 1 for values in result) else ""
    return f"{type(result).__name__}: {kind_of(result[-1])}{note}"


def rows_of(result: Any) -> list[tuple[str, str, list[str]]]:
    """Return the name, the shape and the first numbers of each field of a result."""
    fields = zip(result._fields, result, strict=True)
    return [(name, str(shape_of(values) or ""), numbers_of(values)) for name, values in fields]


def lines_of(result: Any) -> str:
    """Return a result as lines of text, one for each field."""
    rows = rows_of(result)
    width = max(len(number) for *_, numbers in rows for number in numbers)
    most = max(1, (WIDTH - 24) // (width + 2))
    lines = [title_of(result)]
    for name, shape, numbers in rows:
        few = "".join(f"  {number:>{width}}" for number in numbers[:most])
        lines.append(f"{name:10} {shape:>10}{few}" + "  …" * (len(numbers) > most))
    return "\n".join(lines)


def table_of(result: Any) -> str:
    """Return a result as an HTML table, with the names of nodes or edges above their numbers."""
    rows, last_nodes = [], ""
    for name, shape, numbers in rows_of(result):
        nodes = NODES.get(name.partition("_")[0], "")
        if shape and nodes != last_nodes and numbers is not NOT_COMPUTED:
            rows.append(["", "", *(f"{nodes}{at}" for at in range(min(MOST, len(numbers))))])
            last_nodes = nodes
        rows.append([name, shape, *numbers])
    return table(title_of(result), rows)
