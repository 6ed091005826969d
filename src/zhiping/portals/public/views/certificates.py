"""The public look-up of certificates (证书查询)."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from zhiping.apps.certificates import actions
from zhiping.apps.certificates.errors import TooManyRequestsError
from zhiping.apps.certificates.lookups import IssuerStanding, LookUp
from zhiping.apps.certificates.messages import IN_SCOPE_LABELS, STANDING_LABELS
from zhiping.apps.certificates.queries import history
from zhiping.apps.registry.public_queries import entry
from zhiping.core.identifiers.normal_text import normalise_code
from zhiping.kernel.clock import Clock
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.forms import CertificateForm
from zhiping.portals.public.views.home import NOTES
from zhiping.portals.refusals import sentence
from zhiping.ui.formatting import long_day
from zhiping.ui.labels import Tone
from zhiping.ui.shapes import CertificateView, Definition

_LAST_FOUR = re.compile(r"\d{3}[\dX]")
_STANDING_TONES = {"filed": Tone.OK, "unknown": Tone.WARN, "suspended": Tone.WARN}
_TOO_MANY = 429


@sensitive_post_parameters("number", "second")
@require_http_methods(["GET", "HEAD", "POST"])
@public
@discloses("FS20-4.3", "GD18-4a")
def verify(request: GatedRequest, number: str = "") -> HttpResponse:
    """Look a certificate up (证书查询); the number may stand in the address, the second fact never.

    The answer to an unknown number and to a wrong second fact is the same.
    """
    if request.method != "POST":
        form = CertificateForm(initial={"number": number})
        return _private(
            render(request, "public/verify.html", {"form": form, "notes": NOTES, "given": number})
        )
    form = CertificateForm(request.POST)
    context: dict[str, object] = {"form": form, "notes": NOTES, "given": number, "is_asked": False}
    if form.is_valid():
        try:
            found = _ask(form, client_address(request), request.clock)
        except TooManyRequestsError as refusal:
            return _too_many(request, refusal)
        context |= {"is_asked": True, "asked_at": request.clock.now()}
        if found is not None:
            context |= {"certificate": shown(found, request.clock), "changes": history(found.number)}
    return _private(render(request, "public/verify.html", context))


def second_fact(text: str) -> dict[str, str]:
    """Tell whether the second fact is a name or the last four of the identity paper."""
    code = normalise_code(text)
    return {"last_four": code} if _LAST_FOUR.fullmatch(code) else {"name": text}


def client_address(request: HttpRequest) -> str:
    """Return the address from which the request came."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _ask(form: CertificateForm, address: str, clock: Clock) -> LookUp | None:
    asked = second_fact(form.cleaned_data["second"])
    return actions.ask(form.cleaned_data["number"], **asked, client=address, clock=clock)


def shown(found: LookUp, clock: Clock) -> CertificateView:
    """Return a found certificate as the card shows it: every printed field, status, the issuer's standing."""
    then, now = found.issuer_at_issue, found.issuer_now
    return CertificateView(
        kind="职业技能等级证书",
        number=found.number,
        holder=found.holder_name,
        printed=_printed(found),
        status=found.state,
        status_on=found.since,
        reason=found.reason,
        clauses=(found.clause,) if found.clause else (),
        issuer=found.body_name,
        issuer_url=_body_url(found.body_id, clock),
        standing=STANDING_LABELS[then.standing],
        standing_tone=_STANDING_TONES.get(then.standing, Tone.BAD),
        standing_note=f"发证当日（{long_day(then.day)}）：{_sentence(then)}。",
        notes=(f"查询当日（{long_day(now.day)}）：{_sentence(now)}。",),
        as_of=clock.now(),
    )


def _sentence(standing: IssuerStanding) -> str:
    word = IN_SCOPE_LABELS[standing.in_scope]
    return f"该机构{STANDING_LABELS[standing.standing]}，本职业、等级{word}"


def _printed(found: LookUp) -> tuple[Definition, ...]:
    scores = (
        ("理论知识成绩", found.theory_score),
        ("操作技能成绩", found.practical_score),
        ("综合评审成绩", found.comprehensive_score),
    )
    return (
        Definition(term="姓名", value=found.holder_name),
        Definition(term="证件类型", value=found.paper_kind),
        Definition(term="证件号码", value=found.number_masked, kind="code"),
        Definition(term="职业名称", value=found.occupation_name),
        Definition(term="职业编码", value=found.occupation_code, kind="code"),
        *((Definition(term="工种名称", value=found.work_type),) if found.work_type else ()),
        Definition(term="技能等级", value=found.level_name),
        *(Definition(term=term, value=f"{score:.1f}") for term, score in scores if score is not None),
        Definition(term="评价机构", value=found.body_name),
        Definition(term="机构信用代码", value=found.body_credit_code, kind="code"),
        Definition(term="发证日期", value=long_day(found.issued_on)),
        Definition(term="证书校验码", value=found.check_code(), kind="code"),
    )


def _body_url(body_id: int, clock: Clock) -> str:
    published = entry(body_id, on=clock.today())
    return reverse("public:registry-body", args=[body_id]) if published else ""


def _too_many(request: HttpRequest, refusal: TooManyRequestsError) -> HttpResponse:
    seconds = int(str(refusal.facts.get("seconds", 60)))
    context = {
        "reason": sentence(refusal),
        "wait": seconds,
        "back_url": reverse("public:certificates-verify"),
    }
    response = _private(render(request, "429.html", context, status=_TOO_MANY))
    response["Retry-After"] = str(seconds)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    """Keep an answer out of caches and search engines."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Not "no-referrer": browsers then send a null origin with the form, and the form is refused.
    response["Referrer-Policy"] = "same-origin"
    return response
