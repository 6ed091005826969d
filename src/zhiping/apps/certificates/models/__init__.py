"""Models of certificates (证书)."""

from zhiping.apps.certificates.models.blanks import (
    BlankLoss,
    BlankMovement,
    BlankRange,
    BlankRequest,
    BlankSeries,
    BlankStock,
    BlankWriteOff,
)
from zhiping.apps.certificates.models.certificates import Certificate, Change, LookUpCount, NumberSeries

__all__ = [
    "BlankLoss",
    "BlankMovement",
    "BlankRange",
    "BlankRequest",
    "BlankSeries",
    "BlankStock",
    "BlankWriteOff",
    "Certificate",
    "Change",
    "LookUpCount",
    "NumberSeries",
]
