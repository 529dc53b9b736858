"""That a build is one of samples, in words."""

from pipeline.ask.build import Build

COUNT = "select count(*) as codes from codes"


def describe_excerpt(build: Build) -> str:
    """What a reader must know of a build of samples, on a line; nothing of any other.

    An excerpt that lacks a code says nothing of the code.
    """
    if not build.is_excerpt:
        return ""
    (row,) = build.rows(COUNT)
    return f"excerpt: {row['codes']:,} codes, to look at; the full tables: `make refresh`"
