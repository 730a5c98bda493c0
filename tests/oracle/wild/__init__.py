"""Wrong networks as people write them: mistakes planted in ordinary code, each with the known facts about it."""

from importlib import import_module

from tests.oracle.wild.entry import WILD, Wild

MODULES = ("layouts", "shapes", "forward", "losses", "backward", "steps", "processes", "otherwise", "several")

for module in MODULES:
    import_module(f"tests.oracle.wild.{module}")

__all__ = ["WILD", "Wild"]
