"""Cases around the numbers, days and places that the texts name (判定对照用例), drawn from a seed.

A case starts as one that the texts would let pass; then up to four of its facts are left out, or given a
value from beside the edge. Places are those the texts bind, their districts, and others that none binds;
days lie around the first and last days of the texts, and between.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

Draw = Callable[[random.Random, date], object]

FOSHAN = ("440600", "440604", "440605", "440606", "440607", "440608")
LIAONING = ("210000", "210100", "210102", "210200", "210281", "211400", "211481")
SHENZHEN = ("440300", "440305")
GUANGDONG = ("440000", "440100", "440500", "440700", "441900", "442000", "440600", "440604")
WEIHAI = ("371000", "371002", "371003", "371082", "371083")
JILIN = ("220000", "220100", "220102", "220281", "222400")
ELSEWHERE = (
    *("CN", "440000", "440100", "440700", "371000", "371002", "370000", "370200", "220000", "220100"),
    *("230000", "230100", "310000", "310115", "110000", "650000", "429004", "469005"),
)
FIRST_AND_LAST_DAYS = (
    date(2017, 7, 14),
    date(2018, 10, 15),
    date(2018, 12, 1),
    date(2020, 8, 17),
    date(2021, 2, 4),
    date(2022, 8, 31),
    date(2023, 12, 1),
    date(2024, 9, 30),
    date(2024, 10, 15),
)
LEAVE_OUT_SHARE = 0.4
MANY = 6  # facts; with fewer, fewer are altered, else nearly all cases were alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case to judge: a question, a place, a day and the facts that are known."""

    id: int
    question: str
    place: str
    day: date
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Values:
    """What a fact may be: values that a text lets pass, and values from beside its edges."""

    usual: tuple[object, ...]
    odd: tuple[object, ...]


YES = Values((True,), (False,))
NO = Values((False,), (True,))
EITHER = Values((True, False), (True, False))
LEVEL = Values(("5", "4", "3", "2", "1"), ("5", "4", "3", "2", "1"))
KIND = Values(("employer", "employer", "social_body", "school"), ("social_body", "school"))


def at_least(number: int, *also: int) -> Values:
    """Values around a number that is still enough."""
    return Values((number, number, number + 1, number * 10), (number - 1, 0, number // 2, *also))


def whole(rng: random.Random, number: int) -> int:
    return rng.choice((number, number, number + 1, number * 3))


# Lines of a filing -------------------------------------------------------------------------------


def lines(*, workstations: int, assessors: int, person_times: int, broken: bool) -> Draw:
    """Occupations of a filing; broken ones have one field missing or under its edge, or are none."""

    def draw(rng: random.Random, _day: date) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = [
            {
                "occupation_code": f"6-31-01-0{index + 1}",
                "workstations": whole(rng, workstations),
                "video_monitored": True,
                "venue_fits": True,
                "assessors": whole(rng, assessors),
                "training_evaluation_person_times": whole(rng, person_times),
            }
            for index in range(rng.choice((1, 1, 2, 3)))
        ]
        if broken:
            if rng.random() < 0.1:
                return []
            for _ in range(rng.choice((1, 1, 2))):
                row = rng.choice(rows)
                name = rng.choice([name for name in row if name != "occupation_code"] or ["occupation_code"])
                under = {
                    "workstations": workstations - 1,
                    "assessors": assessors - 1,
                    "training_evaluation_person_times": person_times - 1,
                    "video_monitored": False,
                    "venue_fits": False,
                }
                if rng.random() < LEAVE_OUT_SHARE:
                    row.pop(name, None)
                elif name in under:
                    row[name] = under[name]
        return rows

    return draw


def some_missing(full: tuple[str, ...], spare: tuple[str, ...]) -> Values:
    """Lists of papers: whole with something to spare, or with one or two lacking."""

    def whole_list(rng: random.Random, _day: date) -> list[str]:
        return list(full) + rng.sample(spare, rng.randint(0, len(spare)))

    def lacking(rng: random.Random, _day: date) -> list[str]:
        kept = rng.sample(full, max(0, len(full) - rng.choice((1, 1, 1, 2, len(full)))))
        return kept + rng.sample(spare, rng.randint(0, len(spare)))

    return Values((whole_list,), (lacking,))


FILING_PAPERS = (
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
    "training_evaluation_proof",
)
SPARE_PAPERS = (
    "statutes",
    "venue_proof",
    "staff_proof",
    "resource_proof",
    "funds_proof",
    "preference_proof",
    "other",
)


def around_the_day(*offsets: int) -> tuple[Draw, ...]:
    """Days at so many days from the day that is judged."""
    return tuple((lambda _rng, day, offset=offset: day + timedelta(days=offset)) for offset in offsets)


FILING = {
    "registered_in_city": YES,
    "has_bad_credit_record": NO,
    "documents": some_missing(FILING_PAPERS, SPARE_PAPERS),
    "has_own_unit": YES,
    "full_time_staff": at_least(1),
    "experts": at_least(1),
    "has_stable_funds": YES,
    "is_nonprofit_undertaken": YES,
    "has_filing_bar": Values((False, False, True), (True,)),
    "barred_until": Values(around_the_day(0, 0, -1, -400), around_the_day(1, 1, 0, -1, 700)),
    "scope_lines": Values(
        (lines(workstations=10, assessors=3, person_times=6000, broken=False),),
        (lines(workstations=10, assessors=3, person_times=6000, broken=True),),
    ),
}
ENTERPRISE = {
    "is_legal_person": YES,
    "is_operating_lawfully": YES,
    "enterprise_size": Values(("medium", "large"), ("small", "micro", "medium")),
    "main_business_is_training_evaluation_or_consulting": NO,
    "insured_headcount": at_least(300, 299, 301),
    "insured_headcount_source": Values(("feed", "feed", "feed", "declared"), ("declared",)),
    "internal_supervisors": at_least(1),
    "can_develop_resources": YES,
    "draws_education_funds_in_full": YES,
}
SCALE = {
    "opens_city_wide": EITHER,
    "consecutive_training_evaluation_years": at_least(6),
    "training_evaluation_person_times": at_least(30000),
    "evaluation_share_percent": Values(
        (Decimal(30), Decimal("30.01"), Decimal(70)), (Decimal("29.99"), Decimal("29.9"), Decimal(3))
    ),
}
PREFERENCES = {
    "ran_provincial_pilot_without_bad_record": EITHER,
    "took_part_in_career_link_pilot": EITHER,
    "took_part_in_standard_writing": EITHER,
    "is_provincial_training_base": EITHER,
}


# Plans, rooms, results ---------------------------------------------------------------------------


def assessors(*, broken: bool) -> Draw:
    """The assessors of a sitting; broken ones are too few, or one is not as it should be."""

    def draw(rng: random.Random, _day: date) -> list[dict[str, object]]:
        number = rng.choice((3, 3, 3, 5, 7)) if not broken else rng.choice((0, 1, 2, 2, 3, 3, 3, 4, 5))
        rows: list[dict[str, object]] = [
            {
                "person_key": f"p{index}",
                "grade": "senior_assessor",
                "is_qualified_on_day": True,
                "is_free_at_that_time": True,
                "has_declared_conflict": False,
            }
            for index in range(number)
        ]
        if broken and rows and rng.random() < 0.8:
            row = rng.choice(rows)
            name, value = rng.choice(
                (
                    ("grade", "assessor"),
                    ("is_qualified_on_day", False),
                    ("is_free_at_that_time", False),
                    ("has_declared_conflict", True),
                )
            )
            if rng.random() < LEAVE_OUT_SHARE:
                del row[name]
            else:
                row[name] = value
        return rows

    return draw


def rooms(*, broken: bool) -> Draw:
    """Rooms with 15 candidates for each monitor at most, and two monitors at least."""

    def draw(rng: random.Random, _day: date) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = []
        for index in range(rng.choice((1, 2, 3))):
            monitors = rng.choice((2, 2, 3))
            candidates = rng.choice((15 * monitors, 15 * monitors, 15 * monitors - 1, 4))
            if broken and rng.random() < 0.5:
                monitors = rng.choice((1, 1, 2))
                candidates = 15 * monitors + rng.choice((-1, 0, 1, 1))
            row: dict[str, object] = {
                "room": str(index + 1),
                "candidates": candidates,
                "monitors": monitors,
                "candidates_per_monitor": (Decimal(candidates) / monitors).quantize(Decimal("0.0001")),
            }
            if broken and rng.random() < 0.15:
                del row[rng.choice(("monitors", "candidates_per_monitor"))]
            rows.append(row)
        return rows if not broken or rng.random() < 0.95 else []

    return draw


SCORES = tuple(Decimal(score) for score in ("60", "60.0", "60.01", "61", "85.5", "100"))
LOW_SCORES = tuple(Decimal(score) for score in ("59.99", "59", "59.5", "0", "60"))


def subjects(*, broken: bool) -> Draw:
    """Scores of the subjects; broken ones are low, absent, not said or not reported."""

    def draw(rng: random.Random, _day: date) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = [
            {"subject": name, "score": rng.choice(SCORES), "absent": False}
            for name in ("theory", "practical", "comprehensive")[: rng.choice((2, 3, 3, 3, 3))]
        ]
        if broken:
            if rng.random() < 0.05:
                return []
            row = rng.choice(rows)
            way = rng.random()
            if way < 0.45:
                row["score"] = rng.choice(LOW_SCORES)
            elif way < 0.65:
                row["absent"] = True
                if rng.random() < 0.7:
                    del row["score"]
            elif way < 0.85:
                del row[rng.choice(("score", "absent"))]
            else:
                rows.remove(row)
        return rows

    return draw


# Entry conditions --------------------------------------------------------------------------------

CONDITIONS = (
    *(
        f"2018/{item}"
        for item in ("5-1", "5-2", "4-1", "4-2", "4-3", "3-1", "3-2", "3-3", "2-1", "2-2", "2-3")
    ),
    "2018/1-1",
    *(
        f"2023/{item}"
        for item in ("5-1", "5-2", "4-1", "4-2", "4-3", "3-1", "3-2", "3-3", "3-4", "3-5", "3-6")
    ),
    *(f"2023/{item}" for item in ("2-1", "2-2", "2-3", "2-4", "2-5", "1-1", "1-2", "1-3")),
)
WORK_YEARS = (1, 2, 3, 4, 5, 6, 10)


def years_before(*years: int, shift: tuple[int, ...]) -> Draw:
    """A day so many years before the day that is judged, give or take a day."""

    def draw(rng: random.Random, day: date) -> date:
        year = day.year - rng.choice(years)
        # 29 February has no counterpart in most years
        there = date(year, 2, 28) if (day.month, day.day) == (2, 29) and year % 4 else day.replace(year=year)
        return there + timedelta(days=rng.choice(shift))

    return draw


def months(*, enough: bool) -> Draw:
    def draw(rng: random.Random, _day: date) -> int:
        if enough:
            return rng.choice((120, 121, 200))
        return 12 * rng.choice(WORK_YEARS) + rng.choice((-1, -1, 0, 1))

    return draw


def just_enough_months(rng: random.Random, _day: date) -> int:
    return 12 * rng.choice(WORK_YEARS) + rng.choice((0, 0, 1))


SCHOOLS = (
    "none",
    "secondary_vocational",
    "senior_technical",
    "technician_class",
    "junior_college",
    "bachelor_or_above",
)
ENTRY = {
    "born_on": Values(
        (years_before(16, 17, 30, shift=(0,)), years_before(40, shift=(0, -1))),
        (years_before(16, shift=(1, 1, 0, -1)), years_before(15, shift=(0,))),
    ),
    "work_months": Values((months(enough=True), just_enough_months), (months(enough=False), 0)),
    "prior_issued_on": Values(
        (years_before(5, 6, 9, shift=(0, -1)), years_before(1, 2, 3, 4, 5, shift=(0,))),
        (years_before(1, 2, 3, 4, 5, shift=(-1, 0, 1, 1)), years_before(0, shift=(0, -3))),
    ),
    "title": Values(("senior", "middle", "junior"), ("none", "junior", "middle")),
    "title_issued_on": Values(
        (years_before(5, 8, shift=(0, -1)), years_before(1, 5, shift=(0,))),
        (years_before(1, 5, shift=(-1, 0, 1, 1)),),
    ),
    "in_related_occupation": YES,
    "has_completed_apprenticeship": YES,
    "is_education_in_field": YES,
    "is_education_programme_evaluated": YES,
    "is_title_in_field": YES,
}
FITTING_SCHOOLS = {
    "2018/4-3": SCHOOLS[1:4],
    "2018/3-2": SCHOOLS[2:5],
    "2018/3-3": SCHOOLS[4:],
    "2018/2-2": SCHOOLS[2:4],
    "2018/2-3": SCHOOLS[3:4],
    "2023/4-3": SCHOOLS[1:],
    "2023/3-4": SCHOOLS[2:4],
    "2023/3-5": SCHOOLS[4:],
    "2023/3-6": SCHOOLS[4:],
    "2023/2-4": SCHOOLS[2:4],
    "2023/2-5": SCHOOLS[3:4],
}


def entry(rng: random.Random) -> dict[str, Values]:
    """The facts about one person who names a condition that fits the level, or nearly."""
    condition = rng.choice(CONDITIONS)
    generation, item = condition.split("/")
    level = item[0]
    below = str(int(level) + 1) if level != "5" else "5"
    return {
        "entry_condition": Values((condition,), (rng.choice(CONDITIONS), "2023/9-9", "2018/4-9")),
        "level": Values((level,), LEVEL.odd),
        "standard_generation": Values((generation,), ("2018", "2023")),
        "prior_level": Values((below, below, level), LEVEL.odd),
        "education": Values(FITTING_SCHOOLS.get(condition, SCHOOLS), SCHOOLS),
        **ENTRY,
    }


PROOFS = (
    "commitment_letter",
    "insurance_record",
    "work_proof",
    "prior_certificate",
    "diploma",
    "title_certificate",
    "apprenticeship_proof",
)


def any_proofs(rng: random.Random, _day: date) -> list[str]:
    return rng.sample(PROOFS, rng.randint(0, len(PROOFS)))


def proofs(rng: random.Random) -> dict[str, Values]:
    """A named condition and the papers handed in."""
    condition = rng.choice(CONDITIONS)
    return {
        "entry_condition": Values((condition,), ("2023/9-9",)),
        "education": Values(FITTING_SCHOOLS.get(condition, SCHOOLS), SCHOOLS),
        "entry_proofs": Values((list(PROOFS), any_proofs, any_proofs), (any_proofs, [])),
        "standard_generation": Values(("2018", "2023"), ("2018",)),
        "is_education_in_field": YES,
        "is_education_programme_evaluated": YES,
        "is_title_in_field": YES,
    }


PRECONDITIONS = (
    "administrative_approval",
    "project_approval",
    "credential_review",
    "work_start_permit",
    "business_opening_permit",
    "market_entry",
    "other_administrative_matter",
    "taking_up_job",
    "employment_or_business",
    "none",
)

# The questions -----------------------------------------------------------------------------------

QUESTIONS: dict[str, tuple[int, Callable[[random.Random], dict[str, Values]]]] = {
    "employer_filing": (8_000, lambda _rng: FILING | ENTERPRISE),
    "social_body_filing": (
        8_000,
        lambda _rng: (
            FILING
            | SCALE
            | PREFERENCES
            | {"main_business_is_talent_training": YES, "is_operating_lawfully": YES}
        ),
    ),
    "school_filing": (
        5_000,
        lambda _rng: (
            FILING
            | SCALE
            | {
                "main_business_is_talent_training": YES,
                "is_technical_school": YES,
                "serves_own_students_only": YES,
                "is_provincial_pilot_school": EITHER,
                "internal_supervisors": at_least(1),
            }
        ),
    ),
    "scope_line": (
        7_000,
        lambda _rng: {
            "body_kind": KIND,
            "occupation_is_skill_class": Values((True, True, False), (False,)),
            "occupation_published_or_filed": Values((True, True, False), (False,)),
            "related_to_main_business": Values((True, True, False), (False,)),
            "main_production_line": Values((True, True, False), (False,)),
            "has_influence": YES,
            "applicants_for_same_level": at_least(50),
            "is_access_type_qualification": NO,
            "on_shortage_list": YES,
            "has_national_standard": YES,
            "standard_basis": Values(
                ("national_standard", "national_standard", "evaluation_norm"), ("evaluation_norm", "none")
            ),
            "standard_in_force_on_day": YES,
            "norm_follows_drafting_rules": YES,
        },
    ),
    "plan": (
        7_000,
        lambda _rng: {
            "body_kind": KIND,
            "body_state": Values(("filed",), ("suspended", "removed", "applicant")),
            "level": LEVEL,
            "is_within_filed_scope": YES,
            "is_venue_in_filing_place": YES,
            "is_declared_before_sitting": YES,
            "declared_workdays_before_sitting": Values((10, 20, 5, 3), (0, 1, 4, 9)),
            "assessors": Values((assessors(broken=False),), (assessors(broken=True),)),
            "is_assessor_number_odd": YES,
            "internal_supervisors": at_least(1),
            "supervisor_is_also_assessor": NO,
            "internal_supervisor_is_also_external": NO,
            "venue_workstations": Values((10, 11, 30), (9, 0)),
            "largest_practical_group": Values((10, 9, 1), (11, 12, 40)),
            "standard_in_force_on_day": YES,
        },
    ),
    "sitting_arrangement": (
        3_000,
        lambda _rng: {
            "level": LEVEL,
            "rooms": Values((rooms(broken=False),), (rooms(broken=True),)),
            "theory_minutes": at_least(90),
            "practical_minutes": at_least(60),
            "comprehensive_minutes": Values((15, 16, 30), (14, 0)),
        },
    ),
    "candidate": (
        7_000,
        lambda _rng: {
            "body_kind": Values(KIND.usual, ("employer", "social_body", "school")),
            "employment_kind": Values(
                ("staff", "dispatched", "dispatched", "public", "student"), ("student", "public")
            ),
            "insured_by_body_on_day": YES,
            "dispatch_months": at_least(12, 13),
            "insured_or_employed_in_city": YES,
            "volunteers": YES,
            "level": LEVEL,
        },
    ),
    "entry_condition": (11_000, entry),
    "entry_proof": (4_000, proofs),
    "result": (
        4_000,
        lambda _rng: {
            "level": LEVEL,
            "subjects": Values((subjects(broken=False),), (subjects(broken=True),)),
        },
    ),
    "result_upload": (
        3_000,
        lambda _rng: {"body_kind": KIND, "workdays_since_exam_end": Values((10, 5, 0), (11, 6, 12, 30))},
    ),
    "certificate": (
        5_000,
        lambda _rng: {
            "body_kind": KIND,
            "level": LEVEL,
            "exam_was_held": YES,
            "results_all_passed": YES,
            "results_reviewed": YES,
            "result_notice_workdays": at_least(5, 4),
            "is_within_filed_scope": YES,
            "body_is_stopped": NO,
            "body_is_removed": NO,
            "sitting_was_before_removal": EITHER,
            "number_fits_structure": YES,
            "number_matches_body": YES,
            "number_matches_year": YES,
            "number_matches_level": YES,
        },
    ),
    "certificate_text": (
        4_000,
        lambda _rng: {
            "certificate_kind": Values(("own_assessment",), ("skill_level", "special_ability")),
            "forbidden_words_found": Values(
                ([],),
                (["国家"], ["全省"], ["岗位合格"], ["中国", "全国"], ["上岗证"], ["专业技术职务", "中华"]),
            ),
            "words_needing_person": Values(([],), (["中国"], ["广东省"])),
            "advertisement_words_found": Values(([],), (["国家"],)),
            "carries_national_emblem": NO,
            "carries_other_emblem": NO,
        },
    ),
    "qualification_named": (
        4_000,
        lambda _rng: {
            "on_directory_on_day": Values((True, True, False), (False,)),
            "approved_by_nation": Values((True, True, False), (False,)),
            "is_cancelled_on_day": NO,
            "resembles_cancelled_item": NO,
            "provincial_list_published": EITHER,
            "on_provincial_list_on_day": YES,
            "qualification_type": Values(("access", "level"), ("level",)),
            "item_set_by": Values(
                ("nation", "state_council_department"), ("province", "local", "national_association", "other")
            ),
            "is_self_set": NO,
        },
    ),
    "precondition": (
        3_000,
        lambda _rng: {
            "is_cancelled_on_day": EITHER,
            "provincial_list_published": EITHER,
            "on_provincial_list_on_day": Values((True, True, False), (False,)),
            "qualification_type": Values(("access", "level"), ("level",)),
            "precondition_of": Values(PRECONDITIONS, PRECONDITIONS),
        },
    ),
    "refiling": (
        3_000,
        lambda _rng: {
            "was_filing_cancelled": Values((True, True, False), (False,)),
            "cancellation_ground": Values(
                ("idle", "conditions_lost"), ("dishonesty", "own_request", "other")
            ),
            "filing_cancelled_on": Values(
                (years_before(2, shift=(-1, -1, -2)), years_before(3, 4, shift=(0,))),
                (years_before(2, shift=(0, 0, 1, 1)), years_before(0, 1, shift=(-1, 0))),
            ),
        },
    ),
    "ability_applicant": (
        2_500,
        lambda _rng: {
            "volunteers": YES,
            "in_training_subsidy_scope": EITHER,
            "of_legal_working_age": Values((True, True, False), (False,)),
            "has_the_skill": Values((True, True, False), (False,)),
            "applicant_group": Values(("rural_transfer_worker", "student", "other"), ("veteran",)),
        },
    ),
    "cancelled_aftermath": (
        4_500,
        lambda _rng: {
            "cancelled_by": Values(("state_council", "state_council", "province"), ("province",)),
            "stage_at_cancellation": Values(
                ("announced", "registering", "examined", "not_announced"), ("announced", "examined")
            ),
            "candidate_choice": Values(("sit", "refund"), ("not_asked",)),
            "examination_continued": YES,
            "fee_refunded": YES,
            "results_passed_before": Values((True, True, False), (False,)),
            "certificate_granted": YES,
            "is_dual_certificate_student": EITHER,
            "has_graduated": EITHER,
            "dual_certificates_granted": YES,
            "item_was_adjusted": EITHER,
            "follows_adjusted_rules": YES,
            "certificate_obtained_before_cancellation": EITHER,
            "accepted_as_proof_of_ability": YES,
        },
    ),
    "exam_site_filing": (
        2_500,
        lambda _rng: {
            "site_kind": Values(
                ("appraisal_body", "enterprise", "school", "training_evaluation_body"),
                ("other", "enterprise"),
            ),
            "site_meets_conditions": YES,
            "evaluated_by_city_centre": YES,
            "site_standing_cancelled": NO,
        },
    ),
    "training_separation": (
        1_500,
        lambda _rng: {
            "evaluation_type": Values(
                ("qualification_evaluation", "qualification_evaluation", "skill_level_recognition"),
                ("special_ability_assessment", "skill_level_recognition"),
            ),
            "trained_by_evaluating_body": Values((False, False, True), (True,)),
            "has_taken_training": EITHER,
        },
    ),
    "yearly_assessment": (
        3_000,
        lambda _rng: {
            "months_since_filing": at_least(12),
            "sittings_in_inactivity_period": at_least(1),
            "still_meets_conditions": YES,
            "body_kind": KIND,
            "scope_lines": FILING["scope_lines"],
        },
    ),
}


HOMES = {
    "certificate_text": GUANGDONG,
    "qualification_named": (*GUANGDONG, *JILIN, *LIAONING),
    "precondition": JILIN,
    "cancelled_aftermath": JILIN,
    "training_separation": JILIN,
    "ability_applicant": WEIHAI,
    "exam_site_filing": WEIHAI,
    "refiling": FOSHAN,
}


def generate(*, seed: int, share: float = 1.0) -> Iterator[Case]:
    """Yield the cases of all questions, the same for the same seed."""
    number = 0
    for question, (count, facts_of) in QUESTIONS.items():
        rng = random.Random(f"{seed}/{question}")
        for _ in range(round(count * share)):
            day = _day(rng)
            values = facts_of(rng)
            place = _place(rng, HOMES.get(question, ()))
            yield Case(id=number, question=question, place=place, day=day, facts=_facts(rng, values, day))
            number += 1


def _facts(rng: random.Random, values: Mapping[str, Values], day: date) -> dict[str, object]:
    """Draw each fact, some of them left out and some from beside the edge."""
    facts: dict[str, object] = {}
    odd = set(
        rng.sample(
            list(values), rng.choice((0, 1, 1, 1, 2, 2, 3, 4) if len(values) > MANY else (0, 0, 0, 1, 1, 2))
        )
    )
    for name, value in values.items():
        if name in odd and rng.random() < LEAVE_OUT_SHARE:
            continue
        drawn = rng.choice(value.odd if name in odd else value.usual)
        facts[name] = drawn(rng, day) if callable(drawn) else drawn
    return facts


def _place(rng: random.Random, homes: tuple[str, ...]) -> str:
    if homes and rng.random() < 0.6:
        return rng.choice(homes)
    return rng.choice(rng.choices((FOSHAN, LIAONING, SHENZHEN, ELSEWHERE), (40, 35, 5, 20))[0])


def _day(rng: random.Random) -> date:
    way = rng.random()
    if way < 0.2:
        return rng.choice(FIRST_AND_LAST_DAYS) + timedelta(days=rng.choice((-1, 0, 1)))
    if way < 0.25:
        return rng.choice((date(2024, 2, 29), date(2020, 2, 29), date(2025, 2, 28), date(2026, 8, 31)))
    first, last = (
        (date(2024, 10, 1), date(2027, 6, 30)) if way < 0.75 else (date(2014, 1, 1), date(2027, 6, 30))
    )
    return first + timedelta(days=rng.randrange((last - first).days))
