"""How --help shows the commands: what is asked of a build first, then what makes one; each with examples."""

from itertools import pairwise
from typing import Any, Final

import typer
from typer.core import TyperGroup

# Every command, in the order in which people meet them, with what it is for in a few words.
COMMAND_SECTIONS: Final = {
    "Ask about codes": {
        "lookup": "what codes mean, in which system, and when",
        "search": "codes by words",
        "translate": "what a code is in another system, or in another year",
        "supports": "whether a diagnosis supports a procedure, by policy",
        "compare": "code systems side by side: what sets them apart",
        "systems": "every code system, and how far it is known",
        "diff": "what changed in a system between two days",
    },
    "Ask about lists and claims": {
        "codelist": "expand, check, convert and follow code lists",
        "claims": "repair, date, translate and group the codes of claims",
    },
    "Take tables elsewhere": {
        "export-xlsx": "a system or a crosswalk as an Excel workbook",
        "export": "every table, into a folder of your own",
        "sql": "a script, or a dbt package, that brings them into a warehouse",
    },
    "Make and keep builds": {
        "build": "from raw files to a published build",
        "refresh": "fetch what changed, build, compare, publish",
        "rollback": "back to an earlier build",
        "status": "how far the build knows each system, what is missing",
    },
    "Look at the stages": {
        "sources": "what the catalogue offers, and what of it is here",
        "discover": "releases that the catalogue lacks",
        "fetch": "the publishers' files into the raw folder",
        "ingest": "raw files to frames of text",
        "normalise": "raw files to listings, maps and policies",
        "validate": "every check, nothing published",
    },
    "This program": {"version": "its version"},
}


class CommandsInSections(TyperGroup):
    """A group whose --help lists its commands in COMMAND_SECTIONS; one that is in none comes last."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Raises BadParameter where an option has an empty text: a variable that a shell did not know is no choice."""
        for option, value in pairwise([*args, "nothing behind"]):
            if option.startswith("--") and (not value.strip() or option.endswith("=")):
                raise typer.BadParameter(
                    f"{option.rstrip('=')} has nothing behind it; name something, or leave it out", ctx
                )
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the sections."""
        named = {name for words in COMMAND_SECTIONS.values() for name in words}
        others = {name: str(self.commands[name].help) for name in self.list_commands(ctx) if name not in named}
        width = max(map(len, self.commands), default=0)
        for title, words in {**COMMAND_SECTIONS, "Others": others}.items():
            rows = [(f"{name:<{width}}", told) for name, told in words.items() if name in self.commands]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


def examples(*commands: str) -> str:
    """What stands below the help of a command: lines that can be typed as they stand."""
    return "\b\nExamples:\n" + "\n".join(f"  crosswalk {each}" for each in commands)
