"""Table `ndc_units`."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Amount, Day, Table, Text, refers_to, row_check


class NdcUnits(Table):
    """The drug products that Medicare Part B pays under a code, and how many billing units are in a package: one row per release (a quarter), product and code. A product with several codes has a row for each: which one is billed depends on the use. Quantities are as published; they do not always multiply."""

    release: Series[Text] = pa.Field(description="The release of the publisher's file: the first day of a quarter.")
    product_number: Series[Text] = pa.Field(
        description="The number of the product as published: an NDC in 5-4-2 form with hyphens, or, of products that have none, a UPC, GTIN or catalogue number."
    )
    ndc: Series[Text] = pa.Field(
        nullable=True,
        str_matches=r"^\d{11}$",
        description="The national drug code as claims carry it, 11 digits without hyphens (a source_code of `mappings` where the relation is packaging); null where the product number is no NDC.",
    )
    system: Series[Text] = pa.Field(
        description="Code system of the code: HCPCS, or CPT4 where the file has such rows.",
        metadata=refers_to("systems", "system"),
    )
    code: Series[Text] = pa.Field(description="The code that the product is billed by.")
    labeler: Series[Text] = pa.Field(description="Who labels the product, as published, blanks at the ends aside.")
    drug_name: Series[Text] = pa.Field(
        description="Name of the product, as published, blanks at the ends and line feeds aside."
    )
    dosage: Series[Text] = pa.Field(description="What one billing unit of the code is, such as 10 MG.")
    package_size: Series[Amount] = pa.Field(
        gt=0, description="Amount in one item of the package, such as the ml of a vial, in the unit of the NDC."
    )
    package_quantity: Series[Amount] = pa.Field(gt=0, description="Items in the package.")
    billing_units: Series[Amount] = pa.Field(gt=0, description="Billing units of the code in one item.")
    units_per_package: Series[Amount] = pa.Field(
        gt=0,
        description="Billing units of the code in the package, as published: not always quantity times billing units.",
    )
    valid_from: Series[Day] = pa.Field(description="First day of the quarter of which the row speaks.")
    valid_through: Series[Day] = pa.Field(description="Last day of it.")

    class Config:
        unique = ["release", "product_number", "system", "code"]  # noqa: RUF012

    @row_check("a quarter ends after it begins")
    def ends_after_it_begins(cls, rows: pd.DataFrame) -> "pd.Series[bool]":
        """The last day is after the first."""
        return (rows["valid_through"] > rows["valid_from"]).astype(bool)
