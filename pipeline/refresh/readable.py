"""Whether the readers of a layout take a file that was fetched: asked of new files only."""

from pipeline.catalogue.survey import RawRelease


def refuse_unreadable(delivery: RawRelease) -> None:
    """Raises RawFileError as the readers do."""
    from pipeline.layouts import require_readable

    require_readable(delivery)
