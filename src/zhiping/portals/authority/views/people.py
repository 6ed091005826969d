"""People: a person's whole trace within the officer's places."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from zhiping.apps.authorities.queries import reach
from zhiping.apps.certificates.queries import certificates_within
from zhiping.apps.exams import office_queries as exams
from zhiping.apps.journal.queries import entries_about_within
from zhiping.apps.registry import office_queries as registry
from zhiping.apps.registry.identity import number_index
from zhiping.apps.screening.queries import findings_within
from zhiping.core.identifiers.normal_text import normalise_code, normalise_text
from zhiping.portals.authority.journal_words import as_entry, fetch
from zhiping.portals.authority.listing import Filters
from zhiping.portals.authority.pages import crumbs, page, posted
from zhiping.portals.gate import GatedRequest, officer
from zhiping.ui.shapes import Definition, EmptyState

_MOST = 50
_PAPER_LENGTH = 15
"""From this length on a search text is taken for the number of a paper."""


class PersonFilters(Filters):
    """Whom to look for."""

    text = forms.CharField(label="姓名或完整证件号码", max_length=60)


@officer("certificates.read")
def people(request: GatedRequest) -> HttpResponse:
    """Look for a person by name or by the whole number of a paper (人员查询).

    The number is sent by POST, so that it stays out of addresses and logs.
    """
    form = PersonFilters(posted(request))
    asked = form.is_valid() and normalise_text(form.cleaned_data["text"])
    found: list[dict[str, Any]] = []
    if asked:
        found = _found(request, asked)
        if len(found) == 1:
            return redirect("authority:people-show", found[0]["person"].pk)
    return page(
        request,
        "people",
        {
            "title": "人员查询",
            "crumbs": crumbs(("人员查询", "")),
            "form": form,
            "asked": asked,
            "people": found,
            "most": _MOST,
            "empty": EmptyState(
                title="没有找到此人",
                text="只能查到在您管辖地区报名、领证或任考评、工作人员的人。请核对姓名，或输入完整证件号码再查。",
            ),
            "as_of": request.clock.now(),
        },
    )


def _found(request: GatedRequest, asked: str) -> list[dict[str, Any]]:
    """Return the persons of that name or number with something within reach."""
    number = normalise_code(asked)
    if len(number) >= _PAPER_LENGTH and number.isascii():
        candidates = registry.people_by_index(number_index(number, "居民身份证"))
    else:
        candidates = registry.people_by_name(asked)[: _MOST * 4]
    rows = []
    for person in candidates:
        trace = _counts(request, person.pk)
        if any(trace.values()):
            rows.append({"person": person, **trace})
        if len(rows) == _MOST:
            break
    return rows


def _counts(request: GatedRequest, pk: int) -> dict[str, int]:
    return {
        "enrolments": exams.enrolments_within(request.actor, pk).count(),
        "certificates": certificates_within(request.actor).filter(person=pk).count(),
        "posts": registry.assessor_posts_within(request.actor, pk).count()
        + registry.staff_posts_within(request.actor, pk).count(),
    }


@officer("certificates.read")
def person(request: GatedRequest, pk: int) -> HttpResponse:
    """Show everything on record about a person within the officer's places (人员全程)."""
    found = registry.person_on_record(pk)
    if found is None or not any(_counts(request, pk).values()):
        raise Http404
    certificates = list(certificates_within(request.actor).filter(person=pk).order_by("-issued_on"))
    enrolments = list(exams.enrolments_within(request.actor, pk))
    entries = list(
        entries_about_within("registry.person", pk, reach(request.actor, "journal.read")).prefetch_related(
            "subjects"
        )[:_MOST]
    )
    known = fetch((one.thing, one.thing_id) for entry in entries for one in entry.subjects.all())
    return page(
        request,
        "person",
        {
            "title": found.name,
            "crumbs": crumbs(("人员查询", reverse("authority:people-list")), (found.name, "")),
            "items": [
                Definition(term="姓名", value=found.name),
                Definition(term="证件类型", value=found.paper_kind),
                Definition(
                    term="证件号码",
                    value=certificates[0].number_masked if certificates else "仅在证书页凭职责查看",
                ),
                Definition(term="性别", value=found.get_sex_display()),
                Definition(term="出生年份", value=found.born_on.year if found.born_on else None),
            ],
            "enrolments": enrolments,
            "certificates": certificates,
            "assessor_posts": list(registry.assessor_posts_within(request.actor, pk)),
            "staff_posts": list(registry.staff_posts_within(request.actor, pk)),
            "assignments": list(exams.assignments_within(request.actor, pk)[:_MOST]),
            "findings": list(
                findings_within(request.actor)
                .filter(evidence__person_key=str(found.key))
                .order_by("-id")[:_MOST]
            ),
            "entries": [as_entry(entry, known) for entry in entries],
            "as_of": request.clock.now(),
        },
    )
