"""The desk and what the directory shows of the body."""

import datetime as dt

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from zhiping.apps.exams.queries import own_plans, own_sittings
from zhiping.apps.exams.states import AWAITING_RESULTS, EDITABLE_PLANS, SittingState
from zhiping.apps.registry import actions
from zhiping.apps.registry.models import Document
from zhiping.apps.registry.queries import (
    own_assessors,
    own_body,
    own_documents,
    own_filings,
    own_scope,
)
from zhiping.apps.registry.states import EDITABLE, BodyState
from zhiping.apps.registry.storage import read
from zhiping.kernel.errors import DomainError
from zhiping.portals.body.forms import (
    PROFILE_HINTS,
    PUBLISHED_KINDS,
    RESULTS_DUE,
    DocumentForm,
    ProfileForm,
    bound_hints,
)
from zhiping.portals.body.pages import attachment, attempt, done, found, page, refused
from zhiping.portals.gate import GatedRequest, body_clerk
from zhiping.ui import shapes
from zhiping.ui.labels import Tone

SOON = dt.timedelta(days=90)
"""How long before its end an assessor's card is called about to expire; a reminder, no rule."""


@body_clerk
def home(request: GatedRequest) -> HttpResponse:
    """Show what waits for the body (工作台)."""
    actor, today = request.actor, request.clock.today()
    body = own_body(actor)
    counters = _counters(request, today)
    scope = shapes.Table(
        name="scope",
        caption="备案范围",
        columns=(
            shapes.Column(key="occupation_name", label="职业"),
            shapes.Column(key="occupation_code", label="编码", kind="code"),
            shapes.Column(key="level", label="等级", kind="level"),
            shapes.Column(key="place", label="评价地区", kind="place"),
            shapes.Column(key="valid_from", label="起始日", kind="date"),
        ),
        rows=list(own_scope(actor, on=today)),
        as_of=request.clock.now(),
        empty=shapes.EmptyState(
            title="还没有备案范围",
            text="先发起备案，经审核、核查、公示并确认后，备案范围会列在这里。",
            actions=(
                shapes.Action(label="发起备案", url=reverse("body:registry-filing-open"), kind="primary"),
            ),
        ),
    )
    return page(request, "home.html", body=body, standing=_standing(body), counters=counters, scope=scope)


def _counters(request: GatedRequest, today: dt.date) -> list[shapes.Counter]:
    actor = request.actor
    filings = list(own_filings(actor).filter(state__in=EDITABLE).values_list("state", flat=True))
    plans = own_plans(actor).filter(state__in=EDITABLE_PLANS).count()
    sittings = own_sittings(actor)
    waiting = sittings.filter(state__in=AWAITING_RESULTS).count()
    over = sittings.filter(
        state=SittingState.PLANNED, plan__state="accepted", ends_at__lt=request.clock.now()
    ).count()
    ended = sittings.filter(state=SittingState.IN_NOTICE, notice_to__lte=today).count()
    running = sittings.filter(state=SittingState.IN_NOTICE, notice_to__gt=today).order_by("notice_to")
    first = running.first()
    cards = own_assessors(actor).filter(valid_to__gt=today, valid_to__lte=today + SOON).count()
    listing = reverse("body:exams-sittings")
    return [
        shapes.Counter(
            label="待完善或补正的备案",
            count=len(filings),
            url=reverse("body:registry-filings"),
            tone=Tone.WARN if filings else Tone.NEUTRAL,
            hint="有被退回的备案" if "returned" in filings else "",
        ),
        shapes.Counter(
            label="待报备的计划",
            count=plans,
            url=reverse("body:exams-plans"),
            tone=Tone.WARN if plans else Tone.NEUTRAL,
        ),
        shapes.Counter(
            label="已过考试时间，待确认",
            count=over,
            url=f"{listing}?state=planned",
            tone=Tone.WARN if over else Tone.NEUTRAL,
        ),
        shapes.Counter(
            label="待处理成绩的场次",
            count=waiting,
            url=f"{listing}?state={RESULTS_DUE[0]}",
            tone=Tone.WARN if waiting else Tone.NEUTRAL,
        ),
        shapes.Counter(
            label="公示期满，待提交审核",
            count=ended,
            url=f"{listing}?state=in_notice",
            tone=Tone.WARN if ended else Tone.NEUTRAL,
            hint=f"另有 {running.count()} 场公示中，最早 {_last_day(first.notice_to)} 止" if first else "",
        ),
        shapes.Counter(
            label="90 天内到期的考评员",
            count=cards,
            url=f"{reverse('body:registry-assessors')}?standing=soon",
            tone=Tone.WARN if cards else Tone.NEUTRAL,
        ),
    ]


def _last_day(day: dt.date | None) -> str:
    return f"{day - dt.timedelta(days=1):%m-%d}" if day else ""


def _standing(body: object) -> list[shapes.Definition]:
    state = getattr(body, "state", "")
    items = [
        shapes.Definition(term="目录状态", value=state, kind="state", scope="body"),
        shapes.Definition(term="机构类别", value=body.get_kind_display()),  # type: ignore[attr-defined] # Django's
        shapes.Definition(term="首次入目录日", value=getattr(body, "filed_on", None), kind="date"),
        shapes.Definition(term="站点序列码", value=getattr(body, "site_code", ""), kind="code"),
        shapes.Definition(term="状态起始日", value=getattr(body, "state_since", None), kind="date"),
    ]
    if state != BodyState.FILED and getattr(body, "state_reason", ""):
        items.append(shapes.Definition(term="原因", value=getattr(body, "state_reason", ""), wide=True))
    return items


@body_clerk
def profile(request: GatedRequest) -> HttpResponse:
    """Show and change what the public directory says of the body (机构信息)."""
    body = own_body(request.actor)
    names = ("address", "contact_name", "contact_phone", "fee_statement")
    form = ProfileForm(request.POST or None, initial={name: getattr(body, name) for name in names})
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: actions.update_body(
                body.pk, **form.cleaned_data, actor=request.actor, clock=request.clock
            ),
        )
        if saved is not None:
            return done(request, "机构信息已保存，公开目录随即更新。", "body:registry-profile")
    return _profile_page(request, form, DocumentForm.for_rules())


def _profile_page(request: GatedRequest, form: ProfileForm, upload: DocumentForm) -> HttpResponse:
    body = own_body(request.actor)
    form.clauses = bound_hints(PROFILE_HINTS, place=body.place, on=request.clock.today())
    documents = own_documents(request.actor).filter(is_withdrawn=False, kind__in=PUBLISHED_KINDS)
    registered = [
        shapes.Definition(term="机构名称", value=body.name, wide=True),
        shapes.Definition(term="统一社会信用代码", value=body.credit_code, kind="code"),
        shapes.Definition(term="机构类别", value=body.get_kind_display()),
        shapes.Definition(term="所在地", value=body.place, kind="place"),
        shapes.Definition(term="行业代码", value=body.industry_code, kind="code"),
        shapes.Definition(term="成立日期", value=body.founded_on, kind="date"),
    ]
    preview = [
        shapes.Definition(term="机构名称", value=body.name, wide=True),
        shapes.Definition(term="目录状态", value=body.state, kind="state", scope="body"),
        shapes.Definition(term="所在地", value=body.place, kind="place"),
        shapes.Definition(term="地址", value=body.address),
        shapes.Definition(term="联系人", value=body.contact_name),
        shapes.Definition(term="联系电话", value=body.contact_phone),
        shapes.Definition(term="收费标准", value=body.fee_statement, wide=True),
    ]
    return page(
        request,
        "profile.html",
        form=form,
        upload=upload,
        registered=registered,
        preview=preview,
        rules=list(documents),
        published=[_entry(one) for one in documents if one.is_published],
        crumbs=[shapes.Crumb(label="工作台", url=reverse("body:home")), shapes.Crumb(label="机构信息")],
    )


def _entry(document: Document) -> shapes.FileEntry:
    return shapes.FileEntry(
        name=document.original_name,
        url=reverse("body:registry-document", args=[document.pk]),
        kind=document.get_kind_display(),
        size=document.size,
        sha256=document.sha256,
        at=document.uploaded_at,
        who=document.uploaded_by,
    )


@body_clerk
@require_POST
def profile_document(request: GatedRequest) -> HttpResponse:
    """Take in one of the management rules (上传管理办法)."""
    upload = DocumentForm.for_rules(request.POST, request.FILES)
    if upload.is_valid() and _take(request, upload, None) is not None:
        return done(request, "管理办法已上传。核对无误后点“公开”，公众即可查阅。", "body:registry-profile")
    body = own_body(request.actor)
    names = ("address", "contact_name", "contact_phone", "fee_statement")
    return _profile_page(request, ProfileForm(initial={name: getattr(body, name) for name in names}), upload)


def _take(request: GatedRequest, form: DocumentForm, filing_id: int | None) -> Document | None:
    file = form.cleaned_data["file"]
    return attempt(
        form,
        lambda: actions.add_document(
            own_body(request.actor).pk,
            kind=form.cleaned_data["kind"],
            name=file.name,
            content=file.read(),
            filing_id=filing_id,
            actor=request.actor,
            clock=request.clock,
        ),
    )


@body_clerk
def document(request: GatedRequest, document_id: int) -> HttpResponse:
    """Send a document of the body to be saved (下载材料)."""
    one = found(own_documents(request.actor), document_id)
    return attachment(read(one.sha256), one.original_name, one.content_type)


@body_clerk
@require_POST
def document_publish(request: GatedRequest, document_id: int) -> HttpResponse:
    """Publish one of the management rules (公开管理办法)."""
    found(own_documents(request.actor), document_id)
    try:
        actions.publish_document(document_id, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, "body:registry-profile")
    return done(request, "已公开。公众可以在机构目录中查阅。", "body:registry-profile")


@body_clerk
@require_POST
def document_withdraw(request: GatedRequest, document_id: int) -> HttpResponse:
    """Take a document out of the dossier (撤下材料)."""
    one = found(own_documents(request.actor), document_id)
    back = ("body:registry-filing-documents", one.filing_id) if one.filing_id else ("body:registry-profile",)
    try:
        actions.withdraw_document(document_id, actor=request.actor, clock=request.clock)
    except DomainError as refusal:
        return refused(request, refusal, *back)
    return done(request, "材料已撤下，原件和记录仍保留。", *back)
