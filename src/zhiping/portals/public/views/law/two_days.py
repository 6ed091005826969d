"""A penalty in an opinion: judged by the law of the day of conduct and of the day of decision (两日从轻)."""

from dataclasses import dataclass
from datetime import date

from django import forms
from django.http import QueryDict

from zhiping.core.policybook.messages import OUTCOMES, PENALTY_DAYS, PENALTY_GROUNDS
from zhiping.core.policybook.penalty import SANCTIONS_FACT, Day, PenaltyVerdict
from zhiping.core.policybook.verdict import Verdict, shown_value
from zhiping.kernel.errors import DomainError
from zhiping.portals.public.forms import day_field
from zhiping.portals.public.views.law.asked import FIRST_DAY
from zhiping.portals.refusals import sentence


class ConductForm(forms.Form):
    """The day of the conduct (行为日); left out, it is the day of decision."""

    conduct_on = day_field("行为日")

    def __init__(self, data: QueryDict | None, *, decision_on: date) -> None:
        """Ask for a day up to that of the decision."""
        super().__init__(data if data and data.get("conduct_on") else None)
        self.decision_on = decision_on
        field = self.fields["conduct_on"]
        field.help_text = (
            "违规行为发生之日。行为日和决定日的规定各判定一次，适用较轻的一日；留空即与决定日相同。"
        )
        field.widget.attrs.update({"min": FIRST_DAY.isoformat(), "max": decision_on.isoformat()})

    def clean_conduct_on(self) -> date | None:
        """Refuse a conduct after the decision on it, and a day before any law that is held."""
        day: date | None = self.cleaned_data["conduct_on"]
        if day is not None and day > self.decision_on:
            raise forms.ValidationError(f"行为日 {day} 晚于决定日 {self.decision_on}。请核对两个日期。")
        if day is not None and day < FIRST_DAY:
            raise forms.ValidationError(f"行为日应不早于 {FIRST_DAY.year} 年，现为 {day}。")
        return day

    @property
    def day(self) -> date:
        """Return the day of conduct, once valid."""
        return (self.cleaned_data.get("conduct_on") if self.is_bound else None) or self.decision_on


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine:
    """What the law of one day says."""

    label: str
    day: date
    outcome: str
    word: str
    owed: str
    applies: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoDays:
    """Both days, and why one of them applies; `hindrance` where they cannot be weighed."""

    lines: tuple[DayLine, ...] = ()
    ground: str = ""
    hindrance: str = ""

    @property
    def applied(self) -> DayLine | None:
        """Return the day whose law applies; None while that is open."""
        return next((line for line in self.lines if line.applies), None)


def two_days(judged: PenaltyVerdict) -> TwoDays:
    """Return what an opinion shows of a penalty."""
    lines = (
        _line(judged, Day.CONDUCT, judged.on_conduct, judged.owed_on_conduct),
        _line(judged, Day.DECISION, judged.on_decision, judged.owed_on_decision),
    )
    return TwoDays(lines=lines, ground=PENALTY_GROUNDS[judged.ground.value])


def not_weighed(refusal: DomainError) -> TwoDays:
    """Return what an opinion says where no order of mildness is on record for the day."""
    return TwoDays(hindrance=sentence(refusal))


def _line(judged: PenaltyVerdict, day: Day, verdict: Verdict, owed: tuple[str, ...]) -> DayLine:
    declaration = next(
        (one.basis.facts[SANCTIONS_FACT] for one in verdict.findings if SANCTIONS_FACT in one.basis.facts),
        None,
    )
    return DayLine(
        label=PENALTY_DAYS[day.value],
        day=verdict.on,
        outcome=verdict.outcome.value,
        word=OUTCOMES[verdict.outcome.value],
        owed=shown_value(owed, declaration) if owed else "",
        applies=judged.applies is day,
    )
