"""Staff, assessors, declared ties; venues."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse

from zhiping.apps.registry import actions
from zhiping.apps.registry.actions.people import PersonDetails
from zhiping.apps.registry.actions.venues import VenueDetails
from zhiping.apps.registry.identity import open_number
from zhiping.apps.registry.models import Assessor, StaffMember, Venue
from zhiping.apps.registry.queries import own_assessors, own_body, own_staff, own_ties, own_venues
from zhiping.core.catalogues.divisions import divisions
from zhiping.core.catalogues.occupations import occupations
from zhiping.portals.body.forms import (
    VENUE_HINTS,
    AssessorForm,
    PeopleFilters,
    StaffForm,
    TieForm,
    VenueForm,
    bound_hints,
    occupations_of,
)
from zhiping.portals.body.lists import Listing, is_export
from zhiping.portals.body.occupations import occupation_words
from zhiping.portals.body.pages import attempt, done, found, page
from zhiping.portals.body.views.profile import SOON
from zhiping.portals.gate import GatedRequest, body_clerk
from zhiping.ui import shapes

_DAY = dt.timedelta(days=1)


def _crumbs(*steps: tuple[str, str]) -> list[shapes.Crumb]:
    return [
        shapes.Crumb(label="工作台", url=reverse("body:home")),
        *(shapes.Crumb(label=label, url=url) for label, url in steps),
    ]


def _filtered(request: GatedRequest, rows: QuerySet[Any]) -> tuple[PeopleFilters, QuerySet[Any]]:
    asked = request.GET if request.GET.keys() & {"name", "standing"} else {"standing": "current"}
    filters = PeopleFilters(asked)
    today = request.clock.today()
    if not filters.is_valid():
        return filters, rows
    if filters.cleaned_data["name"]:
        rows = rows.filter(person__name__contains=filters.cleaned_data["name"])
    standing = filters.cleaned_data["standing"]
    if standing == "current":
        rows = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
    elif standing == "soon":
        rows = rows.filter(valid_to__gt=today, valid_to__lte=today + SOON)
    elif standing == "ended":
        rows = rows.filter(valid_to__lte=today)
    return filters, rows


@body_clerk
def staff(request: GatedRequest) -> HttpResponse:
    """List the people of the evaluation unit (专职人员)."""
    filters, rows = _filtered(request, own_staff(request.actor))
    listing = Listing(
        name="staff",
        caption="专职人员",
        columns=(
            shapes.Column(key="person.name", label="姓名", sortable=True),
            shapes.Column(key="get_role_display", label="岗位"),
            shapes.Column(key="is_full_time", label="专职", kind="yes_no"),
            shapes.Column(key="valid_from", label="起始日", kind="date", sortable=True),
            shapes.Column(key="valid_to", label="离岗日", kind="date", sortable=True),
        ),
        sort="person.name",
        row_url=lambda row: reverse("body:registry-staff-member", args=[row.pk]),
        filters=filters,
        empty=shapes.EmptyState(
            title="没有符合条件的人员",
            text="登记专职管理人员、专家和内部质量督导员，备案判定以登记人数为准。",
            actions=(
                shapes.Action(label="登记人员", url=reverse("body:registry-staff-add"), kind="primary"),
            ),
        ),
    )
    if is_export(request):
        return listing.workbook(request, rows)
    add = shapes.Action(label="登记人员", url=reverse("body:registry-staff-add"), kind="primary")
    return page(
        request,
        "list.html",
        title="人员",
        table=listing.table(request, rows),
        actions=[add],
        crumbs=_crumbs(("人员", "")),
    )


def _details(form: forms.Form) -> PersonDetails:
    data = form.cleaned_data
    return PersonDetails(
        name=data["name"], number=data["number"], paper_kind=data["paper_kind"], phone=data.get("phone", "")
    )


@body_clerk
def staff_add(request: GatedRequest) -> HttpResponse:
    """Put somebody on the staff (登记人员)."""
    form = StaffForm(request.POST or None, initial={"valid_from": request.clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        member = attempt(
            form,
            lambda: actions.add_staff_member(
                own_body(request.actor).pk,
                _details(form),
                role=data["role"],
                is_full_time=data["is_full_time"],
                valid_from=data["valid_from"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if member is not None:
            return done(request, f"{member.person.name} 已登记。", "body:registry-staff")
    return page(
        request,
        "form.html",
        title="登记人员",
        form=form,
        submit="登记",
        cancel_url=reverse("body:registry-staff"),
        crumbs=_crumbs(("人员", reverse("body:registry-staff")), ("登记人员", "")),
    )


@body_clerk
def staff_member(request: GatedRequest, member_id: int) -> HttpResponse:
    """Show somebody of the staff; POST ends the post today (人员离岗)."""
    member: StaffMember = found(own_staff(request.actor), member_id)
    is_over = member.valid_to is not None and member.valid_to <= request.clock.today()
    if request.method == "POST" and not is_over:
        actions.end_staff_member(member.pk, actor=request.actor, clock=request.clock)
        return done(request, f"{member.person.name} 已离岗。", "body:registry-staff")
    items = [
        *_person_items(member),
        shapes.Definition(term="岗位", value=member.get_role_display()),
        shapes.Definition(term="专职", value=member.is_full_time, kind="yes_no"),
        shapes.Definition(term="起始日", value=member.valid_from, kind="date"),
        shapes.Definition(term="离岗日", value=member.valid_to, kind="date"),
    ]
    return page(
        request,
        "ending.html",
        title=member.person.name,
        items=items,
        is_over=is_over,
        submit="办理离岗",
        consequence="自今日起不再计入专职人员，记录保留。",
        crumbs=_crumbs(("人员", reverse("body:registry-staff")), (member.person.name, "")),
    )


def _person_items(post: StaffMember | Assessor) -> list[shapes.Definition]:
    return [
        shapes.Definition(term="姓名", value=post.person.name),
        shapes.Definition(term="证件类型", value=post.person.paper_kind),
        shapes.Definition(term="证件号码", value=open_number(post.person), kind="masked_id"),
    ]


@body_clerk
def assessors(request: GatedRequest) -> HttpResponse:
    """List the assessors (考评员)."""
    filters, rows = _filtered(request, own_assessors(request.actor))
    listing = Listing(
        name="assessors",
        caption="考评员",
        columns=(
            shapes.Column(key="person.name", label="姓名", sortable=True),
            shapes.Column(key="get_grade_display", label="类别"),
            shapes.Column(key="certificate_number", label="考评员证号", kind="code"),
            shapes.Column(key="examines", label="可考评职业"),
            shapes.Column(key="valid_from", label="证书起始日", kind="date", sortable=True),
            shapes.Column(key="last_day", label="有效期至", kind="date", sortable=True),
            shapes.Column(key="notice", label="提示"),
        ),
        sort="last_day",
        sort_by={"last_day": "valid_to"},
        describe=lambda row: _describe(row, request),
        row_url=lambda row: reverse("body:registry-assessor", args=[row.pk]),
        filters=filters,
        empty=shapes.EmptyState(
            title="没有符合条件的考评员",
            text="登记考评员及其可考评的职业，备案和考务都据此判定。",
            actions=(
                shapes.Action(label="登记考评员", url=reverse("body:registry-assessor-add"), kind="primary"),
            ),
        ),
    )
    if is_export(request):
        return listing.workbook(request, rows)
    return page(
        request,
        "list.html",
        title="考评员",
        table=listing.table(request, rows),
        actions=[
            shapes.Action(label="登记考评员", url=reverse("body:registry-assessor-add"), kind="primary")
        ],
        crumbs=_crumbs(("考评员", "")),
    )


def _describe(row: Any, request: GatedRequest) -> None:
    """Put what the list shows beside the row: occupations, last day, whether it ends soon."""
    today = request.clock.today()
    row.examines = occupations_of(row)
    row.last_day = row.valid_to - _DAY if row.valid_to else None
    if row.valid_to is None or row.valid_to > today + SOON:
        row.notice = ""
    else:
        row.notice = "已失效" if row.valid_to <= today else "即将到期"


def _codes(text: str) -> tuple[str, ...]:
    """Return the occupation codes of names and codes that somebody typed.

    Raises a validation error that names what no occupation is called.
    """
    listed = occupations()
    codes = []
    for word in re.split(r"[、，,;；\s]+", text.strip()):
        one = listed.find(word) or listed.named(word)
        if one is None:
            raise forms.ValidationError(f"职业分类大典中没有“{word}”。请填写职业名称全称或编码。")
        codes.append(one.code)
    return tuple(codes)


@body_clerk
def assessor_add(request: GatedRequest) -> HttpResponse:
    """Register an assessor (登记考评员)."""
    form = AssessorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = _codes(form.cleaned_data["occupations"])
        except forms.ValidationError as wrong:
            form.add_error("occupations", wrong)
        else:
            made = attempt(form, lambda: _register_assessor(request, form, codes))
            if made is not None:
                return done(request, f"考评员 {made.person.name} 已登记。", "body:registry-assessor", made.pk)
    return page(
        request,
        "form.html",
        title="登记考评员",
        form=form,
        submit="登记",
        cancel_url=reverse("body:registry-assessors"),
        crumbs=_crumbs(("考评员", reverse("body:registry-assessors")), ("登记考评员", "")),
    )


def _register_assessor(request: GatedRequest, form: AssessorForm, codes: tuple[str, ...]) -> Assessor:
    data = form.cleaned_data
    return actions.add_assessor(
        own_body(request.actor).pk,
        _details(form),
        grade=data["grade"],
        certificate_number=data["certificate_number"],
        occupation_codes=codes,
        valid_from=data["valid_from"],
        valid_to=data["valid_through"] + _DAY if data["valid_through"] else None,
        actor=request.actor,
        clock=request.clock,
    )


@body_clerk
def assessor(request: GatedRequest, assessor_id: int) -> HttpResponse:
    """Show an assessor with the declared ties; POST declares another tie (申报回避)."""
    one: Assessor = found(own_assessors(request.actor), assessor_id)
    form = TieForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tie = attempt(
            form,
            lambda: actions.declare_tie(
                one.pk,
                _details(form),
                tie=form.cleaned_data["tie"],
                actor=request.actor,
                clock=request.clock,
            ),
        )
        if tie is not None:
            return done(request, f"与 {tie.person.name} 的回避关系已登记。", "body:registry-assessor", one.pk)
    items = [
        *_person_items(one),
        shapes.Definition(term="类别", value=one.get_grade_display()),
        shapes.Definition(term="考评员证号", value=one.certificate_number, kind="code"),
        shapes.Definition(term="证书起始日", value=one.valid_from, kind="date"),
        shapes.Definition(term="有效期至", value=one.valid_to - _DAY if one.valid_to else None, kind="date"),
        shapes.Definition(term="可考评职业", value=occupations_of(one), wide=True),
    ]
    ties = shapes.Table(
        name="ties",
        caption="已申报的回避关系",
        columns=(
            shapes.Column(key="person.name", label="对方姓名"),
            shapes.Column(key="get_tie_display", label="关系"),
            shapes.Column(key="declared_at", label="申报时间", kind="datetime"),
        ),
        rows=list(own_ties(request.actor).filter(assessor=one)),
        as_of=request.clock.now(),
        empty=shapes.EmptyState(
            title="没有申报回避关系", text="考评员的亲属、所授学员参加考试时应当回避，请如实申报。"
        ),
    )
    return page(
        request,
        "assessor.html",
        title=one.person.name,
        assessor=one,
        items=items,
        ties=ties,
        form=form,
        is_over=one.valid_to is not None and one.valid_to <= request.clock.today(),
        crumbs=_crumbs(("考评员", reverse("body:registry-assessors")), (one.person.name, "")),
    )


@body_clerk
def assessor_end(request: GatedRequest, assessor_id: int) -> HttpResponse:
    """End an assessor's standing after confirmation (考评员退出)."""
    one: Assessor = found(own_assessors(request.actor), assessor_id)
    if request.method == "POST":
        actions.end_assessor(one.pk, actor=request.actor, clock=request.clock)
        return done(request, f"{one.person.name} 已退出考评员队伍。", "body:registry-assessors")
    return page(
        request,
        "confirm.html",
        title=f"{one.person.name} 退出考评员队伍",
        consequences=["自今日起不能再安排考评", "不再计入每个职业的考评人员数", "历史场次的记录保留"],
        submit="办理退出",
        danger=True,
        cancel_url=reverse("body:registry-assessor", args=[one.pk]),
    )


# --- venues --------------------------------------------------------------------------------------


@body_clerk
def venues(request: GatedRequest) -> HttpResponse:
    """List the venues (考点)."""
    rows = own_venues(request.actor)
    listing = Listing(
        name="venues",
        caption="考点",
        columns=(
            shapes.Column(key="name", label="考点名称", sortable=True),
            shapes.Column(key="place", label="所在地", kind="place"),
            shapes.Column(key="address", label="地址"),
            shapes.Column(key="has_video", label="视频监控", kind="yes_no"),
            shapes.Column(key="capacity", label="容纳人数", kind="number", sortable=True),
            shapes.Column(key="workstations", label="工位"),
            shapes.Column(key="is_in_use", label="在用", kind="yes_no"),
        ),
        sort="name",
        describe=_tell_stations,
        row_url=lambda row: reverse("body:registry-venue", args=[row.pk]),
        empty=shapes.EmptyState(
            title="还没有考点",
            text="登记场地、视频监控和各职业的工位数，备案和考务都据此判定。",
            actions=(
                shapes.Action(label="登记考点", url=reverse("body:registry-venue-add"), kind="primary"),
            ),
        ),
    )
    if is_export(request):
        return listing.workbook(request, rows)
    return page(
        request,
        "list.html",
        title="考点",
        table=listing.table(request, rows),
        actions=[shapes.Action(label="登记考点", url=reverse("body:registry-venue-add"), kind="primary")],
        crumbs=_crumbs(("考点", "")),
    )


def _tell_stations(venue: Any) -> None:
    venue.workstations = "；".join(
        f"{occupation_words([one.occupation_code])} {one.workstations} 个"
        for one in venue.stations.all()
        if one.workstations
    )


@body_clerk
def venue_add(request: GatedRequest) -> HttpResponse:
    """Register a venue (登记考点)."""
    return _venue_page(request, None)


@body_clerk
def venue(request: GatedRequest, venue_id: int) -> HttpResponse:
    """Change a venue (修改考点)."""
    return _venue_page(request, found(own_venues(request.actor), venue_id))


def _venue_page(request: GatedRequest, one: Venue | None) -> HttpResponse:
    body = own_body(request.actor)
    today = request.clock.today()
    districts = divisions().children(f"{body.place[:4]}00", on=today)
    places = [(each.code, each.name) for each in districts] or [(body.place, body.place)]
    form = VenueForm(request.POST or None, places=places, initial=_venue_values(one, body.place))
    form.clauses = bound_hints(VENUE_HINTS, place=body.place, on=today)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            stations = _stations(data.pop("stations"))
        except forms.ValidationError as wrong:
            form.add_error("stations", wrong)
        else:
            details = VenueDetails(**data, stations=stations)
            saved = attempt(
                form,
                lambda: actions.save_venue(
                    body.pk,
                    details,
                    venue_id=one.pk if one else None,
                    actor=request.actor,
                    clock=request.clock,
                ),
            )
            if saved is not None:
                return done(request, f"考点“{saved.name}”已保存。", "body:registry-venues")
    title = one.name if one else "登记考点"
    return page(
        request,
        "form.html",
        title=title,
        form=form,
        submit="保存",
        cancel_url=reverse("body:registry-venues"),
        crumbs=_crumbs(("考点", reverse("body:registry-venues")), (title, "")),
    )


def _venue_values(one: Venue | None, place: str) -> dict[str, object]:
    if one is None:
        return {"place": place}
    names = ("name", "place", "address", "capacity", "has_video", "is_in_use")
    lines = [
        f"{occupation_words([each.occupation_code]).split('（')[0]} {each.workstations}"
        for each in one.stations.all()
        if each.workstations
    ]
    return {name: getattr(one, name) for name in names} | {"stations": "\n".join(lines)}


def _stations(text: str) -> dict[str, int]:
    """Return workstations per occupation code from lines of "name number"."""
    found_stations: dict[str, int] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, number = line.replace("　", " ").rpartition(" ")
        if not name or not number.isdecimal():
            raise forms.ValidationError(f"“{line}”没有写明工位数。请写成“电工 20”这样，每行一个职业。")
        found_stations[_codes(name)[0]] = int(number)
    return found_stations
