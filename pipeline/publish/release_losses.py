"""What a release takes away from the one before it: a file that was cut short says of each code behind the cut that it
ended, and no table shrinks.

Codes that could be reported are compared one by one. Headings are counted net, among the rows: as many that came hide
those that went.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.ask.build import open_build, open_two
from pipeline.errors import UnreadableBuild
from pipeline.publish.guards import FEWEST, LOSS_ALLOWED, Loss
from pipeline.run.registries import read_registry

LIMITS: Final = Path(__file__).with_name("release_losses.toml")
TIMES_MEASURED: Final = 2
DAYS_OF_A_YEAR: Final = 365.25
ONE_YEAR: Final = 1.0  # no year lies between a release and its own file posted anew
# The releases of a build, each with what the one before it of its source had, in codes that could be reported.
STEPS = """
    with steps as (
        select system, source, release, sha256, "rows" as rows_read, billable as reported, effective_from,
            lag(release) over own as release_before, lag("rows") over own as rows_before,
            lag(effective_from) over own as day_before
        from releases window own as (partition by system, source order by effective_from, release)
    ), reported_codes as (
        select r.system, r.source, r.release, v.code from releases r join validity v
            on v.system = r.system and v.billable and r.effective_from between v.valid_from and v.valid_through
    )
    select s.*, count(b.code) as codes_before, count(b.code) - count(n.code) as gone
    from steps s
    left join reported_codes b on b.system = s.system and b.source = s.source and b.release = s.release_before
    left join reported_codes n
        on n.system = s.system and n.source = s.source and n.release = s.release and n.code = b.code
    group by all order by s.system, s.source, s.effective_from, s.release
"""
PUBLISHED = 'select system, source, release, sha256, "rows" as rows_read, billable as reported from releases'
# The codes that a release of a build had on its first day, and that another build has not.
GONE = """
    select r.system, r.source, r.release, count(b.code) - count(n.code) as gone
    from after.releases r
    join before.validity b on b.system = r.system and b.billable
        and r.effective_from between b.valid_from and b.valid_through
    left join after.validity n on n.system = b.system and n.code = b.code and n.billable
        and r.effective_from between n.valid_from and n.valid_through
    group by all
"""


@dataclass(frozen=True)
class LargestLoss:
    """The most codes that a release of a series truly took away, of how many, in how many years: a [[series]] of
    release_losses.toml. A series is a system as one source has it."""

    series: str
    release: str
    gone: int
    of: int
    years: float
    reason: str


@dataclass(frozen=True)
class OtherForm:
    """A release, as SYSTEM/RELEASE, whose rows cannot be compared with those of the one before: an [[other_form]]."""

    other_form: str
    reason: str


@dataclass(frozen=True)
class Content:
    """How many rows were read of a release, and how many codes could be reported on its first day."""

    rows: int
    codes: int


@dataclass(frozen=True)
class ReleaseStep:
    """A release beside the one before it: of the `before.codes` that could be reported then, `gone` cannot be now."""

    system: str
    source: str
    release: str
    sha256: str
    own: Content
    release_before: str | None
    before: Content
    gone: int
    years: float

    @property
    def series(self) -> str:
        """The system, and the source whose releases are compared."""
        return f"{self.system} of {self.source}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return self.system, self.source, self.release

    @property
    def label(self) -> str:
        """What `--allow-loss` calls it."""
        return f"{self.system}/{self.release}"


def find_release_losses(build: Path, published: Path | None, allowed: Collection[str]) -> list[Loss]:
    """The releases of a build that take away more than any true one did, those with `allowed` labels left out.

    Looked at are those that the `published` build does not have, or has of another file; all where there is none.
    """
    known = _read_published(published) if published else {}
    changed = [each for each in read_steps(build) if known.get(each.key, ("",))[0] != each.sha256]
    gone = _read_gone(published, build) if published and any(each.key in known for each in changed) else {}
    return [
        loss
        for each in changed
        if each.label not in allowed
        for loss in (*_losses(each), *_losses_of_its_own(each, known.get(each.key), gone.get(each.key, 0)))
    ]


def read_steps(build: Path) -> list[ReleaseStep]:
    """Every release of a build beside the one before it of its source."""
    with open_build(build) as opened:
        rows = opened.rows(STEPS)
    return [
        ReleaseStep(
            row["system"],
            row["source"],
            row["release"],
            row["sha256"],
            Content(row["rows_read"], row["reported"]),
            row["release_before"],
            Content(row["rows_before"] or 0, row["codes_before"]),
            row["gone"],
            _years(row["day_before"], row["effective_from"]),
        )
        for row in rows
    ]


def _years(before: date | None, day: date) -> float:
    """The years from one release to the next; a release within a year may take away what a year's does."""
    return max(1.0, (day - before).days / DAYS_OF_A_YEAR) if before else 1.0


def _read_published(build: Path) -> dict[tuple[str, str, str], tuple[str, Content]]:
    """The hash of each release of a build, and its content; nothing where the build cannot tell."""
    try:
        with open_build(build) as opened:
            rows = opened.rows(PUBLISHED)
    except UnreadableBuild:
        return {}
    return {
        (row["system"], row["source"], row["release"]): (row["sha256"], Content(row["rows_read"], row["reported"]))
        for row in rows
    }


def _read_gone(published: Path, build: Path) -> dict[tuple[str, str, str], int]:
    """How many codes of each release the published build has on its first day, and the other has not; nothing where the
    published one cannot tell."""
    try:
        with open_two(published, build) as builds:
            rows = builds.rows(GONE)
    except UnreadableBuild:
        return {}
    return {(row["system"], row["source"], row["release"]): row["gone"] for row in rows}


def _losses(step: ReleaseStep) -> Iterator[Loss]:
    """What a release takes away from the one before it."""
    before = f"release {step.release_before}"
    if _is_too_much(step, step.gone, step.before.codes, step.years):
        yield _codes_lost(step, step.gone, step.before.codes, (before, step.years))
    fewer = step.before.rows - step.own.rows
    if _is_too_much(step, fewer, step.before.rows, step.years) and step.label not in _other_forms():
        yield _rows_lost(step, step.before.rows, (before, step.years))


def _losses_of_its_own(step: ReleaseStep, published: tuple[str, Content] | None, gone: int) -> Iterator[Loss]:
    """What a release whose file was replaced takes away from itself: the codes that are `gone`, whatever came."""
    if published is None:
        return
    _, before = published
    lost = max(gone, before.codes - step.own.codes)
    if _is_too_much(step, lost, before.codes, ONE_YEAR):
        yield _codes_lost(step, lost, before.codes, ("the published build", ONE_YEAR))
    if _is_too_much(step, before.rows - step.own.rows, before.rows, ONE_YEAR):
        yield _rows_lost(step, before.rows, ("the published build", ONE_YEAR))


def _is_too_much(step: ReleaseStep, lost: int, of: int, years: float) -> bool:
    return lost >= FEWEST and lost > share_allowed(step.series) * years * of


def share_allowed(series: str) -> float:
    """The share of its codes that a release of a series may take away in a year."""
    largest = _largest_losses().get(series)
    return TIMES_MEASURED * largest.gone / largest.of / largest.years if largest else LOSS_ALLOWED


def _codes_lost(step: ReleaseStep, lost: int, of: int, since: tuple[str, float]) -> Loss:
    what = f"of {of:,} codes that could be reported by {since[0]} it takes away {lost:,}, {lost / of:.1%}"
    return Loss(step.label, f"release {step.system} {step.release}: {what}; {_expected(step, since[1])}")


def _rows_lost(step: ReleaseStep, of: int, since: tuple[str, float]) -> Loss:
    what = f"{step.own.rows:,} rows were read, {of:,} of {since[0]}"
    return Loss(step.label, f"release {step.system} {step.release}: {what}; {_expected(step, since[1])}")


def _expected(step: ReleaseStep, years: float) -> str:
    share = f"at most {share_allowed(step.series) * years:.2%} may go"
    largest = _largest_losses().get(step.series)
    if largest is None:
        return share
    return f"{share}: the most that one ever took away is {largest.gone:,} of {largest.of:,} ({largest.release})"


@cache
def _largest_losses() -> Mapping[str, LargestLoss]:
    return read_registry(LIMITS, "series", LargestLoss)


@cache
def _other_forms() -> Mapping[str, OtherForm]:
    return read_registry(LIMITS, "other_form", OtherForm)
