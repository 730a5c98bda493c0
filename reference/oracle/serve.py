"""A Python function as a program: `python -m reference.oracle.serve net.py:predict`, the protocol of PROTOCOL.md.

It runs in a process of its own, so that it can be stopped; its first line says that it is ready, or why it is not. What the
function prints goes to the standard error, so that it cannot be taken for an answer.
"""

import importlib
import importlib.util
import inspect
import json
import os
import sys
import traceback
from collections.abc import Mapping
from types import ModuleType
from typing import IO, Any

from reference.numbers.shown import shown
from reference.oracle.answers import Candidate, NoAnswer, plain, raised_by
from reference.oracle.cases import Asked

ERROR = 2


def main(arguments: list[str]) -> int:
    """Serve the function that is named, until there are no more questions; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m reference.oracle.serve file.py:name", file=sys.stderr)
        return ERROR
    questions, answers = streams()
    try:
        candidate = loaded(arguments[0])
    except ValueError as error:
        say(answers, {"error": str(error)})
        return ERROR
    say(answers, {"ready": True})
    for question in questions:
        say(answers, answer(candidate, Asked(json.loads(question))))
    return 0


def streams() -> tuple[IO[bytes], IO[bytes]]:
    """Return where questions come from and answers go to; the function itself reads nothing and prints to standard error."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return questions, answers


def say(answers: IO[bytes], what: Any) -> None:
    """Write one line."""
    answers.write(json.dumps(what).encode("ascii") + b"\n")
    answers.flush()


def answer(candidate: Candidate, asked: Asked) -> Any:
    """Return what the function answers, in plain numbers and lists, or the error that it raised."""
    try:
        return plainly(candidate(asked), asked)
    except NoAnswer as error:
        return {"error": str(error)}
    except Exception as error:
        return {"error": f"it raised {told(error)}"} | ({"raised": raised} if (raised := raised_by(error)) else {})


def plainly(given: Any, asked: Asked) -> Any:
    """Return an answer in plain numbers and lists; NoAnswer for what cannot be written so."""
    if given is None:
        raise NoAnswer("it returned nothing; return the outputs, or a mapping of stages")
    limit = 4 * (len(asked["weights"]) + 64) * max(1, len(asked["inputs"]))
    if not isinstance(given, Mapping):
        return plain(given, "o_nodes", limit)
    for name in given:
        if not isinstance(name, str):
            raise NoAnswer(f"it answered {shown(name)}, which is no stage")
    return {name: plain(given[name], name, limit) for name in given}


def loaded(target: str) -> Candidate:
    """Return the function that a target names; ValueError of one line where there is none that takes one case."""
    place, _, name = target.rpartition(":")
    if not place or not name:
        raise ValueError(f"the candidate is {shown(target)}, expected file.py:name or package.module:name")
    found: Any = module(place)
    for part in name.split("."):
        if not hasattr(found, part):
            names = ", ".join(each for each in dir(found) if not each.startswith("_") and callable(getattr(found, each, None)))
            raise ValueError(f"{place} has no {name!r}; it has {names or 'no function'}")
        found = getattr(found, part)
    return checked(found, target)


def checked(found: Any, target: str) -> Candidate:
    """Return what was found if it can be called with one case; ValueError otherwise."""
    if not callable(found):
        raise ValueError(f"{target} is {shown(found)}, expected a function of one case")
    try:
        signature = inspect.signature(found)
    except (TypeError, ValueError):
        return found  # type: ignore[no-any-return]
    try:
        signature.bind(None)
    except TypeError:
        raise ValueError(f"{target} takes {signature}, expected one argument: the case") from None
    return found  # type: ignore[no-any-return]


def module(place: str) -> ModuleType:
    """Return the module of a file or of a dotted name; ValueError where it cannot be imported."""
    if not place.endswith(".py"):
        named: ModuleType = imported(place, lambda: importlib.import_module(place))
        return named
    if not os.path.isfile(place):
        raise ValueError(f"{place}: no such file")
    sys.path.insert(0, os.path.dirname(os.path.abspath(place)))
    specification = importlib.util.spec_from_file_location("candidate", place)
    assert specification is not None
    assert specification.loader is not None
    made = sys.modules["candidate"] = importlib.util.module_from_spec(specification)
    execute = specification.loader.exec_module
    imported(place, lambda: execute(made))
    return made


def imported(place: str, work: Any) -> Any:
    """Return what an import gives; ValueError for whatever it raises."""
    try:
        return work()
    except (Exception, SystemExit) as error:
        raise ValueError(f"{place} cannot be imported: {told(error)}") from None


def told(error: BaseException) -> str:
    """Return e.g. "IndexError: 'list index out of range' (net.py, line 12)"."""
    ours = (os.path.dirname(os.path.dirname(__file__)), importlib.__file__, "<")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    where = f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {shown(str(error))}{where}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
