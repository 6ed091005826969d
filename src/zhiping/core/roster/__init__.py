"""Rosters (名册): spreadsheets in, row verdicts out, workbooks back.

A file comes from somebody's desk. It is opened without trust, found to be a sheet, read cell by
cell into neutral rows, judged, and given back where it is wrong; the caller shows the preview and
applies what is good. Plain Python: no database, no web, usable alone.
"""

from zhiping.core.roster.assessors import assessors_sheet
from zhiping.core.roster.candidates import CandidateFacts, Identity, candidate_facts, candidate_sheet
from zhiping.core.roster.check import read_and_check
from zhiping.core.roster.export import table_to_xlsx
from zhiping.core.roster.give_back import give_back
from zhiping.core.roster.identity import identity_reader, prior_certificate_check
from zhiping.core.roster.lists import CandidateLists
from zhiping.core.roster.messages import file_sentence, notice_sentence, sentence
from zhiping.core.roster.results import Expected, Matches, match, results_sheet
from zhiping.core.roster.sheet import Field, Notice, Problem, Refused, Roster, RosterRow, Sheet
from zhiping.core.roster.template import template
from zhiping.core.roster.workbook import Limits

__all__ = [
    "CandidateFacts",
    "CandidateLists",
    "Expected",
    "Field",
    "Identity",
    "Limits",
    "Matches",
    "Notice",
    "Problem",
    "Refused",
    "Roster",
    "RosterRow",
    "Sheet",
    "assessors_sheet",
    "candidate_facts",
    "candidate_sheet",
    "file_sentence",
    "give_back",
    "identity_reader",
    "match",
    "notice_sentence",
    "prior_certificate_check",
    "read_and_check",
    "results_sheet",
    "sentence",
    "table_to_xlsx",
    "template",
]
