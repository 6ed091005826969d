"""Words that a certificate must not carry, and cancelled qualifications that come back under another name.

Its things: the wording guard (用字检查) with hits and verdicts; the revival guard (变相恢复检查) with
likenesses to cancelled items. Both read dated, cited lists; `measure` tells how often they are right on the
labelled lists of the repository.
"""

from zhiping.core.wording.choices import RevivalChoices, choices_in_force
from zhiping.core.wording.folding import Disguise
from zhiping.core.wording.guard import (
    Guard,
    Hit,
    PersonReason,
    WordingOutcome,
    WordingVerdict,
    guard_in_force,
)
from zhiping.core.wording.likeness import Parts
from zhiping.core.wording.revival import CancelledItem, Likeness, RevivalGuard
from zhiping.core.wording.rules import CertificateKind, IssuerKind, TextKind, WordRule

__all__ = [
    "CancelledItem",
    "CertificateKind",
    "Disguise",
    "Guard",
    "Hit",
    "IssuerKind",
    "Likeness",
    "Parts",
    "PersonReason",
    "RevivalChoices",
    "RevivalGuard",
    "TextKind",
    "WordRule",
    "WordingOutcome",
    "WordingVerdict",
    "choices_in_force",
    "guard_in_force",
]
