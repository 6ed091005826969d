"""Load a generated world into an empty database, past the actions, by COPY.

What is loaded is history: it was decided elsewhere, so it is written as it came, planted violations
included, and one journal entry says so. Everything that is still under way in the demonstration is then
done by the actions themselves.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from django.contrib.auth.hashers import make_password
from django.db import connection, models, transaction

from worlds import World
from zhiping.apps.authorities.actions import grant_role
from zhiping.apps.authorities.models import Account, Office
from zhiping.apps.authorities.queries import actor_of
from zhiping.apps.certificates import actions as blank_certificates
from zhiping.apps.certificates.configuration import query_address
from zhiping.apps.certificates.documents import document_of, last_four_index
from zhiping.apps.certificates.models import Certificate, Change, NumberSeries
from zhiping.apps.certificates.states import BlankKind
from zhiping.apps.exams.models import (
    Assignment,
    Enrolment,
    Plan,
    PriorCertificate,
    Result,
    Sitting,
    SittingSubject,
)
from zhiping.apps.journal.actions import record
from zhiping.apps.journal.copying import copy_rows
from zhiping.apps.reference.models import OccupationalStandard, ShortageOccupation
from zhiping.apps.registry.identity import seal_number, seal_phone
from zhiping.apps.registry.models import (
    Assessor,
    AssessorOccupation,
    BodyAccess,
    DispatchSpan,
    EvaluationBody,
    Filing,
    FilingLine,
    InsuranceSpan,
    InsuredMonth,
    Person,
    Review,
    ScopeLine,
    StaffMember,
    Venue,
    VenueStation,
)
from zhiping.core.credential import digest
from zhiping.core.identifiers.masking import Audience, mask_identity_number
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import CHINA, Clock, FixedClock
from zhiping.kernel.place import Place

if TYPE_CHECKING:
    from decimal import Decimal

type Rows = Iterable[Sequence[Any]]
type Say = Callable[[str], None]

SYSTEM = Actor(kind=ActorKind.SYSTEM, id="world", name="演示数据")
RESIDENT_CARD = "居民身份证"
_NINE = dt.time(9, 0, tzinfo=CHINA)


def load(world: World, *, clock: Clock, say: Say) -> None:
    """Load a world in one transaction: all of it, or nothing."""
    with transaction.atomic():
        loader = _Loader(world, clock)
        for title, step in loader.steps():
            say(title)
            step()
        _reset_sequences()
        record(
            "journal.world_loaded",
            actor=SYSTEM,
            at=clock.now(),
            place="000000",
            facts={
                "seed": world.seed,
                "as_of": world.as_of,
                "certificates": world.tables["certificates"].height,
            },
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


class _Loader:
    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock
        self.t, self.e = world.tables, world.extras
        self.body = _numbered(self.t["bodies"]["body_id"])
        self.venue = _numbered(self.e["venues"]["venue_id"])
        self.plan = _numbered(self.e["plans"]["plan_id"])
        self.sitting = _numbered(self.t["sittings"]["sitting_id"])
        self.enrolment = _numbered(self.t["enrolments"]["enrolment_id"])
        self.person = _numbered(self.e["people"]["person_key"])
        self.occupation_name = dict(self.e["occupations"].select("code", "name").iter_rows())
        self.body_place = dict(self.t["bodies"].select("body_id", "place").iter_rows())
        self.body_name = dict(self.t["bodies"].select("body_id", "name").iter_rows())
        self.credit_code = dict(self.t["bodies"].select("body_id", "credit_code").iter_rows())
        dispatched = self.t["dispatch_spans"].select("person_key", "body_id").iter_rows()
        self.dispatched_to: dict[str, str] = {person: self.body_place[body] for person, body in dispatched}

    def steps(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        return (
            ("主管部门与目录", self.load_reference),
            ("人员（证件号码加密）", self.load_people),
            ("评价机构与备案", self.load_bodies),
            ("考评人员与考点", self.load_staff),
            ("参保与劳务派遣", self.load_insurance),
            ("考核计划与场次", self.load_sittings),
            ("报名与成绩", self.load_enrolments),
            ("证书", self.load_certificates),
        )

    def load_reference(self) -> None:
        offices: dict[str, Office] = {}
        for row in self.e["offices"].sort("place").iter_rows(named=True):
            offices[row["office_id"]] = Office.objects.create(
                name=row["name"], place=row["place"], level=row["level"]
            )
        for row in self.e["offices"].filter(pl.col("above_office_id").is_not_null()).iter_rows(named=True):
            office = offices[row["office_id"]]
            office.parent = offices[row["above_office_id"]]
            office.save(update_fields=["parent"])
        for row in self.e["occupations"].iter_rows(named=True):
            OccupationalStandard.objects.create(
                occupation_code=row["code"],
                title=f"国家职业标准·{row['name']}（演示）",
                kind="national",
                generation=row["generation"],
                valid_from=dt.date(2019, 1, 1),
                certainty="uncertain",
                source="演示数据：年代为设定，非官方目录",
            )
            for city in ("440600", "210100"):
                ShortageOccupation.objects.create(
                    place=city,
                    occupation_code=row["code"],
                    valid_from=dt.date(2020, 1, 1),
                    certainty="uncertain",
                    source="演示数据：设定为急需紧缺，非官方目录",
                )

    def load_people(self) -> None:
        def rows() -> Rows:
            for row in self.e["people"].iter_rows(named=True):
                sealed, index = seal_number(row["identity_number"], RESIDENT_CARD)
                yield (
                    self.person[row["person_key"]],
                    _key_of(row["person_key"]),
                    row["name"],
                    RESIDENT_CARD,
                    sealed,
                    index,
                    row["sex"] if row["sex"] in {"M", "F"} else {"男": "M", "女": "F"}.get(row["sex"], ""),
                    row["born_on"],
                    row["nation"],
                    seal_phone(row["phone"], index),
                )

        copy_rows(
            Person,
            (
                "id",
                "key",
                "name",
                "paper_kind",
                "number_cipher",
                "number_index",
                "sex",
                "born_on",
                "nation",
                "phone_cipher",
            ),
            rows(),
        )

    def load_bodies(self) -> None:
        details = {row["body_id"]: row for row in self.e["body_details"].iter_rows(named=True)}
        bodies = []
        for row in self.t["bodies"].iter_rows(named=True):
            more = details[row["body_id"]]
            bodies.append(
                EvaluationBody(
                    pk=self.body[row["body_id"]],
                    name=row["name"],
                    kind=row["kind"],
                    credit_code=row["credit_code"],
                    place=row["place"],
                    address=more["address"],
                    contact_name=more["contact_name"],
                    contact_phone=more["contact_phone"],
                    industry_code=more["industry_code"] or "",
                    founded_on=more["founded_on"],
                    state=row["state"],
                    site_code=more["site_code"] if row["filed_on"] else "",
                    filed_on=row["filed_on"],
                    state_since=more["removed_on"] or row["filed_on"],
                    state_reason={
                        "removed": "演示：一年内未开展认定",
                        "suspended": "演示：核查期间停止评价",
                    }.get(row["state"], ""),
                    fee_statement="按公示的收费标准执行（演示）。",
                )
            )
        EvaluationBody.objects.bulk_create(bodies)
        filing_of = self._load_filings(details)
        standards = dict(OccupationalStandard.objects.values_list("occupation_code", "id"))
        ScopeLine.objects.bulk_create(
            ScopeLine(
                body_id=self.body[row["body_id"]],
                occupation_code=row["occupation_code"],
                occupation_name=self.occupation_name[row["occupation_code"]],
                level=row["level"],
                place=row["place"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
                standard_id=standards.get(row["occupation_code"]),
                filing_id=filing_of.get(row["body_id"]),
            )
            for row in self.t["scope_lines"].iter_rows(named=True)
        )

    def _load_filings(self, details: dict[str, dict[str, Any]]) -> dict[str, int]:
        """Write the filings that are over; those under way are made by actions afterwards."""
        over = self.e["filings"].filter(pl.col("state") == "confirmed")
        filing_of: dict[str, int] = {}
        for number, row in enumerate(over.iter_rows(named=True), start=1):
            more = details[row["body_id"]]
            filing = Filing.objects.create(
                pk=number,
                number=f"BA{row['district_office'][:4]}{row['submitted_on']:%y%m%d}{number:07d}",
                body_id=self.body[row["body_id"]],
                place=row["district_office"],
                state="confirmed",
                created_at=_at(row["submitted_on"]),
                submitted_at=_at(row["submitted_on"]),
                accepted_on=row["accepted_on"],
                confirmed_on=row["confirmed_on"],
                main_business_code=more["industry_code"] or "",
                staff_count=more["staff_count"],
                revenue_wan=more["revenue_wan"],
                assets_wan=more["assets_wan"],
                insured_headcount=more["insured_count"],
                experience_years=more["training_years"],
                person_times_total=more["person_times"],
            )
            filing_of[row["body_id"]] = filing.pk
            self._load_reviews(filing, row)
            self._load_filing_lines(filing, row["body_id"])
        return filing_of

    def _load_reviews(self, filing: Filing, row: dict[str, Any]) -> None:
        first, last = row["submitted_on"], row["confirmed_on"]
        span = (last - first).days
        steps = (
            ("submit", "draft", "submitted", 0, "机构经办人（演示）"),
            ("pass_district", "submitted", "district_passed", span // 5, "区级经办人（演示）"),
            ("pass_city", "district_passed", "city_passed", span * 2 // 5, "市级经办人（演示）"),
            ("verify", "city_passed", "verified", span * 3 // 5, "市级经办人（演示）"),
            ("publish", "verified", "in_notice", span * 3 // 5 + 1, "市级经办人（演示）"),
            ("confirm", "in_notice", "confirmed", span, "市级负责人（演示）"),
        )
        Review.objects.bulk_create(
            Review(
                filing=filing,
                verb=verb,
                from_state=before,
                to_state=after,
                actor_id="world",
                actor_name=who,
                at=_at(first + dt.timedelta(days=days)),
                opinion="历史数据导入",
            )
            for verb, before, after, days, who in steps
        )

    def _load_filing_lines(self, filing: Filing, body_id: str) -> None:
        lines = self.t["scope_lines"].filter(pl.col("body_id") == body_id)
        by_code: dict[str, set[str]] = defaultdict(set)
        for code, level in lines.select("occupation_code", "level").iter_rows():
            by_code[code].add(level)
        FilingLine.objects.bulk_create(
            FilingLine(
                filing=filing,
                occupation_code=code,
                occupation_name=self.occupation_name[code],
                levels="".join(sorted(levels, reverse=True)),
            )
            for code, levels in by_code.items()
        )

    def load_staff(self) -> None:
        Venue.objects.bulk_create(
            Venue(
                pk=self.venue[row["venue_id"]],
                body_id=self.body[row["body_id"]],
                name=row["name"],
                place=row["place"],
                address=row["address"],
                has_video=row["has_video"],
                capacity=row["workstations"] * 4,
            )
            for row in self.e["venues"].iter_rows(named=True)
        )
        codes = self.t["scope_lines"].group_by("body_id").agg(pl.col("occupation_code").unique().sort())
        by_body = dict(codes.iter_rows())
        VenueStation.objects.bulk_create(
            VenueStation(
                venue_id=self.venue[row["venue_id"]], occupation_code=code, workstations=row["workstations"]
            )
            for row in self.e["venues"].iter_rows(named=True)
            for code in by_body.get(row["body_id"], ())
        )
        assessors: list[Assessor] = []
        occupations: list[AssessorOccupation] = []
        members: list[StaffMember] = []
        for row in self.e["staff"].iter_rows(named=True):
            body, person = self.body[row["body_id"]], self.person[row["person_key"]]
            if row["kind"] != "assessor":
                members.append(
                    StaffMember(
                        body_id=body,
                        person_id=person,
                        role="internal_supervisor",
                        valid_from=row["valid_from"] or dt.date(2020, 1, 1),
                    )
                )
                continue
            if row["valid_from"] is None:
                continue  # nobody who holds no assessor's certificate is on the list of assessors
            assessor = Assessor(
                pk=len(assessors) + 1,
                body_id=body,
                person_id=person,
                grade=row["grade"],
                certificate_number=row["certificate_number"],
                valid_from=row["valid_from"],
                valid_to=row["valid_to"],
            )
            assessors.append(assessor)
            occupations.extend(
                AssessorOccupation(assessor_id=assessor.pk, occupation_code=code)
                for code in dict.fromkeys(row["occupations"].split(";"))
            )
        Assessor.objects.bulk_create(assessors)
        AssessorOccupation.objects.bulk_create(occupations)
        StaffMember.objects.bulk_create(members)

    def load_insurance(self) -> None:
        copy_rows(
            InsuredMonth,
            ("body_id", "month", "insured_count"),
            (
                (self.body[row["body_id"]], row["month"], row["insured_count"])
                for row in self.t["insured_months"].iter_rows(named=True)
            ),
        )
        for model, table in ((InsuranceSpan, "insurance_spans"), (DispatchSpan, "dispatch_spans")):
            copy_rows(
                model,
                ("person_id", "body_id", "unit", "place", "valid_from", "valid_to"),
                (
                    (
                        self.person[row["person_key"]],
                        self.body.get(row["body_id"]),
                        self.credit_code.get(row["body_id"], row["body_id"]),
                        self._place_of_unit(row["body_id"], row["person_key"]),
                        row["valid_from"],
                        row["valid_to"],
                    )
                    for row in self.t[table].iter_rows(named=True)
                ),
            )

    def _place_of_unit(self, unit: str, person_key: str) -> str:
        """Return where a unit is registered; a dispatch agency stands where it sends the person."""
        if unit in self.body_place:
            return str(self.body_place[unit])
        return self.dispatched_to[person_key]

    def load_sittings(self) -> None:
        Plan.objects.bulk_create(
            Plan(
                pk=self.plan[row["plan_id"]],
                number=f"JH{self.body_place[row['body_id']][:4]}{row['declared_on']:%y%m%d}{self.plan[row['plan_id']]:07d}",
                body_id=self.body[row["body_id"]],
                place=self.body_place[row["body_id"]],
                title=row["title"],
                state=row["state"],
                created_at=_at(row["declared_on"]),
                declared_on=row["declared_on"],
                accepted_on=row["accepted_on"],
            )
            for row in self.e["plans"].iter_rows(named=True)
        )
        number_of = dict(Plan.objects.values_list("id", "number"))
        counts = dict(self.t["enrolments"].group_by("sitting_id").len().iter_rows())
        certified = set(
            self.t["certificates"].join(self.t["enrolments"], on="enrolment_id")["sitting_id"].to_list()
        )
        sittings = []
        for row in self.t["sittings"].iter_rows(named=True):
            plan = self.plan[row["plan_id"]]
            state = row["state"]
            if state == "held":
                state = "issued" if row["sitting_id"] in certified else "submitted"
            day = row["starts_at"].date()
            sittings.append(
                Sitting(
                    pk=self.sitting[row["sitting_id"]],
                    plan_id=plan,
                    number=f"{number_of[plan]}-{self.sitting[row['sitting_id']]:05d}",
                    body_id=self.body[row["body_id"]],
                    occupation_code=row["occupation_code"],
                    occupation_name=self.occupation_name[row["occupation_code"]],
                    level=row["level"],
                    venue_id=self.venue[row["venue_id"]],
                    place=row["place"],
                    starts_at=_local(row["starts_at"]),
                    ends_at=_local(row["ends_at"]),
                    capacity=max(counts.get(row["sitting_id"], 0), 20),
                    state=state,
                    results_uploaded_on=None if row["state"] != "held" else day + dt.timedelta(days=3),
                    notice_from=None if row["state"] != "held" else day + dt.timedelta(days=3),
                    notice_to=None if row["state"] != "held" else day + dt.timedelta(days=11),
                    review_due_on=day + dt.timedelta(days=16) if state == "submitted" else None,
                )
            )
        Sitting.objects.bulk_create(sittings, batch_size=1000)
        copy_rows(
            SittingSubject,
            ("sitting_id", "subject"),
            (
                (self.sitting[sitting], subject)
                for sitting, subject in self.e["sitting_subjects"].select("sitting_id", "subject").iter_rows()
            ),
        )
        times = {
            row["sitting_id"]: (row["starts_at"], row["ends_at"])
            for row in self.t["sittings"].iter_rows(named=True)
        }
        cancelled = set(self.t["sittings"].filter(pl.col("state") == "cancelled")["sitting_id"].to_list())
        copy_rows(
            Assignment,
            (
                "sitting_id",
                "person_id",
                "role",
                "grade",
                "qualified_from",
                "qualified_to",
                "starts_at",
                "ends_at",
                "is_cancelled",
                "is_imported",
            ),
            (
                (
                    self.sitting[row["sitting_id"]],
                    self.person[row["person_key"]],
                    row["role"],
                    row["grade"] or "",
                    row["qualified_from"],
                    row["qualified_to"],
                    _local(times[row["sitting_id"]][0]),
                    _local(times[row["sitting_id"]][1]),
                    row["sitting_id"] in cancelled,
                    True,
                )
                for row in self.t["assignments"].iter_rows(named=True)
            ),
        )

    def load_enrolments(self) -> None:
        sitting_row = {row["sitting_id"]: row for row in self.t["sittings"].iter_rows(named=True)}
        running: dict[str, int] = defaultdict(int)

        def rows() -> Rows:
            for row in self.t["enrolments"].iter_rows(named=True):
                sitting = sitting_row[row["sitting_id"]]
                running[row["sitting_id"]] += 1
                pk = self.sitting[row["sitting_id"]]
                ticket = (
                    f"{sitting['starts_at']:%y}{sitting['place'][:4]}{pk:07d}{running[row['sitting_id']]:05d}"
                )
                yield (
                    self.enrolment[row["enrolment_id"]],
                    pk,
                    self.person[row["person_key"]],
                    sitting["place"],
                    ticket,
                    "enrolled",
                    row["candidate_kind"],
                    row["entry_condition"],
                    row["work_months"],
                    row["prior_level"] or "",
                    "",
                    row["prior_issued_on"],
                    row["education"] or "",
                    "",
                    row["title"] or "",
                    row["title_issued_on"],
                    "",
                    "",
                    "正考",
                    "晋级认定" if row["prior_level"] else "初次认定",
                    "",
                    _local(sitting["starts_at"]) - dt.timedelta(days=12),
                )

        copy_rows(
            Enrolment,
            (
                "id",
                "sitting_id",
                "person_id",
                "place",
                "ticket",
                "state",
                "candidate_kind",
                "entry_condition",
                "work_months",
                "prior_level",
                "prior_number",
                "prior_issued_on",
                "education",
                "education_text",
                "title",
                "title_issued_on",
                "employer_name",
                "candidate_source",
                "exam_type",
                "recognition_kind",
                "row_fingerprint",
                "enrolled_at",
            ),
            rows(),
        )
        # A row without a score and without the absent flag says nothing: it is a missing result.
        stated = self.t["results"].filter(pl.col("absent") | pl.col("score").is_not_null())
        copy_rows(
            Result,
            ("enrolment_id", "subject", "score", "is_absent", "recorded_on"),
            (
                (
                    self.enrolment[row["enrolment_id"]],
                    row["subject"],
                    None if row["absent"] else row["score"],
                    row["absent"],
                    row["recorded_on"],
                )
                for row in stated.iter_rows(named=True)
            ),
        )
        copy_rows(
            PriorCertificate,
            ("person_id", "occupation_code", "level", "issued_on", "number"),
            (
                (self.person[row["person_key"]], row["occupation_code"], row["level"], row["issued_on"], "")
                for row in self.t["prior_certificates"].iter_rows(named=True)
            ),
        )

    def load_certificates(self) -> None:
        people = {row["person_key"]: row for row in self.e["people"].iter_rows(named=True)}
        scores: dict[str, dict[str, Decimal | None]] = defaultdict(dict)
        for row in self.t["results"].iter_rows(named=True):
            scores[row["enrolment_id"]][row["subject"]] = row["score"]
        address = query_address()
        annul_on = self.world.as_of - dt.timedelta(days=30)
        changes: list[tuple[Any, ...]] = []
        series: dict[str, int] = defaultdict(int)

        def rows() -> Rows:
            for pk, row in enumerate(self.t["certificates"].iter_rows(named=True), start=1):
                holder = people[row["person_key"]]
                score = scores.get(row["enrolment_id"] or "", {})
                number, state = row["certificate_number"], row["state"]
                issued_on = row["issued_on"]
                since = issued_on if state == "valid" else max(issued_on, annul_on)
                certificate = Certificate(
                    number=number,
                    holder_name=holder["name"],
                    paper_kind=RESIDENT_CARD,
                    occupation_code=row["occupation_code"],
                    occupation_name=self.occupation_name[row["occupation_code"]],
                    level=row["level"],
                    body_name=self.body_name[row["body_id"]],
                    issued_on=issued_on,
                    theory_score=score.get("theory"),
                    practical_score=score.get("practical"),
                    comprehensive_score=score.get("comprehensive"),
                    query_address=address,
                )
                document = document_of(
                    certificate,
                    paper_number=holder["identity_number"],
                    credit_code=self.credit_code[row["body_id"]],
                )
                content = digest(document)
                changes.append(
                    (pk, "issued", "valid", issued_on, _at(issued_on), "", "", "历史数据导入", content)
                )
                if state == "annulled":
                    reason = "演示：核查认定不符合发证条件"
                    changes.append(
                        (pk, "annulled", "annulled", since, _at(since), reason, "", "历史数据导入", content)
                    )
                series[number[:16]] = max(series[number[:16]], _serial(number))
                yield (
                    pk,
                    number,
                    self.person[row["person_key"]],
                    self.enrolment.get(row["enrolment_id"] or ""),
                    self.body[row["body_id"]],
                    row["place"],
                    state,
                    holder["name"],
                    RESIDENT_CARD,
                    mask_identity_number(holder["identity_number"], Audience.PUBLIC),
                    row["occupation_code"],
                    self.occupation_name[row["occupation_code"]],
                    "",
                    row["level"],
                    self.body_name[row["body_id"]],
                    score.get("theory"),
                    score.get("practical"),
                    score.get("comprehensive"),
                    issued_on,
                    address,
                    content,
                    last_four_index(number, holder["identity_number"]),
                    since,
                    "" if state == "valid" else "演示：核查认定不符合发证条件",
                )

        copy_rows(
            Certificate,
            (
                "id",
                "number",
                "person_id",
                "enrolment_id",
                "body_id",
                "place",
                "state",
                "holder_name",
                "paper_kind",
                "number_masked",
                "occupation_code",
                "occupation_name",
                "work_type",
                "level",
                "body_name",
                "theory_score",
                "practical_score",
                "comprehensive_score",
                "issued_on",
                "query_address",
                "digest",
                "last_four_index",
                "state_since",
                "state_reason",
            ),
            rows(),
        )
        copy_rows(
            Change,
            (
                "certificate_id",
                "kind",
                "state",
                "effective_on",
                "at",
                "reason",
                "clause",
                "actor_name",
                "digest",
            ),
            changes,
        )
        NumberSeries.objects.bulk_create(
            NumberSeries(prefix=prefix, last_serial=last) for prefix, last in sorted(series.items())
        )


def make_accounts(*, valid_from: dt.date, clock: Clock) -> int:
    """Make the demonstration's accounts: officers of every office, one clerk for every body."""
    # Nobody signs in by a password here: the sign-in page of a demonstration does it by a click.
    unusable = make_password(None)
    made = 0
    roles = {
        "province": (("province_supervisor", "监管员"),),
        "city": (("city_handler", "经办人"), ("city_leader", "负责人")),
        "district": (("district_handler", "经办人"),),
    }
    shown = {"440000", "440600", "440605", "210000", "210100", "210106"}
    for office in Office.objects.order_by("place"):
        short = office.name.split("人力资源")[0]
        for role, title in roles[office.level]:
            account = Account.objects.create(
                username=f"{role.replace('_', '-')}-{office.place}",
                password=unusable,
                kind="officer",
                display_name=f"{short}{title}（演示）",
                office=office,
                is_demo=office.place in shown,
            )
            grant_role(account, role, Place(office.place), valid_from=valid_from, actor=SYSTEM, clock=clock)
            made += 1
    auditor = Account.objects.create(
        username="auditor",
        password=unusable,
        kind="officer",
        display_name="省级审计员（演示）",
        office=Office.objects.get(place="440000"),
        is_demo=True,
    )
    for place in ("440000", "210000"):
        grant_role(auditor, "auditor", Place(place), valid_from=valid_from, actor=SYSTEM, clock=clock)
    listed = _bodies_to_list()
    for body in EvaluationBody.objects.order_by("id"):
        account = Account.objects.create(
            username=f"body-{body.pk:05d}",
            password=unusable,
            kind="body",
            display_name=f"{body.name}经办人",
            is_demo=body.pk in listed,
        )
        BodyAccess.objects.create(account=account, body=body)
        made += 1
    return made + 1


def stock_blanks(*, clock: Clock) -> None:
    """Ask for, supply, use, spoil and lose blank certificates in Foshan, by the actions themselves (演示).

    Some of it stays open, so that the queues of province, city and district have work.
    """
    province, city = _officer("province-supervisor-440000", clock), _officer("city-handler-440600", clock)
    chancheng, nanhai, shunde = (
        _officer(f"district-handler-{place}", clock) for place in ("440604", "440605", "440606")
    )
    day = clock.today()
    past = [
        FixedClock.at(one.year, one.month, one.day) for one in (day - dt.timedelta(60 - n) for n in range(60))
    ]

    def need(quantity: int, days: int, project: str = "") -> blank_certificates.Need:
        return blank_certificates.Need(
            kind=BlankKind.SKILL_LEVEL,
            quantity=quantity,
            due_on=day + dt.timedelta(days),
            project=project,
            note="演示数据",
        )

    details = blank_certificates.SeriesDetails(kind=BlankKind.SKILL_LEVEL, prefix="KB26", width=7)
    blank_certificates.open_blank_series("440000", details, actor=province, clock=past[0])
    blank_certificates.receive_blanks(
        "KB260000001", "KB260005000", reference="演示交货单第 1 号，清点无误", actor=province, clock=past[1]
    )
    first = blank_certificates.request_blanks("440605", need(300, 5, "电工"), actor=nanhai, clock=past[3])
    second = blank_certificates.request_blanks("440606", need(200, 3), actor=shunde, clock=past[4])
    whole = blank_certificates.aggregate_blank_requests(
        "440600",
        {
            first.pk: blank_certificates.Grant(quantity=300),
            second.pk: blank_certificates.Grant(quantity=150, reason="演示：上季结余 50 张"),
        },
        need=need(50, 2),
        actor=city,
        clock=past[6],
    )
    blank_certificates.supply_blanks(
        whole.pk, [("KB260000001", "KB260000400")], actor=province, clock=past[10]
    )
    blank_certificates.supply_blanks(first.pk, [("KB260000001", "KB260000300")], actor=city, clock=past[14])
    blank_certificates.request_blanks("440604", need(80, 12, "焊工"), actor=chancheng, clock=past[50])
    numbers = Certificate.objects.filter(
        place="440605", state="valid", issued_on__lte=past[18].today()
    ).order_by("-issued_on", "id")
    for serial, number in enumerate(numbers.values_list("number", flat=True)[:12], start=1):
        source = blank_certificates.Source(serial=f"KB26{serial:07d}")
        blank_certificates.use_blank(number, source, actor=nanhai, clock=past[20])
    spoiled = blank_certificates.spoil_blanks(
        "KB260000101", "KB260000103", reason="演示：受潮粘连", actor=nanhai, clock=past[25]
    )
    blank_certificates.confirm_write_off(
        spoiled.pk,
        opinion="演示：当面清点属实",
        actor=_officer("city-leader-440600", clock),
        clock=past[26],
    )
    blank_certificates.spoil_blanks("KB260000104", "", reason="演示：打印卡纸", actor=nanhai, clock=past[55])
    blank_certificates.report_lost_blanks(
        "KB260000110",
        "KB260000111",
        reason="演示：盘点不见",
        statement="演示公告：下列空白证书遗失，声明作废。",
        actor=nanhai,
        clock=past[40],
    )
    blank_certificates.return_blanks(
        "KB260000291", "KB260000300", reason="演示：用量减少", actor=nanhai, clock=past[45]
    )


def _officer(username: str, clock: Clock) -> Actor:
    return actor_of(Account.objects.get(username=username), on=clock.today())


def _bodies_to_list() -> set[int]:
    """Return a few bodies for the sign-in page: per city one of each kind, and the applicants."""
    listed = set(EvaluationBody.objects.filter(state="applicant").values_list("id", flat=True))
    for city in ("4406", "2101"):
        for kind in ("employer", "social_body", "school"):
            rows = EvaluationBody.objects.filter(place__startswith=city, kind=kind, state="filed").order_by(
                "id"
            )
            listed.update(rows.values_list("id", flat=True)[:1])
    return listed


def _numbered(keys: pl.Series) -> dict[str, int]:
    return {key: number for number, key in enumerate(keys.to_list(), start=1)}


def _key_of(person_key: str) -> str:
    """Return the pseudonym of a generated person as a UUID that is the same at every load."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"zhiping-world/{person_key}"))


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, _NINE)


def _local(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=CHINA)


def _serial(number: str) -> int:
    return int(number[16:]) if number[16:].isdigit() else 0


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for model in (EvaluationBody, Venue, Plan, Sitting, Enrolment, Person, Certificate, Filing, Assessor):
            _reset(cursor, model)


def _reset(cursor: Any, model: type[models.Model]) -> None:
    table = model._meta.db_table
    cursor.execute(
        f"SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 1)) FROM {table}",  # noqa: S608 (our own table)
        [table],
    )
