"""Pandera loaded alone: it imports pyspark and hypothesis wherever they are installed, which costs every run 0.6 s."""

import gc
import sys
from importlib import import_module
from typing import Final

NOT_NEEDED: Final = ("pyspark", "hypothesis")  # for Spark's tables, and to make up data
# What looks for them; the second and third are loaded with the first model and the first check else.
LOOKING: Final = ("pandera.pandas", "pandera.typing.pyspark", "pandera.strategies.pandas_strategies")


def load_pandera() -> None:
    """Loads pandera as if these were not there. Where somebody has loaded one already it stays as it is.

    What modules are made of stays as long as the process: to look for garbage among it meanwhile would take 0.1 s.
    """
    hidden = [name for name in NOT_NEEDED if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # how Python says that a module is not found
    was_on = gc.isenabled()
    gc.disable()
    try:
        for name in LOOKING:
            import_module(name)
    finally:
        for name in hidden:
            del sys.modules[name]
        if was_on:
            gc.enable()
