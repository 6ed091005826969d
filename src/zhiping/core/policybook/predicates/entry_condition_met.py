"""Does a candidate meet the entry condition that was claimed (申报条件)?"""

from collections.abc import Iterator, Mapping
from datetime import date

from zhiping.core.policybook.catalogues import ENTRY_CONDITIONS, LEVELS, TITLES
from zhiping.core.policybook.model import Catalogue, FactType
from zhiping.core.policybook.predicates.predicate import Predicate
from zhiping.core.policybook.trace import Met, Observation, Test
from zhiping.core.policybook.values import shift
from zhiping.core.policybook.wording import Operator


def entry_condition_met(
    facts: Mapping[str, object], catalogues: Mapping[str, Catalogue]
) -> tuple[Observation, ...]:
    """Check the claimed row of the table of entry conditions, every filled cell of it.

    A higher level or title than the required one serves as well; months count from the day of the
    earlier certificate (or title) to the judged day, age in completed years.
    """
    # 1. The claimed condition must be one of the table.
    claimed = facts["entry_condition"]
    rows = {row["condition"]: row for row in catalogues[ENTRY_CONDITIONS].rows}
    listed = None if claimed is None else claimed in rows
    found = Observation(_test("entry_condition", "申报条件编号", Operator.IN, "text"), listed, claimed, None)
    if not listed:
        return (found,)
    row = rows[str(claimed)]
    return (found, *_tests(row, facts))


def _tests(row: Mapping[str, str], facts: Mapping[str, object]) -> Iterator[Observation]:
    clause = row["clause"]
    day = facts.get("day")
    # 2. It must be a condition of the level applied for.
    yield _compare(
        _test("level", "申报等级", Operator.EQUAL, "text", clause=clause), facts.get("level"), row["level"]
    )
    # 3. Age.
    if row["min_age"]:
        yield _since(
            _test("born_on", "出生日期", Operator.AT_MOST, "day", clause=clause),
            facts.get("born_on"),
            (int(row["min_age"]), "year"),
            day,
        )
    # 4. Months of work in the occupation or a related one.
    if row["min_work_months"]:
        test = _test("work_months", "累计工作月数", Operator.AT_LEAST, "whole", unit="month", clause=clause)
        months = facts.get("work_months")
        required = int(row["min_work_months"])
        yield Observation(test, None if months is None else int(str(months)) >= required, months, required)
    # 5. The level held before, and how long.
    if row["prior_level"]:
        yield _ranked(
            _test("prior_level", "已取得等级", Operator.IN, "text", clause=clause),
            facts.get("prior_level"),
            LEVELS[LEVELS.index(row["prior_level"]) :],
        )
    if row["months_since_prior"]:
        yield _since(
            _test("prior_issued_on", "已取得证书核发日", Operator.AT_MOST, "day", clause=clause),
            facts.get("prior_issued_on"),
            (int(row["months_since_prior"]), "month"),
            day,
        )
    # 6. Education.
    if row["education"]:
        yield _ranked(
            _test("education", "学历门类", Operator.IN, "text", clause=clause),
            facts.get("education"),
            tuple(row["education"].split("|")),
        )
    # 7. The professional title held, and how long.
    if row["title"]:
        yield _ranked(
            _test("title", "职称", Operator.IN, "text", clause=clause),
            facts.get("title"),
            TITLES[TITLES.index(row["title"]) :],
        )
    if row["months_since_title"]:
        yield _since(
            _test("title_issued_on", "职称取得日", Operator.AT_MOST, "day", clause=clause),
            facts.get("title_issued_on"),
            (int(row["months_since_title"]), "month"),
            day,
        )


def _test(  # a row of a test table: six plain cells read better than an object
    fact: str, label: str, operator: Operator, kind: str, *, unit: str = "", clause: str = ""
) -> Test:
    return Test(fact=fact, label=label, operator=operator, type=kind, unit=unit, clause=clause)


def _compare(test: Test, observed: object, required: object) -> Observation:
    return Observation(test, None if observed is None else observed == required, observed, required)


def _ranked(test: Test, observed: object, required: tuple[str, ...]) -> Observation:
    return Observation(test, None if observed is None else observed in required, observed, required)


def _since(test: Test, observed: object, span: tuple[int, str], day: object) -> Observation:
    """Test that a day lies so far back that the span has been completed on the judged day."""
    length, unit = span
    if not isinstance(day, date):
        return Observation(test, None, observed, None)
    latest = _latest_start(day, length, unit)
    met: Met = observed <= latest if isinstance(observed, date) else None
    return Observation(test, met, observed, latest)


def _latest_start(day: date, length: int, unit: str) -> date:
    """Return the last day whose corresponding day after the span is not later than the judged day."""
    candidate = shift(day, by=-length, unit=unit)
    while shift(date.fromordinal(candidate.toordinal() + 1), by=length, unit=unit) <= day:
        candidate = date.fromordinal(candidate.toordinal() + 1)
    return candidate


PREDICATE = Predicate(
    name="entry_condition_met",
    arguments={
        "entry_condition": FactType.TEXT,
        "level": FactType.TEXT,
        "born_on": FactType.DAY,
        "work_months": FactType.WHOLE,
        "prior_level": FactType.TEXT,
        "prior_issued_on": FactType.DAY,
        "education": FactType.TEXT,
        "title": FactType.TEXT,
        "title_issued_on": FactType.DAY,
        "day": FactType.DAY,
    },
    required=("entry_condition", "level"),
    catalogues=(ENTRY_CONDITIONS,),
    function=entry_condition_met,
)
