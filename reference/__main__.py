"""The command line. Without a command, `python -m reference` prints a tour."""

import argparse
import sys

import reference
from reference import commands
from reference.commands import line
from reference.commands.package import Network
from reference.commands.tour import show_sums, show_training
from reference.explain import command as explain
from reference.explain import curves
from reference.oracle import commands as oracle_commands


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    parser = line.Parser(
        prog="python -m reference",
        description="Without a command, print a tour: every sum of a small network, then training with both packages.",
        epilog="Example:\n  python -m reference train iris",
    )
    parser.set_defaults(run=tour, prog=parser.prog)
    add_checks_and_explanations(commands.add_to(parser, reference))
    return line.run(parser, arguments)


def add_checks_and_explanations(subparsers: line.Commands) -> None:
    """Add the commands that check a network, explain it, and draw activations."""
    oracle_commands.add_to(subparsers)
    explain.add_to(subparsers, stages_of_vectorized)
    curves.add_to(subparsers)


def stages_of_vectorized(
    network: Network, inputs: list[float], targets: list[float] | None, rate: float, train_biases: bool = True
) -> dict[str, list[float]]:
    """Return the stages of one sample as `vectorized` computes them.

    With targets, include the backward pass, and the weights after one training step.
    """
    import vectorized

    net = network.architecture
    matrices = vectorized.NeuralNetwork(*net.sizes, **net.names, weights=network.weights)
    stages = matrices.forward(inputs)._asdict()
    if targets is not None:
        stages |= matrices.backward(inputs, targets)._asdict()
        matrices.train([inputs], [targets], learning_rate=rate, train_biases=train_biases)
        stages["weights"] = matrices.weights
    return {stage: [values] if isinstance(values, float) else values.tolist() for stage, values in stages.items()}


def tour(options: argparse.Namespace) -> int:
    """Print the tour and return the exit status."""
    import vectorized

    out = line.console()
    show_sums(out)
    show_training(out, (reference, vectorized))
    return 0


if __name__ == "__main__":
    sys.exit(main())
