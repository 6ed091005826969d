"""The directory of ability projects as of a day, and specifications on their way into it, WH21-1, WH21-4.

Projects and their published specifications are for everybody; what is under way is for officers.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from zhiping.apps.authorities.queries import within
from zhiping.apps.reference.models import (
    AbilityProject,
    ExpertArgument,
    ProjectVersion,
    Specification,
    SpecificationCall,
)
from zhiping.apps.reference.queries import judge, law, listed
from zhiping.apps.reference.states import LEVEL_OF_DUTY, SPECIFICATION_MOVES, SpecificationState
from zhiping.core.policybook import Verdict
from zhiping.kernel.actor import Actor
from zhiping.kernel.place import Place

SECTIONS_FACT = "specification_sections"
REQUIRED_SECTIONS = "ability.required_sections"
BARRED_ENDINGS = "ability.barred_name_endings"
_ASIDE = re.compile(r"(\([^()]*\)|[\W_])$")
_NOT_TEXT = frozenset({"name", "weights"})
"""Sections that have fields of their own."""


def level_place(place: str, level: str) -> str:
    """Return the place of a level above a place, or the nearest above where there is none (上级地区).

    >>> level_place("371002", "city"), level_place("371002", "province"), level_place("429004", "city")
    ('371000', '370000', '420000')
    """
    order = ("district", "city", "province")
    wanted = order[order.index(level) :]
    steps = {step.level: step.code for step in Place(place).chain}
    return next((steps[one] for one in wanted if one in steps), place)


# --- what a specification must say ---------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A section that a specification must have at a place on a day (应有部分), and how sure that is."""

    code: str
    label: str
    is_required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirements:
    """The drafting requirement as of a day (编写要求): which sections, on what authority, how certain.

    Without a known list nothing is required, and `clause` is empty.
    """

    sections: tuple[Requirement, ...]
    clause: str
    is_certain: bool
    note: str
    barred_endings: tuple[str, ...]


def section_labels() -> Mapping[str, str]:
    """Return section code → label: the closed list of the fact, in its order."""
    fact = law().facts[SECTIONS_FACT]
    return {code: fact.values_labels.get(code, code) for code in fact.allowed}


def text_sections() -> Mapping[str, str]:
    """Return the sections that are written as text; name and weights have fields of their own."""
    return {code: label for code, label in section_labels().items() if code not in _NOT_TEXT}


def requirements(place: str, *, on: dt.date) -> Requirements:
    """Return which sections a specification must have at a place on a day (应有部分), WH21-4."""
    found = law().resolve(REQUIRED_SECTIONS, place=Place(place), on=on)
    words = listed(REQUIRED_SECTIONS, place=place, on=on)
    sections = tuple(
        Requirement(code=code, label=label, is_required=code in words)
        for code, label in section_labels().items()
    )
    barred = listed(BARRED_ENDINGS, place=place, on=on)
    if found is None:
        return Requirements(sections=sections, clause="", is_certain=False, note="", barred_endings=barred)
    return Requirements(
        sections=sections,
        clause=found.clause,
        is_certain=found.certainty == "stated",
        note=found.note or "",
        barred_endings=barred,
    )


def written_sections(specification: Specification) -> tuple[str, ...]:
    """Return the codes of the sections that are written, in the order of the list."""
    there = {code for code, text in specification.sections.items() if text}
    there |= {"name"} if specification.name else set()
    there |= {"weights"} if specification.weights else set()
    return tuple(code for code in section_labels() if code in there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section as a page shows it: what it is called, what it says, whether it must be there."""

    label: str
    text: str
    is_required: bool


def sections_to_show(specification: Specification, needed: Requirements) -> tuple[Section, ...]:
    """Return the sections written as text, and those that are required and missing."""
    shown = []
    for one in needed.sections:
        text = specification.sections.get(one.code, "")
        if one.code not in _NOT_TEXT and (text or one.is_required):
            shown.append(Section(label=one.label, text=text, is_required=one.is_required))
    return tuple(shown)


def weight_total(specification: Specification) -> Decimal:
    """Return what the weights add up to, in percent."""
    return sum((Decimal(one["percent"]) for one in specification.weights), Decimal(0))


def name_ending(name: str) -> str:
    """Return the last character of a name that counts: what is bracketed off at its end does not hide it.

    >>> name_ending("海带结制作"), name_ending("月嫂服务师（初级）"), name_ending("电工。")
    ('作', '师', '工')
    """
    bare = unicodedata.normalize("NFKC", name).strip()
    while (cut := _ASIDE.sub("", bare)) != bare and cut:
        bare = cut
    return bare[-1:]


def specification_facts(specification: Specification) -> dict[str, object]:
    """Return the facts of the question `ability_specification`; what was not stated is left out."""
    facts: dict[str, object] = {
        "specification_name_ending": name_ending(specification.name),
        "specification_sections": list(written_sections(specification)),
    }
    if specification.weights:
        facts["specification_weight_total"] = weight_total(specification)
    if specification.is_smallest_unit is not None:
        facts["is_smallest_unit"] = specification.is_smallest_unit
    if specification.covered_by_standard is not None:
        facts["covered_by_national_standard"] = specification.covered_by_standard
    return facts


def judge_specification(specification: Specification, *, on: dt.date) -> Verdict:
    """Judge a specification by the drafting requirement of its place on the day it was submitted."""
    return judge(
        "ability_specification", specification_facts(specification), place=specification.place, on=on
    )


def listing_facts(specification: Specification) -> dict[str, object]:
    """Return the facts of the question `ability_project_listing`, read from the way it has come.

    What happened before the last return does not count.
    """
    verbs: set[str] = set()
    for verb in specification.steps.order_by("pk").values_list("verb", flat=True):
        verbs = set() if verb in {"return", "refuse"} else verbs | {verb}
    return {
        "specification_reported_by_level": {"submit", "pass_district", "pass_city"} <= verbs,
        "expert_review_passed": "pass_argument" in verbs,
        "filed_with_ministry": "file" in verbs and specification.filed_on is not None,
    }


def passed_argument(specification: Specification) -> ExpertArgument | None:
    """Return the argument that passed it, the last there was, or None."""
    return specification.arguments.filter(conclusion=ExpertArgument.Conclusion.PASSED).last()


def judge_listing(specification: Specification, *, place: str, on: dt.date) -> Verdict:
    """Judge whether a specification may enter the directory of a place, WH21-4."""
    return judge("ability_project_listing", listing_facts(specification), place=place, on=on)


# --- the directory -------------------------------------------------------------------------------


def versions_on(day: dt.date) -> QuerySet[ProjectVersion]:
    """Return the versions that count on the day: at most one of each project (某日在目录的版本)."""
    return (
        ProjectVersion.objects.filter(valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
        .select_related("project", "specification")
        .order_by("project__place", "project__name")
    )


def directory_of_projects(day: dt.date, place: str = "", text: str = "") -> QuerySet[ProjectVersion]:
    """Return the directory on a day (某日考核项目目录): of a place with everything inside, or of all.

    `text` narrows it to names and fields that contain it.

    Authority:
        WH21-1.
    """
    rows = versions_on(day)
    if text:
        rows = rows.filter(Q(project__name__contains=text) | Q(project__field__contains=text))
    return rows.filter(project__place__startswith=Place(place).prefix) if place else rows


def project_on_directory(name: str, *, place: str, on: dt.date) -> bool | None:
    """Tell whether a project is on the directory that counts at a place on the day; None without one.

    It is the fact `on_ability_directory_on_day`: a place without any project on record has no directory
    here, and nobody knows.
    """
    city = level_place(place, "city")
    rows = AbilityProject.objects.filter(place__in={city, level_place(place, "province")})
    if not rows.exists():
        return None
    return versions_on(on).filter(project__in=rows, project__name=name.strip()).exists()


def all_projects() -> QuerySet[AbilityProject]:
    """Return every project that ever was on a directory, with its versions (考核项目)."""
    versions = ProjectVersion.objects.select_related("specification").order_by("-number")
    return AbilityProject.objects.prefetch_related(Prefetch("versions", queryset=versions))


def project(project_id: int) -> AbilityProject | None:
    """Return one project with its versions, or None."""
    return all_projects().filter(pk=project_id).first()


def places_with_projects() -> Iterable[str]:
    """Return the places with a directory of projects, for a choice."""
    return AbilityProject.objects.order_by().values_list("place", flat=True).distinct()


def projects_at(place: str) -> QuerySet[AbilityProject]:
    """Return the projects used at exactly that place."""
    return AbilityProject.objects.filter(place=place)


def version_on(project: AbilityProject, day: dt.date) -> ProjectVersion | None:
    """Return the version of a project that counts on the day, from versions that are at hand."""
    return next(
        (
            one
            for one in project.versions.all()
            if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
        ),
        None,
    )


def projects_for(actor: Actor) -> QuerySet[AbilityProject]:
    """Return the projects used in the officer's places or above them (本地考核项目)."""
    above = {step.code for place in actor.places for step in place.chain}
    own = within(AbilityProject.objects.all(), actor)
    ids = own.values("pk")
    return all_projects().filter(Q(pk__in=ids) | Q(place__in=above))


# --- what is under way ---------------------------------------------------------------------------


def calls(actor: Actor) -> QuerySet[SpecificationCall]:
    """Return the calls of the officer's places, with how many specifications came in (征集)."""
    return within(SpecificationCall.objects.annotate(received=Count("specifications")), actor)


def calls_awaiting(actor: Actor) -> QuerySet[SpecificationCall]:
    """Return the open calls that the officer has to bring to an end, the earliest first."""
    rows = within(SpecificationCall.objects.all(), actor, "reference.solicit_specification")
    return rows.filter(state=SpecificationCall.State.OPEN).order_by("due_on", "pk")


def specifications(actor: Actor) -> QuerySet[Specification]:
    """Return the specifications of the officer's places (考核规范)."""
    return within(Specification.objects.select_related("call", "revises"), actor)


def specifications_awaiting(actor: Actor) -> QuerySet[Specification]:
    """Return the specifications that wait for this officer's level (待办考核规范)."""
    wanted = Q(pk__in=())
    for duty, level in LEVEL_OF_DUTY.items():
        states = {
            state
            for (state, _), move in SPECIFICATION_MOVES.items()
            if move.duty == duty and state not in {SpecificationState.DRAFTED, SpecificationState.RETURNED}
        }
        if level == "district":
            states.add(SpecificationState.RETURNED)
        prefixes = [
            held.place.prefix
            for held in actor.duties
            if held.name == duty and _reaches_level(held.place, level)
        ]
        for prefix in prefixes:
            wanted |= Q(state__in=states, place__startswith=prefix)
    return Specification.objects.filter(wanted)


def _reaches_level(place: Place, level: str) -> bool:
    """Tell whether a duty at the place counts at the level: a district's does not act for the city."""
    order = ("nation", "province", "city", "district")
    return order.index(place.level) <= order.index(level)


def place_of_step(specification: Specification, verb: str) -> str:
    """Return the place at which the duty for a step must be held: that of the level which takes it."""
    move = SPECIFICATION_MOVES.get((specification.state, verb))
    level = "district" if move is None else LEVEL_OF_DUTY[move.duty]
    return level_place(specification.place, level)


def verbs_for(specification: Specification, actor: Actor) -> tuple[str, ...]:
    """Return the verbs that the officer may offer for a specification now; the action decides."""
    return tuple(
        verb
        for (state, verb), move in SPECIFICATION_MOVES.items()
        if state == specification.state and actor.may(move.duty, Place(place_of_step(specification, verb)))
    )
