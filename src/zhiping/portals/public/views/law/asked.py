"""The place and the day that a reader asks about (所选地区与日期): read, offered, kept in links."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from zhiping.apps.reference.queries import law
from zhiping.core.catalogues.divisions import Division, divisions
from zhiping.core.policybook import PolicyBook
from zhiping.kernel.place import NATION, Place, PlaceMalformedError
from zhiping.portals.public.forms import day_field

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
"""Days that the pages answer for; divisions are on record from 1980 on."""

_LONGEST_SHOWN = 24

type Choice = tuple[str, str]
type Group = tuple[str, list[Choice]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A place and a day."""

    place: Place
    on: date

    @property
    def query(self) -> str:
        """Return both as a query string."""
        return urlencode({"place": self.place.code, "on": self.on.isoformat()})

    @property
    def kept(self) -> str:
        """Return what a link appends so that place and day stay chosen."""
        return f"?{self.query}"


class PlaceDayForm(forms.Form):
    """Which place, which day (地区与日期)."""

    on = day_field("日期")

    def __init__(self, data: QueryDict | None, *, today: date, suffix: str = "") -> None:
        """Offer the places around the one that was asked for."""
        super().__init__(data)
        self.today, self.suffix = today, suffix
        day, place = f"on{suffix}", f"place{suffix}"
        self.fields[day] = self.fields.pop("on")
        self.fields[day].widget.attrs.update({"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()})
        asked_for = str(data.get(place, "")) if data else ""
        chosen = known_place(asked_for, on=today) or Place(NATION)
        choices = place_groups(chosen, on=today)
        self.fields[place] = forms.ChoiceField(
            label="地区",
            required=False,
            choices=choices,
            error_messages={"invalid_choice": f"没有代码为“{_cut(asked_for)}”的地区。请在列表中选择。"},
        )
        self.fields = {name: self.fields[name] for name in (place, day)}

    def clean(self) -> dict[str, object]:
        """Refuse days that no list of divisions answers for."""
        cleaned: dict[str, object] = super().clean() or {}
        name = f"on{self.suffix}"
        day = cleaned.get(name)
        if isinstance(day, date) and not FIRST_DAY <= day <= LAST_DAY:
            self.add_error(name, f"日期应在 {FIRST_DAY.year} 年至 {LAST_DAY.year} 年之间，现为 {day}。")
        return cleaned

    @property
    def asked(self) -> Asked:
        """Return what was asked; the nation, or today, where nothing fitting was."""
        self.is_valid()
        cleaned = getattr(self, "cleaned_data", {})
        return Asked(
            place=Place(cleaned.get(f"place{self.suffix}") or NATION),
            on=cleaned.get(f"on{self.suffix}") or self.today,
        )


def _cut(text: str) -> str:
    """Return what was written, in a length that a sentence can carry."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def kept_of(data: QueryDict, *, today: date) -> Asked | None:
    """Return the place and the day that links carry along; None where there are none, or bad ones."""
    if "place" not in data and "on" not in data:
        return None
    form = PlaceDayForm(data, today=today)
    return form.asked if form.is_valid() else None


def known_place(code: str, *, on: date) -> Place | None:
    """Return the place of a code that a list of divisions has, or had; None else."""
    try:
        place = Place(code)
    except PlaceMalformedError:
        return None
    is_known = code == NATION or divisions().find(code, on=on) or divisions().history(code)
    return place if is_known else None


def place_groups(chosen: Place, *, on: date) -> tuple[Choice | Group, ...]:
    """Return the places to choose from, by province: those with law of their own, with what lies in them.

    Of any other province it offers the province, and what lies in the chosen one, so that each place can
    be reached in steps.
    """
    return _place_groups(law(), chosen, on)


@functools.lru_cache(maxsize=256)
def _place_groups(book: PolicyBook, chosen: Place, on: date) -> tuple[Choice | Group, ...]:
    ruled = {place for place in _places_with_law(book) if place.code != NATION}
    opened = {step for place in (chosen, *ruled) for step in place.chain}
    groups: list[Choice | Group] = [(NATION, "全国")]
    for province in divisions().children(NATION, on=on):
        inside = list(_inside(province, opened, on=on))
        groups.append((province.name, [(province.code, f"{province.name}（全省）"), *inside]))
    offered = {code for _, part in groups if isinstance(part, list) for code, _ in part}
    if chosen.code not in {*offered, NATION}:  # a code that was given up: offered since it was asked for
        held = divisions().history(chosen.code)
        groups.append(("已撤销的区划", [(chosen.code, held[-1].name if held else chosen.code)]))
    return tuple(groups)


def _inside(province: Division, opened: set[Place], *, on: date) -> Iterator[Choice]:
    if province.place not in opened:
        return
    for city in divisions().children(province.code, on=on):
        yield city.code, city.name
        if city.place in opened:
            for district in divisions().children(city.code, on=on):
                yield district.code, f"　{district.name}"


def _places_with_law(book: PolicyBook) -> set[Place]:
    places = {one.place for one in book.documents.values()}
    places |= {place for rule in book.rules.values() for place in rule.where}
    return places | {value.place for one in book.parameters.values() for value in one.values}
