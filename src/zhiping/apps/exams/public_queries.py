"""What everybody may read of exams: noticed results, with the people in them masked."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from zhiping.apps.exams.models import Enrolment, Result, Sitting
from zhiping.apps.exams.states import Subject
from zhiping.core.identifiers.masking import mask_name
from zhiping.kernel.place import Place

_TICKET_TAIL = 4

SUBJECTS: Mapping[str, str] = {one.value: str(one.label) for one in Subject}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticedResult:
    """One candidate's results as the notice shows them: nobody can be found by them, one's own can."""

    name: str
    ticket_tail: str
    scores: tuple[str, ...]


def result_notices(*, today: dt.date, place: str = "", is_running: bool | None = None) -> QuerySet[Sitting]:
    """Return the sittings whose results are or were noticed (成绩公示), the newest first."""
    rows = Sitting.objects.filter(notice_from__lte=today, notice_to__isnull=False).select_related(
        "body", "venue"
    )
    if place:
        rows = rows.filter(place__startswith=Place(place).prefix)
    if is_running is not None:
        rows = rows.filter(notice_to__gt=today) if is_running else rows.filter(notice_to__lte=today)
    return rows.order_by("-notice_from", "-id")


def result_notice(sitting_id: int, *, today: dt.date) -> Sitting | None:
    """Return one sitting whose results are or were noticed, or None."""
    return result_notices(today=today).filter(pk=sitting_id).first()


def noticed_subjects(sitting: Sitting) -> tuple[str, ...]:
    """Return the subjects of a sitting, in their order."""
    return tuple(sitting.subjects.order_by("id").values_list("subject", flat=True))


def noticed_results(sitting: Sitting) -> list[NoticedResult]:
    """Return the results of a running notice by ticket, names and tickets masked; three queries.

    After the notice the list is not shown any more: its purpose is over.
    """
    subjects = noticed_subjects(sitting)
    scores: dict[int, dict[str, str]] = defaultdict(dict)
    for enrolment, subject, score, is_absent in Result.objects.filter(enrolment__sitting=sitting).values_list(
        "enrolment_id", "subject", "score", "is_absent"
    ):
        scores[enrolment][subject] = "缺考" if is_absent else _shown(score)
    rows = sitting.enrolments.filter(state=Enrolment.State.ENROLLED).order_by("ticket")
    return [
        NoticedResult(
            name=mask_name(name),
            ticket_tail=ticket[-_TICKET_TAIL:],
            scores=tuple(scores[enrolment].get(subject, "—") for subject in subjects),
        )
        for enrolment, name, ticket in rows.values_list("id", "person__name", "ticket")
    ]


def running_result_notices(*, today: dt.date) -> int:
    """Return how many result notices are running."""
    return result_notices(today=today, is_running=True).count()


def _shown(score: Decimal | None) -> str:
    return "—" if score is None else f"{score:.1f}"
