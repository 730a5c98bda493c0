"""A contender in a process of its own: JSON lines in, JSON lines out; `benchmarks.contest` starts it and asks.

    {"shape": [64, 32, 10, 32, "float64"], "first": 29}     makes it, on the first samples; null is all, "digits" the digits
    {"operation": "step", "n": 100}                         {"seconds": 0.0031}
    {"operation": "step", "n": 1, "answer": true}           {"answer": [...]}

The process sees no other library than its contender's, and its threads wait while another is timed.
"""

import json
import os
import sys
from typing import Any

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.measure import seconds_of, without_collection
from benchmarks.peers import PEERS
from benchmarks.problem import digits_of, problem_of
from benchmarks.shapes import Shape


def made(name: str, ask: dict[str, Any]) -> Contender:
    """Return the contender that is asked for."""
    shape = Shape(*ask["shape"])
    problem = digits_of(shape) if ask["digits"] else problem_of(shape)
    return (CONTENDERS | PEERS)[name](problem if ask["first"] is None else problem.first(ask["first"]))


def main() -> None:
    """Answer line after line until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    contender: Any = None
    answer: dict[str, Any]
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            if "shape" in ask:
                contender, answer = made(sys.argv[1], ask), {}
            elif ask.get("answer"):
                answer = {"answer": [float(x) for x in flat(getattr(contender, ask["operation"])(ask["n"]))]}
            else:
                with without_collection():
                    answer = {"seconds": seconds_of(getattr(contender, ask["operation"]), ask["n"])}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def flat(answer: Any) -> list[float]:
    """Return the numbers of lists or of an array as one list."""
    rows = answer.tolist() if hasattr(answer, "tolist") else answer
    return [x for row in rows for x in flat(row)] if rows and isinstance(rows[0], list) else rows


if __name__ == "__main__":
    main()
