"""The certificate (证书): what it says in one canonical form, its QR code, its printed page.

Plain Python; fonts are handed in as folders. The page prints what the document holds and decides
nothing: who may issue what is judged elsewhere.
"""

from zhiping.core.credential.document import (
    CertificateDocument,
    canonical_bytes,
    check_code,
    digest,
    verification_address,
)
from zhiping.core.credential.errors import (
    BatchEmptyError,
    BatchTooLargeError,
    DocumentFieldError,
    FontsMissingError,
    MissingGlyphError,
)
from zhiping.core.credential.messages import sentence
from zhiping.core.credential.pdf import LARGEST_BATCH, Paper, render_pdf
from zhiping.core.credential.qr import qr_svg

__all__ = [
    "LARGEST_BATCH",
    "BatchEmptyError",
    "BatchTooLargeError",
    "CertificateDocument",
    "DocumentFieldError",
    "FontsMissingError",
    "MissingGlyphError",
    "Paper",
    "canonical_bytes",
    "check_code",
    "digest",
    "qr_svg",
    "render_pdf",
    "sentence",
    "verification_address",
]
