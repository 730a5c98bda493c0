"""A contender runs in this process (`Bench`), or in its own process (`Remote`) without the libraries of other contenders."""

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

JAX_SETTINGS = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}
PATIENCE = 300.0  # seconds to wait for an answer


class Bench:
    """A contender that runs in this process."""

    contender: Contender

    def __init__(self, name: str) -> None:
        self.name = name

    def prepare(self, problem: Problem) -> None:
        """Create the contender for a problem."""
        self.contender = (CONTENDERS | PEERS)[self.name](problem)

    def answer(self, operation: str, n: int) -> Array:
        """Repeat an operation n times, and return its last answer as a flat array."""
        return np.asarray(getattr(self.contender, operation)(n), float).ravel()

    def work(self, operation: str) -> Work:
        """Return an operation as a function of the number of repetitions."""
        work: Work = getattr(self.contender, operation)
        return work

    def time(self, operation: str, n: int) -> Seconds:
        """Return how long n repetitions of an operation take."""
        with without_collection():
            return Seconds(seconds_of(self.work(operation), n))


def serve(name: str, connection: Connection) -> None:
    """Answer each message (method, arguments) with (result, "") or (None, error message)."""
    # Ctrl-C reaches every process of the terminal, but only the parent may end this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    warnings.simplefilter("ignore")
    if n_threads() == 1:
        os.environ.update(JAX_SETTINGS)
    bench = Bench(name)
    while True:
        method, arguments = connection.recv()
        try:
            connection.send((getattr(bench, method)(*arguments), ""))
        except Exception as error:
            connection.send((None, f"{type(error).__name__}: {error}"))


class Remote(Bench):
    """A contender that runs in its own process."""

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
        """Call a method in the other process. Raises ValueError if the method fails, no answer comes, or the process ends."""
        result, failure = None, f"no answer in {PATIENCE:.0f} s"
        try:
            self.connection.send((method, arguments))
            if self.connection.poll(PATIENCE):
                result, failure = self.connection.recv()
        except (EOFError, ConnectionError):
            self.process.join()
            failure = f"its process ended with status {self.process.exitcode}"
        if failure:
            raise ValueError(f"contender {self.name}: {failure}")
        return result

    def prepare(self, problem: Problem) -> None:
        """Create the contender in the other process."""
        self.call("prepare", problem)

    def answer(self, operation: str, n: int) -> Array:
        """Repeat an operation n times in the other process, and return its last answer."""
        return np.asarray(self.call("answer", operation, n))

    def work(self, operation: str) -> Work:
        """Return a function that repeats an operation n times in the other process, and returns the seconds measured there."""
        return lambda n: self.call("time", operation, n)
