"""Brings facts into their declared types."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from zhiping.core.policybook.errors import FactUndeclaredError
from zhiping.core.policybook.messages import WANTED
from zhiping.core.policybook.model import FactDeclaration, FactType
from zhiping.core.policybook.values import as_day, as_decimal, refuse_value


def read_facts(declarations: Mapping[str, FactDeclaration], raw: Mapping[str, object]) -> dict[str, object]:
    """Return facts in their declared types, from YAML or JSON.

    Days may be ISO text, decimals text; a binary fraction is refused. None means missing.

    Refuses:
        FactUndeclaredError: the vocabulary has no such fact.
        FactMalformedError: a value does not fit its type.
    """
    facts: dict[str, object] = {}
    for name, value in raw.items():
        declaration = declarations.get(name)
        if declaration is None:
            raise FactUndeclaredError(fact=name)
        facts[name] = read_fact(declaration, value)
    return facts


def read_fact(declaration: FactDeclaration, value: object) -> object:
    """Return one fact in its declared type.

    Refuses:
        FactMalformedError: the value does not fit.
    """
    if value is None:
        return None
    read = _read(declaration, value)
    if read is None:
        raise refuse_value(declaration.name, value, wanted_of(declaration))
    if declaration.allowed and not _is_allowed(declaration, read):
        raise refuse_value(declaration.name, value, wanted_of(declaration))
    return read


def wanted_of(declaration: FactDeclaration) -> str:
    """Return in Chinese what a fact's value should be."""
    allowed = f"之一：{'、'.join(declaration.allowed)}" if declaration.allowed else ""
    return WANTED[declaration.type.value] + allowed


def _is_allowed(declaration: FactDeclaration, read: object) -> bool:
    if isinstance(read, tuple):
        return all(part in declaration.allowed for part in read)
    return read in declaration.allowed


def _read(declaration: FactDeclaration, value: object) -> object:
    if declaration.type is FactType.ROWS:
        return _read_rows(declaration, value)
    return _READERS[declaration.type](value)


def _read_texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
        return None
    return tuple(value)


_READERS: Mapping[FactType, Callable[[object], object]] = {
    FactType.WHOLE: lambda value: value if isinstance(value, int) and not isinstance(value, bool) else None,
    FactType.DECIMAL: as_decimal,
    FactType.TEXT: lambda value: value if isinstance(value, str) else None,
    FactType.FLAG: lambda value: value if isinstance(value, bool) else None,
    FactType.DAY: as_day,
    FactType.TEXTS: _read_texts,
}


def _read_rows(declaration: FactDeclaration, value: object) -> tuple[dict[str, object], ...] | None:
    if not isinstance(value, list | tuple):
        return None
    fields = {field.name: field for field in declaration.fields}
    rows: list[dict[str, object]] = []
    for row in value:
        if not isinstance(row, Mapping):
            return None
        rows.append(read_facts(fields, row))
    return tuple(rows)


FITS: Mapping[FactType, tuple[type, ...]] = {
    FactType.WHOLE: (int,),
    FactType.DECIMAL: (Decimal,),
    FactType.TEXT: (str,),
    FactType.FLAG: (bool,),
    FactType.DAY: (date,),
    FactType.TEXTS: (tuple,),
    FactType.ROWS: (tuple,),
}
"""The exact types that a fact must have when it is judged."""
