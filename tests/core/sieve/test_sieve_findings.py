from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from zhiping.core.sieve.findings import CURED, FINDING_SCHEMA, OPEN, fingerprint, key_text, reconcile

parts = st.one_of(st.text(max_size=6), st.dates(), st.integers())


@given(st.lists(parts, min_size=1, max_size=4))
def test_a_fingerprint_depends_on_nothing_but_screen_and_key(key):
    assert fingerprint("SCR-001", key) == fingerprint("SCR-001", list(key))
    assert fingerprint("SCR-001", key) != fingerprint("SCR-002", key)
    as_read_from_text = [part.isoformat() if isinstance(part, date) else str(part) for part in key]
    assert fingerprint("SCR-001", key) == fingerprint("SCR-001", as_read_from_text)


@given(
    st.lists(st.text(max_size=6), min_size=1, max_size=4),
    st.lists(st.text(max_size=6), min_size=1, max_size=4),
)
def test_different_keys_have_different_fingerprints(first, second):
    assert (fingerprint("SCR-001", first) == fingerprint("SCR-001", second)) == (first == second)


def test_a_fingerprint_never_changes_from_one_version_to_the_next():
    assert fingerprint("SCR-003", ["E1", date(2024, 5, 1)]) == "7d9ef40b7ec6d3bf9b1faa7a19c5ddb1"
    assert key_text(["E1", date(2024, 5, 1)]) == "E1|2024-05-01"


def _frame(rows, *, with_state):
    schema = FINDING_SCHEMA | ({"state": pl.String()} if with_state else {})
    full = [
        {
            "finding": f"{screen}-{number}",
            "screen_id": screen,
            "place": place,
            "body_place": place,
            **({"state": state} if with_state else {}),
        }
        for (screen, number), (place, state) in rows.items()
    ]
    return pl.DataFrame(full, schema=schema)


identities = st.tuples(st.sampled_from(["SCR-001", "SCR-002"]), st.integers(0, 8))
states = st.tuples(st.sampled_from(["440605", "210102"]), st.sampled_from([OPEN, CURED]))
worlds = st.dictionaries(identities, states)


@given(
    worlds,
    worlds,
    st.sampled_from([["SCR-001"], ["SCR-001", "SCR-002"], []]),
    st.sampled_from(["CN", "440000"]),
)
def test_every_finding_ends_up_in_exactly_one_place(before, now, ran, place):
    # what a run finds comes from its screens and lies in its place
    now = {
        key: (where, state)
        for key, (where, state) in now.items()
        if key[0] in ran
        and (place == "CN" or where.startswith("44"))
        and before.get(key, (where,))[0] == where
    }
    previous, current = _frame(before, with_state=True), _frame(now, with_state=False)
    answer = reconcile(previous, current, screens_that_ran=ran, place=place)
    groups = [
        set(frame["finding"])
        for frame in (
            answer.opened,
            answer.seen_again,
            answer.reopened,
            answer.cured,
            answer.still_cured,
            answer.out_of_reach,
        )
    ]
    everything = set(previous["finding"]) | set(current["finding"])
    assert sum(map(len, groups)) == len(everything)
    assert set().union(*groups) == everything
    open_before = set(previous.filter(pl.col("state") == OPEN)["finding"])
    found = set(current["finding"])
    assert groups[0] == found - set(previous["finding"])
    assert groups[1] == found & open_before
    assert groups[2] == found - open_before - groups[0]
    assert groups[3] <= open_before - found
    # what could not be seen is not cured
    for screen, number in before:
        if screen not in ran:
            assert f"{screen}-{number}" not in groups[3]


def test_a_finding_of_a_screen_that_did_not_run_stays_open():
    previous = _frame({("SCR-001", 1): ("440605", OPEN)}, with_state=True)
    nothing = _frame({}, with_state=False)
    assert reconcile(previous, nothing, screens_that_ran=[], place="CN").cured.is_empty()
    assert reconcile(previous, nothing, screens_that_ran=["SCR-001"], place="210000").cured.is_empty()
    assert reconcile(previous, nothing, screens_that_ran=["SCR-001"], place="440600").cured.height == 1
