"""Work under way in the demonstration, done by the actions themselves so that every step is real."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhiping.apps.authorities.models import Account
from zhiping.apps.authorities.queries import actor_of
from zhiping.apps.reference.models import OccupationalStandard
from zhiping.apps.registry import actions
from zhiping.apps.registry.actions.bodies import BodyDetails
from zhiping.apps.registry.actions.filings import LineDetails
from zhiping.apps.registry.actions.people import PersonDetails
from zhiping.apps.registry.actions.reviews import CheckedItem
from zhiping.apps.registry.actions.venues import VenueDetails
from zhiping.apps.registry.judgements import judge_filing
from zhiping.apps.registry.models import EvaluationBody, Filing, InsuredMonth
from zhiping.core.identifiers.identity_number import Gender
from zhiping.core.identifiers.synthetic import (
    fictional_credit_code,
    fictional_identity_number,
    fictional_sequence,
)
from zhiping.kernel.actor import Actor, ActorKind
from zhiping.kernel.clock import Clock, FixedClock

if TYPE_CHECKING:
    from collections.abc import Sequence

_SYSTEM = Actor(kind=ActorKind.SYSTEM, id="world", name="演示数据")
_OCCUPATION = "6-31-01-03"
_SERIAL_OF_CREDIT_CODE = 7_000_000
_DOCUMENTS = (
    "incentive_rules",
    "pay_rules",
    "finance_rules",
    "management_rules",
    "undertaking",
    "exam_affairs_rules",
    "paper_rules",
    "quality_rules",
    "certificate_rules",
    "fee_rules",
    "statutes",
    "venue_proof",
    "staff_proof",
    "resource_proof",
    "funds_proof",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A filing under way: whose, where, how far it has come, how many the body insures."""

    name: str
    place: str
    city: str
    steps: tuple[str, ...]
    insured: int = 420


_CASES = (
    Case("佛山市星汀示范电气有限公司", "440605", "440600", ()),
    Case("佛山市榕溪示范家电有限公司", "440605", "440600", (), insured=299),
    Case("佛山市禾川示范铝材有限公司", "440605", "440600", ("submit",)),
    Case("佛山市砚池示范机械有限公司", "440606", "440600", ("submit", "pass_district")),
    Case("佛山市云帆示范照明有限公司", "440604", "440600", ("submit", "pass_district", "pass_city")),
    Case(
        "佛山市棠港示范模具有限公司",
        "440605",
        "440600",
        ("submit", "pass_district", "pass_city", "verify", "publish"),
    ),
    Case("沈阳市松涛示范重工有限公司", "210106", "210100", ("submit",)),
    Case("沈阳市雪原示范仪表有限公司", "210106", "210100", ("submit", "pass_district")),
    Case("沈阳市桦林示范泵业有限公司", "210106", "210100", ("submit", "pass_district", "refuse")),
)


def set_work_under_way(*, clock: Clock) -> None:
    """Put filings into every queue of both cities, each by the steps a person would take."""
    for number, case in enumerate(_CASES, start=1):
        _Walk(case, number, clock).walk()


class _Walk:
    """One case, walked by its clerk and by the officers of its place, a working day a step."""

    def __init__(self, case: Case, number: int, clock: Clock) -> None:
        self.case, self.number, self.end = case, number, clock
        # The last step lies a day or two back, so that notices still run when somebody looks.
        self.day = clock.today() - dt.timedelta(days=2 * len(case.steps) + 1)
        self.people = 0

    @property
    def clock(self) -> Clock:
        return FixedClock.at(self.day.year, self.day.month, self.day.day)

    def walk(self) -> None:
        body, clerk = self._open_dossier()
        filing = self._prepare(body, clerk)
        for verb in self.case.steps:
            self._take(verb, filing, clerk)
            if self.day < self.end.today():
                self.day += dt.timedelta(days=2)

    def _open_dossier(self) -> tuple[EvaluationBody, Actor]:
        account = Account.objects.create(
            username=f"applicant-{self.number:02d}",
            kind="body",
            display_name=f"{self.case.name}经办人",
            is_demo=not self.case.steps,
        )
        account.set_unusable_password()
        account.save()
        body = actions.register_body(
            BodyDetails(
                name=self.case.name,
                kind="employer",
                credit_code=fictional_credit_code(_SERIAL_OF_CREDIT_CODE + self.number),
                place=self.case.place,
                address=f"示范大道{700 + self.number}号",
                contact_name="演示联系人",
                contact_phone=f"1990000{7000 + self.number}",
                industry_code="3812",
                founded_on=dt.date(2008, 5, 6),
            ),
            accounts=(account,),
            actor=_SYSTEM,
            clock=self.clock,
        )
        InsuredMonth.objects.create(body=body, month=self.day.replace(day=1), insured_count=self.case.insured)
        clerk = Actor(kind=ActorKind.BODY, id=str(account.pk), name=account.display_name, body_id=body.pk)
        return body, clerk

    def _prepare(self, body: EvaluationBody, clerk: Actor) -> Filing:
        venue = actions.save_venue(
            body.pk,
            VenueDetails(
                name="实训中心一号楼",
                place=self.case.place,
                address=body.address,
                has_video=True,
                capacity=60,
                stations={_OCCUPATION: 20},
            ),
            actor=clerk,
            clock=self.clock,
        )
        for _ in range(3):
            actions.add_assessor(
                body.pk,
                self._person(),
                grade="senior_assessor",
                certificate_number=f"DEMO-7{self.number:02d}-{self.people:02d}",
                occupation_codes=(_OCCUPATION,),
                valid_from=dt.date(2024, 1, 1),
                valid_to=dt.date(2028, 1, 1),
                actor=clerk,
                clock=self.clock,
            )
        for role in ("internal_supervisor", "expert", "exam_affairs", "leader"):
            actions.add_staff_member(
                body.pk,
                self._person(),
                role=role,
                is_full_time=True,
                valid_from=dt.date(2024, 1, 1),
                actor=clerk,
                clock=self.clock,
            )
        filing = actions.open_filing(body.pk, actor=clerk, clock=self.clock)
        for kind in _DOCUMENTS:
            content = f"%PDF-1.4\n% {kind} {self.number}\n%%EOF\n".encode()
            actions.add_document(
                body.pk,
                filing_id=filing.pk,
                kind=kind,
                name=f"{kind}.pdf",
                content=content,
                actor=clerk,
                clock=self.clock,
            )
        actions.save_declaration(filing.pk, _DECLARATION, actor=clerk, clock=self.clock)
        standard = OccupationalStandard.objects.get(occupation_code=_OCCUPATION)
        actions.save_line(
            filing.pk,
            LineDetails(
                occupation_code=_OCCUPATION,
                levels="543",
                standard_id=standard.pk,
                venue_id=venue.pk,
                applicants=80,
                relates_to_main_business=True,
                is_main_production_line=True,
                has_influence=True,
            ),
            actor=clerk,
            clock=self.clock,
        )
        return filing

    def _person(self) -> PersonDetails:
        self.people += 1
        born = dt.date(1980, 1, 1) + dt.timedelta(days=37 * self.people + 11 * self.number)
        return PersonDetails(
            name="赵钱孙李周吴郑王"[self.people % 8]
            + "示例演用试范"[self.number % 6]
            + "一二三四五六七八九"[self.people % 9],
            number=fictional_identity_number(
                born=born, sequence=fictional_sequence(self.number * 20 + self.people, Gender.MALE)
            ),
        )

    def _take(self, verb: str, filing: Filing, clerk: Actor) -> None:
        if verb == "submit":
            actions.submit_filing(filing.pk, actor=clerk, clock=self.clock)
        elif verb == "publish":
            actions.publish_notice(filing.pk, actor=self._officer("city_handler"), clock=self.clock)
        else:
            if verb == "verify":
                self._visit(filing)
            role = "district_handler" if verb == "pass_district" else "city_handler"
            opinion = {"refuse": "现场抽查发现工位数与申报不符（演示）。"}.get(
                verb, "材料齐全，符合条件（演示）。"
            )
            actions.review_filing(
                filing.pk, verb, opinion=opinion, actor=self._officer(role), clock=self.clock
            )

    def _visit(self, filing: Filing) -> None:
        filing.refresh_from_db()
        findings = judge_filing(filing, on=filing.accepted_on or self.day).findings
        items: Sequence[CheckedItem] = [
            CheckedItem(
                rule_id=finding.rule,
                title=finding.title,
                clause="、".join(citation.clause for citation in finding.citations),
                is_met=True,
            )
            for finding in findings
        ]
        actions.record_visit(
            filing.pk,
            visited_on=self.day,
            inspectors="演示核查员甲、演示核查员乙",
            items=items,
            conclusion="现场与申报一致（演示）。",
            actor=self._officer("city_handler"),
            clock=self.clock,
        )

    def _officer(self, role: str) -> Actor:
        place = self.case.place if role == "district_handler" else self.case.city
        account = Account.objects.get(username=f"{role.replace('_', '-')}-{place}")
        return actor_of(account, on=self.day)


_DECLARATION: dict[str, object] = {
    "registered_in_city": True,
    "is_legal_person": True,
    "is_operating_lawfully": True,
    "has_bad_credit_record": False,
    "main_business_code": "3812",
    "staff_count": 520,
    "revenue_wan": 36000,
    "assets_wan": 41000,
    "has_own_unit": True,
    "can_develop_resources": True,
    "draws_education_funds_in_full": True,
    "has_stable_funds": True,
    "is_nonprofit_undertaken": True,
}
