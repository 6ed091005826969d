"""How large an enterprise is by the statistics bureau's table (企业划型, 国统字〔2017〕213号).

1. The industry decides the row of the table and which two indicators count.
2. Large, medium and small each need all lower bounds of the row; below one of them the size is one step down.
3. Below a bound of small the enterprise is micro: the size is the smallest that any indicator gives.
4. Industries the table does not list have no size; they are never called micro.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import cache

from zhiping.core.catalogues.errors import SizeFigureNegativeError
from zhiping.core.catalogues.files import catalogue_folder, read_rows
from zhiping.core.catalogues.industries import industries

Figure = Decimal | int


class Size(IntEnum):
    """Sizes in their order."""

    MICRO = 0
    SMALL = 1
    MEDIUM = 2
    LARGE = 3

    @property
    def label(self) -> str:
        """Return the Chinese name."""
        return ("微型", "小型", "中型", "大型")[self.value]


class Indicator(StrEnum):
    """What is measured."""

    STAFF = "staff"
    REVENUE = "revenue"
    ASSETS = "assets"

    @property
    def label(self) -> str:
        """Return the Chinese name with its unit."""
        return {"staff": "从业人员（人）", "revenue": "营业收入（万元）", "assets": "资产总额（万元）"}[
            self.value
        ]


class Outcome(StrEnum):
    """What kind of answer it is."""

    DETERMINED = "determined"
    NOT_APPLICABLE = "not_applicable"
    """The table does not list the industry: a person decides."""
    UNKNOWN = "unknown"
    """An indicator that counts is missing, or the industry code is too short to choose a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """One industry of the table with its lower bounds, inclusive."""

    id: str
    industry: str
    covers: tuple[str, ...]
    bounds: Mapping[Indicator, Mapping[Size, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One indicator of an enterprise against its row."""

    indicator: Indicator
    value: Decimal | None
    size: Size | None
    """The largest size whose bound this indicator reaches; None when the value is missing."""
    next_size: Size | None
    """The next size up; None for large, and when the value is missing."""
    next_bound: Decimal | None

    @property
    def short_by(self) -> Decimal | None:
        """Return how much is missing to the next bound."""
        if self.value is None or self.next_bound is None:
            return None
        return self.next_bound - self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeVerdict:
    """The answer, with what every indicator gave."""

    outcome: Outcome
    size: Size | None
    row: SizeRow | None
    readings: tuple[Reading, ...]
    at_most: Size | None
    """No larger than this, whatever the missing indicators turn out to be; None when nothing is known."""
    missing: tuple[str, ...]
    """Names of what would be needed for an answer: indicators, or "industry_code"."""
    reason: str
    """Why the table does not apply; empty otherwise."""

    @property
    def nearest_miss(self) -> Reading | None:
        """Return the indicator that alone is furthest below, relatively, the bound of the next size up.

        This is the one that decides; None for large enterprises and where there is no answer.
        """
        if self.size is None or self.size is Size.LARGE:
            return None
        holding = [reading for reading in self.readings if reading.size is self.size]
        return min(holding, key=_share_of_next_bound)

    def is_at_least(self, size: Size) -> bool | None:
        """Tell whether the enterprise has at least that size; None when that is open."""
        if self.size is not None:
            return self.size >= size
        if self.at_most is not None and self.at_most < size:
            return False
        return None


def _share_of_next_bound(reading: Reading) -> Decimal:
    if reading.value is None or not reading.next_bound:
        return Decimal(1)
    return reading.value / reading.next_bound


class SizeTable:
    """The table and its rule."""

    def __init__(self, rows: list[SizeRow], not_covered: Mapping[str, str]) -> None:
        """Index rows and exclusions by the industry code they name."""
        self.rows = tuple(rows)
        self._row_of = {code: row for row in rows for code in row.covers}
        self._reason_of = dict(not_covered)

    def classify(
        self,
        industry_code: str,
        *,
        staff: Figure | None = None,
        revenue: Figure | None = None,
        assets: Figure | None = None,
    ) -> SizeVerdict:
        """Return the size of an enterprise (划型).

        Args:
            industry_code: GB/T 4754-2017, a section letter or two to four digits with or without it; a code
            too
                short to choose a row gives `unknown`.
            staff: persons at the end of the period (从业人员).
            revenue: in ten thousand yuan (营业收入, 万元).
            assets: in ten thousand yuan (资产总额, 万元).

        Refuses:
            IndustryUnknownError: the code does not exist.
            SizeFigureNegativeError: a figure is below zero.
        """
        given = {Indicator.STAFF: staff, Indicator.REVENUE: revenue, Indicator.ASSETS: assets}
        figures = {indicator: _figure(indicator, value) for indicator, value in given.items()}
        path = industries().path(industry_code)
        for code in reversed(path):
            if code in self._reason_of:
                return _without_size(Outcome.NOT_APPLICABLE, reason=self._reason_of[code])
            if code in self._row_of:
                return _judge(self._row_of[code], figures)
        # Every industry is either listed or excluded, so what is left is a code that spans several rows.
        return _without_size(Outcome.UNKNOWN, missing=("industry_code",))


def _figure(indicator: Indicator, value: Figure | None) -> Decimal | None:
    if value is None:
        return None
    if value < 0:
        raise SizeFigureNegativeError(indicator=indicator.label, value=value)
    return Decimal(value)


def _without_size(outcome: Outcome, *, missing: tuple[str, ...] = (), reason: str = "") -> SizeVerdict:
    return SizeVerdict(
        outcome=outcome,
        size=None,
        row=None,
        readings=(),
        at_most=None,
        missing=missing,
        reason=reason,
    )


def _judge(row: SizeRow, figures: Mapping[Indicator, Decimal | None]) -> SizeVerdict:
    readings = tuple(
        _read_off(indicator, figures[indicator], row.bounds[indicator]) for indicator in row.bounds
    )
    known = [reading.size for reading in readings if reading.size is not None]
    missing = tuple(reading.indicator.value for reading in readings if reading.size is None)
    at_most = min(known, default=None)
    # One indicator at micro decides, whatever the missing ones are.
    is_determined = at_most is not None and (not missing or at_most is Size.MICRO)
    return SizeVerdict(
        outcome=Outcome.DETERMINED if is_determined else Outcome.UNKNOWN,
        size=at_most if is_determined else None,
        row=row,
        readings=readings,
        at_most=at_most,
        missing=missing,
        reason="",
    )


def _read_off(indicator: Indicator, value: Decimal | None, bounds: Mapping[Size, Decimal]) -> Reading:
    if value is None:
        return Reading(indicator=indicator, value=None, size=None, next_size=None, next_bound=None)
    size = max((step for step, bound in bounds.items() if value >= bound), default=Size.MICRO)
    next_size = Size(size + 1) if size is not Size.LARGE else None
    next_bound = bounds[next_size] if next_size is not None else None
    return Reading(indicator=indicator, value=value, size=size, next_size=next_size, next_bound=next_bound)


@cache
def _read(_folder: object) -> SizeTable:
    lines: dict[str, list[dict[str, str]]] = {}
    for line in read_rows("enterprise_sizes.csv"):
        lines.setdefault(line["id"], []).append(line)
    rows = [
        SizeRow(
            id=identifier,
            industry=group[0]["industry"],
            covers=tuple(group[0]["covers"].split()),
            bounds={
                Indicator(line["indicator"]): {
                    Size.SMALL: Decimal(line["small"]),
                    Size.MEDIUM: Decimal(line["medium"]),
                    Size.LARGE: Decimal(line["large"]),
                }
                for line in group
            },
        )
        for identifier, group in lines.items()
    ]
    not_covered = {line["covers"]: line["reason"] for line in read_rows("enterprise_sizes_not_covered.csv")}
    return SizeTable(rows, not_covered)


def size_table() -> SizeTable:
    """Return the size table (企业划型标准); read once."""
    return _read(catalogue_folder())


def classify(
    industry_code: str,
    *,
    staff: Figure | None = None,
    revenue: Figure | None = None,
    assets: Figure | None = None,
) -> SizeVerdict:
    """Return the size of an enterprise by the table on record; see `SizeTable.classify`."""
    return size_table().classify(industry_code, staff=staff, revenue=revenue, assets=assets)
