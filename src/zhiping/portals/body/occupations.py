"""Finding occupations by name or code."""

from collections.abc import Iterable

from zhiping.core.catalogues.occupations import Occupation, occupations

MOST = 20


def search_occupations(text: str) -> tuple[Occupation, ...]:
    """Return occupations whose name contains the text or whose code begins with it, exact names first."""
    wanted = text.strip()
    if not wanted:
        return ()
    hits = [one for one in occupations().all() if wanted in one.name or one.code.startswith(wanted)]
    return tuple(sorted(hits, key=lambda one: (one.name != wanted, len(one.name), one.code))[:MOST])


def occupation_words(codes: Iterable[str]) -> str:
    """Return occupations as name and code, for people."""
    listed = occupations()
    return "、".join(_words(listed.find(code), code) for code in codes)


def _words(found: Occupation | None, code: str) -> str:
    return f"{found.name}（{code}）" if found else code
