"""Reads a policy folder: every file, every problem, then a library of what it holds."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from zhiping.core.policybook.catalogues import COLUMNS, read_catalogue
from zhiping.core.policybook.condition_reader import read_condition
from zhiping.core.policybook.model import (
    CLAUSE_KINDS,
    DECISION_DAYS,
    Case,
    Catalogue,
    Clause,
    Document,
    FactDeclaration,
    FactType,
    Origin,
    Outcome,
    Parameter,
    ParameterValue,
    Rule,
    RuleStatus,
    ScreenHeader,
)
from zhiping.core.policybook.problems import ProblemList
from zhiping.core.policybook.values import Value, as_day, as_decimal
from zhiping.core.policybook.yaml_reader import NO_DAY, Entry, compose, is_decimal_text, period_of
from zhiping.kernel.period import Period
from zhiping.kernel.place import Place

RULE_OUTCOMES = ("refuse", "warn", "note")
CASE_OUTCOMES = ("pass", "refuse", "warn", "note", "unknown", "not_applicable")
_RULE_ID = re.compile(r"[A-Z]{3}-\d{3}\Z")


@dataclass(slots=True, kw_only=True)
class Library:
    """What a policy folder holds, before and after it was checked."""

    documents: dict[str, Document] = field(default_factory=dict)
    clauses: dict[str, Clause] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    facts: dict[str, FactDeclaration] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    screens: dict[str, ScreenHeader] = field(default_factory=dict)
    catalogues: dict[str, Catalogue] = field(default_factory=dict)


def file_texts(folder: Path) -> dict[str, Path]:
    """Return the policy files of a folder by their path inside it, in a fixed order."""
    patterns = (
        "documents/*.yaml",
        "parameters/*.yaml",
        "facts.yaml",
        "rules/*/*.yaml",
        "screens/*/screen.yaml",
    )
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    found += [path for name in COLUMNS if (path := folder / "catalogues" / f"{name}.csv").exists()]
    return {path.relative_to(folder).as_posix(): path for path in found}


def read_library(files: Mapping[str, Path], problems: ProblemList) -> Library:
    """Read the files into a library; note every problem and go on."""
    library = Library()
    _declare_built_in(library)
    readers = {
        "documents": _read_document,
        "parameters": _read_parameters,
        "facts.yaml": _read_facts_file,
        "rules": _read_rule,
        "screens": _read_screen,
    }
    for name, path in files.items():
        text = _text_of(path, name, problems)
        top = name.split("/", 1)[0]
        if text is None:
            continue
        if top == "catalogues":
            catalogue = read_catalogue(
                text, name=path.stem, file=name, clauses=library.clauses, problems=problems
            )
            if catalogue is not None:
                library.catalogues[catalogue.name] = catalogue
            continue
        entry = compose(text, file=name, problems=problems)
        if entry is not None:
            readers[top](entry, library)
    return library


def _text_of(path: Path, name: str, problems: ProblemList) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add("file_not_text", file=name, line=1, reason=error.reason)
        return None


def _declare_built_in(library: Library) -> None:
    origin = Origin(file="", line=0)
    for name, label, kind in (("day", "判定依据日", FactType.DAY), ("place", "地区", FactType.TEXT)):
        library.facts[name] = FactDeclaration(
            name=name, label=label, type=kind, values_labels={}, origin=origin
        )


def _origin(entry: Entry) -> Origin:
    return Origin(file=entry.file, line=entry.line)


def _named(entry: Entry, parts: Mapping[str, Entry], key: str = "id") -> str:
    """Return the id of a thing and hang it on its entries, so that problems name it."""
    name = parts[key].text() if key in parts else ""
    entry.thing = name
    for part in parts.values():
        part.thing = name
    return name


def _optional_text(parts: Mapping[str, Entry], key: str) -> str:
    return parts[key].text() if key in parts and not parts[key].is_null else ""


def _text(parts: Mapping[str, Entry], key: str) -> str:
    return parts[key].text() if key in parts else ""


def _period(parts: Mapping[str, Entry], key: str) -> Period:
    return parts[key].period() if key in parts else Period(start=NO_DAY)


def _is_new(entry: Entry, name: str, known: Mapping[str, object]) -> bool:
    if not name:
        return False
    before = known.get(name)
    if before is not None:
        origin: Origin = before.origin  # type: ignore[attr-defined]  # every kept thing has its origin
        entry.fail("duplicate_id", id=name, other=f"{origin.file}:{origin.line}")
        return False
    return True


# documents ---------------------------------------------------------------------------------------


def _read_document(entry: Entry, library: Library) -> None:
    parts = entry.mapping(
        required=("id", "title", "number", "issuers", "place", "issued", "in_force", "source", "basis"),
        optional=("note", "held", "clauses"),
    )
    name = _named(entry, parts)
    file_name = Path(entry.file).stem
    if name and name != file_name:
        parts["id"].fail("document_id_and_file", id=name, file_name=file_name)
    held = parts["held"].flag() if "held" in parts else True
    clauses: tuple[Clause, ...] = ()
    if "clauses" in parts:
        read = (_read_clause(part, name, library) for part in parts["clauses"].items(may_be_empty=not held))
        clauses = tuple(clause for clause in read if clause is not None)
    elif held:
        entry.fail("clauses_missing")
    document = Document(
        id=name,
        title=_text(parts, "title"),
        number=_optional_text(parts, "number") or None,
        issuers=parts["issuers"].texts() if "issuers" in parts else (),
        place=parts["place"].place() if "place" in parts else Place("CN"),
        issued=parts["issued"].day() if "issued" in parts else NO_DAY,
        in_force=_period(parts, "in_force"),
        source=_text(parts, "source"),
        basis=parts["basis"].texts(may_be_empty=True) if "basis" in parts else (),
        note=_optional_text(parts, "note"),
        held=held,
        clauses=clauses,
        origin=_origin(entry),
    )
    if _is_new(entry, name, library.documents):
        library.documents[name] = document


def _read_clause(entry: Entry, document: str, library: Library) -> Clause | None:
    parts = entry.mapping(required=("id", "where", "summary", "kind"))
    name = _named(entry, parts)
    if name and not name.startswith(f"{document}-"):
        parts["id"].fail("clause_id_foreign", clause=name, document=document)
    clause = Clause(
        id=name,
        document=document,
        where=_text(parts, "where"),
        summary=_text(parts, "summary"),
        kinds=_read_kinds(parts["kind"]) if "kind" in parts else (),
        origin=_origin(entry),
    )
    if not _is_new(entry, name, library.clauses):
        return None
    library.clauses[name] = clause
    return clause


def _read_kinds(entry: Entry) -> tuple[str, ...]:
    if entry.kind == "str":  # `kind: principle` and `kind: P` read better without brackets
        return (entry.one_of(CLAUSE_KINDS),)
    kinds = tuple(part.one_of(CLAUSE_KINDS) for part in entry.items())
    if "principle" in kinds and len(kinds) > 1:
        entry.fail("kind_principle_alone")
    return kinds


# parameters --------------------------------------------------------------------------------------


def _read_parameters(entry: Entry, library: Library) -> None:
    parts = entry.mapping(required=("parameters",))
    for part in parts["parameters"].items() if "parameters" in parts else ():
        _read_parameter(part, library)


def _read_parameter(entry: Entry, library: Library) -> None:
    parts = entry.mapping(required=("id", "label", "unit", "values", "checked"), optional=("note",))
    name = _named(entry, parts)
    unit = _text(parts, "unit")
    checked = parts["checked"].mapping(required=("on", "by")) if "checked" in parts else {}
    values = parts["values"].items() if "values" in parts else []
    parameter = Parameter(
        id=name,
        label=_text(parts, "label"),
        unit=unit,
        values=tuple(_read_value(part, name, unit) for part in values),
        checked_on=checked["on"].day() if "on" in checked else NO_DAY,
        checked_by=_text(checked, "by"),
        origin=_origin(entry),
    )
    if _is_new(entry, name, library.parameters):
        library.parameters[name] = parameter


def _read_value(entry: Entry, parameter: str, unit: str) -> ParameterValue:
    parts = entry.mapping(
        required=("place", "from", "value", "wording", "clause"), optional=("to", "certainty", "note")
    )
    certainty = parts["certainty"].one_of(("stated", "uncertain")) if "certainty" in parts else "stated"
    return ParameterValue(
        parameter=parameter,
        place=parts["place"].place() if "place" in parts else Place("CN"),
        period=period_of(parts, entry),
        value=_read_parameter_value(parts["value"], unit) if "value" in parts else 0,
        wording=_text(parts, "wording"),
        clause=_text(parts, "clause"),
        certainty=certainty,
        note=_optional_text(parts, "note"),
        origin=_origin(entry),
    )


def _read_parameter_value(entry: Entry, unit: str) -> Value:
    value = entry.value()
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and unit == "text":
        return value
    if isinstance(value, str) and is_decimal_text(value):
        return as_decimal(value) or 0
    day = as_day(value) if entry.kind == "timestamp" else None
    if day is not None:
        return day
    if isinstance(value, tuple) and value and all(isinstance(part, str) for part in value):
        return value
    if entry.kind != "float":  # noted already, with what to write instead
        entry.fail("value_malformed", value=entry.raw)
    return 0


# facts -------------------------------------------------------------------------------------------


def _read_facts_file(entry: Entry, library: Library) -> None:
    parts = entry.mapping(required=("facts",))
    for part in parts["facts"].items() if "facts" in parts else ():
        declaration = _read_fact(part)
        if declaration.name in {"day", "place"}:
            part.fail("fact_reserved", fact=declaration.name)
        elif _is_new(part, declaration.name, library.facts):
            library.facts[declaration.name] = declaration


def _read_fact(entry: Entry) -> FactDeclaration:
    parts = entry.mapping(
        required=("name", "label", "type"),
        optional=("unit", "allowed", "values_labels", "note", "key", "fields"),
    )
    name = _named(entry, parts, "name")
    kind = parts["type"].one_of([one.value for one in FactType]) if "type" in parts else ""
    fact_type = FactType(kind) if kind else FactType.TEXT
    fields = tuple(_read_fact(part) for part in parts["fields"].items()) if "fields" in parts else ()
    key = _optional_text(parts, "key")
    if fact_type is FactType.ROWS and not fields:
        entry.fail("fact_fields_missing", fact=name)
    if fact_type is not FactType.ROWS and (fields or key):
        entry.fail("fact_fields_needless", fact=name, type=fact_type.value)
    if key and fields and key not in {one.name for one in fields}:
        parts["key"].fail("fact_key_unknown", key=key, fact=name)
    labels = parts["values_labels"].open_mapping() if "values_labels" in parts else {}
    return FactDeclaration(
        name=name,
        label=_text(parts, "label"),
        type=fact_type,
        unit=_optional_text(parts, "unit"),
        allowed=parts["allowed"].texts() if "allowed" in parts else (),
        values_labels={code: part.text() for code, part in labels.items()},
        key=key,
        fields=fields,
        note=_optional_text(parts, "note"),
        origin=_origin(entry),
    )


# rules -------------------------------------------------------------------------------------------

_RULE_REQUIRED = (
    "id",
    "title",
    "asks_of",
    "decides_on",
    "where",
    "in_force",
    "clauses",
    "condition",
    "outcome",
    "message",
    "may_be_waived",
    "status",
    "cases",
)
_RULE_OPTIONAL = (
    "applies_when",
    "kind",
    "note",
    "reviewed",
    "replaces",
    "superseded_by",
    "unknown_message",
)
# What a rule says of cases; the rest (title, cases, review) may be edited without a new version.
_RULE_SUBSTANCE = (
    "id",
    "asks_of",
    "decides_on",
    "where",
    "in_force",
    "applies_when",
    "clauses",
    "condition",
    "outcome",
    "may_be_waived",
    "replaces",
)


def _read_rule(entry: Entry, library: Library) -> None:
    parts = entry.mapping(required=_RULE_REQUIRED, optional=_RULE_OPTIONAL)
    name = _named(entry, parts)
    _check_rule_id(entry, parts, name)
    reviewed = parts["reviewed"].mapping(required=("by", "on")) if "reviewed" in parts else {}
    status = parts["status"].one_of([one.value for one in RuleStatus]) if "status" in parts else ""
    outcome = parts["outcome"].one_of(RULE_OUTCOMES) if "outcome" in parts else ""
    condition = parts.get("condition", entry)
    rule = Rule(
        id=name,
        title=_text(parts, "title"),
        asks_of=_text(parts, "asks_of"),
        decides_on=parts["decides_on"].one_of(DECISION_DAYS) if "decides_on" in parts else "",
        where=tuple(part.place() for part in parts["where"].items()) if "where" in parts else (),
        period=_period(parts, "in_force"),
        applies_when=read_condition(parts["applies_when"]) if "applies_when" in parts else None,
        clauses=parts["clauses"].texts() if "clauses" in parts else (),
        condition=read_condition(condition),
        outcome=Outcome(outcome) if outcome else Outcome.REFUSE,
        message=_text(parts, "message"),
        unknown_message=_optional_text(parts, "unknown_message"),
        may_be_waived=parts["may_be_waived"].flag() if "may_be_waived" in parts else False,
        kind=_optional_text(parts, "kind"),
        note=_optional_text(parts, "note"),
        status=RuleStatus(status) if status else RuleStatus.DRAFTED,
        reviewed_by=_text(reviewed, "by"),
        reviewed_on=reviewed["on"].day() if "on" in reviewed else None,
        replaces=parts["replaces"].texts() if "replaces" in parts else (),
        superseded_by=_optional_text(parts, "superseded_by"),
        cases=_read_cases(parts["cases"]) if "cases" in parts else (),
        content_hash=hash_of([[key, _canonical(parts[key].node)] for key in _RULE_SUBSTANCE if key in parts]),
        origin=_origin(entry),
    )
    if status and rule.status is not RuleStatus.DRAFTED and not rule.reviewed_on:
        parts["status"].fail("review_missing", status=status)
    if rule.status is RuleStatus.RETIRED and rule.period.end is None:
        parts["status"].fail("retired_without_end")
    if _is_new(entry, name, library.rules):
        library.rules[name] = rule


def _check_rule_id(entry: Entry, parts: Mapping[str, Entry], name: str) -> None:
    if not name:
        return
    if not _RULE_ID.match(name):
        parts["id"].fail("rule_id_malformed", id=name)
    elif not Path(entry.file).stem.startswith(name):
        parts["id"].fail("rule_id_and_file", id=name, file_name=Path(entry.file).name)


def _canonical(node: yaml.Node) -> object:
    """Return a node as plain lists and texts, keys in order, so that layout does not change a hash."""
    if isinstance(node, yaml.MappingNode):
        pairs = [(str(key.value), _canonical(value)) for key, value in node.value]
        return dict(sorted(pairs, key=lambda pair: pair[0]))
    if isinstance(node, yaml.SequenceNode):
        return [_canonical(part) for part in node.value]
    return str(node.value)


def hash_of(content: object) -> str:
    """Return sixteen hexadecimal digits that stand for a content.

    Equal contents give equal digits on every machine.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read_cases(entry: Entry) -> tuple[Case, ...]:
    items = entry.items()
    if len(items) < 3:  # noqa: PLR2004  # just in, just out, not yet in force
        entry.fail("cases_missing", count=len(items))
    cases: list[Case] = []
    seen: set[str] = set()
    for item in items:
        case = _read_case(item)
        if case.name in seen:
            item.fail("case_duplicate", case=case.name)
        seen.add(case.name)
        cases.append(case)
    return tuple(cases)


def _read_case(entry: Entry) -> Case:
    parts = entry.mapping(required=("case", "given", "expect"))
    given = parts["given"].open_mapping() if "given" in parts else {}
    for key in ("place", "day"):
        if key not in given and "given" in parts:
            parts["given"].fail("key_missing", key=key)
    expect = parts["expect"].one_of(CASE_OUTCOMES) if "expect" in parts else ""
    return Case(
        name=_text(parts, "case"),
        given={key: part.value() for key, part in given.items() if key not in {"place", "day"}},
        place=given["place"].place() if "place" in given else Place("CN"),
        day=given["day"].day() if "day" in given else NO_DAY,
        expect=Outcome(expect) if expect else Outcome.UNKNOWN,
        origin=_origin(entry),
    )


# screens -----------------------------------------------------------------------------------------


def _read_screen(entry: Entry, library: Library) -> None:
    """Keep id, title and clauses; the rest of a screen's header is the screens' own business."""
    parts = entry.open_mapping()
    for key in ("id", "title", "clauses"):
        if key not in parts:
            entry.fail("key_missing", key=key)
    name = _named(entry, parts)
    screen = ScreenHeader(
        id=name,
        title=_text(parts, "title"),
        clauses=parts["clauses"].texts() if "clauses" in parts else (),
        origin=_origin(entry),
    )
    if _is_new(entry, name, library.screens):
        library.screens[name] = screen
