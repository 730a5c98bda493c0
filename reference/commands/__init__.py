"""The commands that both twins share: train, predict, show; each is handed the package whose network it runs."""

from typing import Any

from reference.commands import predict, show, train
from reference.commands.line import Parser


def add_to(parser: Parser, twin: Any) -> Any:
    """Add the commands to a parser, and return where more can be added; `twin` is the package itself."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (train, predict, show):
        command.add_to(commands, twin)
    return commands
