"""The identifier checks of this product, in the shape in which the sheets ask for them."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from zhiping.core.identifiers import certificate_number, identity_number, qualification_number
from zhiping.core.identifiers.identity_columns import read_identity_numbers
from zhiping.core.identifiers.messages import sentence
from zhiping.core.roster.candidates import Identity, IsCertificateNumber, ReadIdentity


@dataclass(frozen=True, slots=True)
class IdentityReader:
    """Reads identity numbers for files judged on a day (身份证号码核验)."""

    on: date

    def __call__(self, number: str, /) -> Identity | str:
        """Return what a number says, or a sentence why it is not valid."""
        try:
            identity = identity_number.parse(number, on=self.on)
        except identity_number.IdentityNumberInvalidError as refusal:
            return "".join(map(sentence, refusal.problems))
        return Identity(
            number=identity.text,
            born_on=identity.born,
            is_male=identity.gender is identity_number.Gender.MALE,
        )

    def of_column(self, numbers: pl.Series, /) -> pl.DataFrame:
        """Return `number`, `born_on` and `is_male` of each; all missing where it is not valid."""
        return read_identity_numbers(numbers, on=self.on)


def identity_reader(*, on: date) -> ReadIdentity:
    """Return the reader of identity numbers for files judged on a day (身份证号码核验)."""
    return IdentityReader(on)


def prior_certificate_check(*, on: date) -> IsCertificateNumber:
    """Return the check of numbers of certificates already held (证书编号核验): either scheme will do."""

    def is_certificate_number(number: str) -> bool:
        return not certificate_number.problems(number, on=on) or not qualification_number.problems(number)

    return is_certificate_number
