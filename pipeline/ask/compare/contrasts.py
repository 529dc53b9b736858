"""What sets two systems apart: the question that they answer, the claims on which they stand, and their days.

Made of what the registries say of each, not of pairs.
"""

from itertools import combinations

from pipeline.ask.claim_kinds import ClaimKind, claim_kinds, claims_in_words, claims_with, deciding_days
from pipeline.ask.compare.profiles import Profile
from pipeline.ask.compare.words import questions_of
from pipeline.ask.series import as_series


def contrast(profiles: list[Profile]) -> list[str]:
    """For each two systems what sets them apart, one sentence for each way in which they differ or agree."""
    return [f"{a.system} and {b.system}: {contrast_pair(a, b)}" for a, b in combinations(profiles, 2)]


def contrast_pair(a: Profile, b: Profile) -> str:
    """What sets two systems apart, in sentences."""
    return " ".join([_by_question(a, b), _by_claim(a, b), _by_time(a, b)])


def claims_of(profiles: list[Profile]) -> list[str]:
    """The kinds of claims on which any of some systems stands, in words."""
    names = {each.system for each in profiles}
    return [f"{kind}" for kind in claim_kinds() if names & {*kind.carries}]


def shared_questions(a: Profile, b: Profile) -> list[str]:
    """The questions that both answer."""
    return [each for each in questions_of(a.kinds) if each in questions_of(b.kinds)]


def are_in_use_together(a: Profile, b: Profile) -> bool:
    """Whether there is a day on which both were in use."""
    return not _ended_before(a, b) and not _ended_before(b, a)


def shared_claims(a: Profile, b: Profile) -> list[ClaimKind]:
    """The kinds of claims on which both stand as a rule, their days aside."""
    return [each for each in claims_with(a.system) if each in claims_with(b.system)]


def _by_question(a: Profile, b: Profile) -> str:
    shared = shared_questions(a, b)
    if not shared:
        one, other = (as_series(questions_of(each.kinds)) for each in (a, b))
        return f"They answer different questions: {a.system} says {one}, {b.system} says {other}."
    further = [
        f"{each.system} also says {as_series(more)}."
        for each in (a, b)
        if (more := [question for question in questions_of(each.kinds) if question not in shared])
    ]
    return " ".join([f"Both say {as_series(shared)}.", *further])


def _by_claim(a: Profile, b: Profile) -> str:
    if unknown := [each.system for each in (a, b) if not claims_with(each.system)]:
        return f"On which claims {as_series(unknown)} stands is not known to this version."
    together = [_article(each.claim) for each in shared_claims(a, b)]
    rare = [_rarely(each, a, b) for each in claim_kinds() if each.carries_both(a.system, b.system)]
    if not together and not any(rare):
        places = "; ".join(f"{each.system} stands on {claims_in_words(each.system, with_rare=True)}" for each in (a, b))
        return f"No {_nouns(a, b)} carries both: {places}."
    if not are_in_use_together(a, b):
        first, last = (a, b) if _ended_before(a, b) else (b, a)
        days = f"{first.system} ended on {first.in_use_to}, {last.system} began on {last.in_use_from}"
        return f"No {_nouns(a, b)} carries both: {days}."
    told = [f"{_capital(as_series(together, 'or'))}{_through(a, b)} may carry both."] if together else []
    return " ".join([*told, *filter(None, rare), *_alone(a, b)])


def _rarely(kind: ClaimKind, a: Profile, b: Profile) -> str:
    """That a claim carries both only for something; empty where it does so as a rule, or each is rare there."""
    if not {a.system, b.system} & {*kind.carries}:
        return ""
    named = [f"{each.system} stands there only for {kind.rarely[each.system]}" for each in (a, b)
             if each.system in kind.rarely]  # fmt: skip
    claim = f"{_capital(_article(kind.claim))}{_through(a, b)}"
    return f"{claim} rarely carries both: {as_series(named)}." if named else ""


def _alone(a: Profile, b: Profile) -> list[str]:
    """The claims on which one of two systems stands and the other does not."""
    return [
        f"{_capital(as_series(names))} carry {one.system} without {other.system}."
        for one, other in ((a, b), (b, a))
        if (names := [f"{each.claim}s" for each in claims_with(one.system) if other.system not in each.systems])
    ]


def _by_time(a: Profile, b: Profile) -> str:
    """Which of them are in use; one came after the other where it answers the same question on the same claims."""
    kinds = shared_claims(a, b)
    if kinds and shared_questions(a, b) and not are_in_use_together(a, b):
        first, last = (a, b) if _ended_before(a, b) else (b, a)
        return f"{last.system} came after {first.system}, on {last.in_use_from}: {deciding_days(kinds)}."
    closed = sorted((each for each in (a, b) if each.in_use_to), key=lambda each: str(each.in_use_to))
    if not closed:
        return "Both are in use."
    if a.in_use_to == b.in_use_to:
        return f"Both ended on {a.in_use_to}{_decided(a, b)}."
    ended = [f"{each.system} ended on {each.in_use_to}{_decided(each)}." for each in closed]
    if kinds and not are_in_use_together(a, b):  # that the one ended before the other is said of their claims
        ended = [f"{_capital(deciding_days(claims_with(closed[0].system)))}."]
    return " ".join([*ended, *(f"{each.system} is in use." for each in (a, b) if not each.in_use_to)])


def _decided(*profiles: Profile) -> str:
    """Whose day decides on the claims of some systems, behind what it decides."""
    own = [kind for kind in claim_kinds() if any(kind in claims_with(each.system) for each in profiles)]
    return f": {deciding_days(own)}" if own else ""


def _through(a: Profile, b: Profile) -> str:
    """Up to which day a claim can carry both, behind its name; empty where both go on."""
    ends = [each.in_use_to for each in (a, b) if each.in_use_to]
    return f" through {min(ends)}" if ends else ""


def _ended_before(a: Profile, b: Profile) -> bool:
    return bool(a.in_use_to and b.in_use_from and a.in_use_to < b.in_use_from)


def _nouns(a: Profile, b: Profile) -> str:
    kinds = [kind for kind in claim_kinds() if kind in claims_with(a.system) + claims_with(b.system)]
    return " or ".join(dict.fromkeys(each.noun for each in kinds)) or "claim"


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
