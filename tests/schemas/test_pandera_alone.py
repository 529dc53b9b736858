"""Pandera loaded alone: what it leaves as it was."""

import gc

import pytest

from schemas.pandera_alone import load_pandera


@pytest.mark.parametrize("is_on", [True, False])
def test_garbage_is_collected_afterwards_as_before(is_on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if is_on else gc.disable)()
        load_pandera()
        assert gc.isenabled() is is_on
    finally:
        (gc.enable if was_on else gc.disable)()
