"""Builders of test data with readable defaults: everything is made by the real actions at a fixed clock.

The story they tell by default: a manufacturer in Shunde, Foshan (440606) files for 电工 in October 2026,
is in the register in November, and holds a sitting at the end of November. People, numbers and names are
made up and can belong to nobody.
"""

import datetime as dt
import functools
import io
import itertools

import openpyxl
from django.contrib.auth.hashers import make_password

from zhiping.apps.authorities.actions import grant_role, open_office
from zhiping.apps.authorities.models import Account, Office
from zhiping.apps.authorities.queries import actor_of
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.models import Enrolment, Plan, Sitting
from zhiping.apps.reference.models import OccupationalStandard
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.actions.bodies import BodyDetails
from zhiping.apps.registry.actions.filings import LineDetails
from zhiping.apps.registry.actions.people import PersonDetails
from zhiping.apps.registry.actions.reviews import CheckedItem
from zhiping.apps.registry.actions.venues import VenueDetails
from zhiping.apps.registry.models import Assessor, EvaluationBody, Filing, StaffMember, Venue
from zhiping.apps.registry.queries import actor_of_body_account
from zhiping.core.identifiers.synthetic import fictional_credit_code, fictional_identity_number
from zhiping.core.roster import candidate_sheet, identity_reader, results_sheet
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import CHINA, FixedClock
from zhiping.kernel.place import Place

SYSTEM = Actor(kind=ActorKind.SYSTEM, id="tests", name="测试装置")
FOSHAN, SHUNDE, NANHAI = "440600", "440606", "440605"
SHENYANG, SHENYANG_DISTRICT = "210100", "210102"
ELECTRICIAN = "6-31-01-03"
PASSWORD = "zhiping-tests-only"

AT_FILING = FixedClock.at(2026, 10, 12)
AT_CONFIRMATION = FixedClock.at(2026, 11, 2)
AT_PLANNING = FixedClock.at(2026, 11, 3)
AT_ENROLMENT = FixedClock.at(2026, 11, 12)
SITTING_DAY = dt.date(2026, 11, 26)
AFTER_SITTING = FixedClock.at(2026, 11, 27)
AFTER_NOTICE = FixedClock.at(2026, 12, 8)
AT_REVIEW = FixedClock.at(2026, 12, 9)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FILING_DOCUMENTS = (
    "incentive_rules",
    "pay_rules",
    "finance_rules",
    "undertaking",
    "management_rules",
    "exam_affairs_rules",
    "paper_rules",
    "quality_rules",
    "certificate_rules",
    "fee_rules",
)

_serials = itertools.count(1)
_SURNAMES = "林陈周吴郑冯褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = ("小满", "知秋", "望舒", "云起", "听雨", "怀瑾", "若水", "之远", "青禾", "安澜")


@functools.cache
def _hashed() -> str:
    """Return the hash of the one password, made once: hashing is slow on purpose."""
    return make_password(PASSWORD)


def serial() -> int:
    """Return the next number of this run."""
    return next(_serials)


def made_up_name(index: int) -> str:
    """Return a made-up Chinese name."""
    return _SURNAMES[index % len(_SURNAMES)] + _GIVEN[index // len(_SURNAMES) % len(_GIVEN)]


def person(index: int | None = None, **changes: object) -> PersonDetails:
    """Return a synthetic person whose identity number can belong to nobody."""
    index = serial() + 4000 if index is None else index
    born = dt.date(1985, 1, 1) + dt.timedelta(days=index % 3000)
    number = fictional_identity_number(born=born, sequence=2 * (index // 3000) + 1)
    details = {"name": made_up_name(index), "number": number, "phone": f"1990000{index % 10000:04d}"}
    return PersonDetails(**{**details, **changes})


# --- offices, officers, clerks -------------------------------------------------------------------


def office(place: str = FOSHAN) -> Office:
    """Return the office of a place, opening it and those above it where they are missing."""
    for step in reversed(Place(place).chain[:-1]):
        if not Office.objects.filter(place=step.code).exists():
            open_office(f"{step.code} 人力资源和社会保障局", step, actor=SYSTEM, clock=AT_FILING)
    return Office.objects.get(place=place)


def officer_account(role: str = "city_handler", place: str = FOSHAN) -> Account:
    """Return the account of an officer with a role at a place."""
    account = Account.objects.create(
        username=f"officer{serial()}",
        password=_hashed(),
        kind=Account.Kind.OFFICER,
        display_name=f"经办{made_up_name(serial())}",
        office=office(place),
    )
    grant_role(account, role, Place(place), valid_from=dt.date(2020, 1, 1), actor=SYSTEM, clock=AT_FILING)
    return account


def officer(role: str = "city_handler", place: str = FOSHAN) -> Actor:
    """Return an officer with a role at a place, as an actor."""
    return actor_of(officer_account(role, place), on=AT_FILING.today())


def clerk_account(body: EvaluationBody) -> Account:
    """Return the first account of a body."""
    return body.accesses.order_by("id").first().account


def clerk(body: EvaluationBody) -> Actor:
    """Return a body's clerk as an actor."""
    return actor_of_body_account(clerk_account(body))


# --- bodies and filings --------------------------------------------------------------------------


def new_body(*, kind: str = "employer", place: str = SHUNDE, **changes: object) -> EvaluationBody:
    """Return a body with a dossier and one clerk, not in the register yet."""
    number = serial()
    account = Account.objects.create(
        username=f"clerk{number}",
        password=_hashed(),
        kind=Account.Kind.BODY,
        display_name=f"专员{made_up_name(number)}",
    )
    details = {
        "name": f"虚构样例装备制造有限公司{number}号",
        "kind": kind,
        "credit_code": fictional_credit_code(number),
        "place": place,
        "address": "样例大道 1 号",
        "contact_name": made_up_name(number),
        "contact_phone": "19900000000",
        "industry_code": "3812",
        "founded_on": dt.date(2005, 5, 18),
    }
    return registry.register_body(
        BodyDetails(**{**details, **changes}), accounts=(account,), actor=SYSTEM, clock=AT_FILING
    )


def standard(occupation_code: str = ELECTRICIAN, *, generation: str = "2018") -> OccupationalStandard:
    """Return the national standard of an occupation."""
    found, _ = OccupationalStandard.objects.get_or_create(
        occupation_code=occupation_code,
        kind=OccupationalStandard.Kind.NATIONAL,
        title="国家职业技能标准（样例）",
        valid_from=dt.date(2019, 1, 1),
        defaults={"generation": generation, "certainty": "uncertain"},
    )
    return found


def venue(
    body: EvaluationBody, *, stations: int = 20, clock: FixedClock = AT_FILING, **changes: object
) -> Venue:
    """Return a venue with video and workstations for electricians."""
    details = {
        "name": f"实训考点{serial()}",
        "place": body.place,
        "address": "样例大道 1 号 3 栋",
        "has_video": True,
        "capacity": 60,
        "stations": {ELECTRICIAN: stations},
    }
    return registry.save_venue(
        body.pk, VenueDetails(**{**details, **changes}), actor=clerk(body), clock=clock
    )


def assessor(
    body: EvaluationBody,
    *,
    who: PersonDetails | None = None,
    grade: str = "senior_assessor",
    occupations: tuple[str, ...] = (ELECTRICIAN,),
    valid_from: dt.date = dt.date(2025, 1, 1),
    valid_to: dt.date | None = dt.date(2028, 1, 1),
    clock: FixedClock = AT_FILING,
) -> Assessor:
    """Return an assessor of a body, qualified for electricians."""
    return registry.add_assessor(
        body.pk,
        who or person(),
        grade=grade,
        certificate_number=f"KP{serial():08d}",
        occupation_codes=occupations,
        valid_from=valid_from,
        valid_to=valid_to,
        actor=clerk(body),
        clock=clock,
    )


def staff_member(body: EvaluationBody, role: str, *, clock: FixedClock = AT_FILING) -> StaffMember:
    """Put somebody new on a body's staff."""
    return registry.add_staff_member(
        body.pk,
        person(),
        role=role,
        is_full_time=True,
        valid_from=dt.date(2024, 1, 1),
        actor=clerk(body),
        clock=clock,
    )


def declared(**changes: object) -> dict[str, object]:
    """Return the declaration of an employer that meets every condition of Foshan."""
    good = {
        "registered_in_city": True,
        "is_legal_person": True,
        "is_operating_lawfully": True,
        "has_bad_credit_record": False,
        "main_business_code": "3812",
        "staff_count": 520,
        "revenue_wan": 30_000,
        "assets_wan": 20_000,
        "insured_headcount": 300,
        "has_own_unit": True,
        "full_time_staff": 4,
        "experts": 3,
        "internal_supervisors": 2,
        "can_develop_resources": True,
        "draws_education_funds_in_full": True,
        "has_stable_funds": True,
        "is_nonprofit_undertaken": True,
    }
    return {**good, **changes}


def complete_filing(
    body: EvaluationBody, *, clock: FixedClock = AT_FILING, levels: str = "543", **changes: object
) -> Filing:
    """Return a draft that passes in Foshan: declaration, people, venue, documents, one occupation.

    Changes go into the declaration: `complete_filing(body, insured_headcount=299)`.
    """
    actor = clerk(body)
    filing = registry.open_filing(body.pk, actor=actor, clock=clock)
    registry.save_declaration(filing.pk, declared(**changes), actor=actor, clock=clock)
    for kind in FILING_DOCUMENTS:
        registry.add_document(
            body.pk,
            kind=kind,
            name=f"{kind}.pdf",
            content=PDF + kind.encode(),
            filing_id=filing.pk,
            actor=actor,
            clock=clock,
        )
    for _ in range(3):
        assessor(body, clock=clock)
    for role in ("exam_affairs", "expert", "internal_supervisor"):
        staff_member(body, role, clock=clock)
    line = LineDetails(
        occupation_code=ELECTRICIAN,
        levels=levels,
        standard_id=standard().pk,
        venue_id=venue(body, clock=clock).pk,
        applicants=60,
        relates_to_main_business=True,
        is_main_production_line=True,
        has_influence=True,
    )
    registry.save_line(filing.pk, line, actor=actor, clock=clock)
    filing.refresh_from_db()
    return filing


def submitted_filing(body: EvaluationBody | None = None, *, clock: FixedClock = AT_FILING) -> Filing:
    """Return a filing that waits for its first review."""
    body = body or new_body()
    filing = complete_filing(body, clock=clock)
    return registry.submit_filing(filing.pk, actor=clerk(body), clock=clock)


def noticed_filing(body: EvaluationBody | None = None, *, clock: FixedClock = AT_FILING) -> Filing:
    """Return a filing under public notice: reviewed by district and city, verified on site."""
    filing = submitted_filing(body, clock=clock)
    city = filing.place[:4] + "00"
    district, handler = officer("district_handler", filing.place), officer("city_handler", city)
    registry.review_filing(filing.pk, "pass_district", opinion="材料齐全", actor=district, clock=clock)
    registry.review_filing(filing.pk, "pass_city", opinion="符合条件", actor=handler, clock=clock)
    registry.record_visit(
        filing.pk,
        visited_on=clock.today(),
        inspectors="甲、乙",
        items=(CheckedItem(rule_id="REG-008", title="场地与视频监控", clause="FS20-E3", is_met=True),),
        conclusion="与申报一致",
        actor=handler,
        clock=clock,
    )
    registry.review_filing(filing.pk, "verify", opinion="", actor=handler, clock=clock)
    registry.publish_notice(filing.pk, actor=handler, clock=clock)
    filing.refresh_from_db()
    return filing


def confirmed_body(**changes: object) -> EvaluationBody:
    """Return a body in the register of Foshan with 电工 levels 5 to 3 in its scope."""
    body = new_body(**changes)
    filing = noticed_filing(body)
    handler = officer("city_handler", filing.place[:4] + "00")
    registry.confirm_filing(filing.pk, opinion="公示无异议", actor=handler, clock=AT_CONFIRMATION)
    body.refresh_from_db()
    return body


# --- plans, sittings, candidates, results --------------------------------------------------------


def at(day: dt.date, hour: int) -> dt.datetime:
    """Return the hour of a day in China."""
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=CHINA)


def drafted_sitting(
    body: EvaluationBody | None = None,
    *,
    day: dt.date = SITTING_DAY,
    level: str = "4",
    capacity: int = 20,
    clock: FixedClock = AT_PLANNING,
    is_staffed: bool = True,
) -> Sitting:
    """Return a sitting of a plan still being drafted, with three assessors and a supervisor."""
    body = body or confirmed_body()
    actor = clerk(body)
    plan = exams.open_plan(body.pk, f"电工等级认定计划{serial()}", actor=actor, clock=clock)
    details = exams.SittingDetails(
        occupation_code=ELECTRICIAN,
        level=level,
        venue_id=body.venues.order_by("id").first().pk,
        starts_at=at(day, 9),
        ends_at=at(day, 12),
        capacity=capacity,
    )
    sitting = exams.save_sitting(plan.pk, details, actor=actor, clock=clock)
    if is_staffed:
        for one in body.assessors.order_by("id")[:3]:
            exams.assign_assessor(sitting.pk, one.pk, actor=actor, clock=clock)
        member = body.staff.filter(role="internal_supervisor").first()
        exams.assign_supervisor(sitting.pk, member.pk, role="internal_supervisor", actor=actor, clock=clock)
    return sitting


def declared_plan(body: EvaluationBody | None = None, **changes: object) -> Plan:
    """Return a declared plan with one sitting."""
    sitting = drafted_sitting(body, **changes)
    clock = changes.get("clock", AT_PLANNING)
    return exams.declare_plan(sitting.plan_id, actor=clerk(sitting.body), clock=clock)


def accepted_sitting(body: EvaluationBody | None = None, **changes: object) -> Sitting:
    """Return a sitting of an accepted plan, open for candidates."""
    plan = declared_plan(body, **changes)
    handler = officer("city_handler", plan.place[:4] + "00")
    clock = changes.get("clock", AT_PLANNING)
    exams.answer_plan(plan.pk, "accept", opinion="同意", actor=handler, clock=clock)
    return plan.sittings.select_related("body", "plan", "venue").get()


def candidate_row(index: int, **changes: object) -> dict[str, object]:
    """Return one row of the 33-column candidate sheet, good for 电工 level 4 in Foshan."""
    who = person(index)
    row = {
        "序号": str(index + 1),
        "职业工种名称": "电工",
        "认定等级": "四级/中级工",
        "申报条件": "4-2",
        "证件类型": "居民身份证",
        "证件号码": who.number,
        "姓名": who.name,
        "手机号码": who.phone,
        "是否有职业资格证书": "否",
        "文化程度": "大学专科",
        "所在省(市)区": "广东省",
        "考生来源": "国有企业",
        "所在单位": "虚构样例装备制造有限公司",
        "报名单位": "虚构样例装备制造有限公司",
        "认定分类": "初次认定",
        "考试类型": "正考",
        "民族": "汉族",
        "参加工作时间": "2012-07",
        "专业年限": "8年",
    }
    return row | changes


_CANDIDATE_HEADERS = tuple(
    field.header for field in candidate_sheet(read_identity=identity_reader(on=SITTING_DAY)).fields
)


def workbook(rows: list[dict[str, object]], *, headers: tuple[str, ...] = _CANDIDATE_HEADERS) -> bytes:
    """Return rows by header as an .xlsx file; candidates by default."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(list(headers))
    for row in rows:
        page.append([row.get(header) for header in headers])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def enrolled_sitting(
    body: EvaluationBody | None = None, *, candidates: int = 5, first: int = 0, **changes: object
) -> Sitting:
    """Return an accepted sitting with candidates enrolled from a workbook, made up from index `first` on."""
    sitting = accepted_sitting(body, **changes)
    content = workbook([candidate_row(index) for index in range(first, first + candidates)])
    actor = clerk(sitting.body)
    preview = exams.preview_candidates(
        sitting.pk, file_name="考生名册.xlsx", content=content, actor=actor, clock=AT_ENROLMENT
    )
    exams.apply_candidates(preview.pk, actor=actor, clock=AT_ENROLMENT)
    return sitting


def held_sitting(body: EvaluationBody | None = None, **changes: object) -> Sitting:
    """Return a sitting that was held and awaits results."""
    sitting = enrolled_sitting(body, **changes)
    return exams.hold_sitting(sitting.pk, actor=clerk(sitting.body), clock=AFTER_SITTING)


def result_rows(sitting: Sitting, **scores: object) -> list[dict[str, object]]:
    """Return one row of results per candidate, passed by default."""
    rows = []
    for enrolment in sitting.enrolments.filter(state=Enrolment.State.ENROLLED).select_related("person"):
        row = {"准考证号": enrolment.ticket, "姓名": enrolment.person.name}
        for subject in sitting.subjects.order_by("id"):
            field = result_headers(sitting)[f"{subject.subject}_score"]
            row[field] = scores.get(subject.subject, "80")
        rows.append(row)
    return rows


def result_headers(sitting: Sitting) -> dict[str, str]:
    """Return field → header of a sitting's results sheet."""
    subjects = tuple(sitting.subjects.order_by("id").values_list("subject", flat=True))
    return {field.name: field.header for field in results_sheet(subjects=subjects).fields}


def sitting_with_results(body: EvaluationBody | None = None, **changes: object) -> Sitting:
    """Return a held sitting whose results are in."""
    sitting = held_sitting(body, **changes)
    actor = clerk(sitting.body)
    content = workbook(result_rows(sitting), headers=tuple(result_headers(sitting).values()))
    preview = exams.preview_results(
        sitting.pk, file_name="成绩.xlsx", content=content, actor=actor, clock=AFTER_SITTING
    )
    exams.apply_results(preview.pk, actor=actor, clock=AFTER_SITTING)
    sitting.refresh_from_db()
    return sitting


def submitted_sitting(body: EvaluationBody | None = None, **changes: object) -> Sitting:
    """Return a sitting whose results were noticed, archived and submitted for review."""
    sitting = sitting_with_results(body, **changes)
    actor = clerk(sitting.body)
    exams.publish_results(sitting.pk, actor=actor, clock=AFTER_SITTING)
    for kind in exams.ARCHIVE_KINDS:
        exams.add_archive_item(
            sitting.pk,
            kind=kind,
            content=PDF + kind.encode(),
            keep_until=dt.date(2031, 12, 31),
            actor=actor,
            clock=AFTER_SITTING,
        )
    return exams.submit_results(sitting.pk, actor=actor, clock=AFTER_NOTICE)


def approved_sitting(body: EvaluationBody | None = None, **changes: object) -> Sitting:
    """Return a sitting whose results the authority approved."""
    sitting = submitted_sitting(body, **changes)
    handler = officer("city_handler", sitting.place[:4] + "00")
    return exams.review_results(sitting.pk, "approve", opinion="核对无误", actor=handler, clock=AT_REVIEW)
