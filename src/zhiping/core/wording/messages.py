"""What the guards found, in sentences for people (用字和变相恢复检查说明)."""

from collections.abc import Mapping
from datetime import date, timedelta

from zhiping.core.catalogues.divisions import divisions
from zhiping.core.wording.folding import Disguise
from zhiping.core.wording.guard import Hit, PersonReason, WordingOutcome, WordingVerdict
from zhiping.core.wording.revival import Likeness
from zhiping.core.wording.rules import TextKind, WordRule
from zhiping.kernel.place import NATION

SENTENCES: Mapping[str, str] = {
    "wording.rule_unreadable": "用字规则第 {line} 行“{word}”不能读取：{reason}。请改正该行后重试。",
    "wording.example_unreadable": "标注样本 {file} 第 {line} 行不能读取：{reason}。请改正该行后重试。",
    "wording.choice_missing": "政策库中 {parameter} 没有可用的值（现为“{value}”）。请在 parameters/wording.yaml 中补上后重试。",
    "wording.item_name_empty": "已取消项目“{name}”（{batch}）没有可以比对的名称。请核对名录后重新导入。",
}
"""Refusals."""

KINDS: Mapping[TextKind, str] = {
    TextKind.CERTIFICATE_NAME: "证书名称",
    TextKind.TEMPLATE_TEXT: "证书版式文字",
    TextKind.BODY_NAME: "证书上的机构名称",
    TextKind.MARK: "证书版式图案",
    TextKind.ADVERTISEMENT: "招生宣传文字",
}
OUTCOMES: Mapping[WordingOutcome, str] = {
    WordingOutcome.REFUSED: "不得使用",
    WordingOutcome.NEEDS_PERSON: "需人工判断",
    WordingOutcome.LAWFUL: "未发现禁用字样",
    WordingOutcome.NO_RULE_KNOWN: "没有已知规则",
}
DISGUISES: Mapping[Disguise, str] = {
    Disguise.INVISIBLE: "夹有看不见的字符",
    Disguise.SPACED: "用空格或换行隔开",
    Disguise.PUNCTUATED: "用标点隔开",
    Disguise.WIDTH: "用了全角、带圈或部首字符",
    Disguise.TRADITIONAL: "用了繁体字",
    Disguise.LOOK_ALIKE: "用了形近字或异体字",
    Disguise.REVERSED: "用了反向书写的控制符",
}

HIT = "{kind}第 {first} 至 {last} 个字“{found}”即“{word}”{disguised}。依据 {clause}（{place}，{period}）：{wording}。{next}"
REFUSED_NEXT = "请删去“{word}”后重新提交；如属登记的法定名称，请填写统一社会信用代码，由经办人核实。"
PERSON_NEXT: Mapping[PersonReason, str] = {
    PersonReason.REGISTERED_NAME: "该字样在登记的法定名称“{context}”之内，请经办人对照登记证书核实后决定。",
    PersonReason.PLACE_NAME: "该字样在地名或地址“{context}”之内，请经办人核实是否确为地名。",
    PersonReason.LAW_NAME: "该字样在法律法规名称“{context}”之内，请经办人核实引用是否必要、准确。",
    PersonReason.STANDARD_NAME: "该字样在标准名称“{context}”之内，请经办人核实引用是否必要、准确。",
    PersonReason.DISCLAIMER: "该字样在声明“{context}”之内，请经办人核实整句是否会使人误解。",
    PersonReason.OTHER_WORD: "“{context}”与禁用字样相近而不相同，请经办人判断。",
    PersonReason.RIGHT_UNSTATED: "只有依法取得资格的证书才能使用“{word}”，请先填写证书类别，再由经办人核对备案。",
    PersonReason.UNCERTAIN_SOURCE: "该要求的原文未入库，不据此拒绝，请经办人对照原文判断。",
}
LAWFUL = "{kind}“{text}”没有使用 {place}在 {on} 禁用的字样。无需处理。"
NO_RULE = (
    "{place}在 {on} 没有已收录的{kind}用字规则。这不等于允许或禁止，请向当地主管部门核实，或补录依据文件。"
)
OUT_OF_FORCE = "“{word}”另见 {clause}（{place}，{period}），该日不适用，仅供参考。"
LIKENESS = (
    "“{name}”与已取消的“{item}”（{batch}，{document}，{on}取消）相近度 {score}：字形 {edit}、字词 {tokens}、读音 {pinyin}。"
    "请核实是否变相恢复；该项目由{department}跟踪督查。"
)


def hit_sentence(hit: Hit, kind: TextKind) -> str:
    """Return what a hit is told as: the word, where, by which clause, and what to do next."""
    rule = hit.rule
    next_step = PERSON_NEXT[hit.reason] if hit.reason else REFUSED_NEXT
    disguised = "、".join(DISGUISES[one] for one in sorted(hit.disguises))
    return HIT.format(
        kind=KINDS[kind],
        first=hit.start + 1,
        last=hit.end,
        found=shown(hit.found),
        word=hit.word,
        disguised=f"（{disguised}）" if disguised else "",
        clause=rule.clause,
        place=place_name(rule.place.code, rule.period.start),
        period=period_text(rule),
        wording=rule.wording,
        next=next_step.format(word=hit.word, context=hit.context),
    )


def verdict_sentences(verdict: WordingVerdict) -> tuple[str, ...]:
    """Return everything that a verdict has to say, the hits first."""
    facts = {
        "kind": KINDS[verdict.kind],
        "text": shown(verdict.text),
        "place": place_name(verdict.place.code, verdict.on),
        "on": day_text(verdict.on),
    }
    said = [hit_sentence(hit, verdict.kind) for hit in verdict.hits]
    if verdict.outcome is WordingOutcome.LAWFUL:
        said.append(LAWFUL.format(**facts))
    if verdict.outcome is WordingOutcome.NO_RULE_KNOWN:
        said.append(NO_RULE.format(**facts))
    said += [
        OUT_OF_FORCE.format(
            word=rule.word,
            clause=rule.clause,
            place=place_name(rule.place.code, rule.period.start),
            period=period_text(rule),
        )
        for rule in verdict.rules_out_of_force
    ]
    return tuple(said)


def likeness_sentence(likeness: Likeness) -> str:
    """Return what a likeness is told as: the name, the item, its batch, the parts, and what to do next."""
    return LIKENESS.format(
        name=shown(likeness.name),
        item=likeness.item.name,
        batch=likeness.item.batch,
        document=likeness.item.document,
        on=day_text(likeness.item.cancelled_on),
        score=f"{likeness.score:.2f}",
        edit=f"{likeness.parts.edit:.2f}",
        tokens=f"{likeness.parts.tokens:.2f}",
        pinyin=f"{likeness.parts.pinyin:.2f}",
        department=likeness.item.tracking_department or "原设置部门的对应部门",
    )


def shown(text: str) -> str:
    r"""Return a text with what one cannot see written out.

    >>> shown("中\u200b国")
    '中[U+200B]国'
    """
    return "".join(
        part if part.isprintable() or part == "\u3000" else f"[U+{ord(part):04X}]" for part in text
    )


def place_name(code: str, on: date) -> str:
    """Return the name of a place as people know it; a code that had no holder on the day stays a code."""
    if code == NATION:
        return "各地"
    return divisions().full_name(code, on=on) if divisions().find(code, on=on) else code


def period_text(rule: WordRule) -> str:
    """Return the days of a rule, the last one included as people count."""
    start = day_text(rule.period.start)
    if rule.period.end is None:
        return f"{start}起"
    return f"{start}至{day_text(rule.period.end - timedelta(days=1))}"


def day_text(day: date) -> str:
    """Return a day as people write it."""
    return f"{day.year}年{day.month}月{day.day}日"
