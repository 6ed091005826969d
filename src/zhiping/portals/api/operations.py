"""The API: what the public may ask, what officers and clerks may list."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from ninja import NinjaAPI, Query

from zhiping.apps.certificates import actions as certificate_actions
from zhiping.apps.exams import office_queries as exams_office
from zhiping.apps.exams import queries as exams_own
from zhiping.apps.reference.queries import law
from zhiping.apps.registry import office_queries as registry_office
from zhiping.apps.registry import public_queries as registry
from zhiping.apps.registry import queries as registry_own
from zhiping.apps.screening.queries import findings_within
from zhiping.kernel.place import Place
from zhiping.portals.api.gates import SESSION, body_clerk, officer, public
from zhiping.portals.api.problems import answer, install
from zhiping.portals.api.schemas import (
    BodyDetailOut,
    BodyOut,
    DecideIn,
    FilingOut,
    FindingOut,
    NoticeOut,
    PageOf,
    PlanOut,
    Problem,
    ScopeOut,
    SittingOut,
)
from zhiping.portals.gate import GatedRequest
from zhiping.portals.labels import place_name
from zhiping.ui.labels import state

PER_PAGE, MOST_PER_PAGE = 50, 200

api = NinjaAPI(
    title="职业技能评价监管服务平台接口",
    version="1",
    description="公众查询与开放数据，以及登录后的列表。错误一律为 application/problem+json。",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,  # served behind our own gate, in urls.py
)
install(api)

Number = Annotated[int, Query(ge=1, description="第几页")]
Size = Annotated[int, Query(ge=1, le=MOST_PER_PAGE, description="每页条数")]
PlaceCode = Annotated[str, Query(pattern=r"^(\d{6})?$", description="行政区划代码，空为全部")]

_PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 422: Problem}
_JSON = {"ensure_ascii": False}


# the public ---------------------------------------------------------------------------------------


@api.get(
    "certificates/{number}", response={404: Problem, 422: Problem, 429: Problem}, auth=None, tags=["证书"],
    summary="核对一本证书：编号加姓名，或编号加证件后四位",
)  # fmt: skip
@public
def certificate(
    request: GatedRequest,
    number: str,
    name: Annotated[str, Query(max_length=60)] = "",
    last_four: Annotated[str, Query(max_length=8)] = "",
) -> HttpResponse:
    """Answer a look-up; an unknown number and a wrong second fact get the same answer."""
    found = certificate_actions.ask(
        number,
        name=name or None,
        last_four=last_four or None,
        client=str(request.META.get("REMOTE_ADDR", "")),
        clock=request.clock,
    )
    if found is None:
        response = answer(
            404,
            "api.not_found",
            title="没有查到与所给内容一致的证书。编号不存在或另一项不符，都会得到这个回答。",
        )
    else:
        response = JsonResponse(found.to_json(), json_dumps_params=_JSON)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@api.get(
    "bodies",
    response={200: PageOf[BodyOut], 422: Problem},
    auth=None,
    tags=["机构目录"],
    summary="机构目录（开放数据）",
)
@public
def bodies(
    request: GatedRequest,
    text: Annotated[str, Query(max_length=60)] = "",
    place: PlaceCode = "",
    kind: str = "",
    occupation: Annotated[str, Query(max_length=40)] = "",
    level: str = "",
    on: dt.date | None = None,
    page: Number = 1,
    per_page: Size = PER_PAGE,
) -> PageOf[BodyOut]:
    """List the directory as published (FS20-4.3)."""
    day = on or request.clock.today()
    asked = registry.DirectoryFilter(
        on=day, text=text, place=place, kind=kind, occupation=occupation, level=level
    )
    return _page(
        request,
        registry.directory(asked),
        page,
        per_page,
        lambda rows: [BodyOut(**_body(one)) for one in registry.entries(rows, on=day)],
    )


@api.get(
    "bodies/{int:body_id}",
    response={200: BodyDetailOut, 404: Problem},
    auth=None,
    tags=["机构目录"],
    summary="一家机构及其某日的备案范围",
)
@public
def body(request: GatedRequest, body_id: int, on: dt.date | None = None) -> BodyDetailOut:
    """Show one body with its scope on a day."""
    day = on or request.clock.today()
    found = registry.entry(body_id, on=day)
    if found is None:
        raise Http404
    scope = [
        ScopeOut(
            occupation_code=line.code,
            occupation_edition=line.edition,
            occupation_name=line.name,
            level=line.level,
            place=line.place,
            valid_from=line.valid_from,
            valid_to=line.valid_to,
        )
        for line in registry.scope_of(body_id, on=day)
    ]
    return BodyDetailOut(**_body(found), on=day, fee_statement=found.fee_statement, scope=scope)


@api.get(
    "notices", response={200: PageOf[NoticeOut], 422: Problem}, auth=None, tags=["公示"], summary="备案公示"
)
@public
def notices(
    request: GatedRequest,
    place: PlaceCode = "",
    running: bool | None = None,  # noqa: FBT001 - a parameter of the address
    page: Number = 1,
    per_page: Size = PER_PAGE,
) -> PageOf[NoticeOut]:
    """List the notices of filings."""
    today = request.clock.today()
    rows = registry.filing_notices(today=today, place=place, is_running=running)
    return _page(
        request,
        rows,
        page,
        per_page,
        lambda found: [
            NoticeOut(
                id=one.pk,
                title=one.title,
                place=one.place,
                place_name=place_name(one.place),
                body_name=one.filing.body.name,
                starts_on=one.starts_on,
                last_day=one.ends_on - dt.timedelta(days=1),
                is_running=today < one.ends_on,
            )
            for one in found
        ],
    )


@api.post(
    "law/decide",
    response={200: dict[str, Any], 422: Problem},
    auth=None,
    tags=["政策"],
    summary="判定一个事项：按地区和日期适用规则",
)
@public
def decide(request: GatedRequest, case: DecideIn) -> HttpResponse:
    """Judge one case by the law of the place on the day; nothing is kept of it."""
    del request
    book = law()
    verdict = book.judge(case.question, book.read_facts(case.facts), place=Place(case.place), on=case.on)
    return JsonResponse(verdict.to_json(), json_dumps_params=_JSON)


# officers -----------------------------------------------------------------------------------------


@api.get(
    "filings",
    response={200: PageOf[FilingOut], **_PROBLEMS},
    auth=SESSION,
    tags=["主管部门"],
    summary="本地区的备案",
)
@officer("registry.read")
def filings(request: GatedRequest, page: Number = 1, per_page: Size = PER_PAGE) -> PageOf[FilingOut]:
    """List the filings of the officer's places."""
    return _page(request, registry_office.filings_within(request.actor), page, per_page, _filings)


@api.get(
    "plans",
    response={200: PageOf[PlanOut], **_PROBLEMS},
    auth=SESSION,
    tags=["主管部门"],
    summary="本地区的考核计划",
)
@officer("exams.read")
def plans(request: GatedRequest, page: Number = 1, per_page: Size = PER_PAGE) -> PageOf[PlanOut]:
    """List the plans of the officer's places."""
    return _page(request, exams_office.plans_within(request.actor), page, per_page, _plans)


@api.get(
    "sittings",
    response={200: PageOf[SittingOut], **_PROBLEMS},
    auth=SESSION,
    tags=["主管部门"],
    summary="本地区的场次",
)
@officer("exams.read")
def sittings(request: GatedRequest, page: Number = 1, per_page: Size = PER_PAGE) -> PageOf[SittingOut]:
    """List the sittings of the officer's places."""
    return _page(request, exams_office.sittings_within(request.actor), page, per_page, _sittings)


@api.get(
    "findings",
    response={200: PageOf[FindingOut], **_PROBLEMS},
    auth=SESSION,
    tags=["主管部门"],
    summary="本地区的筛查发现",
)
@officer("screening.read")
def findings(request: GatedRequest, page: Number = 1, per_page: Size = PER_PAGE) -> PageOf[FindingOut]:
    """List the findings of the officer's places."""
    return _page(request, findings_within(request.actor).order_by("-id"), page, per_page, _findings)


@api.get(
    "filings/{int:filing_id}",
    response={200: FilingOut, **_PROBLEMS},
    auth=SESSION,
    tags=["主管部门"],
    summary="一件备案",
)
@officer("registry.read")
def filing(request: GatedRequest, filing_id: int) -> FilingOut:
    """Show one filing of the officer's places."""
    return _filings([registry_office.filing_within(request.actor, filing_id)])[0]


@api.get(
    "plans/{int:plan_id}",
    response={200: PlanOut, **_PROBLEMS},
    auth=SESSION,
    tags=["主管部门"],
    summary="一份考核计划",
)
@officer("exams.read")
def plan(request: GatedRequest, plan_id: int) -> PlanOut:
    """Show one plan of the officer's places."""
    return _plans([exams_office.plan_within(request.actor, plan_id)])[0]


# clerks -------------------------------------------------------------------------------------------


@api.get(
    "own/filings",
    response={200: PageOf[FilingOut], **_PROBLEMS},
    auth=SESSION,
    tags=["评价机构"],
    summary="本机构的备案",
)
@body_clerk
def own_filings(request: GatedRequest, page: Number = 1, per_page: Size = PER_PAGE) -> PageOf[FilingOut]:
    """List the body's own filings."""
    rows = registry_own.own_filings(request.actor).select_related("body").order_by("-id")
    return _page(request, rows, page, per_page, _filings)


@api.get(
    "own/plans",
    response={200: PageOf[PlanOut], **_PROBLEMS},
    auth=SESSION,
    tags=["评价机构"],
    summary="本机构的考核计划",
)
@body_clerk
def own_plans(request: GatedRequest, page: Number = 1, per_page: Size = PER_PAGE) -> PageOf[PlanOut]:
    """List the body's own plans."""
    rows = exams_own.own_plans(request.actor).select_related("body").order_by("-id")
    return _page(request, rows, page, per_page, _plans)


# shapes -------------------------------------------------------------------------------------------


def _page[T](
    request: GatedRequest, rows: Any, number: int, per_page: int, shape: Callable[[Any], list[T]]
) -> PageOf[T]:
    """Return one page of a list, made while the wall stands."""
    page = Paginator(rows, per_page).get_page(number)
    return PageOf(
        as_of=request.clock.now(),
        total=page.paginator.count,
        page=page.number,
        pages=page.paginator.num_pages,
        items=shape(list(page.object_list)),
    )


def _body(one: registry.DirectoryEntry) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "kind": one.kind,
        "kind_label": one.kind_label,
        "credit_code": one.credit_code,
        "place": one.place,
        "place_name": place_name(one.place),
        "address": one.address,
        "phone": one.phone,
        "state": one.state,
        "state_label": state(one.state, "body").word,
        "state_reason": one.state_reason,
        "filed_on": one.filed_on,
        "occupations": list(one.occupations),
        "levels": list(one.levels),
    }


def _where(one: Any, scope: str) -> dict[str, Any]:
    return {
        "id": one.pk,
        "place": one.place,
        "place_name": place_name(one.place),
        "state": one.state,
        "state_label": state(one.state, scope).word,
    }


def _whose(one: Any) -> dict[str, Any]:
    return {"body_id": one.body_id, "body_name": one.body.name}


def _filings(rows: Any) -> list[FilingOut]:
    return [
        FilingOut(
            **_where(one, "filing"),
            **_whose(one),
            number=one.number,
            submitted_at=one.submitted_at,
            due_on=one.due_on,
            confirmed_on=one.confirmed_on,
        )
        for one in rows
    ]


def _plans(rows: Any) -> list[PlanOut]:
    return [
        PlanOut(
            **_where(one, "plan"),
            **_whose(one),
            number=one.number,
            title=one.title,
            declared_on=one.declared_on,
            due_on=one.due_on,
        )
        for one in rows
    ]


def _sittings(rows: Any) -> list[SittingOut]:
    return [
        SittingOut(
            **_where(one, "sitting"),
            **_whose(one),
            number=one.number,
            plan_id=one.plan_id,
            occupation_code=one.occupation_code,
            occupation_name=one.occupation_name,
            level=one.level,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            capacity=one.capacity,
        )
        for one in rows
    ]


def _findings(rows: Any) -> list[FindingOut]:
    return [
        FindingOut(
            **_where(one, "finding"),
            screen_id=one.screen_id,
            fingerprint=one.fingerprint,
            body_name=one.body.name if one.body else "",
            clauses=one.clauses,
            judgement=one.judgement,
            judgement_label=state(one.judgement, "judgement").word,
            times_seen=one.times_seen,
        )
        for one in rows
    ]
