"""What levels are equal to, what evaluation costs and what is paid for it (比照表、收费标准、补贴标准)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from zhiping.core.catalogues.files import Certainty, catalogue_folder, read_rows
from zhiping.kernel.money import Money
from zhiping.kernel.period import Period

FEN = 100
"""Fen in a yuan."""


class BasisKind(StrEnum):
    """What somebody holds (比照依据)."""

    SKILL_LEVEL = "skill_level"
    QUALIFICATION = "qualification"
    SCHOOL_CLASS = "school_class"


class CounterpartKind(StrEnum):
    """What it is held equal to (比照对象)."""

    TITLE = "title"
    EDUCATION = "education"


BASIS_NAMES: Mapping[BasisKind, str] = {
    BasisKind.SKILL_LEVEL: "职业技能等级",
    BasisKind.QUALIFICATION: "职业资格",
    BasisKind.SCHOOL_CLASS: "技工院校班次",
}
COUNTERPART_NAMES: Mapping[CounterpartKind, str] = {
    CounterpartKind.TITLE: "职称",
    CounterpartKind.EDUCATION: "学历",
}


class RateKind(StrEnum):
    """Which way the money goes (标准类别)."""

    FEE = "fee"
    SUBSIDY = "subsidy"


RATE_NAMES: Mapping[RateKind, str] = {RateKind.FEE: "收费标准", RateKind.SUBSIDY: "补贴标准"}

EVALUATION_TYPES: Mapping[str, str] = {
    "qualification_evaluation": "职业资格评价",
    "skill_level_recognition": "职业技能等级认定",
    "special_ability_assessment": "专项职业能力考核",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EquivalenceRow:
    """One line of the equivalence table (比照表)."""

    place: str
    basis_kind: BasisKind
    basis: str
    counterpart_kind: CounterpartKind
    counterpart: str
    effect: str
    condition: str = ""
    document_number: str = ""
    clause: str = ""
    period: Period
    certainty: Certainty
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One fee or subsidy (收费或补贴标准); no amount where its document was not seen."""

    kind: RateKind
    place: str
    evaluation_type: str
    subject: str
    level: str = ""
    amount: Money | None
    unit: str
    document_number: str = ""
    clause: str = ""
    period: Period
    certainty: Certainty
    source: str = ""
    note: str = ""


def _period(row: Mapping[str, str]) -> Period:
    end = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    return Period(start=date.fromisoformat(row["valid_from"]), end=end)


@cache
def _equivalences(_folder: object) -> tuple[EquivalenceRow, ...]:
    return tuple(
        EquivalenceRow(
            place=row["place"],
            basis_kind=BasisKind(row["basis_kind"]),
            basis=row["basis"],
            counterpart_kind=CounterpartKind(row["counterpart_kind"]),
            counterpart=row["counterpart"],
            effect=row["effect"],
            condition=row["condition"],
            document_number=row["document_number"],
            clause=row["clause"],
            period=_period(row),
            certainty=Certainty(row["certainty"]),
            source=row["source"],
            note=row["note"],
        )
        for row in read_rows("equivalences.csv")
    )


@cache
def _rates(_folder: object) -> tuple[RateRow, ...]:
    files = {RateKind.FEE: "fee_rates.csv", RateKind.SUBSIDY: "subsidy_rates.csv"}
    return tuple(
        RateRow(
            kind=kind,
            place=row["place"],
            evaluation_type=row["evaluation_type"],
            subject=row["subject"],
            level=row["level"],
            amount=Money(int(Decimal(row["amount_yuan"]) * FEN)) if row["amount_yuan"] else None,
            unit=row["unit"],
            document_number=row["document_number"],
            clause=row["clause"],
            period=_period(row),
            certainty=Certainty(row["certainty"]),
            source=row["source"],
            note=row["note"],
        )
        for kind, file in files.items()
        for row in read_rows(file)
    )


def listed_equivalences() -> tuple[EquivalenceRow, ...]:
    """Return the equivalences that the catalogue files hold (随发布包收录的比照)."""
    return _equivalences(catalogue_folder())


def listed_rates() -> tuple[RateRow, ...]:
    """Return the fees and subsidies that the catalogue files hold (随发布包收录的标准)."""
    return _rates(catalogue_folder())
