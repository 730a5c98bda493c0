"""The commands that both packages share: train, predict, show."""

from reference.commands import predict, show, train
from reference.commands.line import Commands, Parser
from reference.commands.package import Package


def add_to(parser: Parser, package: Package) -> Commands:
    """Add the commands for the networks of `package`. Return the subparsers, so that more commands can be added."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for command in (train, predict, show):
        command.add_to(commands, package)
    return commands
