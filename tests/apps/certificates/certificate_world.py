"""A body with an approved sitting, built with readable defaults; nobody in it is real."""

import datetime as dt
import uuid
from decimal import Decimal
from itertools import count

from django.db import connection

from zhiping.apps.exams.models import Enrolment, Plan, Result, Sitting, SittingSubject
from zhiping.apps.exams.states import PlanState, SittingState, Subject
from zhiping.apps.journal.copying import copy_rows
from zhiping.apps.registry.identity import seal_number
from zhiping.apps.registry.models import EvaluationBody, Person, ScopeLine, Venue
from zhiping.apps.registry.states import BodyState
from zhiping.core.identifiers.synthetic import fictional_credit_code, fictional_identity_number
from zhiping.kernel.actor import Actor, ActorKind, Duty
from zhiping.kernel.clock import CHINA, FixedClock
from zhiping.kernel.place import Place

SHENYANG, FOSHAN, GUANGZHOU = "210102", "440605", "440106"
CLOCK = FixedClock.at(2026, 3, 20)
SITTING_DAY = dt.date(2026, 3, 2)
OCCUPATION = ("6-31-01-03", "电工")
_serials = count(1)

SURNAMES, GIVEN = "赵钱孙李周吴郑王", "安宁康健明华清远"


def officer(place=SHENYANG, *duties):
    held = duties or ("certificates.issue", "certificates.correct", "certificates.annul", "certificates.read")
    city = Place(place[:4] + "00")
    return Actor(
        kind=ActorKind.OFFICER,
        id="1",
        name="经办员甲",
        duties=frozenset(Duty(name=name, place=city) for name in held),
    )


def clerk(body):
    return Actor(kind=ActorKind.BODY, id="2", name="机构用户乙", body_id=body.pk)


def filed_body(place=SHENYANG, *, kind="employer", site_code=None, state=BodyState.FILED, in_scope=True):
    serial = next(_serials)
    body = EvaluationBody.objects.create(
        name=f"虚构{serial}号机电有限公司",
        kind=kind,
        credit_code=fictional_credit_code(serial),
        place=place,
        address="虚构路一号",
        contact_name="虚构联系人",
        contact_phone="19900000001",
        state=state,
        site_code=f"{serial:06d}" if site_code is None else site_code,
        filed_on=dt.date(2025, 1, 6),
        state_since=dt.date(2025, 1, 6),
    )
    if in_scope:
        for level in "345":
            ScopeLine.objects.create(
                body=body,
                occupation_code=OCCUPATION[0],
                occupation_name=OCCUPATION[1],
                level=level,
                place=place[:4] + "00",
                valid_from=dt.date(2025, 1, 6),
            )
    Venue.objects.create(body=body, name="实训楼", place=place, address="虚构路一号", has_video=True)
    return body


def approved_sitting(body, *, level="4", state=SittingState.APPROVED, subjects=("theory", "practical")):
    serial = next(_serials)
    plan = Plan.objects.create(
        number=f"P{serial:08d}",
        body=body,
        place=body.place,
        title="三月认定",
        state=PlanState.ACCEPTED,
        created_at=CLOCK.now(),
    )
    start = dt.datetime(SITTING_DAY.year, SITTING_DAY.month, SITTING_DAY.day, 9, tzinfo=CHINA)
    sitting = Sitting.objects.create(
        plan=plan,
        number=f"{plan.number}-01",
        body=body,
        occupation_code=OCCUPATION[0],
        occupation_name=OCCUPATION[1],
        level=level,
        venue=body.venues.get(),
        place=body.place,
        starts_at=start,
        ends_at=start + dt.timedelta(hours=3),
        capacity=20_000,
        state=state,
        notice_from=dt.date(2026, 3, 5),
        notice_to=dt.date(2026, 3, 13),
    )
    SittingSubject.objects.bulk_create(SittingSubject(sitting=sitting, subject=one) for one in subjects)
    return sitting


def paper_number(index):
    day = dt.date(1990, 1, 1) + dt.timedelta(days=index // 1000)
    return fictional_identity_number(born=day, sequence=index % 1000)


def person(name=None, *, number=None):
    index = next(_serials)
    number = number or paper_number(index)
    sealed, key = seal_number(number, "居民身份证")
    name = name or SURNAMES[index % 8] + GIVEN[index // 8 % 8]
    return Person.objects.create(name=name, number_cipher=sealed, number_index=key)


def enrol(sitting, name=None, *, theory="72.0", practical="80.5", comprehensive=None, number=None):
    """Enrol somebody with results; a score of "absent" is an absence, None is no result at all."""
    someone = person(name, number=number)
    enrolment = Enrolment.objects.create(
        sitting=sitting,
        person=someone,
        place=sitting.place,
        ticket=f"T{next(_serials):010d}",
        candidate_kind="staff",
        entry_condition="4-1",
        enrolled_at=CLOCK.now(),
    )
    scores = {Subject.THEORY: theory, Subject.PRACTICAL: practical, Subject.COMPREHENSIVE: comprehensive}
    for subject, score in scores.items():
        if score is not None:
            absent = score == "absent"
            Result.objects.create(
                enrolment=enrolment,
                subject=subject,
                score=None if absent else Decimal(score),
                is_absent=absent,
                recorded_on=SITTING_DAY,
            )
    return enrolment


def enrol_many(sitting, number):
    """Enrol so many by COPY, all passed."""
    base = next(_serials) * 100_000
    fields = ("key", "name", "paper_kind", "number_cipher", "number_index", "sex", "nation")
    rows = []
    for index in range(number):
        sealed, key = seal_number(paper_number(base + index), "居民身份证")
        rows.append((uuid.UUID(int=base + index), f"仿真{base + index}", "居民身份证", sealed, key, "", ""))
    copy_rows(Person, fields, rows)
    keys = [row[4] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO exams_enrolment (sitting_id, person_id, place, ticket, state, candidate_kind,
                entry_condition, prior_level, prior_number, education, education_text, title, employer_name,
                candidate_source, exam_type, recognition_kind, row_fingerprint, enrolled_at)
            SELECT %s, p.id, %s, 'M' || p.id, 'enrolled', 'staff', '4-1', '', '', '', '', '', '', '', '正考',
                   '初次认定', '', now()
            FROM registry_person p WHERE p.number_index = ANY(%s)
            """,
            [sitting.pk, sitting.place, keys],
        )
        cursor.execute(
            """
            INSERT INTO exams_result (enrolment_id, subject, score, is_absent, recorded_on)
            SELECT e.id, s, 60 + e.id %% 40, false, '2026-03-02'
            FROM exams_enrolment e, unnest(ARRAY['theory', 'practical']) s WHERE e.sitting_id = %s
            """,
            [sitting.pk],
        )
