"""What is asked of a build beside its files."""

import re
from dataclasses import dataclass
from typing import Final

from pipeline.errors import UsageError

CALENDAR_VERSION: Final = re.compile(r"\d{4}\.(?:[1-9]|1[0-2])\.(?:0|[1-9]\d*)")


@dataclass(frozen=True)
class BuildOptions:
    """Whether text of the AMA and WHO is kept, which is for licensees; whether it is a public build, without codes that
    need a licence; and the calendar version that it is released under.

    Raises UsageError where it is to be for licensees and to be passed on, or the version is none.
    """

    with_licensed_text: bool = False
    public: bool = False
    version: str | None = None

    def __post_init__(self) -> None:
        if self.with_licensed_text and self.public:
            raise UsageError(
                "--public and --with-licensed-text: one keeps what the other leaves out\n  next:     give one"
            )
        if self.version is not None and not CALENDAR_VERSION.fullmatch(self.version):
            raise UsageError(
                f"--version {self.version}: this is no calendar version\n"
                "  expected: year, month and a number, none with a zero in front: 2026.11.0\n"
                "  next:     name one, or none for a build of your own"
            )

    @property
    def named(self) -> list[str]:
        """The options that decide on the bytes of a build."""
        versions = [f"version {self.version}"] if self.version else []
        return ["with-licensed-text"] * self.with_licensed_text + ["public"] * self.public + versions


USUAL: Final = BuildOptions()  # of a build on a user's own machine
