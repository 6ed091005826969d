from datetime import date

import pytest

from zhiping.core.wording import CancelledItem, CertificateKind, RevivalGuard, TextKind, guard_in_force
from zhiping.core.wording.folding import Disguise
from zhiping.core.wording.guard import PersonReason, WordingOutcome
from zhiping.core.wording.measure import wording_examples
from zhiping.core.wording.messages import (
    DISGUISES,
    KINDS,
    OUTCOMES,
    PERSON_NEXT,
    hit_sentence,
    likeness_sentence,
    verdict_sentences,
)
from zhiping.kernel.place import Place

GUARD = guard_in_force()


def judged(text, on=date(2019, 5, 10), kind=TextKind.CERTIFICATE_NAME):
    return GUARD.check(
        text, kind=kind, place=Place("440600"), on=on, certificate=CertificateKind.OWN_ASSESSMENT
    )


def test_a_refusal_names_the_value_the_word_the_clause_and_the_next_step():
    verdict = judged("中·國焊工证")
    assert verdict_sentences(verdict)[0] == (
        "证书名称第 1 至 3 个字“中·國”即“中国”（用标点隔开、用了繁体字）。"
        "依据 GD18-2b（广东省，2018年12月1日至2023年11月30日）：证书不得使用“中国”等字样。"
        "请删去“中国”后重新提交；如属登记的法定名称，请填写统一社会信用代码，由经办人核实。"
    )


def test_what_one_cannot_see_is_written_out():
    assert "“中[U+200B]国”" in verdict_sentences(judged("中\u200b国焊工证"))[0]


def test_no_rule_known_and_nothing_found_are_said_and_history_is_named():
    assert "没有已收录" in verdict_sentences(judged("中国焊工证", on=date(2017, 1, 1)))[0]
    found, history = verdict_sentences(judged("焊工上岗证", on=date(2023, 12, 1)))
    assert "无需处理" in found
    assert "GD18-2b" in history
    assert "该日不适用" in history


@pytest.mark.parametrize("example", wording_examples(), ids=lambda one: f"line-{one.line}")
def test_every_hit_of_every_example_has_a_whole_sentence(example):
    verdict = GUARD.check(
        example.text,
        kind=example.kind,
        place=example.place,
        on=example.on,
        registered_names=example.registered_names,
        certificate=example.certificate,
    )
    for hit in verdict.hits:
        said = hit_sentence(hit, example.kind)
        assert hit.word in said
        assert hit.rule.clause in said
        assert "请" in said
        assert "{" not in said
        assert said.replace("\u3000", "").isprintable()
    assert verdict_sentences(verdict)


def test_every_value_has_its_words():
    assert set(KINDS) == set(TextKind)
    assert set(OUTCOMES) == set(WordingOutcome)
    assert set(DISGUISES) == set(Disguise)
    assert set(PERSON_NEXT) == set(PersonReason)


def test_a_likeness_names_both_names_the_batch_and_who_tracks_it():
    item = CancelledItem(
        name="物业管理师",
        batch="第六批",
        document="国发〔2016〕35号",
        cancelled_on=date(2016, 6, 8),
        kind="水平评价类",
        tracking_department="省住房和城乡建设厅",
        certainty="uncertain",
    )
    (flag,) = RevivalGuard([item]).flagged("注册物业管理员")
    said = likeness_sentence(flag)
    for part in (
        "注册物业管理员",
        "物业管理师",
        "第六批",
        "国发〔2016〕35号",
        "2016年6月8日",
        "0.97",
        "省住房和城乡建设厅",
        "请核实",
    ):
        assert part in said
