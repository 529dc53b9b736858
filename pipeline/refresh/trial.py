"""Files that the catalogue has no hash of, on trial until a refresh came to a build with them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from pipeline.catalogue.pins import GIVES_WAY, Pin, read_pins, write_pins
from pipeline.catalogue.sources import Source
from pipeline.catalogue.survey import hold_raw
from pipeline.errors import LockHeld, LosesTooMuch, RawFileError, SeveralFailed, UsageError, ValidationFailed
from pipeline.run.lock import lock_folder

REFUSALS: Final = (ValidationFailed, LosesTooMuch, RawFileError, SeveralFailed)


@contextmanager
def files_on_trial(raw: Path, offered: Mapping[str, Source], layouts: Collection[str]) -> Iterator[None]:
    """Holds a raw folder for a block in which a build is made of it, and notes afterwards what became of its new files.

    Where the block refuses a build, each of them may be why: it is used as before, and gives way to what its publisher
    posts next. Files of no table, whose layout is not among the `layouts` that are read, stay as they are.
    """
    on_trial: dict[str, Pin] = {}
    try:
        with hold_raw(raw):
            used = _files_of_tables(offered, layouts)
            on_trial = {key: pin for key, pin in read_pins(raw).items() if key in used and pin.trial}
            yield
    except REFUSALS:
        _note(raw, on_trial, GIVES_WAY)
        raise
    _note(raw, on_trial, "")


def _files_of_tables(offered: Mapping[str, Source], layouts: Collection[str]) -> set[str]:
    read = [source for source in offered.values() if source.layout in layouts]
    return {f"{source.folder_of(each)}/{each.file}" for source in read for each in source.releases}


def _note(raw: Path, tried: Mapping[str, Pin], trial: str) -> None:
    """Records it of the files that are still those which were tried; of none where another run fetches by now."""
    if all(pin.trial == trial for pin in tried.values()):
        return
    with suppress(LockHeld, UsageError), lock_folder(raw):
        pins = read_pins(raw)
        noted = {key: replace(pin, trial=trial) for key, pin in tried.items() if pins.get(key) == pin}
        write_pins(raw, {**pins, **noted})
