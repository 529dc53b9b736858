"""Drug products by their number: under which codes they are billed, and how many billing units are in a package."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from pipeline.ask.build import Build
from pipeline.ask.resolve_codes import Reading

OF_PACKAGES: Final = """
    select u.product_number, u.ndc, u.system, u.code, coalesce(c.description, c.short_description) as meaning,
        u.labeler, u.drug_name, u.dosage, u.package_size, u.package_quantity, u.billing_units, u.units_per_package,
        u.valid_from, u.valid_through
    from ndc_units u left join codes c using (system, code)
"""
# An NDC is asked bare; any other product number as it is printed.
PACKAGES: Final = f"""
    {OF_PACKAGES}
    where (u.ndc in (select unnest($ndcs)) or (u.ndc is null and u.product_number in (select unnest($numbers))))
    order by u.product_number, u.valid_from desc, u.system, u.code
"""


@dataclass(frozen=True)
class Package:
    """A row of `ndc_units`: a drug product under one code in one quarter."""

    product_number: str
    ndc: str | None
    system: str
    code: str
    meaning: str | None
    labeler: str
    drug_name: str
    dosage: str
    package_size: float
    package_quantity: float
    billing_units: float
    units_per_package: float
    valid_from: date
    valid_through: date

    def is_of(self, day: date | None) -> bool:
        """Whether a day lies in its quarter; where none is named any does."""
        return day is None or self.valid_from <= day <= self.valid_through

    @property
    def units(self) -> str:
        """What the publisher prints beside the pair, in the words of the crosswalk's `flags`."""
        size = f"package size {self.package_size:g}; quantity {self.package_quantity:g}"
        units = f"billing units {self.billing_units:g}; units per package {self.units_per_package:g}"
        return f"dosage {self.dosage}; {size}; {units}"

    def __str__(self) -> str:
        number = self.product_number if self.ndc else f"{self.product_number}, a product number that is no NDC,"
        units = f"{self.dosage} a unit, {self.units_per_package:g} units in a package"
        billed = f"{self.drug_name} ({self.labeler}) is billed as {self.code} ({self.system})"
        return f"{number} {billed}: {units}; {self.valid_from} to {self.valid_through}"


def find_packages(build: Build, readings: list[Reading]) -> list[list[Package]]:
    """The packages that each written code is the number of, of whatever day; none of a code of a listing here."""
    unlisted = [each for each in readings if not each.episodes]
    numbers = [each.asked.strip() for each in unlisted]
    rows = build.rows(PACKAGES, ndcs=[each.bare for each in unlisted], numbers=numbers) if unlisted else []
    by_number: dict[str, list[Package]] = defaultdict(list)
    for row in rows:
        by_number[row["ndc"] or row["product_number"]].append(Package(**row))
    return [
        [] if each.episodes else by_number.get(each.bare) or by_number.get(each.asked.strip(), []) for each in readings
    ]
