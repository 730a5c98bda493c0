"""A program as a candidate. It reads and writes one JSON value per line, see PROTOCOL.md.

Its output is only read as JSON, and never run. A line that is not an answer raises NoAnswer.
"""

import json
import math
import os
import re
import shlex
import sys
from collections.abc import Mapping
from typing import Self

from reference.numbers.description import describe
from reference.oracle.answers import DEEPEST, NoAnswer
from reference.oracle.candidates.child import Child
from reference.specification.messages import printable
from reference.specification.network_file import unique, whole_number_or_float

EXTRA_LINE_WAIT = 0.05  # seconds to wait for an extra line after the last case
SERVE = """import sys
if not sys.flags.safe_path:
    sys.path.append(sys.path.pop(0))  # the working folder last: a file in it may be called reference.py
from reference.oracle.candidates.serve import main
sys.exit(main(sys.argv[1:]))"""
FIRST_ANSWER_FACTOR = 6  # the first answer may take this many times the usual limit, because a program loads libraries
NO_FIRST_ANSWER = "it gave no first answer"
FLUSH = "a program must flush its output after each answer"
SHELL_WORDS = {"|", "||", "&", "&&", ";", "<", ">", ">>"}
NAN_OR_INFINITY = re.compile(r'(?<![\w"])([-+]?)(nan(?:\(\w*\))?|inf(?:inity)?)(?![\w"])', re.IGNORECASE)


class Skipped(NoAnswer):
    """The candidate skips a case."""


class NotStarted(ValueError):
    """The program cannot be started, or the function cannot be imported."""


class Program:
    """A candidate that runs in a process of its own.

    Parameters
    ----------
    command : a command line, split as in a shell but run without one; or a list of arguments
    seconds : time for one answer; the first after a start may take six times as long
    greets : whether the program first writes a line that says whether it is ready

    Raises
    ------
    ValueError
        if the command is not valid, or if the program cannot be started (the subclass NotStarted).

    >>> answer = '{"o_nodes": [1.0]}'
    >>> with Program([sys.executable, "-c", f"input(); print('{answer}')"]) as candidate:
    ...     candidate({"weights": [1.0]})
    {'o_nodes': [1.0]}
    """

    def __init__(self, command: str | list[str], *, seconds: float = 10.0, greets: bool = False) -> None:
        self.arguments = arguments_of(command) if isinstance(command, str) else command
        self.seconds, self.greets = seconds, greets
        self.child: Child | None = None
        self.n_questions = 0  # since the start

    def __enter__(self) -> Self:
        self.child = self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the program. On an interrupt, kill the program and keep `self.child`, so that `close` can be called again."""
        if self.child:
            try:
                self.child.stop()
            except BaseException:
                self.child.kill()
                raise
            self.child = None

    def check_extra_line(self) -> None:
        """Raise NoAnswer if the program ends too early, or writes an extra line: its answers may then belong to other cases."""
        if self.child:
            self.child.check_extra_line(EXTRA_LINE_WAIT)

    @property
    def line_number(self) -> int | None:
        """The number of the last input line of the program. None for a Python function, which reads no lines."""
        return None if self.greets else self.n_questions

    def start(self) -> Child:
        """Start the program and return its process. Raises NotStarted if it does not start or says that it is not ready."""
        try:
            child = Child(self.arguments)
        except OSError as error:
            raise NotStarted(f"{self.arguments[0]}: {reason_of(error, self.arguments[0])}") from None
        self.n_questions = 0
        if self.greets:
            seconds = FIRST_ANSWER_FACTOR * self.seconds
            try:
                answer_of(child.line(seconds, f"it took too long to import: more than {seconds:g} s"))
                child.n_answers = 0
            except BaseException as error:
                child.stop()
                if isinstance(error, NoAnswer):
                    raise NotStarted(str(error)) from None
                raise
        return child

    def __call__(self, question: Mapping[str, object]) -> object:
        """Return the answer to a case, or raise NoAnswer. A program that cannot continue is started again for the next case."""
        child = self.child = self.child or self.start()
        self.n_questions += 1
        try:
            child.ask(json.dumps(question, allow_nan=False).encode("ascii") + b"\n")
            return answer_of(self.next_line(child))
        except BaseException as error:
            if not can_continue(error):
                self.close()
            raise

    def next_line(self, child: Child) -> bytes:
        """Return the next line of the program. Raise NoAnswer if it comes too late; the first may take six times as long."""
        if child.n_answers:
            limit = f"within {self.seconds:g} s"
            if self.greets:
                return child.line(self.seconds, f"it took too long: no answer {limit}")
            return child.line(self.seconds, f"it gave no answer {limit}", "it is too slow, hangs or did not flush its output")
        seconds = FIRST_ANSWER_FACTOR * self.seconds
        limit = f"within {seconds:g} s, {FIRST_ANSWER_FACTOR} times the usual limit"
        if self.greets:
            return child.line(seconds, f"it took too long: no first answer {limit}")
        return child.line(seconds, f"{NO_FIRST_ANSWER} {limit}", FLUSH, "waiting for the first answer")


def can_continue(error: BaseException) -> bool:
    """Whether the program can continue: only if the program skipped the case or raised an arithmetic error."""
    return isinstance(error, Skipped) or (isinstance(error, NoAnswer) and error.raised is not None)


def python_candidate(target: str, *, seconds: float = 10.0) -> Program:
    """Return a candidate that runs a Python function, file.py:name or package.module:name, in its own process."""
    return Program([sys.executable, "-c", SERVE, target], seconds=seconds, greets=True)


def reason_of(error: OSError, name: str) -> str:
    """Return why a program cannot be started. A name without a folder is looked up on PATH, as in a shell."""
    if not isinstance(error, FileNotFoundError) or os.path.dirname(name):
        return str(error.strerror)
    return "not found on PATH" + (f"; did you mean ./{name}?" if os.path.isfile(name) else "")


def arguments_of(command: str) -> list[str]:
    """Split a command line into arguments. Raises ValueError if it is not valid."""
    try:
        arguments = shlex.split(command)
    except ValueError as error:
        raise ValueError(f"the command {describe(command)} cannot be read: {error}") from None
    if not arguments:
        raise ValueError("the command is empty")
    if words := [word for word in arguments if word in SHELL_WORDS]:
        raise ValueError(f"the command has {words[0]!r}, but runs without a shell; use sh -c {shlex.quote(command)}")
    return arguments


def answer_of(line: bytes) -> object:
    """Return the answer in a line of JSON. Raise NoAnswer for an error, a skipped case, or a line that is not JSON.

    NaN and infinities may be written as in JSON libraries or C. JavaScript writes NaN as null, so null in a list or as the
    loss is NaN.

    >>> answer_of(b'{"o_nodes": [0.5, -nan, null]}')
    {'o_nodes': [0.5, nan, nan]}
    """
    try:
        text = line.decode("utf-8")
        try:
            answer = json_of(text)
        except json.JSONDecodeError:
            answer = json_of(NAN_OR_INFINITY.sub(lambda m: "NaN" if m[2][0] in "nN" else f"{m[1].strip('+')}Infinity", text))
    except UnicodeDecodeError:
        raise NoAnswer(f"it wrote {describe(line)}, which is not UTF-8") from None
    except RecursionError:
        raise NoAnswer("its answer is nested too deeply") from None
    except ValueError as error:
        reason = str(error)
        if isinstance(error, json.JSONDecodeError):
            near = text[max(0, error.pos - 20) : error.pos + 20]
            advice = "" if text.lstrip().startswith(("{", "[")) else "; write only answers to standard output"
            reason = f"{error.msg} at character {error.pos}, in {describe(near)}{advice}"
        raise NoAnswer(f"it wrote {describe(text)}, which is not valid JSON: {reason}") from None
    if not isinstance(answer, dict):
        return with_nan(answer)
    for field, kind in (("error", NoAnswer), ("skipped", Skipped)):
        if field in answer:
            why = printable(answer[field][:400]) if isinstance(answer[field], str) else f"{field}: {describe(answer[field])}"
            raised = answer.get("raised")
            raise kind(why, printable(raised[:40]) if isinstance(raised, str) else None)
    return {stage: math.nan if value is None and stage == "loss" else with_nan(value) for stage, value in answer.items()}


def json_of(text: str) -> object:
    """Parse JSON. Raises ValueError if a field occurs twice in an object, or if the text is not valid JSON."""
    return json.loads(text, object_pairs_hook=unique, parse_int=whole_number_or_float)


def with_nan(value: object, depth: int = 0) -> object:
    """Return nested lists with NaN in place of null. Raise NoAnswer for too many levels."""
    if not isinstance(value, list):
        return math.nan if value is None and depth else value
    if depth > DEEPEST:
        raise NoAnswer("its answer is nested too deeply")
    return [with_nan(entry, depth + 1) for entry in value]
