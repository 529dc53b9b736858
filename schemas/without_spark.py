"""Pandera loaded without Spark: it imports pyspark wherever that is installed, which costs every run 0.2 s, and warns."""

import sys
from importlib import import_module
from typing import Final

SPARK: Final = "pyspark"
LOOK_FOR_SPARK: Final = ("pandera.pandas", "pandera.typing.pyspark")  # the second is loaded with the first model else


def load_pandera() -> None:
    """Loads pandera as if pyspark were not there. Where somebody has loaded pyspark already it stays as it is."""
    if SPARK in sys.modules:
        return
    sys.modules[SPARK] = None  # type: ignore[assignment]  # how Python says that a module is not to be found
    try:
        for name in LOOK_FOR_SPARK:
            import_module(name)
    finally:
        del sys.modules[SPARK]
