"""Facts of systems in words that a newcomer to billing understands. Made of the registry's values."""

from pipeline.ask.claim_kinds import claims_in_words
from pipeline.ask.compare.profiles import Connection, Profile
from pipeline.ask.relations import EQUIVALENCE, GROUPING, SAME_CATEGORY, SUCCESSION, meaning_of
from pipeline.ask.series import as_series

# What a kind of code says of a patient, a phrase for each in the order in which they are said. Modifiers and what is
# only called other say nothing of their own.
DONE, SUPPLIED, GIVEN = "what was done", "what was supplied", "which drug was given"
QUESTIONS = {
    "diagnosis": "why the patient was treated",
    "cause_of_death": "what the person died of",
    **dict.fromkeys(("procedure", "service", "test", "transport", "performance_measure"), DONE),
    **dict.fromkeys(("supply", "equipment", "device", "blood_product"), SUPPLIED),
    "drug": GIVEN,
}
SAY_NOTHING_ALONE = frozenset({"modifier", "other"})
_TRANSLATED = (
    "{exact:,} exact, {approximate:,} approximate, {no_map:,} without equivalent; "
    "{several:,} have more than one target."
)
# What the covered codes of a crosswalk have, by its relation. Rows of a relation that is not here only speak of a code.
COVERED_CODES = {
    EQUIVALENCE: _TRANSLATED,
    SUCCESSION: _TRANSLATED,
    GROUPING: "{approximate:,} have a category, {several:,} of them more than one; {no_map:,} are said to have none.",
}


def questions_of(kinds: list[str]) -> list[str]:
    """The questions that codes of some kinds answer. A kind that has no words here stands as the build has it.

    >>> questions_of(["modifier", "drug", "procedure", "test"])
    ['what was done', 'which drug was given']
    """
    said = {QUESTIONS.get(kind, kind) for kind in kinds if kind not in SAY_NOTHING_ALONE}
    order = [*dict.fromkeys(QUESTIONS.values())]
    return sorted(said, key=lambda each: (order.index(each) if each in order else len(order), each))


def as_places(profile: Profile) -> str:
    """The claims on which a system stands; of one that has no words here the settings as the build has them."""
    return claims_in_words(profile.system, with_rare=True) or as_series(profile.settings) or "not known"


def as_period(profile: Profile) -> str:
    """The days on which a system was in use."""
    start = f"from {profile.in_use_from}" if profile.in_use_from else "no single first day"
    return f"{start} to {profile.in_use_to} (closed)" if profile.in_use_to else f"{start}; still in use"


def as_counts(profile: Profile) -> str:
    """Codes that could be reported on the last day that is known."""
    if not profile.ever:
        return "no codes in this build: no listing of it is here"
    headings = f", and {profile.headings:,} headings" if profile.headings else ""
    return f"{profile.now:,}{headings}"


def as_horizon(profile: Profile) -> str:
    """The day up to which the build knows a system, and why."""
    if profile.known_through is None:
        return "not known: no listing of it is here"
    newest = f"{profile.known_through}; the newest release here is of {profile.newest_release}"
    if profile.next_release_expected:
        return newest
    return f"{newest}, {'its last' if profile.in_use_to else 'the last list that is here: the system goes on'}"


def as_growth(profile: Profile) -> str:
    """How fast a system grew, with the two counts that say so."""
    if profile.growth is None:
        return "not known: fewer than two releases here"
    first = f"{profile.first_billable:,} {as_usable(is_of_deaths=profile.is_of_deaths)} on {profile.first_day}"
    ends = f"{first}, {profile.last_billable:,} on {profile.last_day}"
    return f"{profile.growth:+.1%} a year ({ends})"


def as_usable(*, is_of_deaths: bool) -> str:
    """What codes that can be reported are: a cause of death is billed to nobody."""
    return "valid" if is_of_deaths else "billable"


def as_example(profile: Profile) -> str:
    """A real code with its title, or why there is none."""
    if not profile.example:
        return "none: no listing of it is here"
    return f"{profile.example}: {profile.example_title or 'title not shown (' + profile.licence + ')'}"


def describe_system(profile: Profile) -> dict[str, str]:
    """What to say of a system, by the question that it answers."""
    return {
        "Name": profile.name,
        "It says": as_series(questions_of(profile.kinds)),
        "Why use it": profile.description,
        "Kinds of codes": ", ".join(profile.kinds).replace("_", " "),
        "Where": as_places(profile),
        "Maintained by": profile.maintainer,
        "Published by": profile.publisher,
        "In use": as_period(profile),
        "Format": profile.code_format,
        "Example": as_example(profile),
        "Known through": as_horizon(profile),
        "Valid then": as_counts(profile),
        "Codes ever": f"{profile.ever:,} with headings" if profile.ever else "no codes in this build",
        "Growth": as_growth(profile),
        "Licence": profile.licence,
        "Page": profile.home_url,
    }


def as_share(fraction: float) -> str:
    """A fraction in per cent, rounded down: what lacks a few codes is not said to be whole."""
    return f"{int(fraction * 1000) / 10:.1f}%"


def describe_connection(each: Connection) -> str:
    """A crosswalk in one or two sentences: what it is, and what it covers."""
    usable = as_usable(is_of_deaths=each.is_of_deaths)
    head = f"{each.crosswalk} ({each.origin}, {each.release}): {each.source_system} to {each.target_system}"
    if each.coverage is None and each.relation == SAME_CATEGORY:
        return f"{head}, {each.mappings:,} pairs of codes in one category. {meaning_of(each.relation).words}"
    if each.coverage is None:
        return f"{head}, {each.mappings:,} mappings. Coverage is not known: no release of {each.source_system} is here."
    if each.relation == SUCCESSION and not each.covered:
        return (
            f"{head}. {each.sources:,} codes of {each.source_system}, none of them {usable} on {each.measured_on}, "
            f"name {each.targets:,} of {each.target_system} that took their place."
        )
    reach = (
        f"{each.covered:,} of the {each.billable:,} codes of {each.source_system} {usable} on {each.measured_on} "
        f"({as_share(each.coverage)})"
    )
    if each.relation not in COVERED_CODES:
        return f"{head}. Speaks of {reach}. {meaning_of(each.relation).words}"
    return f"{head}. Covers {reach}: {COVERED_CODES[each.relation].format(**vars(each))}"
