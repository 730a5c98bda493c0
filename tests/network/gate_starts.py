"""Train the gate of document 004 from many random starts: `python -m tests.network.gate_starts --seeds 200 --epochs 1000`."""

import argparse
import sys
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import vectorized
from tests.network import gate

QUANTILES = {"smallest": 0, "5 %": 0.05, "25 %": 0.25, "median": 0.5, "75 %": 0.75, "95 %": 0.95, "largest": 1}


class Run(NamedTuple):
    """A training from one start, stopped before the last update: the loss, and whether all outputs are right."""

    loss: float
    right: bool


def run(seed: int, epochs: int) -> Run:
    network = gate.start(vectorized, seed)
    gate.train(network, epochs - 1)
    return Run(2 * network.loss_of(gate.INPUTS, gate.TARGETS), gate.obeys(network.predict(gate.INPUTS)))


def table_of(runs: list[Run], epochs: int) -> Table:
    losses = [run.loss for run in runs]
    table = Table("", "mean of squares", title=f"Document 004 after {epochs:,} epochs, {len(runs)} starts")
    for name, share in QUANTILES.items():
        table.add_row(name, f"{np.quantile(losses, share):.3g}")
    table.add_section()
    table.add_row("outputs right (above 0.9 is 1, below 0.1 is 0)", f"{sum(run.right for run in runs)} of {len(runs)}")
    if epochs in gate.PRINTED_LOSS:
        close = sum(gate.near(loss, epochs) for loss in losses)
        table.add_row(f"within 10 % of the printed {gate.PRINTED_LOSS[epochs]:.5g}", f"{close} of {len(runs)}")
    return table


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.network.gate_starts", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="number of starts (default 200)")
    parser.add_argument("--first", type=int, default=0, help="first seed (default 0)")
    parser.add_argument("--epochs", type=int, default=1000, help="epochs from each start (default 1000)")
    options = parser.parse_args(arguments)
    if min(options.seeds, options.epochs) < 1 or options.first < 0:
        parser.error("--seeds and --epochs are at least 1, --first at least 0")
    seeds = range(options.first, options.first + options.seeds)
    title = f"{options.epochs:,} epochs from each start"
    runs = [run(seed, options.epochs) for seed in track(seeds, title, console=Console(stderr=True))]
    Console().print(table_of(runs, options.epochs))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
