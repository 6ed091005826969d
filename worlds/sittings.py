"""Exam plans and sittings of a world: when, where, what, and who assesses and supervises."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from worlds.bodies import Body, ScopeLine, Staff
from worlds.frames import Row
from worlds.identities import person_key
from worlds.occupations import OCCUPATIONS

FIRST_DAY = date(2024, 1, 6)
"""The first day on which a world holds a sitting."""

_STARTS = (time(8, 30), time(9, 0), time(14, 0))
_MINUTES = (150, 180, 210)


@dataclass(slots=True, kw_only=True)
class Assignment:
    """One person's role in a sitting."""

    person: int
    role: str
    grade: str | None = None
    qualified_from: date | None = None
    qualified_to: date | None = None


@dataclass(slots=True, kw_only=True)
class Sitting:
    """One sitting (场次) of one occupation and level."""

    index: int
    body: Body
    occupation: int
    level: str
    place: str
    starts_at: datetime
    ends_at: datetime
    state: str
    plan: int
    plan_accepted_on: date | None
    seats: int = 0
    is_planted: bool = False
    assignments: list[Assignment] = field(default_factory=list)

    @property
    def sitting_id(self) -> str:
        """Return the identifier."""
        return f"S{self.index + 1:07d}"

    @property
    def plan_id(self) -> str:
        """Return the identifier of the plan it was declared in."""
        return f"L{self.plan + 1:07d}"

    @property
    def day(self) -> date:
        """Return the day of the sitting."""
        return self.starts_at.date()

    @property
    def generation(self) -> str:
        """Return which generation of entry conditions the occupation's standard follows."""
        return OCCUPATIONS[self.occupation].generation

    @property
    def subjects(self) -> tuple[str, ...]:
        """Return the subjects examined at this level."""
        return subjects_of(self.level)


def subjects_of(level: str) -> tuple[str, ...]:
    """Return the subjects of a level: technicians are also reviewed as a whole (综合评审)."""
    return ("theory", "practical", "comprehensive") if level in "21" else ("theory", "practical")


def make_sittings(bodies: list[Body], count: int, *, as_of: date, random: Random) -> list[Sitting]:
    """Return the clean sittings of the bodies, in order of body and day.

    A body holds at most one sitting a day, so that none of its assessors is in two places.
    """
    active = [body for body in bodies if body.is_active]
    sittings: list[Sitting] = []
    for position, body in enumerate(active):
        share = count * (position + 1) // len(active) - count * position // len(active)
        for number, day in enumerate(_days(body, share, as_of, random)):
            line = body.scope[_line_number(number, len(body.scope))]
            sittings.append(new_sitting(len(sittings), body, line, day, random=random))
    _cancel_some(sittings, as_of)
    return sittings


def _line_number(number: int, lines: int) -> int:
    # Every second sitting repeats the one before: there those who failed can try again.
    return number // 2 % lines


def _days(body: Body, share: int, as_of: date, random: Random) -> list[date]:
    """Return distinct days: most in the past, every fourth body with one ahead."""
    last = body.ended_on or as_of
    span = (last - FIRST_DAY).days - 1
    ahead = 1 if body.index % 4 == 0 and body.state == "filed" and share > 1 else 0
    days = [FIRST_DAY + timedelta(days=number) for number in random.sample(range(span), share - ahead)]
    days += [as_of + timedelta(days=10 + body.index % 30)] * ahead
    return sorted(days)


def new_sitting(index: int, body: Body, line: ScopeLine, day: date, *, random: Random) -> Sitting:
    """Return a clean sitting of a scope line on a day, with a clean set of assessors."""
    start = datetime.combine(day, random.choice(_STARTS))
    sitting = Sitting(
        index=index,
        body=body,
        occupation=line.occupation,
        level=line.level,
        place=body.district,
        starts_at=start,
        ends_at=start + timedelta(minutes=random.choice(_MINUTES)),
        state="held",
        plan=index,
        plan_accepted_on=day - timedelta(days=random.randrange(12, 30)),
    )
    sitting.assignments = clean_assignments(sitting, random)
    return sitting


def clean_assignments(sitting: Sitting, random: Random) -> list[Assignment]:
    """Return three or five qualified assessors and one internal supervisor of the body."""
    suited = [
        one for one in sitting.body.assessors if sitting.level not in "21" or one.grade == "senior_assessor"
    ]
    chosen = random.sample(suited, 5 if random.random() < 0.25 else 3)
    supervisor = random.choice(sitting.body.supervisors)
    return [
        *(assessor(one) for one in chosen),
        Assignment(person=supervisor.person, role="internal_supervisor"),
    ]


def assessor(one: Staff) -> Assignment:
    """Return the assignment of a member of the pool as assessor."""
    return Assignment(
        person=one.person,
        role="assessor",
        grade=one.grade,
        qualified_from=one.valid_from,
        qualified_to=one.valid_to,
    )


def _cancel_some(sittings: list[Sitting], as_of: date) -> None:
    for sitting in sittings:
        if sitting.day > as_of:
            sitting.state = "planned"
        elif sitting.index % 80 == 79:
            sitting.state = "cancelled"


def seat_candidates(sittings: list[Sitting], candidates: int, random: Random) -> None:
    """Spread the candidates over the sittings: between half and one and a half of the mean each."""
    weights = [random.uniform(0.5, 1.5) for _ in sittings]
    total = sum(weights)
    reached = 0.0
    given = 0
    for sitting, weight in zip(sittings, weights, strict=True):
        reached += weight
        due = round(candidates * reached / total)
        sitting.seats = due - given
        given = due


def assign_external_supervisors(sittings: list[Sitting], first_person: int) -> int:
    """Send a supervisor of the district to two of three sittings; nobody twice on a day.

    Returns how many supervisors there are; they are numbered from `first_person` on.
    """
    people: dict[tuple[str, int], int] = {}
    busy: Counter[tuple[str, date]] = Counter()
    for sitting in sittings:
        if sitting.index % 3 == 2 or sitting.is_planted:
            continue
        turn = busy[sitting.place, sitting.day]
        busy[sitting.place, sitting.day] += 1
        person = people.setdefault((sitting.place, turn), first_person + len(people))
        sitting.assignments.append(Assignment(person=person, role="external_supervisor"))
    return len(people)


def sitting_rows(sittings: list[Sitting]) -> Iterator[Row]:
    """Yield the contract's rows of sittings."""
    for sitting in sittings:
        yield {
            "sitting_id": sitting.sitting_id,
            "plan_id": sitting.plan_id,
            "body_id": sitting.body.body_id,
            "occupation_code": OCCUPATIONS[sitting.occupation].code,
            "level": sitting.level,
            "place": sitting.place,
            "venue_id": sitting.body.venue_id,
            "starts_at": sitting.starts_at,
            "ends_at": sitting.ends_at,
            "plan_accepted_on": sitting.plan_accepted_on,
            "state": sitting.state,
        }


def assignment_rows(sittings: list[Sitting]) -> Iterator[Row]:
    """Yield the contract's rows of assignments."""
    for sitting in sittings:
        for one in sitting.assignments:
            yield {
                "sitting_id": sitting.sitting_id,
                "person_key": person_key(one.person),
                "role": one.role,
                "grade": one.grade,
                "qualified_from": one.qualified_from,
                "qualified_to": one.qualified_to,
            }


def plan_rows(sittings: list[Sitting]) -> Iterator[Row]:
    """Yield one plan (考核计划) per sitting with the days of its declaration."""
    for sitting in sittings:
        accepted = sitting.plan_accepted_on
        yield {
            "plan_id": sitting.plan_id,
            "body_id": sitting.body.body_id,
            "title": f"{sitting.day:%Y年%m月%d日}{OCCUPATIONS[sitting.occupation].name}考核计划",
            "declared_on": (accepted or sitting.day) - timedelta(days=3),
            "accepted_on": accepted,
            "state": "accepted" if accepted else "declared",
        }


def subject_rows(sittings: list[Sitting]) -> Iterator[Row]:
    """Yield the subjects of each sitting."""
    for sitting in sittings:
        for subject in sitting.subjects:
            yield {"sitting_id": sitting.sitting_id, "subject": subject}
