"""Sealing of single fields: encrypted at rest, found again through a keyed index.

An unkeyed hash of an identity number is guessed in seconds, so the index is an HMAC whose key is
kept apart from the database. Each purpose has its own keys, derived from one master key.
"""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhiping.kernel.errors import DomainError

_VERSION = b"\x01"
_NONCE = 12
_BLOCK = 64
"""Bytes that SHA-256 takes in at a time."""


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
    def _index_states(self) -> "tuple[hashlib._Hash, hashlib._Hash]":
        """Return both hashes of an HMAC (RFC 2104) with the key already taken in, to be copied.

        Taking the key in anew for each index would double its cost, and whole rosters are indexed.
        """
        key = self._key("index").ljust(_BLOCK, b"\0")
        inner, outer = (hashlib.sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))
        return inner, outer

    def seal(self, text: str, bound_to: bytes = b"") -> bytes:
        """Return version, nonce, ciphertext and tag of the text, bound to the given bytes."""
        return self.seal_bytes(text.encode(), bound_to)

    def seal_bytes(self, content: bytes, bound_to: bytes = b"") -> bytes:
        """Return version, nonce, ciphertext and tag of a whole file's bytes, bound to the given bytes."""
        nonce = os.urandom(_NONCE)
        associated = self.purpose.encode() + b"\0" + bound_to
        return _VERSION + nonce + self._cipher.encrypt(nonce, content, associated)

    def seal_all(self, texts: Iterable[str], bound_to: Iterable[bytes]) -> list[bytes]:
        """Return many texts sealed, each bound to the bytes beside it; the nonces are drawn at once."""
        texts, purpose, encrypt = list(texts), self.purpose.encode() + b"\0", self._cipher.encrypt
        drawn = os.urandom(_NONCE * len(texts))
        nonces = (drawn[start : start + _NONCE] for start in range(0, len(drawn), _NONCE))
        return [
            _VERSION + nonce + encrypt(nonce, text.encode(), purpose + bound)
            for nonce, text, bound in zip(nonces, texts, bound_to, strict=True)
        ]

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
        """Return the keyed index of the text (HMAC-SHA-256), cut to `length` bytes."""
        taken_in, wrapped = self._index_states
        inner, outer = taken_in.copy(), wrapped.copy()
        inner.update(text.encode())
        outer.update(inner.digest())
        return outer.digest()[:length]
