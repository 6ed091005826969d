"""States and moves of certificates."""

from django.db import models

from zhiping.kernel.moves import Move, MoveTable


class CertificateState(models.TextChoices):
    """Whether a certificate counts (证书状态)."""

    VALID = "valid", "有效"
    ANNULLED = "annulled", "已作废"


class ChangeKind(models.TextChoices):
    """What happened to a certificate (证书变更)."""

    ISSUED = "issued", "核发"
    CORRECTED = "corrected", "更正"
    ANNULLED = "annulled", "宣布作废"
    RESTORED = "restored", "撤销作废"


_C = CertificateState

CERTIFICATE_MOVES: MoveTable = {
    (_C.VALID, "correct"): Move(to=_C.VALID, duty="certificates.correct", clauses=("LN24-2.3a",)),
    (_C.VALID, "annul"): Move(to=_C.ANNULLED, duty="certificates.annul", clauses=("LN24-3.5c", "FS20-5.2")),
    (_C.ANNULLED, "restore"): Move(to=_C.VALID, duty="certificates.annul", clauses=("LN24-3.5c",)),
}
