"""One event as the claims that come of it: which code of which system stands where, `worked_examples.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from pipeline.ask.build import Build
from pipeline.ask.claim_kinds import ClaimKind, claim_kinds
from pipeline.ask.code_forms import describe_form
from pipeline.ask.compare.profiles import Profile

SAYS_WHY, SAYS_DONE = "why", "done"
TITLES_OF_EXAMPLE: Final = """
    select system, code_dotted, coalesce(description, short_description) as title
    from codes where code_dotted in (select unnest($codes))
    union all
    select 'NDC', product_number, any_value(drug_name || coalesce(' ' || dosage, ''))
    from ndc_units where product_number in (select unnest($codes)) group by product_number
"""

LICENCE_NEEDED: Final = "licence needed"  # what the registry says of a system whose codes are not free


@dataclass(frozen=True)
class ExampleCode:
    """A code on a claim: what it says (why, done), its title or why it has none, the days of its system."""

    says: str
    system: str
    code: str
    title: str
    in_use_from: date | None
    in_use_to: date | None

    def __str__(self) -> str:
        return f"{self.system} {self.code} ({self.title})"


@dataclass(frozen=True)
class ExampleClaim:
    """A claim of an event: of which kind, who makes it out, and its codes."""

    kind: ClaimKind
    who: str
    codes: list[ExampleCode]

    def codes_of(self, says: str, *, closed: bool) -> list[ExampleCode]:
        """The codes that say something, of systems that have ended or of those in use."""
        return [each for each in self.codes if each.says == says and (each.in_use_to is not None) == closed]


@dataclass(frozen=True)
class WorkedExample:
    """An event, and the claims that come of it."""

    event: str
    claims: list[ExampleClaim]

    @property
    def systems(self) -> set[str]:
        """The systems whose codes its claims carry."""
        return {code.system for claim in self.claims for code in claim.codes}

    @property
    def changed_on(self) -> date | None:
        """The last day of the systems that have ended."""
        return max((code.in_use_to for claim in self.claims for code in claim.codes if code.in_use_to), default=None)


def read_examples(build: Build, profiles: dict[str, Profile]) -> list[WorkedExample]:
    """Every example, its codes those of systems that the build knows, with the titles that it has."""
    return [_example(build, row, profiles) for row in _entries()]


def choose_examples(examples: list[WorkedExample], names: list[str]) -> list[WorkedExample]:
    """The examples in which some systems stand, all of them; of several the first."""
    return [each for each in examples if {*names} <= each.systems][:1]


def example_lines(example: WorkedExample) -> list[str]:
    """An example in words, a paragraph for each claim."""
    return [f"{example.event}.", *(_claim_in_words(each, example.changed_on) for each in example.claims)]


def _claim_in_words(claim: ExampleClaim, changed_on: date | None) -> str:
    now, before = (_done_and_why(claim, closed) for closed in (False, True))
    earlier = f" Up to {changed_on}: {before}." if before else ""
    return f"{claim.who}, on a {claim.kind.claim}: {now}.{earlier} The {claim.kind.day} decides."


def _done_and_why(claim: ExampleClaim, closed: bool) -> str:
    """What was done, for what; of a time in which the one did not change only the other."""
    done, why = (claim.codes_of(says, closed=closed) for says in (SAYS_DONE, SAYS_WHY))
    of_both = [" and ".join(map(str, codes)) for codes in (done, why) if codes]
    return ("" if done else "for ") + " for ".join(of_both) if of_both else ""


@cache
def _entries() -> list[dict[str, Any]]:
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["example"]
    return rows


def _example(build: Build, row: dict[str, Any], profiles: dict[str, Profile]) -> WorkedExample:
    kinds = {each.claim: each for each in claim_kinds()}
    titles = _read_titles(build, row)
    claims = [
        ExampleClaim(
            kinds[claim["claim"]],
            claim["who"],
            [
                _code(build, says, profiles[system], code, titles)
                for says in (SAYS_WHY, SAYS_DONE)
                for system, code in claim[says].items()
                if system in profiles
            ],
        )
        for claim in row["claims"]
    ]
    return WorkedExample(row["event"], claims)


def _read_titles(build: Build, row: dict[str, Any]) -> dict[tuple[str, str], str | None]:
    """The title of each listed code of an example, by system and code as it is written."""
    codes = {code for claim in row["claims"] for says in (SAYS_WHY, SAYS_DONE) for code in claim[says].values()}
    return {
        (each["system"], each["code_dotted"]): each["title"]
        for each in build.rows(TITLES_OF_EXAMPLE, codes=sorted(codes))
    }


def _code(
    build: Build, says: str, profile: Profile, code: str, titles: dict[tuple[str, str], str | None]
) -> ExampleCode:
    """A code with its title; without one what its form tells, and why there is none.

    A code that needs a licence is not written where the build has none of its system: it may be one to pass on.
    """
    if not profile.ever and LICENCE_NEEDED in profile.licence:
        told = f"its number is not shown: {profile.licence}"
        return ExampleCode(says, profile.system, "code", told, profile.in_use_from, profile.in_use_to)
    form = describe_form(build, profile.system, "".join(filter(str.isalnum, code)))
    title = titles.get((profile.system, code))
    if not title:
        is_listed = (profile.system, code) in titles
        told = form if form != profile.system else ""
        why = f"title not shown: {profile.licence}" if is_listed else "not listed in this build"
        title = "; ".join(filter(None, [told, why]))
    return ExampleCode(says, profile.system, code, title, profile.in_use_from, profile.in_use_to)
