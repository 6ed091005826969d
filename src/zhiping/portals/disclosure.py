"""What a page makes public, and which clauses demand that."""

from collections.abc import Callable


def discloses[**P, R](*clauses: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare the clauses whose publication (公开) a view carries out; coverage reads them from the URLs.

    Goes above or below the gate, which keeps what it wraps: `@public` `@discloses("FS20-4.3")`. The
    clause ids are checked against the documents by a test, not here.
    """

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        vars(view)["clauses"] = clauses
        return view

    return declare
