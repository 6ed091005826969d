"""Law as dated, cited data: load, check, resolve by place and day, judge, explain, cover.

Its things: the policy book (政策库) with documents, clauses, parameters, facts and rules; verdicts
(判定) made of findings (核验意见); waivers (豁免); replays (重演); coverage of clauses (条款覆盖).
"""

from zhiping.core.policybook.book import CaseFailure, ParameterRow, PolicyBook
from zhiping.core.policybook.errors import (
    CatalogueUnknownError,
    FactMalformedError,
    FactUndeclaredError,
    NoValueKnownError,
    ParameterUnknownError,
    PolicyInvalidError,
    QuestionUnknownError,
    RuleUnknownError,
    VerdictUnreadableError,
    WaiverNotAllowedError,
    WaiverPointlessError,
    WaiverReasonMissingError,
)
from zhiping.core.policybook.model import Outcome, ParameterValue, Rule
from zhiping.core.policybook.problems import Problem
from zhiping.core.policybook.table_verdict import TableVerdict
from zhiping.core.policybook.verdict import Citation, Finding, RulePeriod, Verdict, Waiver

__all__ = [
    "CaseFailure",
    "CatalogueUnknownError",
    "Citation",
    "FactMalformedError",
    "FactUndeclaredError",
    "Finding",
    "NoValueKnownError",
    "Outcome",
    "ParameterRow",
    "ParameterUnknownError",
    "ParameterValue",
    "PolicyBook",
    "PolicyInvalidError",
    "Problem",
    "QuestionUnknownError",
    "Rule",
    "RulePeriod",
    "RuleUnknownError",
    "TableVerdict",
    "Verdict",
    "VerdictUnreadableError",
    "Waiver",
    "WaiverNotAllowedError",
    "WaiverPointlessError",
    "WaiverReasonMissingError",
]
