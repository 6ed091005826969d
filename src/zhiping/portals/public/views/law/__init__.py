"""The law as the platform applies it, for everybody (政策依据).

`browser`: documents, clauses, rules with their cases, parameters, screens. `here`: what binds at a place on
a day, and two of those side by side. `coverage`: which clause is carried out by what. `tension_page`: where
the documents pull in different directions. `opinion`: one case. `refused`: what wrong input is answered.
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
from zhiping.portals.public.views.law.here import compare, here, here_question, here_values, here_whole
from zhiping.portals.public.views.law.opinion import opinion
from zhiping.portals.public.views.law.tension_page import tension_page

__all__ = [
    "clause",
    "compare",
    "coverage",
    "document",
    "documents",
    "here",
    "here_question",
    "here_values",
    "here_whole",
    "opinion",
    "parameter",
    "rule",
    "rules",
    "screen",
    "tension_page",
]
