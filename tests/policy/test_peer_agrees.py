"""The benchmark compares like with like: another engine gives the same answers to the same filings."""

from pathlib import Path

from bench.judgements import CRITERIA, Peer, answers, filings, ours, twelve


def test_another_engine_answers_the_same_filings_in_the_same_way():
    book = twelve(Path(__file__).parents[2] / "policy")
    peer = Peer(book)
    seen = {True: 0, False: 0}
    for case in filings(40, seed=7):
        own = answers(ours(book, case))
        assert own == peer.judge_traced(case) == peer.judge_untraced(case)
        for met in own.values():
            seen[met] += 1
    assert sum(seen.values()) == 40 * len(CRITERIA)
    assert min(seen.values()) > 40
