"""A contender in a process of its own: it loads no other library than its own, and its threads wait while another is timed."""

import multiprocessing
import os
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import numpy as np

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.measure import Seconds, Work, seconds_of, without_collection
from benchmarks.peers import PEERS
from benchmarks.problem import Array, Problem
from benchmarks.threads import n_threads

QUIET = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
PATIENCE = 300.0  # seconds until an answer


class Server:
    """The far side: what the process does for each message."""

    contender: Contender

    def __init__(self, name: str) -> None:
        self.kind = (CONTENDERS | PEERS)[name]

    def prepare(self, problem: Problem) -> None:
        """Make the contender for a problem."""
        self.contender = self.kind(problem)

    def answer(self, operation: str) -> Array:
        """Return the numbers that an operation answers, flat."""
        return np.asarray(getattr(self.contender, operation)(1), float).ravel()

    def time(self, operation: str, n: int) -> Seconds:
        """Return how long an operation takes n times."""
        with without_collection():
            return Seconds(seconds_of(getattr(self.contender, operation), n))


def serve(name: str, connection: Connection) -> None:
    """Answer message after message: (method, arguments) with (result, None), or with (None, what went wrong)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to every process of a terminal; the parent ends this one
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    warnings.simplefilter("ignore")
    if n_threads() == 1:
        os.environ.update(QUIET)
    server = Server(name)
    while True:
        method, arguments = connection.recv()
        try:
            connection.send((getattr(server, method)(*arguments), None))
        except Exception as error:
            connection.send((None, f"{type(error).__name__}: {error}"))


class Remote:
    """The near side: has the contender in the other process prepare, answer and time."""

    def __init__(self, name: str, connection: Connection, process: multiprocessing.process.BaseProcess) -> None:
        self.name, self.connection, self.process = name, connection, process

    def call(self, method: str, *arguments: object) -> object:
        """Return the result of a method over there; ValueError names the contender and what went wrong."""
        try:
            self.connection.send((method, arguments))
            result, problem = (
                self.connection.recv() if self.connection.poll(PATIENCE) else (None, f"no answer in {PATIENCE:.0f} s")
            )
        except (EOFError, ConnectionError):
            self.process.join()
            problem = f"its process ended with status {self.process.exitcode}"
        if problem is not None:
            raise ValueError(f"contender {self.name}: {problem}")
        return result

    def work(self, operation: str) -> Work:
        """Return the work of an operation, which is timed over there: the way to the process and back does not count."""
        return lambda n: self.call("time", operation, n)


@contextmanager
def remote(name: str) -> Iterator[Remote]:
    """Start the process of a contender, and end it."""
    context = multiprocessing.get_context("spawn")
    connection, far_end = context.Pipe()
    process = context.Process(target=serve, args=(name, far_end), daemon=True)
    process.start()
    far_end.close()
    try:
        yield Remote(name, connection, process)
    finally:
        process.kill()
        process.join()
        connection.close()
