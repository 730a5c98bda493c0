"""A process that answers line by line. It is stopped together with its process group."""

import contextlib
import os
import signal
import subprocess
import sys
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from reference.numbers.description import describe
from reference.oracle.answers import NoAnswer
from reference.specification.messages import printable

LARGEST_ANSWER = 2**24  # bytes of one line
LONGEST_SLEEP = 0.1  # seconds: the longest sleep while waiting for an answer
PATIENCE = 5.0  # seconds without an answer before a note is printed


class Child:
    """A process and three threads. One writes to the process and two read from it, so that neither side waits for the other."""

    def __init__(self, arguments: list[str]) -> None:
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(arguments, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        try:
            self.questions: SimpleQueue[bytes | None] = SimpleQueue()
            self.lines: SimpleQueue[bytes | NoAnswer | None] = SimpleQueue()
            self.last_stderr_line, self.error_line, self.last_line, self.n_answers = "", "", b"", 0
            self.rest, self.wrote_empty_line = bytearray(), False  # rest: what it wrote after its last newline
            self.threads = [Thread(target=work, daemon=True) for work in (self.write, self.read, self.read_errors)]
            for thread in self.threads:
                thread.start()  # waits until the thread runs; a signal may interrupt this
        except BaseException:
            self.kill()
            raise

    def ask(self, question: bytes) -> None:
        """Write a question. After the first answer, raise NoAnswer if there is an extra line or the process has ended.

        A line that the process writes before the first question counts as its first answer.
        """
        if self.n_answers:
            self.check_extra_line()
        self.questions.put(question)

    def check_extra_line(self, seconds: float = 0.0) -> None:
        """Raise NoAnswer if the process writes an extra line or ends within this time."""
        with contextlib.suppress(Empty):
            line = self.lines.get(block=seconds > 0, timeout=seconds)
            raise too_many(self.last_line, line) if isinstance(line, bytes) else line or self.ending()

    def line(self, seconds: float, too_late: str, reason: str = "", note: str = "") -> bytes:
        """Return the next line of the process; raise NoAnswer if none comes in time.

        too_late : the message if no line comes in time
        reason : the likely reason, added to the message and the note if the process wrote nothing at all
        note : what to print on standard error if the line takes long
        """
        line = self.next_line(seconds, too_late, reason, note)
        if not isinstance(line, bytes):
            raise line or self.ending()
        self.n_answers, self.last_line = self.n_answers + 1, line
        return line

    def next_line(self, seconds: float, too_late: str, reason: str, note: str) -> bytes | NoAnswer | None:
        """Return the next item that `read` queued; raise NoAnswer if nothing comes in time.

        Python handles signals only when the main thread wakes, so this method never sleeps for long.
        """
        start = monotonic()
        end = start + seconds
        while (rest := end - monotonic()) > 0:
            with contextlib.suppress(Empty):
                return self.lines.get(timeout=min(rest, LONGEST_SLEEP))
            if note and monotonic() - start > PATIENCE:
                print_error(self.with_reason(note, reason))
                note = ""
        if self.process.poll() is None:
            raise NoAnswer(self.with_reason(too_late, reason))
        raise self.ending()

    def with_reason(self, message: str, reason: str) -> str:
        """Return a message with a reason: the incomplete or empty line that the process wrote, or else `reason`."""
        if self.rest.strip():
            reason = f"it wrote {text_of(bytes(self.rest))} without a newline; end each answer with a newline"
        elif self.wrote_empty_line:
            reason = "it wrote only an empty line"
        return f"{message}; {reason}" if reason else message

    def ending(self) -> NoAnswer:
        """Return a NoAnswer that says how the process ended, with the most useful line of its standard error."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        status = self.process.returncode
        if status is None:
            how = "it closed its standard output"
        elif status < 0:
            how = f"it was ended by {signal_name(-status)}"
        else:
            how = f"it ended with exit status {status}"
        self.threads[2].join(0.5)
        message = self.error_line or self.last_stderr_line
        reason = f"; its standard error says: {message}" if message else ""
        when = " before it answered"
        if self.n_answers:
            when = ", but must answer until its input ends" if status == 0 else ""
        return NoAnswer(f"{how}{when}{reason}")

    def write(self) -> None:
        """Write the questions, until there are no more or the process stops reading."""
        assert self.process.stdin
        with contextlib.suppress(OSError):
            while (rest := self.questions.get()) is not None:
                while rest:
                    rest = rest[os.write(self.process.stdin.fileno(), rest) :]

    def read(self) -> None:
        """Queue each line that is not blank, and None at the end of the output. Queue a NoAnswer after too much output."""
        assert self.process.stdout
        with contextlib.suppress(OSError):
            while chunk := os.read(self.process.stdout.fileno(), 2**16):
                self.rest += chunk
                if b"\n" in chunk:
                    *whole, self.rest = self.rest.split(b"\n")
                    lines = [bytes(line) for line in whole if line.strip()]
                    self.wrote_empty_line = not lines
                    if len(lines) > 1:
                        return self.lines.put(too_many(*lines[:2]))
                    for line in lines:
                        self.lines.put(line)
                if len(self.rest) > LARGEST_ANSWER:
                    return self.lines.put(NoAnswer(f"it wrote {LARGEST_ANSWER >> 20} MiB without a line break"))
        if self.rest.strip():
            self.lines.put(bytes(self.rest))
        return self.lines.put(None)

    def read_errors(self) -> None:
        """Copy the standard error of the process to ours. Remember its last line, and the last line with ERROR: or SUMMARY:.

        A C sanitizer marks its error with these words, and writes more lines after the error.
        """
        assert self.process.stderr
        while line := self.process.stderr.readline(2**12):
            text = printable(line.decode("utf-8", "replace").rstrip().expandtabs())
            self.last_stderr_line = text[-200:].strip() or self.last_stderr_line
            if "ERROR:" in text or "SUMMARY:" in text:
                self.error_line = text[-200:].strip()
            print_error(text)

    def kill(self) -> None:
        """Kill the process group. On a system without process groups, kill only the process."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()

    def stop(self) -> None:
        """Close the input of the process, wait a moment for it to end, and kill its process group."""
        pipes = [self.process.stdin, self.process.stdout, self.process.stderr]
        try:
            self.questions.put(None)
            self.threads[0].join(0.1)
            if not self.threads[0].is_alive() and self.process.stdin:
                with contextlib.suppress(OSError):
                    self.process.stdin.close()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.5)
        finally:  # a second signal may come during the wait
            self.kill()
        self.process.wait()
        for thread, pipe in zip(self.threads, pipes, strict=True):
            thread.join(1)
            if pipe and not thread.is_alive():
                pipe.close()


def print_error(text: str) -> None:
    """Print a line to our standard error, unless that is closed."""
    with contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def text_of(line: bytes) -> str:
    """Return a line of the process, as text for a message."""
    return describe(line.decode("utf-8", "replace"))


def too_many(first: bytes, second: bytes) -> NoAnswer:
    """Return the error for two lines where one is expected."""
    advice = "write one line for each case, and only answers, to standard output"
    return NoAnswer(f"it wrote more than one line for a case: {text_of(first)} and then {text_of(second)}; {advice}")


def signal_name(number: int) -> str:
    """Return the name of a signal, e.g. "SIGSEGV"."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
