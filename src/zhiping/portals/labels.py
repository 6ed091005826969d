"""The words and colours that the look shows for the apps' codes, registered once when Django is ready."""

from collections.abc import Mapping

from django.db.models import TextChoices

from zhiping.apps.certificates.states import (
    BlankRequestState,
    CertificateState,
    ChangeKind,
    Shelf,
    WriteOffState,
)
from zhiping.apps.exams.states import IncidentKind, PlanState, Role, SittingState, Subject
from zhiping.apps.registry.states import BodyState, FilingState
from zhiping.apps.screening.states import FindingState, Judgement, RunState
from zhiping.core.catalogues.divisions import divisions
from zhiping.kernel.clock import SystemClock
from zhiping.kernel.place import NATION
from zhiping.ui.labels import StateLabel, Tone, register_states, set_place_resolver

_O, _W, _B, _I = Tone.OK, Tone.WARN, Tone.BAD, Tone.INFO

_SCOPES: Mapping[str, tuple[type[TextChoices], Mapping[str, Tone]]] = {
    "filing": (
        FilingState,
        {
            "submitted": _I,
            "district_passed": _I,
            "city_passed": _I,
            "verified": _I,
            "in_notice": _I,
            "confirmed": _O,
            "returned": _W,
            "refused": _B,
        },
    ),
    "body": (BodyState, {"filed": _O, "suspended": _W, "removed": _B}),
    "plan": (PlanState, {"declared": _I, "accepted": _O, "returned": _W, "refused": _B}),
    "sitting": (
        SittingState,
        {
            "planned": _I,
            "held": _W,
            "results_in": _I,
            "in_notice": _I,
            "submitted": _I,
            "returned": _W,
            "approved": _O,
            "issued": _O,
        },
    ),
    "subject": (Subject, {}),
    "role": (Role, {}),
    "incident": (IncidentKind, {}),
    "certificate": (CertificateState, {"valid": _O, "annulled": _B}),
    "certificate_change": (ChangeKind, {"issued": _O, "corrected": _I, "annulled": _B, "restored": _O}),
    "blank_request": (
        BlankRequestState,
        {"submitted": _I, "aggregated": _I, "partly": _W, "supplied": _O, "ended": _W, "declined": _B},
    ),
    "blank_shelf": (
        Shelf,
        {"on_hand": _O, "used": _I, "spoiling": _W, "spoiled": _W, "destroying": _W, "lost": _B},
    ),
    "blank_write_off": (WriteOffState, {"proposed": _W, "confirmed": _O, "rejected": _B}),
    "run": (RunState, {"waiting": _I, "running": _I, "done": _O, "failed": _B}),
    "finding": (FindingState, {"open": _B, "cured": _O}),
    "judgement": (Judgement, {"pending": _W, "confirmed": _B}),
}
"""Scope → (the app's closed list, the colours that are not neutral)."""

_OUTCOMES = {
    "pass": StateLabel("符合", _O),
    "note": StateLabel("提示", _I),
    "warn": StateLabel("警示", _W),
    "refuse": StateLabel("不符合", _B),
    "unknown": StateLabel("待核", _W),
    "not_applicable": StateLabel("不适用"),
    "no_rule_known": StateLabel("没有已知规则", _W),
    "waived": StateLabel("已豁免", _I),
}


def register() -> None:
    """Register every state, verdict outcome and the names of places."""
    for scope, (choices, tones) in _SCOPES.items():
        register_states(
            scope,
            {one.value: StateLabel(str(one.label), tones.get(one.value, Tone.NEUTRAL)) for one in choices},
        )
    register_states("outcome", _OUTCOMES)
    set_place_resolver(place_name)


def place_name(code: str) -> str:
    """Return the full name of a place (广东省佛山市顺德区); the name it last had when it is no more.

    A code that no list has ever carried is shown as such.
    """
    if code == NATION:
        return "全国"
    today = SystemClock().today()
    if divisions().find(code, on=today) is not None:
        return divisions().full_name(code, on=today)
    history = divisions().history(code)
    if history:
        return f"{history[-1].name}（原）"
    return f"未知地区（{code}）" if code else "—"
