"""How a run tells what it does: stage by stage, and how far the long one has come."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Say = Callable[[str], None]


@dataclass
class Progress:
    """Tells the caller, stage by stage, what was done and how long it took; `tick` how far the long one has come."""

    say: Say
    tick: Callable[[int, int], None] = lambda done, total: None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[list[str]]:
        """Times a stage; the caller appends what it did to the list."""
        done: list[str] = []
        start = time.perf_counter()
        yield done
        self.seconds[name] = time.perf_counter() - start
        self.say(f"{name:<10} {self.seconds[name]:6.2f} s  {'; '.join(done)}")
