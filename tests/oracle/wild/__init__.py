"""Wrong networks as people write them. Each is ordinary code with planted mistakes, and its entry states what is wrong."""

from importlib import import_module

from tests.oracle.wild.entry import WILD, Wild

MODULES = ("layouts", "shapes", "forward", "losses", "backward", "steps", "processes", "otherwise", "several")

for module in MODULES:
    import_module(f"tests.oracle.wild.{module}")

__all__ = ["WILD", "Wild"]
