"""The home page, complaint channels, guides."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from zhiping.apps.authorities.queries import offices
from zhiping.apps.certificates.public_queries import certificates_issued
from zhiping.apps.exams.public_queries import running_result_notices
from zhiping.apps.registry.public_queries import RegistryFigures, directory_places, figures, filing_notices
from zhiping.kernel.clock import Clock
from zhiping.kernel.place import NATION, Place
from zhiping.portals.clock import shifted_days
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import GatedRequest, public
from zhiping.portals.public.forms import CertificateForm
from zhiping.portals.public.lists import place_choices
from zhiping.portals.public.texts import ANSWERS, GUIDES
from zhiping.ui.shapes import Figure

_KEPT_SECONDS = 60
_SHOWN_NOTICES = 5

NOTES = (
    "无需登录。编号印在证书上，共 22 位。",
    "姓名或证件后四位与编号都相符时才显示证书内容。",
    "不相符时不说明哪一项有误，以防他人猜测。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFigures:
    """The figures of the home page and the moment at which they were counted."""

    registry: RegistryFigures
    certificates: int
    result_notices: int
    as_of: datetime


@require_safe
@public
def home(request: GatedRequest) -> HttpResponse:
    """Show the look-up, the ways further, and where things stand (首页)."""
    found = _figures(request.clock)
    today = request.clock.today()
    context = {
        "form": CertificateForm(),
        "notes": NOTES,
        "figures": (
            Figure(
                label="在目录的评价机构",
                value=found.registry.bodies,
                unit="家",
                hint=f"其中停止评价 {found.registry.suspended} 家" if found.registry.suspended else "",
                url=reverse("public:registry-bodies"),
            ),
            Figure(label="已核发的证书", value=found.certificates, unit="本", hint="含已作废的"),
            Figure(
                label="正在公示的备案",
                value=found.registry.notices,
                unit="件",
                url=reverse("public:registry-notices") + "?running=yes",
            ),
            Figure(
                label="正在公示的成绩",
                value=found.result_notices,
                unit="场",
                url=reverse("public:exams-notices") + "?running=yes",
            ),
        ),
        "figures_as_of": found.as_of,
        "notices": list(filing_notices(today=today, is_running=True)[:_SHOWN_NOTICES]),
    }
    return render(request, "public/home.html", context)


def _figures(clock: Clock) -> HomeFigures:
    """Return the figures, counted at most once a minute: the home page is what a crowd opens first."""
    key = f"public.home.{shifted_days()}"
    found = cache.get(key)
    if not isinstance(found, HomeFigures):
        today = clock.today()
        found = HomeFigures(
            registry=figures(today=today),
            certificates=certificates_issued(),
            result_notices=running_result_notices(today=today),
            as_of=clock.now(),
        )
        cache.set(key, found, _KEPT_SECONDS)
    return found


@require_safe
@public
@discloses("FS20-4.3")
def complaints(request: GatedRequest) -> HttpResponse:
    """Show where to complain, office by office (投诉渠道)."""
    chosen = request.GET.get("place", "")
    rows = list(offices())
    choices = place_choices([*directory_places(), *(row.place for row in rows)], on=request.clock.today())
    if chosen in dict(choices) and chosen:
        chain = {step.code for step in Place(chosen).chain if step.code != NATION}
        rows = [row for row in rows if row.place in chain or Place(chosen).contains(Place(row.place))]
    context = {"offices": rows, "places": choices, "chosen": chosen}
    return render(request, "public/complaints.html", context)


@require_safe
@public
@discloses("FS20-3.3")
def guide(request: GatedRequest) -> HttpResponse:
    """List the guides (办事指南)."""
    return render(request, "public/guides.html", {"guides": GUIDES, "answers": ANSWERS})


@require_safe
@public
@discloses("FS20-3.3")
def guide_page(request: GatedRequest, name: str) -> HttpResponse:
    """Show one guide (办事指南)."""
    found = next((one for one in GUIDES if one.name == name), None)
    if found is None:
        raise Http404
    return render(request, "public/guide.html", {"guide": found})


@require_safe
@public
def about(request: GatedRequest) -> HttpResponse:
    """Say what the platform is and what it keeps (关于本平台)."""
    return render(request, "public/about.html")


@require_safe
@public
def old_policy(_request: GatedRequest) -> HttpResponse:
    """Lead from the address that older links carry."""
    return redirect("public:policy-law", permanent=True)
