"""The law as the platform applies it, for everybody (政策依据).

`browser`: documents, clauses, rules with their cases, parameters, screens. `here`: what binds at a place on
a day, and two of those side by side. `coverage`: which clause is carried out by what. `opinion`: one case.
"""

from zhiping.portals.public.views.law.browser import (
    clause,
    document,
    documents,
    parameter,
    rule,
    rules,
    screen,
)
from zhiping.portals.public.views.law.coverage import coverage
from zhiping.portals.public.views.law.here import compare, here
from zhiping.portals.public.views.law.opinion import opinion

__all__ = [
    "clause",
    "compare",
    "coverage",
    "document",
    "documents",
    "here",
    "opinion",
    "parameter",
    "rule",
    "rules",
    "screen",
]
