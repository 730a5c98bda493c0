"""Run a Python function as a program (see PROTOCOL.md): `python -m reference.oracle.candidates.serve net.py:predict`.

The function runs in its own process, so that it can be stopped. The first line of output says that the function is ready, or
why it is not. What the function prints goes to standard error, so that it is not mistaken for an answer.
"""

import importlib
import importlib.util
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import IO

from reference.numbers.description import describe
from reference.oracle.answers import Candidate, NoAnswer, arithmetic_error, error_text, max_entries, plain, stages_in
from reference.oracle.cases import Question

ERROR = 2


def main(arguments: list[str]) -> int:
    """Serve one function until the input ends; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m reference.oracle.candidates.serve file.py:name", file=sys.stderr)
        return ERROR
    questions, answers = streams()
    try:
        candidate = function_of(arguments[0])
    except ValueError as error:
        write(answers, {"error": str(error)})
        return ERROR
    write(answers, {"ready": True})
    for question in questions:
        write(answers, answer(candidate, Question(json.loads(question))))
    return 0


def streams() -> tuple[IO[bytes], IO[bytes]]:
    """Return the streams of questions and answers. The served function finds its standard input empty."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return questions, answers


def write(answers: IO[bytes], line: Mapping[str, object]) -> None:
    """Write one line of JSON."""
    answers.write(json.dumps(line).encode("ascii") + b"\n")
    answers.flush()


def answer(candidate: Candidate, question: Question) -> Mapping[str, object]:
    """Return the answer of the function in plain numbers and lists, or the error that it raised."""
    try:
        stages = stages_in(candidate(question))
        return {name: plain(value, name, max_entries(question)) for name, value in stages.items()}
    except NoAnswer as error:
        return {"error": str(error)}
    except Exception as error:
        name = arithmetic_error(error)
        return {"error": f"it raised {text_with_line(error)}"} | ({"raised": name} if name else {})


def function_of(address: str) -> Candidate:
    """Return the function at an address such as net.py:predict. Raises ValueError if there is no function."""
    place, _, name = address.rpartition(":")
    if not place or not name:
        raise ValueError(
            f"the candidate is {describe(address)}, expected file.py:name or package.module:name; for a program, use --command"
        )
    value: object = module_of(place)
    for part in name.split("."):
        if not hasattr(value, part):
            names = ", ".join(each for each in dir(value) if not each.startswith("_") and callable(getattr(value, each, None)))
            raise ValueError(f"{place} has no {name!r}; it has {names or 'no function'}")
        value = getattr(value, part)
    if not callable(value):
        raise ValueError(f"{address} is {describe(value)}, expected a function of one case")
    return value


def module_of(place: str) -> ModuleType:
    """Return the module of a file or of a dotted name. Raises ValueError if it cannot be imported."""
    if not place.endswith(".py"):
        return try_import(place, lambda: importlib.import_module(place))
    if not os.path.isfile(place):
        raise ValueError(f"{place}: no such file")
    return try_import(place, lambda: module_of_file(place))


def module_of_file(path: str) -> ModuleType:
    """Run a file as the module "candidate". It can import other files of its folder."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    specification = importlib.util.spec_from_file_location("candidate", path)
    assert specification is not None
    assert specification.loader is not None
    module = sys.modules["candidate"] = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def try_import(place: str, load: Callable[[], ModuleType]) -> ModuleType:
    """Import a module with `load`. Turn any error into a ValueError."""
    try:
        return load()
    except (Exception, SystemExit) as error:
        raise ValueError(f"{place} cannot be imported: {text_with_line(error)}") from None


def text_with_line(error: BaseException) -> str:
    """Return an error as text, e.g. "IndexError: 'list index out of range' (net.py, line 12)"."""
    ours = (os.path.dirname(os.path.dirname(os.path.dirname(__file__))), importlib.__file__, "<")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(ours)]
    where = f" ({os.path.basename(frames[-1].filename)}, line {frames[-1].lineno})" if frames else ""
    return f"{error_text(error)}{where}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
