"""How document 004's gate ends over many random starts: `python -m tests.network.gate_starts --seeds 200 --epochs 1000`."""

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import reference
import vectorized
from tests.network import gate

TWINS = {"vectorized": vectorized, "reference": reference}
QUANTILES = {"smallest": 0, "5 %": 0.05, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "95 %": 0.95, "largest": 1}


class Run(NamedTuple):
    """What the document prints of its last epoch: the loss before that epoch's update, and whether the outputs are right."""

    loss: float
    right: bool


def run(seed: int, epochs: int, twin: str) -> Run:
    """Train from one start."""
    network = gate.start(TWINS[twin], seed)
    gate.train(network, epochs - 1)
    return Run(2 * network.loss_of(gate.INPUTS, gate.TARGETS), gate.obeys(network.predict(gate.INPUTS)))


def runs(seeds: Sequence[int], epochs: int, twin: str, workers: int) -> list[Run]:
    """Train from many starts, some at a time, and show the progress on the error stream."""
    console, one = Console(stderr=True), partial(run, epochs=epochs, twin=twin)
    told = f"{epochs:,} epochs from each start"
    if workers == 1:
        return list(track(map(one, seeds), told, total=len(seeds), console=console))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(track(pool.map(one, seeds), told, total=len(seeds), console=console))


def table_of(results: list[Run], epochs: int) -> Table:
    """Return the quantiles of the loss, and the counts."""
    losses = [result.loss for result in results]
    table = Table("", "mean of squares", title=f"Document 004 after {epochs:,} epochs, {len(results)} starts")
    for name, share in QUANTILES.items():
        table.add_row(name, f"{np.quantile(losses, share):.3g}")
    table.add_section()
    table.add_row("above 0.9 is 1, below 0.1 is 0", f"{sum(result.right for result in results)} of {len(results)}")
    if epochs in gate.PRINTED_LOSS:
        close = sum(gate.near(loss, epochs) for loss in losses)
        table.add_row(f"within 10 % of the printed {gate.PRINTED_LOSS[epochs]:.5g}", f"{close} of {len(results)}")
    return table


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.network.gate_starts", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="number of starts (default 200)")
    parser.add_argument("--first", type=int, default=0, help="first seed (default 0)")
    parser.add_argument("--epochs", type=int, default=1000, help="epochs from each start (default 1000)")
    parser.add_argument("--twin", choices=TWINS, default="vectorized", help="matrices (default) or loops")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one a processor)")
    given = parser.parse_args(arguments)
    if min(given.seeds, given.epochs, given.workers) < 1 or given.first < 0:
        parser.error("--seeds, --epochs and --workers are at least 1, --first at least 0")
    seeds = range(given.first, given.first + given.seeds)
    Console().print(table_of(runs(seeds, given.epochs, given.twin, given.workers), given.epochs))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
