"""Words and colours of the states that the desk shows, and the names of places."""

from collections.abc import Iterable, Mapping

from django.db.models import Choices

from zhiping.apps.certificates.states import CertificateState, ChangeKind
from zhiping.apps.exams.states import IncidentKind, PlanState, Role, SittingState, Subject
from zhiping.apps.registry.states import BodyState, FilingState
from zhiping.apps.screening.states import FindingState, Judgement, RunState
from zhiping.core.catalogues.divisions import divisions
from zhiping.kernel.place import Place
from zhiping.ui.labels import StateLabel, Tone, register_states, set_place_resolver

_INFO, _OK, _WARN, _BAD, _NEUTRAL = Tone.INFO, Tone.OK, Tone.WARN, Tone.BAD, Tone.NEUTRAL

_TONES: Mapping[str, tuple[Iterable[Choices], Mapping[Tone, frozenset[str]]]] = {
    "filing": (
        FilingState,
        {
            _OK: frozenset({"confirmed"}),
            _WARN: frozenset({"returned"}),
            _BAD: frozenset({"refused"}),
            _NEUTRAL: frozenset({"draft", "withdrawn"}),
        },
    ),
    "body": (
        BodyState,
        {
            _OK: frozenset({"filed"}),
            _WARN: frozenset({"suspended"}),
            _BAD: frozenset({"removed"}),
            _NEUTRAL: frozenset({"applicant", "left"}),
        },
    ),
    "plan": (
        PlanState,
        {
            _OK: frozenset({"accepted"}),
            _WARN: frozenset({"returned"}),
            _BAD: frozenset({"refused"}),
            _NEUTRAL: frozenset({"draft", "cancelled"}),
        },
    ),
    "sitting": (
        SittingState,
        {
            _OK: frozenset({"approved", "issued"}),
            _WARN: frozenset({"returned", "submitted"}),
            _NEUTRAL: frozenset({"cancelled"}),
        },
    ),
    "certificate": (CertificateState, {_OK: frozenset({"valid"}), _BAD: frozenset({"annulled"})}),
    "certificate_change": (
        ChangeKind,
        {_OK: frozenset({"issued", "restored"}), _BAD: frozenset({"annulled"})},
    ),
    "finding": (FindingState, {_WARN: frozenset({"open"}), _OK: frozenset({"cured"})}),
    "judgement": (
        Judgement,
        {_WARN: frozenset({"pending"}), _BAD: frozenset({"confirmed"}), _NEUTRAL: frozenset({"rejected"})},
    ),
    "run": (RunState, {_OK: frozenset({"done"}), _BAD: frozenset({"failed"}), _NEUTRAL: frozenset({"waiting"})}),
    "role": (Role, {}),
    "subject": (Subject, {}),
    "incident": (IncidentKind, {_WARN: frozenset({"other", "equipment_failure", "video_interrupted"})}),
}

_ENROLMENT = {
    "enrolled": StateLabel("已报名", _OK),
    "withdrawn": StateLabel("已退考", _NEUTRAL),
    "disqualified": StateLabel("取消资格", _BAD),
}


def register() -> None:
    """Register every word that the desk's pages need."""
    for scope, (choices, tones) in _TONES.items():
        default = _BAD if scope == "incident" else _INFO
        register_states(
            scope,
            {
                str(choice.value): StateLabel(
                    str(choice.label),
                    next((tone for tone, codes in tones.items() if choice.value in codes), default),
                )
                for choice in choices
            },
        )
    register_states("enrolment", _ENROLMENT)
    set_place_resolver(place_name)


def place_name(code: str) -> str:
    """Return the newest name of a place with what it lies in (佛山市顺德区); the code where no list has it.

    The province is left out: who works here knows it, and a table has no room for it.
    """
    parts = [newest for step in Place(code).chain if (newest := _newest_name(step.code))]
    if not parts:
        return code
    return "".join(reversed(parts[:-1] if len(parts) > 1 else parts))


def _newest_name(code: str) -> str:
    history = divisions().history(code)
    return history[-1].name if history else ""
