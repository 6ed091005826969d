"""Sealing of single fields: encrypted at rest, found again through a keyed index.

An unkeyed hash of an identity number is guessed in seconds, so the index is an HMAC whose key is
kept apart from the database. Each purpose has its own keys, derived from one master key.
"""

import hmac
import os
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhiping.kernel.errors import DomainError

_VERSION = b"\x01"
_NONCE = 12


class SealBrokenError(DomainError):
    """A sealed field was changed, moved to another row, or sealed under another key."""

    code = "kernel.seal_broken"


@dataclass(frozen=True)
class Sealer:
    """Seals the fields of one purpose ("registry.person.number").

    Guarantees:
        `open(seal(text, bound_to), bound_to)` gives the text back; with any other `bound_to` it
        refuses. `index` is the same for equal texts and tells nothing without the key.
    """

    master: bytes
    purpose: str

    def _key(self, use: str) -> bytes:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"{self.purpose}/{use}/1".encode())
        return derive.derive(self.master)

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._key("seal"))

    @cached_property
    def _index_key(self) -> bytes:
        return self._key("index")

    def seal(self, text: str, bound_to: bytes = b"") -> bytes:
        """Return version, nonce, ciphertext and tag of the text, bound to the given bytes."""
        return self.seal_bytes(text.encode(), bound_to)

    def seal_bytes(self, content: bytes, bound_to: bytes = b"") -> bytes:
        """Return version, nonce, ciphertext and tag of a whole file's bytes, bound to the given bytes."""
        nonce = os.urandom(_NONCE)
        associated = self.purpose.encode() + b"\0" + bound_to
        return _VERSION + nonce + self._cipher.encrypt(nonce, content, associated)

    def open(self, sealed: bytes, bound_to: bytes = b"") -> str:
        """Return the text that was sealed.

        Refuses:
            SealBrokenError: the bytes were changed, or belong elsewhere.
        """
        return self.open_bytes(sealed, bound_to).decode()

    def open_bytes(self, sealed: bytes, bound_to: bytes = b"") -> bytes:
        """Return the bytes that were sealed.

        Refuses:
            SealBrokenError: the bytes were changed, or belong elsewhere.
        """
        sealed = bytes(sealed)
        if sealed[:1] != _VERSION or len(sealed) <= 1 + _NONCE:
            raise SealBrokenError(purpose=self.purpose)
        associated = self.purpose.encode() + b"\0" + bound_to
        try:
            return self._cipher.decrypt(sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :], associated)
        except InvalidTag as broken:
            raise SealBrokenError(purpose=self.purpose) from broken

    def index(self, text: str, *, length: int = 32) -> bytes:
        """Return the keyed index of the text, cut to `length` bytes."""
        return hmac.digest(self._index_key, text.encode(), "sha256")[:length]
