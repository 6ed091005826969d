"""Turns a filing and its surroundings into the plain facts that the filing rules ask for."""

import datetime as dt
from decimal import ROUND_DOWN, Decimal

from django.db.models import Q, Sum

from zhiping.apps.reference.queries import is_access_type, is_on_shortage_list, listed, standards_in_force
from zhiping.apps.registry.models import (
    AssessorOccupation,
    Bar,
    EvaluationBody,
    Filing,
    FilingLine,
    InsuredMonth,
    StaffMember,
    VenueStation,
)
from zhiping.core.catalogues.enterprise_size import classify

type Facts = dict[str, object]


def filing_facts(filing: Filing, *, on: dt.date) -> Facts:
    """Return the facts of a filing as they stand on the day.

    Declared facts are taken as declared; bars, assessors, workstations, documents and the headcount
    of the insurance feed are read. What is not known is left out, so that the rule answers
    'unknown'.
    """
    body = filing.body
    facts: Facts = {
        "body_kind": body.kind,
        "registered_in_city": filing.registered_in_city,
        "is_legal_person": filing.is_legal_person,
        "is_operating_lawfully": filing.is_operating_lawfully,
        "has_bad_credit_record": filing.has_bad_credit_record,
        "scope_lines": [_line_row(line, on) for line in filing.lines.all()],
        "documents": sorted(
            set(
                body.documents.filter(is_withdrawn=False).exclude(kind="photo").values_list("kind", flat=True)
            )
        ),
        "has_own_unit": filing.has_own_unit,
        "can_develop_resources": filing.can_develop_resources,
        "draws_education_funds_in_full": filing.draws_education_funds_in_full,
        "has_stable_funds": filing.has_stable_funds,
        "is_nonprofit_undertaken": filing.is_nonprofit_undertaken,
        "opens_city_wide": filing.opens_city_wide,
        "main_business_is_talent_training": filing.main_duty_is_talent_training,
        "ran_provincial_pilot_without_bad_record": filing.prior_pilot,
        "took_part_in_career_link_pilot": filing.engineer_pilot,
        "took_part_in_standard_writing": filing.took_part_in_standards,
        "is_provincial_training_base": filing.is_provincial_base,
        "is_technical_school": body.kind == EvaluationBody.Kind.SCHOOL,
        "serves_own_students_only": filing.serves_own_students_only,
        "is_provincial_pilot_school": filing.is_provincial_pilot_school,
    }
    facts |= _staff_facts(filing, on) | _bar_facts(body, on) | _headcount_facts(filing, on)
    facts |= _business_facts(filing, on) | _experience_facts(filing)
    return facts


def line_facts(line: FilingLine, *, on: dt.date) -> Facts:
    """Return the facts of one occupation applied for (question `scope_line`)."""
    filing = line.filing
    standard = line.standard
    is_skill_class = _is_skill_class(line, on)
    facts: Facts = {
        "body_kind": filing.body.kind,
        "occupation_is_skill_class": is_skill_class,
        "occupation_published_or_filed": is_skill_class,
        "related_to_main_business": line.relates_to_main_business,
        "main_production_line": line.is_main_production_line,
        "has_influence": line.has_influence,
        "is_access_type_qualification": is_access_type(line.occupation_code, on=on),
        "has_national_standard": standards_in_force(line.occupation_code, on=on)
        .filter(kind="national")
        .exists(),
        "norm_follows_drafting_rules": line.norm_follows_drafting_rules,
        "standard_basis": {"national": "national_standard", "norm": "evaluation_norm"}.get(
            standard.kind if standard else "", "none"
        ),
    }
    if standard is not None:
        facts["standard_in_force_on_day"] = standard.valid_from <= on and (
            standard.valid_to is None or on < standard.valid_to
        )
    if line.applicants is not None:
        facts["applicants_for_same_level"] = line.applicants
    listed = is_on_shortage_list(line.occupation_code, place=filing.place, on=on)
    if listed is not None:
        facts["on_shortage_list"] = listed
    return facts


def _line_row(line: FilingLine, on: dt.date) -> Facts:
    row: Facts = {
        "occupation_code": line.occupation_code,
        "assessors": qualified_assessors(line.filing.body_id, line.occupation_code, on=on),
    }
    if line.venue is not None:
        stations = VenueStation.objects.filter(venue=line.venue, occupation_code=line.occupation_code)
        row["workstations"] = stations.aggregate(total=Sum("workstations"))["total"] or 0
        row["video_monitored"] = line.venue.has_video
        row["venue_fits"] = stations.exists()
    if line.person_times is not None:
        row["training_evaluation_person_times"] = line.person_times
    return row


def qualified_assessors(body_id: int, occupation_code: str, *, on: dt.date) -> int:
    """Return how many assessors of the body may examine the occupation on the day (FS20-E6)."""
    return (
        AssessorOccupation.objects.filter(
            Q(assessor__valid_to__isnull=True) | Q(assessor__valid_to__gt=on),
            assessor__body_id=body_id,
            assessor__valid_from__lte=on,
            occupation_code=occupation_code,
        )
        .values("assessor__person_id")
        .distinct()
        .count()
    )


def _staff_facts(filing: Filing, on: dt.date) -> Facts:
    on_record = StaffMember.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=on), body=filing.body, valid_from__lte=on
    )
    facts: Facts = {}
    declared = {
        "full_time_staff": (filing.full_time_staff, on_record.filter(is_full_time=True)),
        "experts": (filing.experts, on_record.filter(role=StaffMember.Role.EXPERT)),
        "internal_supervisors": (
            filing.internal_supervisors,
            on_record.filter(role=StaffMember.Role.INTERNAL_SUPERVISOR),
        ),
    }
    for name, (stated, rows) in declared.items():
        # Named people on record count before a declared number.
        counted = rows.values("person_id").distinct().count()
        if counted or stated is not None:
            facts[name] = counted or stated
    return facts


def _bar_facts(body: EvaluationBody, on: dt.date) -> Facts:
    bar = Bar.objects.filter(credit_code=body.credit_code, valid_from__lte=on).order_by("-valid_to").first()
    if bar is None:
        return {"has_filing_bar": False}
    return {"has_filing_bar": True, "barred_until": bar.valid_to}


def insured_headcount(body_id: int, *, on: dt.date) -> int | None:
    """Return the headcount of the newest month that the insurance feed knows by the day."""
    newest = InsuredMonth.objects.filter(body_id=body_id, month__lte=on).order_by("-month").first()
    return None if newest is None else newest.insured_count


def _headcount_facts(filing: Filing, on: dt.date) -> Facts:
    fed = insured_headcount(filing.body_id, on=on)
    if fed is not None:
        return {"insured_headcount": fed, "insured_headcount_source": "feed"}
    if filing.insured_headcount is not None:
        return {"insured_headcount": filing.insured_headcount, "insured_headcount_source": "declared"}
    return {}


def _is_skill_class(line: FilingLine, on: dt.date) -> bool:
    """Tell whether the code's first digit is a class that evaluation draws on."""
    classes = listed("scope_line.occupation_classes", place=line.filing.place, on=on)
    return line.occupation_code[:1] in classes


def _business_facts(filing: Filing, on: dt.date) -> Facts:
    code = filing.main_business_code
    if not code:
        return {}
    excluded = listed("employer_filing.excluded_industries", place=filing.place, on=on)
    facts: Facts = {
        "main_business_is_training_evaluation_or_consulting": code.startswith(tuple(excluded) or ("-",))
    }
    size = classify(code, staff=filing.staff_count, revenue=filing.revenue_wan, assets=filing.assets_wan)
    if size.size is not None:
        facts["enterprise_size"] = size.size.name.lower()
    return facts


def _experience_facts(filing: Filing) -> Facts:
    facts: Facts = {}
    if filing.experience_years is not None:
        facts["consecutive_training_evaluation_years"] = filing.experience_years
    if filing.person_times_total is not None:
        facts["training_evaluation_person_times"] = filing.person_times_total
        if filing.person_times_evaluated is not None and filing.person_times_total:
            share = Decimal(filing.person_times_evaluated) * 100 / Decimal(filing.person_times_total)
            facts["evaluation_share_percent"] = share.quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    return facts
