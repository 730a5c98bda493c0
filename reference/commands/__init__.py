"""The commands that both twins share: train, predict, show. Each runs the networks of the twin that is passed to it."""

from reference.commands import predict, show, train
from reference.commands.line import Commands, Parser
from reference.commands.twin import Twin


def add_to(parser: Parser, twin: Twin) -> Commands:
    """Add the commands to a parser, and return the subparsers, so that more can be added."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (train, predict, show):
        command.add_to(commands, twin)
    return commands
