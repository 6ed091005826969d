"""The results sheet (成绩登记表) and its match with who was expected."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from zhiping.core.roster.reading import read_name, read_number, read_score
from zhiping.core.roster.sheet import Clean, Field, Problem, Refused, RosterRow, Settle, Sheet, Value

SUBJECTS = {"theory": "理论", "practical": "技能", "comprehensive": "综合"}


def results_sheet(*, subjects: Sequence[str] = ("theory", "practical")) -> Sheet:
    """Return the results sheet of a sitting (成绩登记表) for the subjects it examines.

    Every subject has a score or the absent flag, never both, never neither; a subject that is not
    examined has nothing.
    """
    fields = [
        Field(
            name="ticket",
            header="准考证号",
            read=read_number,
            required=True,
            width=20,
            example="26000001",
            is_long_number=True,
            note="单元格须为文本格式。",
        ),
        Field(name="name", header="姓名", read=read_name, required=True, example="（按报名信息填写）"),
        Field(
            name="paper_number",
            header="证件号码",
            read=read_number,
            width=24,
            is_long_number=True,
            note="可不填；填写时须与报名信息一致。单元格须为文本格式。",
        ),
    ]
    for subject, word in SUBJECTS.items():
        note = "0 至 100，最多一位小数。" if subject in subjects else "本次不考，留空。"
        fields += [
            Field(
                name=f"{subject}_score",
                header=f"{word}成绩",
                read=read_score,
                dtype=pl.Decimal(4, 1),
                note=note,
                example="86.5" if subject in subjects else "",
                width=12,
            ),
            Field(
                name=f"{subject}_absent",
                header=f"{word}缺考",
                read=read_absent,
                dtype=pl.Boolean(),
                choices=("是",),
                width=12,
                note="缺考填“是”，其余留空。",
            ),
        ]
    return Sheet(
        name="results",
        title="成绩登记表",
        fields=tuple(fields),
        settle=_settle_with(tuple(subjects)),
        unique=(("ticket",), ("paper_number",)),
    )


def read_absent(text: str) -> Value | Refused:
    """Read the absent flag (缺考): 是, or nothing.

    >>> read_absent("是"), read_absent("否"), read_absent("病假").code
    (True, None, 'roster.not_an_absent_flag')
    """
    if text in {"是", "缺考", "√"}:
        return True
    return None if text in {"否", "无"} else Refused(code="roster.not_an_absent_flag")


def _settle_with(subjects: tuple[str, ...]) -> Settle:
    def settle(clean: Clean) -> tuple[Clean, tuple[Problem, ...]]:
        row = dict(clean)
        problems = [
            problem for subject in SUBJECTS for problem in _judge(row, subject, examined=subject in subjects)
        ]
        for subject in subjects:
            row[f"{subject}_absent"] = row[f"{subject}_absent"] is True
        return row, tuple(problems)

    return settle


def _judge(row: Clean, subject: str, *, examined: bool) -> Iterator[Problem]:
    score, absent = row[f"{subject}_score"], row[f"{subject}_absent"]
    field, facts = f"{subject}_score", {"subject": SUBJECTS[subject]}
    if not examined and (score is not None or absent):
        yield Problem(field=field, code="roster.subject_not_examined", facts=facts)
    elif examined and score is not None and absent:
        yield Problem(field=field, code="roster.score_and_absent", facts=facts)
    elif examined and score is None and not absent:
        yield Problem(field=field, code="roster.score_missing", facts=facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One enrolment that a result may be for (应考考生)."""

    key: str
    ticket: str
    name: str
    paper_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """A results sheet laid beside the enrolments (比对结果).

    `matched` pairs good rows with enrolments; `rejected` are all other rows with their problems;
    `absent_from_file` are enrolments no row names.
    """

    matched: tuple[tuple[RosterRow, Expected], ...]
    rejected: tuple[RosterRow, ...]
    absent_from_file: tuple[Expected, ...]


def match(rows: Sequence[RosterRow], expected: Sequence[Expected]) -> Matches:
    """Lay result rows beside the enrolments of the sitting (成绩与报名比对).

    A row belongs to the enrolment with its ticket number; name and, where given, paper number must
    agree. Nothing is guessed: a ticket that only lacks leading zeros is reported with the number
    it probably means.
    """
    by_ticket = {each.ticket: each for each in expected}
    by_bare_ticket = defaultdict(list)
    for each in expected:
        by_bare_ticket[each.ticket.lstrip("0")].append(each.ticket)
    matched, rejected, seen = [], [], set()
    for row in rows:
        ticket = row.clean["ticket"]
        enrolment = by_ticket.get(str(ticket))
        if enrolment is not None:
            seen.add(enrolment.key)
        if enrolment is None:
            found: tuple[Problem, ...] = (
                () if ticket is None else (_unmatched(str(ticket), by_bare_ticket[str(ticket).lstrip("0")]),)
            )
        else:
            found = tuple(_disagreements(row.clean, enrolment))
        judged = row.with_problems(*found)
        if enrolment is not None and judged.is_good:
            matched.append((judged, enrolment))
        else:
            rejected.append(judged)
    return Matches(
        matched=tuple(matched),
        rejected=tuple(rejected),
        absent_from_file=tuple(each for each in expected if each.key not in seen),
    )


def _unmatched(ticket: str, similar: Sequence[str]) -> Problem:
    if len(similar) == 1:
        return Problem(
            field="ticket",
            code="roster.leading_zero_lost",
            value=ticket,
            facts={"digits": str(len(similar[0])), "guess": similar[0]},
        )
    return Problem(field="ticket", code="roster.ticket_unknown", value=ticket)


def _disagreements(clean: Clean, enrolment: Expected) -> Iterator[Problem]:
    name, number = clean["name"], clean["paper_number"]
    if name is not None and name != enrolment.name:
        yield Problem(
            field="name", code="roster.name_differs", value=str(name), facts={"expected": enrolment.name}
        )
    if number is not None and enrolment.paper_number and number != enrolment.paper_number:
        # the enrolled number is not shown: who uploads may only hold the ticket
        yield Problem(field="paper_number", code="roster.paper_number_differs", value=str(number))
