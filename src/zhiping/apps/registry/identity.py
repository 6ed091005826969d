"""Identity numbers and telephone numbers at rest: sealed, found by index, unsealed only under a duty."""

import functools
from collections.abc import Iterable

from django.conf import settings

from zhiping.apps.registry.models import Person
from zhiping.kernel.sealing import Sealer


@functools.cache
def _numbers() -> Sealer:
    return Sealer(settings.FIELD_KEY, "registry.person.number")


@functools.cache
def _phones() -> Sealer:
    return Sealer(settings.FIELD_KEY, "registry.person.phone")


def number_index(number: str, paper_kind: str) -> bytes:
    """Return the keyed index under which a person's paper is found."""
    return _numbers().index(f"{paper_kind}\0{number}")


def number_indexes(numbers: Iterable[str | None], paper_kinds: Iterable[str | None]) -> list[bytes | None]:
    """Return the keyed index of many papers; None where the number or the kind is missing."""
    index = _numbers().index
    return [
        None if number is None or kind is None else index(f"{kind}\0{number}")
        for number, kind in zip(numbers, paper_kinds, strict=True)
    ]


def seal_numbers(numbers: Iterable[str], indexes: Iterable[bytes]) -> list[bytes]:
    """Return many numbers sealed, each bound to its index."""
    return _numbers().seal_all(numbers, indexes)


def seal_phones(phones: Iterable[str], indexes: Iterable[bytes]) -> list[bytes | None]:
    """Return many telephone numbers sealed, each bound to its person's index; None for none."""
    pairs = list(zip(phones, indexes, strict=True))
    there = [pair for pair in pairs if pair[0]]
    sealed = iter(_phones().seal_all((phone for phone, _ in there), (index for _, index in there)))
    return [next(sealed) if phone else None for phone, _ in pairs]


def seal_number(number: str, paper_kind: str) -> tuple[bytes, bytes]:
    """Return (sealed number, index); the seal is bound to the index, so it fits no other row."""
    index = number_index(number, paper_kind)
    return _numbers().seal(number, index), index


def open_number(person: Person) -> str:
    """Return a person's number in clear; callers show it only under a duty and journal it."""
    return _numbers().open(bytes(person.number_cipher), bytes(person.number_index))


def seal_phone(phone: str, index: bytes) -> bytes | None:
    """Return the sealed telephone number bound to the person's index; None for none."""
    return _phones().seal(phone, index) if phone else None


def open_phone(person: Person) -> str:
    """Return a person's telephone number in clear; empty where none is known."""
    if person.phone_cipher is None:
        return ""
    return _phones().open(bytes(person.phone_cipher), bytes(person.number_index))
