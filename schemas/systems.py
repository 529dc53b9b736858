"""Table `systems`."""

import pandera.pandas as pa
from pandera.typing import Series

from schemas.types import Count, Day, Table, Text, Texts


class Systems(Table):
    """The registry: one row per code system."""

    system: Series[Text] = pa.Field(
        unique=True, description="Id of the code system, an OMOP vocabulary id (ICD9 is our own, in that style)."
    )
    name: Series[Text] = pa.Field(description="Full name.")
    version_family: Series[Text] = pa.Field(description="The family of editions that the system belongs to.")
    kinds: Series[Texts] = pa.Field(
        description="What its codes stand for: the values of `codes.kind` that occur in it."
    )
    settings: Series[Texts] = pa.Field(
        description="The claims and certificates on which its codes stand, be it for something only (HCPCS on hospital inpatient claims: clotting factors): professional_claim, hospital_outpatient_claim, hospital_inpatient_claim, pharmacy_claim, death_certificate."
    )
    maintainer: Series[Text] = pa.Field(description="The body that decides on its codes.")
    publisher: Series[Text] = pa.Field(description="The bodies that post its listings.")
    in_use_from: Series[Day] = pa.Field(
        nullable=True, description="First day on which the United States used it; null where that is no single day."
    )
    in_use_to: Series[Day] = pa.Field(nullable=True, description="Last day on which it was used; null while it is.")
    newest_release: Series[Text] = pa.Field(
        nullable=True, description="The newest release of its listings in this build; null where none is here."
    )
    known_from: Series[Day] = pa.Field(
        nullable=True,
        description="First day of the oldest release of its listings in this build, editions from before in_use_from aside; null where none is here. Of earlier days a build knows only the codes whose records tell of them, and that nothing was in use before in_use_from.",
    )
    known_through: Series[Day] = pa.Field(
        nullable=True,
        description="Last day of which this build can speak for it; beyond it, whether a code is valid is not known. It is the day before the next edition after newest_release that is scheduled or known to the catalogue; of a closed system that is here to its end, the last day of its use; of lists that were closed while the system goes on (CPT4 by BETOS alone), the last day of the last of them. Null where no listing is here.",
    )
    next_release_expected: Series[Day] = pa.Field(
        nullable=True,
        description="First day on which a newer release is needed, the day after known_through; null where no listing is here, or the system is closed and here to its end, or its lists were closed while it goes on.",
    )
    code_format: Series[Text] = pa.Field(description="What its codes look like, in words.")
    code_pattern: Series[Text] = pa.Field(
        description="Regular expression that every bare code of the system fits. A filter, no proof of validity."
    )
    written_as: Series[Texts] = pa.Field(
        description="Pictures of how people write its codes, the general one first: X is a capital letter or a digit, another letter stands for itself where it begins a code, anything else is a separator. A shorter code ends earlier."
    )
    filled_with: Series[Text] = pa.Field(
        nullable=True,
        description="The character that is put in front of a part of a code that is one shorter than in the picture: NDCs of ten digits leave out a zero. Null: no part is filled.",
    )
    dot_after: Series[Count] = pa.Field(
        nullable=True,
        ge=1,
        description="The dot stands behind this many characters, in codes that are longer; null: no dot. E codes of ICD9CM and ICD9 have it behind 4.",
    )
    fhir_uri: Series[Text] = pa.Field(nullable=True, description="URI of the system in FHIR.")
    oid: Series[Text] = pa.Field(description="Object identifier of the system.")
    omop_vocabulary_id: Series[Text] = pa.Field(nullable=True, description="Id of the vocabulary in OMOP.")
    umls_sab: Series[Text] = pa.Field(nullable=True, description="Source abbreviation in the UMLS.")
    bioregistry_prefix: Series[Text] = pa.Field(description="Prefix in Bioregistry.")
    licence: Series[Text] = pa.Field(description="Terms on which codes and text can be used.")
    home_url: Series[Text] = pa.Field(str_startswith="https://", description="The maintainer's or publisher's page.")
    description: Series[Text] = pa.Field(description="Why one would use it, in a sentence or two.")

    class Config:
        unique = ["system"]  # noqa: RUF012
