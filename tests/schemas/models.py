"""Models of `codes` with columns that the published one does not have, to try how a column is passed through."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.codes import Codes
from schemas.types import Count, Text, as_listed


class CodesWithInvented(Codes):
    """Codes with two columns that a record may state."""

    invented_text: Series[Text] = pa.Field(nullable=True, description="An invented column.", metadata=as_listed())
    invented_number: Series[Count] = pa.Field(nullable=True, description="An invented number.", metadata=as_listed())


class CodesThatMustHaveInvented(Codes):
    """Codes with a column that every record must state."""

    invented_text: Series[Text] = pa.Field(description="An invented column.", metadata=as_listed())
