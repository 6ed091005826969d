"""The bulk benchmark compares like with like: another engine fails the same rows of a table."""

from bench.judgements import CRITERIA, Peer, filings_table, run_bulk, twelve
from zhiping.core.policybook import PolicyBook
from zhiping.kernel.resources import policy_folder


def test_another_engine_fails_the_same_rows():
    shared, whole = twelve(policy_folder()), PolicyBook.load(policy_folder())
    peer = Peer(shared)
    measured = run_bulk(shared, whole, peer, rows=2_000, rounds=1)  # asserts that both sides agree
    assert measured["bulk_filings"] == 2_000
    failing = peer.judge_table(filings_table(2_000))
    assert measured["bulk_findings_kept"] == sum(len(rows) for rows in failing.values())
    varied = [rule for rule in CRITERIA if 0 < len(failing[rule]) < 2_000]
    assert len(varied) == len(CRITERIA)
