"""SCR-002 and SCR-005: sittings outside the scope or place; assessors short, even, unfit or in two places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from worlds.bodies import Body, ScopeLine, Staff
from worlds.identities import person_key
from worlds.occupations import OCCUPATIONS
from worlds.places import FOSHAN, SHENYANG
from worlds.sittings import Assignment, Sitting, assessor, new_sitting
from worlds.truth import Truth

TIMES = 2
_FIRST = date(2024, 10, 8)
"""Plants come after Liaoning's notice took effect, so that both cities have rules on their days."""

_DAYS_TO_CERTIFICATE = 80


@dataclass(slots=True, kw_only=True)
class Ground:
    """What flavours of sittings build on: the bodies, days still free, and numbers for more people."""

    bodies: Sequence[Body]
    as_of: date
    random: Random
    next_person: int
    busy: set[tuple[int, date]]
    used: set[tuple[int, int]] = field(default_factory=set)
    made: list[Sitting] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)

    def body(self, suits: Callable[[Body], bool] = lambda _: True) -> Body:
        """Return any filed body that suits."""
        return self.random.choice([one for one in self.bodies if one.state == "filed" and suits(one)])

    def free_day(self, *bodies: Body) -> date:
        """Return a past day on which none of the bodies holds a sitting, and take it."""
        span = (self.as_of - timedelta(days=_DAYS_TO_CERTIFICATE) - _FIRST).days
        while True:
            day = _FIRST + timedelta(days=self.random.randrange(span))
            if all((body.index, day) not in self.busy for body in bodies):
                self.busy |= {(body.index, day) for body in bodies}
                return day

    def sitting(self, body: Body, line: ScopeLine, day: date) -> Sitting:
        """Return a new sitting, clean as far as line and day allow."""
        made = new_sitting(0, body, line, day, random=self.random)
        made.is_planted = True
        self.made.append(made)
        return made

    def clean_sitting(self, suits: Callable[[ScopeLine], bool] = lambda _: True) -> Sitting:
        """Return a new clean sitting of a body with a scope line that suits."""
        body = self.body(lambda one: any(suits(line) for line in one.usual_scope))
        line = self.random.choice([line for line in body.usual_scope if suits(line)])
        return self.sitting(body, line, self.free_day(body))

    def hire(
        self, body: Body, *, grade: str | None, valid_from: date | None, valid_to: date | None
    ) -> Assignment:
        """Return a new assessor of the body with a period of qualification of its own, or without any."""
        staff = Staff(
            person=self.next_person,
            kind="assessor",
            grade=grade,
            valid_from=valid_from,
            valid_to=valid_to,
            is_planted=True,
        )
        self.next_person += 1
        body.staff.append(staff)
        return assessor(staff)

    def add_line(self, body: Body, *, valid_from: date, valid_to: date | None, place: str) -> ScopeLine:
        """Return a new line of an occupation that the body did not have."""
        line = ScopeLine(
            occupation=self.missing_occupation(body),
            level="4",
            place=place,
            valid_from=valid_from,
            valid_to=valid_to,
            is_planted=True,
        )
        body.scope.append(line)
        return line

    def missing_occupation(self, body: Body) -> int:
        """Return an occupation in which the body may not evaluate and nothing else was planted."""
        held = {line.occupation for line in body.scope}
        free = [
            number
            for number in range(len(OCCUPATIONS))
            if number not in held and (body.index, number) not in self.used
        ]
        chosen = self.random.choice(free)
        self.used.add((body.index, chosen))
        return chosen

    def knows_scope(self, sitting: Sitting, note: str, *, is_violation: bool) -> None:
        """Write down the truth about a sitting and the body's scope."""
        self.truths.append(Truth(screen_id="SCR-002", key=(sitting,), is_violation=is_violation, note=note))

    def knows_assessors(
        self, sitting: Sitting, reason: str, note: str, *, is_violation: bool, person: int | None = None
    ) -> None:
        """Write down the truth about the assessors of a sitting, or about one of them."""
        who = "-" if person is None else person_key(person)
        key = (sitting, reason, who)
        self.truths.append(Truth(screen_id="SCR-005", key=key, is_violation=is_violation, note=note))


# SCR-002 -----------------------------------------------------------------------------------------


def _other_occupation(ground: Ground) -> None:
    body = ground.body()
    day = ground.free_day(body)
    line = ScopeLine(
        occupation=ground.missing_occupation(body),
        level="4",
        place=body.city.code,
        valid_from=day,
        valid_to=None,
    )
    ground.knows_scope(ground.sitting(body, line, day), "备案中没有的职业", is_violation=True)


def _other_level(ground: Ground) -> None:
    body = ground.body(lambda one: one.kind == "employer" and not _has_level(one, "5"))
    day = ground.free_day(body)
    line = body.usual_scope[0]
    lower = ScopeLine(occupation=line.occupation, level="5", place=line.place, valid_from=day, valid_to=None)
    ground.knows_scope(ground.sitting(body, lower, day), "备案中没有的等级", is_violation=True)


def _has_level(body: Body, level: str) -> bool:
    return any(line.level == level for line in body.usual_scope)


def _scope_edge(
    note: str, *, is_violation: bool, first: int | None = None, last: int | None = None
) -> Callable[[Ground], None]:
    def make(ground: Ground) -> None:
        body = ground.body()
        day = ground.free_day(body)
        valid_from = day + timedelta(days=first) if first is not None else date(2024, 1, 1)
        valid_to = day + timedelta(days=last) if last is not None else None
        line = ground.add_line(body, valid_from=valid_from, valid_to=valid_to, place=body.city.code)
        ground.knows_scope(ground.sitting(body, line, day), note, is_violation=is_violation)

    return make


def _other_city(ground: Ground) -> None:
    body = ground.body()
    away = SHENYANG if body.city is FOSHAN else FOSHAN
    made = ground.sitting(body, ground.random.choice(body.usual_scope), ground.free_day(body))
    made.place = ground.random.choice(away.districts)[0]
    ground.knows_scope(made, "在备案地以外的城市开考", is_violation=True)


def _other_district(ground: Ground) -> None:
    body = ground.body(lambda one: any(line.place == one.district for line in one.usual_scope))
    line = ground.random.choice([line for line in body.usual_scope if line.place == body.district])
    made = ground.sitting(body, line, ground.free_day(body))
    made.place = next(code for code, _ in body.city.districts if code != body.district)
    ground.knows_scope(made, "备案范围限本区，在同市其他区开考", is_violation=True)


def _other_district_of_city_scope(ground: Ground) -> None:
    body = ground.body(lambda one: any(line.place == one.city.code for line in one.usual_scope))
    line = ground.random.choice([line for line in body.usual_scope if line.place == body.city.code])
    made = ground.sitting(body, line, ground.free_day(body))
    made.place = next(code for code, _ in body.city.districts if code != body.district)
    ground.knows_scope(made, "备案范围为全市，在同市其他区开考", is_violation=False)


# SCR-005 -----------------------------------------------------------------------------------------


def _keep(sitting: Sitting, count: int) -> None:
    chosen = [one for one in sitting.assignments if one.role == "assessor"][:count]
    others = [one for one in sitting.assignments if one.role != "assessor"]
    sitting.assignments = [*chosen, *others]


def _short(count: int, note: str, *, is_violation: bool) -> Callable[[Ground], None]:
    def make(ground: Ground) -> None:
        made = ground.clean_sitting()
        _keep(made, count)
        ground.knows_assessors(made, "too_few", note, is_violation=is_violation)

    return make


def _four(ground: Ground) -> None:
    made = ground.clean_sitting()
    _keep(made, 3)
    present = {one.person for one in made.assignments}
    fourth = next(
        one for one in made.body.assessors if one.person not in present and one.grade == "senior_assessor"
    )
    made.assignments.append(assessor(fourth))
    ground.knows_assessors(made, "even_number", "考评员 4 名，为双数", is_violation=True)


def _qualification(
    note: str, *, is_violation: bool, first: int = -400, last: int = 400
) -> Callable[[Ground], None]:
    def make(ground: Ground) -> None:
        made = ground.clean_sitting()
        _keep(made, 2)
        hired = ground.hire(
            made.body,
            grade="senior_assessor",
            valid_from=made.day + timedelta(days=first),
            valid_to=made.day + timedelta(days=last),
        )
        made.assignments.append(hired)
        ground.knows_assessors(
            made, "not_valid_that_day", note, is_violation=is_violation, person=hired.person
        )

    return make


def _junior_at_technician(ground: Ground) -> None:
    made = ground.clean_sitting(lambda line: line.level in "21")
    _keep(made, 2)
    junior = next(one for one in made.body.assessors if one.grade == "assessor")
    made.assignments.append(assessor(junior))
    ground.knows_assessors(
        made, "grade_too_low", "考评员（非高级）评二级或一级", is_violation=True, person=junior.person
    )


def _junior_at_third(ground: Ground) -> None:
    made = ground.clean_sitting(lambda line: line.level == "3")
    made.assignments = [one for one in made.assignments if one.role != "assessor"]
    juniors = [one for one in made.body.assessors if one.grade == "assessor"][:3]
    made.assignments += [assessor(one) for one in juniors]
    ground.knows_assessors(
        made, "grade_too_low", "考评员（非高级）评三级", is_violation=False, person=juniors[0].person
    )


def _without_record(ground: Ground) -> None:
    made = ground.clean_sitting()
    _keep(made, 2)
    hired = ground.hire(made.body, grade=None, valid_from=None, valid_to=None)
    made.assignments.append(hired)
    ground.knows_assessors(
        made, "no_qualification", "没有考评员资格记录", is_violation=True, person=hired.person
    )


def _also_supervisor(ground: Ground) -> None:
    made = ground.clean_sitting()
    both = next(one for one in made.assignments if one.role == "assessor")
    made.assignments = [one for one in made.assignments if one.role != "internal_supervisor"]
    made.assignments.append(Assignment(person=both.person, role="internal_supervisor"))
    ground.knows_assessors(
        made, "also_supervisor", "考评员兼任本场内部督导", is_violation=True, person=both.person
    )


def _supervisor_elsewhere(ground: Ground) -> None:
    first = ground.clean_sitting()
    both = next(one for one in first.assignments if one.role == "assessor")
    later = ground.sitting(first.body, _ordinary_line(first.body), ground.free_day(first.body))
    later.assignments = [one for one in later.assignments if one.role != "internal_supervisor"]
    _fill(later, avoid=both.person)
    later.assignments.append(Assignment(person=both.person, role="internal_supervisor"))
    ground.knows_assessors(
        first, "also_supervisor", "考评员在另一日的场次任督导", is_violation=False, person=both.person
    )


def _fill(sitting: Sitting, *, avoid: int) -> None:
    """Choose three senior assessors anew, without one person."""
    seniors = [
        one for one in sitting.body.assessors if one.grade == "senior_assessor" and one.person != avoid
    ]
    others = [one for one in sitting.assignments if one.role != "assessor"]
    sitting.assignments = [*(assessor(one) for one in seniors[:3]), *others]


def _shared(note: str, *, is_violation: bool, gap: timedelta) -> Callable[[Ground], None]:
    """Lend an assessor from one body to another on the same day; `gap` lies between the sittings."""

    def make(ground: Ground) -> None:
        home = ground.body()
        away = ground.body(lambda one: one.city is home.city and one is not home)
        day = ground.free_day(home, away)
        early = ground.sitting(home, _ordinary_line(home), day)
        late = ground.sitting(away, _ordinary_line(away), day)
        _at(early, datetime.combine(day, time(9, 0)))
        _at(late, early.ends_at + gap)
        lent = next(one for one in early.assignments if one.role == "assessor")
        late.assignments = [lent, *late.assignments]
        _keep(late, 3)
        for one in (early, late):
            ground.knows_assessors(one, "two_places", note, is_violation=is_violation, person=lent.person)

    return make


def _ordinary_line(body: Body) -> ScopeLine:
    return next(line for line in body.usual_scope if line.level not in "21")


def _at(sitting: Sitting, start: datetime) -> None:
    sitting.ends_at = start + (sitting.ends_at - sitting.starts_at)
    sitting.starts_at = start


_MAKERS: tuple[tuple[Callable[[Ground], None], int], ...] = (
    (_other_occupation, 1),
    (_other_level, 1),
    (_scope_edge("备案范围次日才生效", is_violation=True, first=1), 1),
    (_scope_edge("备案范围截至当日（当日不含）", is_violation=True, last=0), 1),
    (_other_city, 1),
    (_other_district, 1),
    (_scope_edge("备案范围当日生效", is_violation=False, first=0), 1),
    (_scope_edge("备案范围次日截止", is_violation=False, last=1), 1),
    (_other_district_of_city_scope, 1),
    (_short(2, "考评员 2 名", is_violation=True), 1),
    (_short(1, "考评员 1 名", is_violation=True), 1),
    (_short(0, "没有考评员", is_violation=True), 1),
    (_four, 1),
    (_qualification("考评员证截至当日（当日不含）", is_violation=True, last=0), 1),
    (_qualification("考评员证次日才生效", is_violation=True, first=1), 1),
    (_junior_at_technician, 1),
    (_also_supervisor, 1),
    (_without_record, 1),
    (_shared("考评员同时在两处，重叠 30 分钟", is_violation=True, gap=timedelta(minutes=-30)), 2),
    (_shared("考评员同时在两处，重叠 1 分钟", is_violation=True, gap=timedelta(minutes=-1)), 2),
    (_short(3, "考评员恰好 3 名", is_violation=False), 1),
    (_qualification("考评员证次日截止", is_violation=False, last=1), 1),
    (_qualification("考评员证当日生效", is_violation=False, first=0), 1),
    (_junior_at_third, 1),
    (_supervisor_elsewhere, 2),
    (_shared("同一考评员两场首尾相接", is_violation=False, gap=timedelta(0)), 2),
)


def sittings_needed(rounds: int) -> int:
    """Return how many sittings are planted."""
    return rounds * TIMES * sum(count for _, count in _MAKERS)


def plant_sittings(ground: Ground, rounds: int) -> None:
    """Plant every flavour of sitting; `ground` then holds the sittings and the truth about them."""
    for make, _ in _MAKERS:
        for _ in range(rounds * TIMES):
            make(ground)
