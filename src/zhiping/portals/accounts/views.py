"""Signing in, signing out, and the demonstration's two comforts."""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from zhiping.apps.authorities.queries import demo_accounts, role_names
from zhiping.apps.registry.public_queries import body_names_of_accounts
from zhiping.kernel.actor import ActorKind
from zhiping.kernel.clock import SystemClock
from zhiping.portals.accounts.forms import DemoClockForm, SignInForm
from zhiping.portals.clock import move_demo_clock
from zhiping.portals.gate import GatedRequest, public, signed_in
from zhiping.ui.shapes import DemoAccount, DemoRole

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_BODY_ROLE = "评价机构"
_LOCKED = 429


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@public
def sign_in(request: GatedRequest) -> HttpResponse:
    """Show the sign-in form, or sign in (登录)."""
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return redirect(_next(request))
    context = {
        "form": form,
        "next": _next(request, default=""),
        "action": reverse("accounts:sign-in"),
        **_demo(),
    }
    return _never_stored(render(request, "ui/login.html", context))


@require_POST
@public
def sign_out(request: GatedRequest) -> HttpResponse:
    """End the session (退出)."""
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_http_methods(["GET"])
@signed_in
def after_sign_in(request: GatedRequest) -> HttpResponse:
    """Lead an officer to the desk and a clerk to the body's portal."""
    return redirect("/desk/" if request.actor.kind is ActorKind.OFFICER else "/body/")


@require_POST
@public
def demo_sign_in(request: GatedRequest) -> HttpResponse:
    """Sign a demonstration account in by one click; in service there is no such page."""
    _require_demo()
    account = demo_accounts().filter(username=request.POST.get("username", "")).first()
    if account is None:
        raise Http404
    login(request, account, backend=_BACKEND)
    return redirect(_next(request))


@require_http_methods(["GET", "POST"])
@public
def demo_clock(request: GatedRequest) -> HttpResponse:
    """Move the demonstration's day (演示日期); in service there is no such page."""
    _require_demo()
    form = DemoClockForm(request.POST or None, initial={"day": request.clock.today()})
    if request.method == "POST":
        today = request.clock.today()
        steps: dict[str, dt.date | None] = {
            "back": None,
            "1": today + dt.timedelta(days=1),
            "7": today + dt.timedelta(days=7),
            "30": today + dt.timedelta(days=30),
        }
        step = request.POST.get("step", "")
        if step in steps:
            move_demo_clock(steps[step])
            return redirect("accounts:demo-clock")
        if form.is_valid():
            move_demo_clock(form.cleaned_data["day"])
            return redirect("accounts:demo-clock")
    context = {"form": form, "today": request.clock.today(), "real_today": SystemClock().today()}
    return _never_stored(render(request, "accounts/demo_clock.html", context))


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: object = None
) -> HttpResponse:
    """Say that too many sign-ins failed, and when to try again (登录暂停)."""
    minutes = int(float(settings.AXES_COOLOFF_TIME) * 60)
    context = {
        "reason": f"该用户名从您的网络连续多次登录未成功，已暂停登录 {minutes} 分钟，以防他人猜测密码。",
        "wait": minutes * 60,
    }
    return render(request, "accounts/locked.html", context, status=_LOCKED)


def _require_demo() -> None:
    if not settings.DEMO:
        raise Http404


def _next(request: HttpRequest, default: str = settings.LOGIN_REDIRECT_URL) -> str:
    """Return where to go after signing in: the asked-for page of this site, else the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else default


def _demo() -> dict[str, object]:
    """Return the demonstration's accounts by role, for a demonstration only."""
    if not settings.DEMO:
        return {}
    accounts = list(demo_accounts())
    roles = role_names(accounts)
    bodies = body_names_of_accounts([account.pk for account in accounts])
    grouped: dict[str, list[DemoAccount]] = defaultdict(list)
    for account in accounts:
        role = _BODY_ROLE if account.office is None else roles.get(account.pk, "其他人员")
        where = account.office.name if account.office else bodies.get(account.pk, "")
        grouped[role].append(DemoAccount(username=account.username, name=str(account), office=where))
    return {
        "demo_roles": [DemoRole(label=label, accounts=accounts) for label, accounts in grouped.items()],
        "demo_action": reverse("accounts:demo-sign-in"),
    }


def _never_stored(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
