"""The pages of documentation that nobody writes by hand: read from the apps and from the policy folder."""

import inspect
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db.models import TextChoices

from zhiping.apps.authorities.duties import DUTIES, ROLES
from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.coverage import coverage
from zhiping.core.policybook.verdict import shown_value
from zhiping.kernel.errors import DomainError
from zhiping.kernel.moves import MoveTable
from zhiping.portals.console.citations import section
from zhiping.portals.console.enforcers import (
    authority,
    enforcers,
    exported_actions,
    installed_apps,
    move_tables,
)
from zhiping.portals.labels import place_name

_NOTE = "<!-- Written by `zhiping docs`; changes here are lost. -->"


def pages(book: PolicyBook) -> Mapping[str, str]:
    """Return path below `docs/` → text of every generated page."""
    by_app = {f"apps/{app}.md": _app_page(app) for app in installed_apps()}
    return {
        **by_app,
        "catalogue/clauses.md": _clauses_page(book),
        "catalogue/rules.md": _rules_page(book),
        "catalogue/parameters.md": _parameters_page(book),
        "catalogue/screens.md": _screens_page(book),
        "catalogue/duties.md": _duties_page(),
    }


# one app -----------------------------------------------------------------------------------------


def _app_page(app: str) -> str:
    config = apps.get_app_config(app)
    parts = [f"# {app} {config.verbose_name}", _NOTE, _docstring(config.name)]
    things = [
        (f"`{model.__name__}`", str(model._meta.verbose_name), _first_sentence(model))
        for model in sorted(config.get_models(), key=lambda one: one.__name__)
    ]
    parts += _section("Things", ("class", "中文", "what it is"), things)
    for thing, table in move_tables(app):
        parts += _section(
            f"Moves of a {thing}", ("from", "verb", "to", "duty", "clauses"), _move_rows(app, table)
        )
    actions = [
        (
            f"`{name}`",
            _first_sentence(action),
            _one_line(section(inspect.getdoc(action) or "", "Duty")) or "—",
            ", ".join(authority(action)) or "—",
        )
        for name, action in exported_actions(app)
    ]
    parts += _section("Actions", ("action", "what it does", "duty", "clauses"), actions)
    parts += _section("Refusals", ("code", "when", "sentence"), _refusal_rows(app))
    return "\n\n".join(parts) + "\n"


def _move_rows(app: str, table: MoveTable) -> list[tuple[str, ...]]:
    labels = _state_labels(app)
    return [
        (
            labels.get(state, state),
            f"`{verb}`",
            labels.get(move.to, move.to),
            DUTIES.get(move.duty, move.duty) or "the body's own account",
            ", ".join(move.clauses) or "—",
        )
        for (state, verb), move in table.items()
    ]


def _state_labels(app: str) -> dict[str, str]:
    """Return "Choices member" → "code label"; members are text, so a state's code finds its label."""
    module = import_module(f"zhiping.apps.{app}.states")
    enums = [one for one in vars(module).values() if inspect.isclass(one) and issubclass(one, TextChoices)]
    return {
        member: f"{member.label} `{member.value}`"
        for one in enums
        if one is not TextChoices
        for member in one
    }


def _refusal_rows(app: str) -> list[tuple[str, ...]]:
    if find_spec(f"zhiping.apps.{app}.errors") is None:
        return []
    errors = import_module(f"zhiping.apps.{app}.errors")
    sentences = import_module(f"zhiping.apps.{app}.messages").MESSAGES
    return [
        (f"`{one.code}`", _first_sentence(one), sentences.get(one.code, "—"))
        for one in vars(errors).values()
        if inspect.isclass(one) and issubclass(one, DomainError) and one.__module__ == errors.__name__
    ]


# the catalogue -----------------------------------------------------------------------------------


def _clauses_page(book: PolicyBook) -> str:
    table = coverage(book, enforcers())
    summary = (
        f"{len(table.rows)} clauses, {len(table.binding)} of them binding; of these "
        f"{len(table.binding) - len(table.open)} are carried out and {len(table.open)} are open. "
        "`zhiping policy coverage` also names what proves each."
    )
    parts = [
        "# Clauses 条款",
        _NOTE,
        summary,
    ]
    parts += _section(
        "Open 待落实",
        ("clause", "kind", "what it demands"),
        [(row.clause.id, "".join(row.clause.kinds), row.clause.summary) for row in table.open],
    )
    for document in book.documents.values():
        rows = [
            (
                row.clause.id,
                row.clause.where,
                row.clause.summary,
                "、".join((*row.rules, *row.parameters, *row.screens, *row.others))
                or ("待落实" if row.is_open else "（原则性条款）"),
            )
            for row in table.rows
            if row.clause.document == document.id
        ]
        number = f"（{document.number}）" if document.number else ""
        parts += _section(
            f"{document.id} {document.title}{number}",
            ("clause", "where", "what it demands", "carried out by"),
            rows,
        )
    return "\n\n".join(parts) + "\n"


def _rules_page(book: PolicyBook) -> str:
    parts = ["# Rules 规则", _NOTE]
    for question in book.questions:
        rows = [
            (
                rule.id,
                rule.title,
                "、".join(place_name(place.code) for place in rule.where),
                _span(rule.period.start.isoformat(), rule.period.end),
                rule.outcome.value + ("（可豁免）" if rule.may_be_waived else ""),
                ", ".join(rule.clauses),
                str(len(rule.cases)),
                rule.status.value,
            )
            for rule in sorted(book.rules.values(), key=lambda one: one.id)
            if rule.asks_of == question
        ]
        parts += _section(
            f"`{question}`",
            ("rule", "title", "places", "in force", "outcome", "clauses", "cases", "status"),
            rows,
        )
    return "\n\n".join(parts) + "\n"


def _parameters_page(book: PolicyBook) -> str:
    rows = [
        (
            f"`{one.id}`",
            one.label,
            place_name(value.place.code),
            _span(value.period.start.isoformat(), value.period.end),
            shown_value(value.value, None) + ("（待核实）" if value.certainty == "uncertain" else ""),
            value.wording or "—",
            value.clause,
        )
        for one in sorted(book.parameters.values(), key=lambda each: each.id)
        for value in one.values
    ]
    heading = ("parameter", "label", "place", "in force", "value", "wording", "clause")
    return "\n\n".join(["# Parameters 参数", _NOTE, *_section("Values", heading, rows)]) + "\n"


def _screens_page(book: PolicyBook) -> str:
    rows = [
        (one.id, one.title, ", ".join(one.clauses))
        for one in sorted(book.screens.values(), key=lambda each: each.id)
    ]
    parts = [
        "# Screens 筛查规则",
        _NOTE,
        *_section("In the policy folder", ("screen", "title", "clauses"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def _duties_page() -> str:
    duties = [(f"`{name}`", label) for name, label in DUTIES.items()]
    roles = [
        (f"`{name}`", label, "、".join(DUTIES[one] for one in held)) for name, (label, held) in ROLES.items()
    ]
    parts = [
        "# Duties 职责",
        _NOTE,
        *_section("Duties", ("duty", "中文"), duties),
        *_section("Roles, a usual set of duties", ("role", "中文", "duties"), roles),
    ]
    return "\n\n".join(parts) + "\n"


# writing -----------------------------------------------------------------------------------------


def _section(title: str, heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(_cell(one) for one in row)} |" for row in rows]
    if not lines:
        return []
    top = [f"| {' | '.join(heading)} |", f"|{'---|' * len(heading)}"]
    return [f"## {title}", "\n".join([*top, *lines])]


def _cell(text: str) -> str:
    return _one_line(text).replace("|", "\\|")


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _docstring(module: str) -> str:
    return inspect.getdoc(import_module(module)) or ""


def _first_sentence(thing: object) -> str:
    text = inspect.getdoc(thing) or ""
    return _one_line(text.split("\n\n", maxsplit=1)[0])


def _span(start: str, end: object) -> str:
    return f"{start} → {end or ''}".rstrip()
