"""Wrong networks as people write them: mistakes planted in ordinary code, each with what is known about it."""

from importlib import import_module

from tests.wild.entry import WILD, Wild

for module in "layouts shapes forward losses backward steps processes otherwise several".split():
    import_module(f"tests.wild.{module}")

__all__ = ["WILD", "Wild"]
