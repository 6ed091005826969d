"""The identifier checks of this product, in the shape in which the sheets ask for them."""

from datetime import date

from zhiping.core.identifiers import certificate_number, identity_number, qualification_number
from zhiping.core.identifiers.messages import sentence
from zhiping.core.roster.candidates import Identity, IsCertificateNumber, ReadIdentity


def identity_reader(*, on: date) -> ReadIdentity:
    """Return the reader of identity numbers for files judged on a day (身份证号码核验)."""

    def read(number: str) -> Identity | str:
        try:
            identity = identity_number.parse(number, on=on)
        except identity_number.IdentityNumberInvalidError as refusal:
            return "".join(map(sentence, refusal.problems))
        return Identity(
            number=identity.text,
            born_on=identity.born,
            is_male=identity.gender is identity_number.Gender.MALE,
        )

    return read


def prior_certificate_check(*, on: date) -> IsCertificateNumber:
    """Return the check of numbers of certificates already held (证书编号核验): either scheme will do."""

    def is_certificate_number(number: str) -> bool:
        return not certificate_number.problems(number, on=on) or not qualification_number.problems(number)

    return is_certificate_number
