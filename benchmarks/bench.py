"""Where a contender works: in this process, or in one of its own, whose threads wait while another contender is timed.

A process of its own loads no other library than its contender's.
"""

import multiprocessing
import os
import signal
import warnings
from multiprocessing.connection import Connection
from typing import Self

import numpy as np

from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.measure import Seconds, Work, seconds_of, without_collection
from benchmarks.peers import PEERS
from benchmarks.problem import Array, Problem
from benchmarks.threads import n_threads

QUIET = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
PATIENCE = 300.0  # seconds until an answer


class Bench:
    """A contender at work in this process."""

    contender: Contender

    def __init__(self, name: str) -> None:
        self.name = name

    def prepare(self, problem: Problem) -> None:
        """Make the contender for a problem."""
        self.contender = (CONTENDERS | PEERS)[self.name](problem)

    def answer(self, operation: str, n: int) -> Array:
        """Return the numbers that an operation answers after n times, flat."""
        return np.asarray(getattr(self.contender, operation)(n), float).ravel()

    def work(self, operation: str) -> Work:
        """Return the work of an operation."""
        work: Work = getattr(self.contender, operation)
        return work

    def time(self, operation: str, n: int) -> Seconds:
        """Return how long an operation takes n times."""
        with without_collection():
            return Seconds(seconds_of(self.work(operation), n))


def serve(name: str, connection: Connection) -> None:
    """Answer message after message: (method, arguments) with (result, no problem), or with (None, the problem)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to every process of a terminal; the parent ends this one
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    warnings.simplefilter("ignore")
    if n_threads() == 1:
        os.environ.update(QUIET)
    bench = Bench(name)
    while True:
        method, arguments = connection.recv()
        try:
            connection.send((getattr(bench, method)(*arguments), ""))
        except Exception as error:
            connection.send((None, f"{type(error).__name__}: {error}"))


class Remote(Bench):
    """A contender at work in a process of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        context = multiprocessing.get_context("spawn")
        self.connection, far_end = context.Pipe()
        self.process = context.Process(target=serve, args=(name, far_end), daemon=True)
        self.process.start()
        far_end.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()

    def call(self, method: str, *arguments: object) -> object:
        """Return the result of a method over there; ValueError names the contender and what went wrong."""
        result, problem = None, f"no answer in {PATIENCE:.0f} s"
        try:
            self.connection.send((method, arguments))
            if self.connection.poll(PATIENCE):
                result, problem = self.connection.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            problem = f"its process ended with status {self.process.exitcode}"
        if problem:
            raise ValueError(f"contender {self.name}: {problem}")
        return result

    def prepare(self, problem: Problem) -> None:
        """Make the contender over there."""
        self.call("prepare", problem)

    def answer(self, operation: str, n: int) -> Array:
        """Return the numbers of over there."""
        return np.asarray(self.call("answer", operation, n))

    def work(self, operation: str) -> Work:
        """Return work that is timed over there: the way to the process and back does not count."""
        return lambda n: self.call("time", operation, n)
