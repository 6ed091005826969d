"""Evaluation bodies of a world: who they are, what they may evaluate, with whom and where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from worlds.frames import Row
from worlds.identities import credit_code
from worlds.occupations import OCCUPATIONS
from worlds.places import CITIES, City

KIND_SHARES = (("employer", 36), ("social_body", 14), ("school", 10))
"""Of every sixty bodies."""

_FIRST = "云晴松竹澄岚霁朔漾翠沐溪禾苇曦暮岩泊帆汀"
_SECOND = "岭川涧浦屿汐陌野坞峦渡湾岸泽原苑崖沙林谷"
_EMPLOYER_TRADES = (
    ("电机", "3812", "电动机制造"),
    ("机床", "3421", "金属切削机床制造"),
    ("陶瓷", "3071", "建筑陶瓷制品制造"),
    ("家电", "3859", "其他家用电力器具制造"),
    ("汽配", "3670", "汽车零部件及配件制造"),
    ("食品", "1439", "其他方便食品制造"),
    ("铝材", "3252", "铝压延加工"),
    ("物流", "5990", "其他仓储业"),
)
_DOCUMENTS = {
    "employer": (
        "business_licence",
        "insurance_proof",
        "size_proof",
        "venue_proof",
        "staff_list",
        "assessor_certificates",
        "management_rules",
        "fee_rules",
        "evaluation_specification",
        "undertaking",
    ),
    "social_body": (
        "registration_certificate",
        "performance_proof",
        "venue_proof",
        "staff_list",
        "assessor_certificates",
        "management_rules",
        "fee_rules",
        "quality_rules",
        "undertaking",
    ),
    "school": (
        "school_licence",
        "venue_proof",
        "staff_list",
        "assessor_certificates",
        "management_rules",
        "fee_rules",
        "undertaking",
    ),
}
ASSESSORS_IN_POOL = 9
"""Assessors in a body's pool; five of them senior, so that five can always sit together."""


@dataclass(slots=True, kw_only=True)
class Staff:
    """One assessor or internal supervisor of a body."""

    person: int
    kind: str
    grade: str | None
    valid_from: date | None
    valid_to: date | None
    is_planted: bool = False
    """Hired for one planted sitting, never drawn for a clean one."""


@dataclass(slots=True, kw_only=True)
class ScopeLine:
    """One occupation and level that a body may evaluate, where and when."""

    occupation: int
    level: str
    place: str
    valid_from: date
    valid_to: date | None
    is_planted: bool = False
    """Added for one planted sitting, never used for a clean one."""


@dataclass(slots=True, kw_only=True)
class Body:
    """One evaluation body (评价机构)."""

    index: int
    body_id: str
    kind: str
    name: str
    city: City
    district: str
    district_name: str
    site_code: str
    state: str
    filed_on: date | None
    ended_on: date | None
    scope: list[ScopeLine] = field(default_factory=list)
    staff: list[Staff] = field(default_factory=list)
    insured_base: int = 0

    @property
    def venue_id(self) -> str:
        """Return the body's own venue."""
        return f"V{self.index + 1:06d}"

    @property
    def usual_scope(self) -> list[ScopeLine]:
        """Return the lines that clean sittings are held under."""
        return [line for line in self.scope if not line.is_planted]

    @property
    def is_active(self) -> bool:
        """Tell whether the body ever held sittings."""
        return self.state != "applicant"

    @property
    def assessors(self) -> list[Staff]:
        """Return the pool of assessors that clean sittings draw from."""
        return [one for one in self.staff if one.kind == "assessor" and not one.is_planted]

    @property
    def supervisors(self) -> list[Staff]:
        """Return the internal supervisors."""
        return [one for one in self.staff if one.kind == "internal_supervisor"]


def make_bodies(count: int, *, as_of: date, first_person: int, random: Random) -> list[Body]:
    """Return the bodies of a world; people are numbered from `first_person` on."""
    bodies: list[Body] = []
    seen = {city.code: 0 for city in CITIES}
    person = first_person
    for index in range(count):
        city = CITIES[index % 2]
        seen[city.code] += 1
        kind = _kind_of(index, count)
        body = _make_body(index, kind, city, seen[city.code], as_of=as_of, random=random)
        person = _hire(body, person, random)
        bodies.append(body)
    return bodies


def _kind_of(index: int, count: int) -> str:
    share = index * 60 // count
    reached = 0
    for kind, size in KIND_SHARES:
        reached += size
        if share < reached:
            return kind
    return KIND_SHARES[-1][0]


def _make_body(index: int, kind: str, city: City, sequence: int, *, as_of: date, random: Random) -> Body:
    district, district_name = city.districts[(sequence - 1) % len(city.districts)]
    state = _state_of(index)
    filed_on = date(2021, 1, 4) + timedelta(days=random.randrange(1000))
    ended_on = date(as_of.year - 1, 6, 30) if state == "removed" else None
    body = Body(
        index=index,
        body_id=f"B{index + 1:05d}",
        kind=kind,
        name=_name(index, kind, city, district_name),
        city=city,
        district=district,
        district_name=district_name,
        site_code=f"{int(city.code[2:4]) * 10_000 + sequence:06d}",
        state=state,
        filed_on=None if state == "applicant" else filed_on,
        ended_on=ended_on,
    )
    if body.is_active:
        body.scope = list(_scope(body, random))
    return body


def _state_of(index: int) -> str:
    # Two of sixty still apply, one is suspended, one was removed from the directory.
    return {33: "applicant", 34: "applicant", 48: "suspended", 45: "removed"}.get(index % 60, "filed")


def _name(index: int, kind: str, city: City, district_name: str) -> str:
    word = _FIRST[index % 20] + _SECOND[(index * 7 + index // 20) % 20]
    turn = index // 400
    number = "" if turn == 0 else f"第{turn + 1}"
    if kind == "employer":
        trade = _EMPLOYER_TRADES[index % len(_EMPLOYER_TRADES)][0]
        return f"{city.name}{word}示范{number}{trade}有限公司"
    if kind == "social_body":
        return f"{city.name}{district_name}{word}示范{number}职业培训中心"
    return f"{city.name}{word}示范{number}技工学校"


def _scope(body: Body, random: Random) -> Iterator[ScopeLine]:
    trade = "making" if body.kind == "employer" else "serving"
    suited = [number for number, one in enumerate(OCCUPATIONS) if one.trade == trade or body.kind == "school"]
    if body.filed_on is None:
        return
    for occupation in random.sample(suited, 2 + body.index % 2):
        levels = random.choice(("54", "543", "432") if body.kind != "employer" else ("543", "432", "321"))
        if body.kind == "school":
            levels = "543"
        place = body.city.code if random.random() < 0.6 else body.district
        added = body.filed_on + timedelta(days=random.choice((0, 0, 30)))
        for level in levels:
            yield ScopeLine(
                occupation=occupation, level=level, place=place, valid_from=added, valid_to=body.ended_on
            )


def _hire(body: Body, person: int, random: Random) -> int:
    for number in range(ASSESSORS_IN_POOL + 2):
        is_assessor = number < ASSESSORS_IN_POOL
        is_senior = number < 5
        body.staff.append(
            Staff(
                person=person,
                kind="assessor" if is_assessor else "internal_supervisor",
                grade=("senior_assessor" if is_senior else "assessor") if is_assessor else None,
                valid_from=date(2022, 1, 1) + timedelta(days=random.randrange(500)),
                valid_to=date(2027, 1, 1) + timedelta(days=random.randrange(500)),
            )
        )
        person += 1
    return person


def people_employed(bodies: list[Body]) -> int:
    """Return how many assessors and supervisors the bodies have."""
    return sum(len(body.staff) for body in bodies)


def body_rows(bodies: list[Body]) -> Iterator[Row]:
    """Yield the contract's rows of bodies."""
    for body in bodies:
        yield {
            "body_id": body.body_id,
            "name": body.name,
            "kind": body.kind,
            "credit_code": credit_code(kind=body.kind, index=body.index + 1),
            "place": body.district,
            "filed_on": body.filed_on,
            "state": body.state,
        }


def scope_rows(bodies: list[Body]) -> Iterator[Row]:
    """Yield the contract's rows of scope lines, numbered in order."""
    number = 0
    for body in bodies:
        for line in body.scope:
            number += 1
            yield {
                "scope_id": f"C{number:06d}",
                "body_id": body.body_id,
                "occupation_code": OCCUPATIONS[line.occupation].code,
                "level": line.level,
                "place": line.place,
                "valid_from": line.valid_from,
                "valid_to": line.valid_to,
            }


def detail_rows(bodies: list[Body], random: Random) -> Iterator[Row]:
    """Yield what a filing says about a body besides the contract's columns."""
    for body in bodies:
        trade = _EMPLOYER_TRADES[body.index % len(_EMPLOYER_TRADES)]
        is_employer = body.kind == "employer"
        staff = int(body.insured_base * 1.08) + random.randrange(20)
        yield {
            "body_id": body.body_id,
            "address": f"{body.city.name}{body.district_name}示范大道{body.index % 180 + 1}号",
            "contact_name": f"演示联系人{body.index + 1}",
            "contact_phone": f"1990000{body.index % 10_000:04d}",
            "contact_mail": f"body{body.index + 1}@demo.invalid",
            "legal_representative": f"演示负责人{body.index + 1}",
            "industry_code": trade[1] if is_employer else ("8391" if body.kind == "social_body" else "8336"),
            "industry_name": trade[2]
            if is_employer
            else ("职业技能培训" if body.kind == "social_body" else "中等职业学校教育"),
            "main_business": f"{trade[2]}及销售" if is_employer else "职业技能人才培养",
            "staff_count": staff,
            "insured_count": body.insured_base,
            "revenue_wan": staff * (45 + body.index % 40),
            "assets_wan": staff * (60 + body.index % 55),
            "training_years": 6 + body.index % 9 if body.kind == "social_body" else None,
            "person_times": 30_000 + body.index * 137 % 40_000 if body.kind == "social_body" else None,
            "least_person_times_per_occupation": 6_000 + body.index * 31 % 4_000
            if body.kind == "social_body"
            else None,
            "evaluation_share_percent": 30 + body.index % 30 if body.kind == "social_body" else None,
            "site_code": body.site_code,
            "founded_on": date(1998 + body.index % 18, body.index % 12 + 1, body.index % 28 + 1),
            "account": f"body{body.index + 1:05d}",
            "removed_on": body.ended_on,
        }


def venue_rows(bodies: list[Body]) -> Iterator[Row]:
    """Yield each body's venue (考点)."""
    for body in bodies:
        yield {
            "venue_id": body.venue_id,
            "body_id": body.body_id,
            "name": f"{body.name}考点",
            "place": body.district,
            "address": f"{body.city.name}{body.district_name}示范大道{body.index % 180 + 1}号实训楼",
            "workstations": 20 + body.index % 7 * 10,
            "has_video": True,
        }


def staff_rows(bodies: list[Body]) -> Iterator[Row]:
    """Yield assessors and internal supervisors with what they may examine."""
    for body in bodies:
        occupations = ";".join(sorted({OCCUPATIONS[line.occupation].code for line in body.scope}))
        for number, one in enumerate(body.staff, start=1):
            levels = "5;4;3;2;1" if one.grade == "senior_assessor" else "5;4;3"
            yield {
                "person": one.person,
                "body_id": body.body_id,
                "kind": one.kind,
                "grade": one.grade,
                "occupations": occupations,
                "levels": levels if one.grade else None,
                "certificate_number": f"DEMO-{body.index + 1:05d}-{number:02d}" if one.valid_from else None,
                "valid_from": one.valid_from,
                "valid_to": one.valid_to,
            }


def filing_rows(bodies: list[Body]) -> Iterator[Row]:
    """Yield each body's first filing with the days of its steps."""
    for body in bodies:
        confirmed = body.filed_on
        submitted = (confirmed or date(2026, 10, 20)) - timedelta(days=45 - body.index % 15)
        # An applicant waits for the city's review; everybody else was confirmed.
        yield {
            "filing_id": f"F{body.index + 1:06d}",
            "body_id": body.body_id,
            "kind": "first",
            "submitted_on": submitted,
            "accepted_on": submitted + timedelta(days=4),
            "confirmed_on": confirmed,
            "district_office": body.district,
            "city_office": body.city.code,
            "state": "confirmed" if confirmed else "in_city_review",
        }


def document_rows(bodies: list[Body]) -> Iterator[Row]:
    """Yield the kinds of documents each body filed."""
    for body in bodies:
        for kind in _DOCUMENTS[body.kind]:
            yield {"filing_id": f"F{body.index + 1:06d}", "body_id": body.body_id, "document_kind": kind}


_OFFICERS = (
    ("review", "备案初审", "备案审核"),
    ("exam", "考务督查", "考务督查"),
    ("certificate", "证书审核", "证书审核"),
    ("data", "数据筛查", "数据筛查"),
)


def office_rows() -> Iterator[Row]:
    """Yield the offices (主管部门) of province, city and district."""
    for city in CITIES:
        bureau = "人力资源和社会保障"
        yield _office(city.province_code, f"{city.province_name}{bureau}厅（演示）", "province", None)
        yield _office(city.code, f"{city.name}{bureau}局（演示）", "city", city.province_code)
        for code, name in city.districts:
            yield _office(code, f"{city.name}{name}{bureau}局（演示）", "district", city.code)


def _office(place: str, name: str, level: str, above: str | None) -> Row:
    return {
        "office_id": f"O{place}",
        "place": place,
        "name": name,
        "level": level,
        "above_office_id": f"O{above}" if above else None,
    }


def officer_rows() -> Iterator[Row]:
    """Yield demonstration officers: one per role in each office, first review only in districts."""
    for office in office_rows():
        is_district = office["level"] == "district"
        for role, district_title, title in _OFFICERS[:2] if is_district else _OFFICERS:
            yield {
                "username": f"{role}-{office['place']}",
                "office_id": office["office_id"],
                "place": office["place"],
                "name": f"演示{district_title if is_district else title}员{office['place']}",
                "role": role,
            }
