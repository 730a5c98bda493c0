"""Wrong networks as people write them. Each is ordinary code with planted mistakes, and facts that are known about them."""

from importlib import import_module

from tests.oracle.wild.entry import WILD, Wild

MODULES = ("layouts", "shapes", "forward", "losses", "backward", "steps", "processes", "otherwise", "several")

for module in MODULES:
    import_module(f"tests.oracle.wild.{module}")

__all__ = ["WILD", "Wild"]
