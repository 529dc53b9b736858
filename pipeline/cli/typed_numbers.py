"""Numbers as people type them."""

from collections.abc import Callable
from typing import Any

import typer

METAVAR_OF_NUMBERS = "NUMBER"


def number_option(name: str, told: str, least: int, most: int | None = None) -> Any:
    """An option that takes a whole number within bounds; `told` is what --help says of it."""
    return typer.Option(name, parser=_reader(least, most), metavar=METAVAR_OF_NUMBERS, help=told)


def _reader(least: int, most: int | None) -> Callable[[object], int]:
    wanted = f"write a whole number from {least} on" if most is None else f"write one from {least} to {most}"

    def read_number(text: object) -> int:
        """The number that was typed. Raises BadParameter where it is none, or out of bounds."""
        try:
            number = int(str(text))
        except ValueError:
            raise typer.BadParameter(f"{text} is no number; {wanted}") from None
        if number < least or (most is not None and number > most):
            raise typer.BadParameter(f"{text} is out of bounds; {wanted}")
        return number

    return read_number
