"""Duties hold within a place, moves follow their table, seals open only where they belong."""

import hmac
import importlib
import os
import pkgutil

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import assume, given
from hypothesis import strategies as st

from zhiping import kernel
from zhiping.kernel.actor import PUBLIC, Actor, ActorKind, Duty, DutyMissingError
from zhiping.kernel.errors import DomainError
from zhiping.kernel.messages import MESSAGES
from zhiping.kernel.moves import Move, MoveNotAllowedError, verbs_from, walk
from zhiping.kernel.place import Place
from zhiping.kernel.sealing import SealBrokenError, Sealer

FOSHAN, SHUNDE, SHENYANG = Place("440600"), Place("440606"), Place("210100")
MASTER = bytes(range(32))
SEALER = Sealer(MASTER, "tests.field")

STATES = st.sampled_from(["draft", "open", "closed", "ended"])
VERBS = st.sampled_from(["open", "close", "end", "return"])
TABLES = st.dictionaries(
    st.tuples(STATES, VERBS), st.builds(Move, to=STATES, duty=st.sampled_from(["", "tests.move"]))
)


def officer(*duties: tuple[str, Place]) -> Actor:
    return Actor(
        kind=ActorKind.OFFICER,
        id="1",
        name="经办人",
        duties=frozenset(Duty(name=name, place=place) for name, place in duties),
    )


def test_a_duty_in_a_city_holds_in_its_districts_and_nowhere_else():
    actor = officer(("registry.confirm", FOSHAN))
    assert actor.may("registry.confirm", FOSHAN)
    assert actor.may("registry.confirm", SHUNDE)
    assert not actor.may("registry.confirm", SHENYANG)
    assert not actor.may("registry.confirm", Place("440000"))
    assert not actor.may("registry.remove", SHUNDE)


def test_an_actor_without_the_duty_is_refused_with_who_and_where():
    with pytest.raises(DutyMissingError) as refusal:
        officer(("registry.confirm", SHUNDE)).require("registry.confirm", FOSHAN)
    assert refusal.value.facts == {"duty": "registry.confirm", "place": "440600", "actor": "经办人"}


def test_places_are_listed_once_and_in_order():
    actor = officer(("a", SHUNDE), ("b", SHUNDE), ("a", SHENYANG))
    assert actor.places == (SHENYANG, SHUNDE)
    assert actor.may_anywhere("b")
    assert not actor.may_anywhere("c")


def test_the_public_holds_no_duty_anywhere():
    assert PUBLIC.places == ()
    assert not PUBLIC.may_anywhere("registry.read")


@given(TABLES, STATES, VERBS)
def test_a_walk_goes_where_the_table_says_or_is_refused_with_what_is_possible(table, state, verb):
    actor = officer(("tests.move", FOSHAN))
    if (state, verb) in table:
        assert walk(table, state, verb, actor=actor, place=SHUNDE) is table[state, verb]
    else:
        with pytest.raises(MoveNotAllowedError) as refusal:
            walk(table, state, verb, actor=actor, place=SHUNDE)
        assert refusal.value.facts["possible"] == verbs_from(table, state)


@given(TABLES, STATES, VERBS)
def test_a_move_with_a_duty_is_refused_to_whoever_lacks_it_there(table, state, verb):
    assume((state, verb) in table)
    elsewhere = officer(("tests.move", SHENYANG))
    if table[state, verb].duty:
        with pytest.raises(DutyMissingError):
            walk(table, state, verb, actor=elsewhere, place=SHUNDE)
    else:
        assert walk(table, state, verb, actor=elsewhere, place=SHUNDE) is table[state, verb]


@given(TABLES, STATES)
def test_the_verbs_from_a_state_are_those_of_the_table_in_its_order(table, state):
    assert verbs_from(table, state) == tuple(verb for start, verb in table if start == state)


@given(st.text(max_size=60), st.binary(max_size=40))
def test_a_sealed_text_opens_where_it_belongs(text, bound_to):
    assert SEALER.open(SEALER.seal(text, bound_to), bound_to) == text


@given(st.text(max_size=60), st.binary(max_size=20), st.binary(max_size=20))
def test_a_seal_moved_to_another_row_does_not_open(text, own, other):
    assume(own != other)
    with pytest.raises(SealBrokenError):
        SEALER.open(SEALER.seal(text, own), other)


@given(st.text(max_size=30), st.data())
def test_one_changed_bit_anywhere_breaks_the_seal(text, data):
    sealed = bytearray(SEALER.seal(text, b"row"))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBrokenError):
        SEALER.open(bytes(sealed), b"row")


@given(st.text(max_size=30), st.data())
def test_a_seal_cut_short_is_broken(text, data):
    sealed = SEALER.seal(text, b"row")
    kept = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(SealBrokenError):
        SEALER.open(sealed[:kept], b"row")


@given(st.text(max_size=30))
def test_another_key_or_another_purpose_does_not_open_it(text):
    sealed = SEALER.seal(text, b"row")
    for stranger in (Sealer(os.urandom(32), "tests.field"), Sealer(MASTER, "tests.other")):
        with pytest.raises(SealBrokenError):
            stranger.open(sealed, b"row")
        assert stranger.index(text) != SEALER.index(text)


@given(st.text(min_size=6, max_size=30))
def test_sealing_twice_gives_different_bytes_and_never_the_text(text):
    one, other = SEALER.seal(text), SEALER.seal(text)
    assert one != other
    assert text.encode() not in one


@given(st.lists(st.tuples(st.text(max_size=30), st.binary(max_size=16)), max_size=20))
def test_many_sealed_at_once_open_each_by_itself_and_never_share_a_nonce(pairs):
    sealed = SEALER.seal_all([text for text, _ in pairs], [bound for _, bound in pairs])
    opened = [SEALER.open(one, bound) for one, (_, bound) in zip(sealed, pairs, strict=True)]
    assert opened == [text for text, _ in pairs]
    assert len({one[1:13] for one in sealed}) == len(pairs)


@given(st.text(max_size=200))
def test_the_index_is_the_hmac_of_the_text(text):
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tests.field/index/1").derive(MASTER)
    assert SEALER.index(text) == hmac.digest(key, text.encode(), "sha256")


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_index_is_equal_exactly_for_equal_texts(one, other):
    assert (SEALER.index(one) == SEALER.index(other)) is (one == other)
    assert len(SEALER.index(one, length=12)) == 12


def _refusals(root: type[DomainError]) -> list[type[DomainError]]:
    return [root, *(found for child in root.__subclasses__() for found in _refusals(child))]


def test_every_refusal_of_the_kernel_has_its_sentence():
    names = [found.name for found in pkgutil.iter_modules(kernel.__path__, "zhiping.kernel.")]
    modules = [importlib.import_module(name) for name in names]
    assert len(modules) >= 10
    own = [one for one in _refusals(DomainError) if one.__module__.startswith("zhiping.kernel")]
    assert len(own) >= 8
    assert [one.code for one in own if one.code not in MESSAGES] == []
