"""Who carries out which clause (落实): read from the actions, the tables of moves and the pages."""

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import django
from django.apps import AppConfig, apps
from django.urls import URLPattern, URLResolver, get_resolver

from zhiping.kernel.moves import Move, MoveTable
from zhiping.portals.console.citations import clauses_in, section

_APPS = "zhiping.apps."
_TABLE = "_MOVES"


def enforcers() -> Mapping[str, tuple[str, ...]]:
    """Return everything that declares clauses: its name → the clauses, in the order declared.

    | name | declared in |
    |---|---|
    | `registry.submit_filing` | the `Authority:` section of an action that the app exports |
    | `registry.filing.submit` | the app's table of moves, for one verb of one thing |
    | `public:registry-register` | `@discloses` on the view behind that URL |

    Sets Django up if nobody has; no database is asked. Whether the clauses exist is for the caller.
    """
    _set_up()
    found: dict[str, tuple[str, ...]] = {}
    for app in installed_apps():
        for name, action in exported_actions(app):
            found[f"{app}.{name}"] = authority(action)
        for thing, table in move_tables(app):
            for verb in dict.fromkeys(verb for _, verb in table):
                found[f"{app}.{thing}.{verb}"] = clauses_of_verb(table, verb)
    found.update(_pages())
    return {name: clauses for name, clauses in sorted(found.items()) if clauses}


def installed_apps() -> tuple[str, ...]:
    """Return the names of our apps, in the order in which they are installed."""
    _set_up()
    return tuple(config.label for config in apps.get_app_configs() if _is_ours(config))


def exported_actions(app: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public functions of an app's `actions`: those in `__all__`, else those defined there."""
    if find_spec(f"{_APPS}{app}.actions") is None:
        return
    module = import_module(f"{_APPS}{app}.actions")
    for name in getattr(module, "__all__", sorted(vars(module))):
        thing = getattr(module, name)
        is_from_here = getattr(thing, "__module__", "").startswith(f"{_APPS}{app}.")
        if inspect.isfunction(thing) and not name.startswith("_") and is_from_here:
            yield name, thing


def authority(action: Callable[..., Any]) -> tuple[str, ...]:
    """Return the clauses named in the `Authority:` section of a docstring."""
    return clauses_in(section(inspect.getdoc(action) or "", "Authority"))


def move_tables(app: str) -> Iterator[tuple[str, MoveTable]]:
    """Yield an app's tables of moves with the thing that each moves: `FILING_MOVES` → "filing"."""
    if find_spec(f"{_APPS}{app}.states") is None:
        return
    for name, value in sorted(vars(import_module(f"{_APPS}{app}.states")).items()):
        if name.endswith(_TABLE) and all(isinstance(move, Move) for move in value.values()):
            yield name.removesuffix(_TABLE).lower(), value


def clauses_of_verb(table: MoveTable, verb: str) -> tuple[str, ...]:
    """Return the clauses of a verb, from whatever state it starts."""
    return tuple(dict.fromkeys(c for (_, one), move in table.items() if one == verb for c in move.clauses))


def _pages() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, view in named_views():
        declared = tuple(getattr(view, "clauses", ()))
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *declared)))
    return found


def named_views() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every URL's name ("public:registry-register") with its view; the nameless go by their path."""
    _set_up()
    yield from _named_views(get_resolver(), ())


def _named_views(
    resolver: URLResolver, namespaces: tuple[str, ...]
) -> Iterator[tuple[str, Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _named_views(entry, inner)
        elif isinstance(entry, URLPattern):
            yield ":".join((*namespaces, entry.name or str(entry.pattern))), entry.callback


def _is_ours(config: AppConfig) -> bool:
    return config.name.startswith(_APPS)


def _set_up() -> None:
    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
        django.setup()
