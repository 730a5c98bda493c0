"""The smallest network that fails, as text: how the first wrong numbers are computed, and the candidate's numbers."""

import math
from collections import Counter
from typing import Any

from reference.oracle.explaining.worked import Line, short

MOST_LINES = 3  # at most this many wrong numbers are shown
MOST_EARLIER = 8  # at most this many right numbers are shown before the wrong ones


def smallest_lines(record: dict[str, Any]) -> list[str]:
    """Return the smallest network, its first wrong numbers, and how many later numbers are wrong in each stage."""
    case, stage = record["counterexample"], record["first_wrong"].partition("[")[0].partition(" ")[0]
    sizes = f"{case['n_inputs']}-{case['n_hidden']}-{case['n_outputs']}"
    lines = [f"the smallest network found that still fails: {sizes}, {case['hidden']}, {case['output']}, {case['loss']}"]
    lines += [f"  {name} {case[name]}" for name in ("weights", "inputs", "targets")]
    wrong: list[Line] = [line for line in record["worked"] if line.get("wrong")]
    here = [line for line in wrong if line["stage"] == stage] or wrong
    lines += [right_line(line) for line in earlier_lines(record["worked"], here[0])] if here else []
    for line in here[:MOST_LINES]:
        result, answer = short(line["right"]), short(line["theirs"])
        if answer == result:
            answer = str(line["theirs"])
        lines += [right_line(line), f"  {'':{len(line['name'])}}   yours {answer}{remark_on(line)}"]
    if len(here) > MOST_LINES:
        lines.append(f"  (and {len(here) - MOST_LINES} more)")
    later = Counter(line["stage"] for line in wrong if line not in here)
    if later:
        lines.append("  later numbers are wrong, too: " + ", ".join(f"{name} ({n})" for name, n in later.items()))
    return lines


def right_line(line: Line) -> str:
    """Return how a number is computed, and its right value."""
    result = short(line["right"])
    return f"  {line['name']} = " + (result if line["made"] == result else f"{line['made']} = {result}")


def earlier_lines(lines: list[Line], result: Line) -> list[Line]:
    """Return the lines of at most MOST_EARLIER right numbers that `result` uses, directly or through other numbers."""
    right = {line["name"]: line for line in lines if not line.get("wrong")} | {result["name"]: result}
    names = [result["name"]]
    for name in names:  # the list grows during the loop: first the numbers used directly, then the numbers that they use
        names += [each for each in right[name]["uses"] if each in right and each not in names]
    kept = names[1 : 1 + MOST_EARLIER]
    return [line for line in lines if line["name"] in kept]


def remark_on(line: Line) -> str:
    """Return the remark on a wrong answer that is not finite, or whose error is too small to see. Otherwise return ""."""
    if not math.isfinite(line["theirs"]):
        return ", not a finite number"
    if line["error"] > 1e-5 * abs(line["right"]):
        return ""
    return f", error {line['error']:.2g}, allowed {line['allowance']:.2g}"
