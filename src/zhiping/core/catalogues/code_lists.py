"""Short code lists (代码表): nations, parts of certificate numbers, values of the candidate sheet."""

from dataclasses import dataclass
from functools import cache

from zhiping.core.catalogues.files import Certainty, catalogue_folder, read_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry of a short list, with how sure it is."""

    code: str
    name: str
    certainty: Certainty


@cache
def _nations(_folder: object) -> dict[str, str]:
    return {row["name"]: row["code"] for row in read_rows("nations.csv")}


def nations() -> dict[str, str]:
    """Return the 56 nations (民族): name → two-digit code of GB/T 3304, in its order."""
    return dict(_nations(catalogue_folder()))


def province_number_codes() -> tuple[Code, ...]:
    """Return the province digits of certificate numbers (证书编号省级代码).

    `NumberScheme(provinces=…)` takes the digits that a province decides to accept.
    """
    return _codes("province_number_codes.csv", "digits")


def certificate_level_codes() -> tuple[Code, ...]:
    """Return the level characters of certificate numbers (证书编号等级代码), the lowest level first."""
    return _codes("certificate_level_codes.csv", "code")


def qualification_issuer_codes() -> tuple[Code, ...]:
    """Return what digits 3 and 4 of qualification numbers are known to mean; not GB/T 2260."""
    return _codes("qualification_issuer_codes.csv", "code")


def sheet_values(field: str) -> tuple[Code, ...]:
    """Return the values that the candidate sheet offers for a field (考生信息表下拉选项), in its order.

    Args:
        field: education, candidate_source, evaluation_kind or exam_kind; another one has no values.
    """
    rows = read_rows("candidate_sheet_values.csv")
    return tuple(
        Code(code=row["value"], name=row["value"], certainty=Certainty(row["certainty"]))
        for row in rows
        if row["field"] == field
    )


def _codes(file: str, key: str) -> tuple[Code, ...]:
    return tuple(
        Code(code=row[key], name=row["name"], certainty=Certainty(row["certainty"]))
        for row in read_rows(file)
    )
