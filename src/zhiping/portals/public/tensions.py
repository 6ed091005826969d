"""Where the documents pull in different directions (易混之处), and how the platform answers there.

Each is shown on its page with cases that the engine judges as the book is loaded, and is pointed to from the
clauses and the questions that it concerns. Days come from the documents themselves.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from zhiping.apps.reference.queries import law
from zhiping.core.catalogues.occupations import editions
from zhiping.core.policybook import PolicyBook
from zhiping.core.policybook.verdict import shown_value
from zhiping.kernel.place import Place

NATIONWIDE = "_national"
"""How a question ends whose rules the nation makes: `certificate_text` has its twin there."""

_GUANGZHOU, _FOSHAN, _SHENYANG = Place("440100"), Place("440600"), Place("210100")
_CHANGCHUN, _WEIHAI = Place("220100"), Place("371000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One case for the engine: a question, where, on which day, with what facts; what it shows, in words."""

    says: str
    question: str
    place: Place
    on: date
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tension:
    """One place where a reader may go wrong: what stands against what, and how it is answered."""

    id: str
    title: str
    text: tuple[str, ...]
    clauses: tuple[str, ...]
    questions: tuple[str, ...]
    examples: tuple[Example, ...] = ()


def tensions() -> tuple[Tension, ...]:
    """Return the tensions of the book that is loaded."""
    return _tensions(law())


def tensions_of_clause(clause: str) -> tuple[Tension, ...]:
    """Return those that name a clause, or a document."""
    return tuple(one for one in tensions() if clause in one.clauses)


def tensions_of_question(question: str) -> tuple[Tension, ...]:
    """Return those that a question meets."""
    return tuple(one for one in tensions() if question in one.questions)


def twin_of(question: str) -> str:
    """Return the question that asks the same of the other level, the province or the nation; else nothing."""
    twin = question.removesuffix(NATIONWIDE) if question.endswith(NATIONWIDE) else f"{question}{NATIONWIDE}"
    return twin if twin in law().questions else ""


@functools.lru_cache(maxsize=2)
def _tensions(book: PolicyBook) -> tuple[Tension, ...]:
    return (_lapsed(book), _classification(book), _training(book), _in_principle(book), _each_its_own(book))


def _since(book: PolicyBook, document: str) -> date:
    return book.documents[document].in_force.start


def _lapsed(book: PolicyBook) -> Tension:
    notice = book.documents["GD18"]
    end = notice.in_force.end
    if end is None:
        raise ValueError(notice.id)
    eve = end - timedelta(days=1)
    word = {
        "certificate_kind": "own_assessment",
        "forbidden_words_found": ["全国"],
        "words_needing_person": [],
        "carries_national_emblem": False,
    }

    def case(says: str, question: str, on: date) -> Example:
        return Example(says=says, question=question, place=_GUANGZHOU, on=on, facts=word)

    return Tension(
        id="lapsed",
        title=f"广东省 2018 年的通知于{shown_value(end, None)}失效",
        text=(
            f"《{notice.title}》到{shown_value(eve, None)}为止，次日起不再约束。",
            ("只由它提出的要求，此后作为历史显示：问次日及以后，答“没有已知规则”，并列出哪些规则何时失效，"
             "不说符合，也不说不符合。"),
            "国家层面另有规定的，继续有效，另列为“（全国）”的事项，须一并查看。",
            "涉及处罚的，行为日和决定日都要问，取较轻的结果。",
        ),
        clauses=("GD18",),
        questions=("certificate_text", "certificate_text_national", "qualification_named",
                   "qualification_named_national", "local_item", "annual_register", "sanctions"),
        examples=(
            case("最后一天：自行评价的证书写有“全国”", "certificate_text", eve),
            case("次日：同样的证书，问本省的规定", "certificate_text", end),
            case("次日：同样的证书，问全国的规定", "certificate_text_national", end),
        ),
    )  # fmt: skip


def _classification(book: PolicyBook) -> Tension:
    years = [one.year for one in editions()]
    held = "、".join(f"{one.year} 年版" for one in editions() if one.is_list_held)
    missing = "、".join(f"{one.year} 年版" for one in editions() if not one.is_list_held)
    return Tension(
        id="classification",
        title="佛山的方案写的是 2015 年版职业分类大典，2022 年已有新版",
        text=(
            f"平台分别收录各版（{'、'.join(years)}），备案的每一个职业都写明依据哪一版，新版不会被用来解释旧版的编码。",
            (f"职业名录齐全的是{held}；{missing or '其余各版'}没有名录，依据它备案的职业只答“无从核对”，"
             "须由人查对，不会当作收录，也不会当作没有收录。"),
        ),
        clauses=("FS20-O1", "FS20-O2"),
        questions=("scope_line",),
        examples=(
            Example(
                says="大典是否收录无从核对，也没有提交发布或备案的依据",
                question="scope_line", place=_FOSHAN, on=_since(book, "FS20"),
                facts={"occupation_published_or_filed": False},
            ),
        ),
    )  # fmt: skip


def _training(book: PolicyBook) -> Tension:
    own = {"trained_by_evaluating_body": True, "has_taken_training": True}
    qualification = {**own, "evaluation_type": "qualification_evaluation"}
    ability = {**own, "evaluation_type": "special_ability_assessment"}
    on = max(_since(book, "JL17"), _since(book, "WH21"))
    asked = "training_separation"

    def case(says: str, place: Place, facts: Mapping[str, object]) -> Example:
        return Example(says=says, question=asked, place=place, on=on, facts=facts)

    return Tension(
        id="training",
        title="吉林要求考培分离，威海把培训和考核连在一起",
        text=(
            "吉林省的“考培分离、鉴培分离”只约束吉林省的职业资格鉴定考试；威海市的培训与考核衔接，只约束威海市的专项职业能力考核。",
            "两者各在其地、各管其类，互不抵触：换一个地方或换一种评价类型，就不适用。",
        ),
        clauses=("JL17-5b", "WH21-3.3"),
        questions=(asked,),
        examples=(
            case("吉林：鉴定单位自己培训了考生", _CHANGCHUN, qualification),
            case("威海：考点自己培训了专项职业能力考核的考生", _WEIHAI, ability),
            case("吉林：同样的专项职业能力考核", _CHANGCHUN, ability),
        ),
    )  # fmt: skip


def _in_principle(book: PolicyBook) -> Tension:
    waivable = [one for one in book.rules.values() if one.may_be_waived and one.judges]
    least = book.resolve("social_body_filing.minimum_years", place=_FOSHAN, on=_since(book, "FS20"))
    years = int(str(least.value)) - 1 if least else 0
    return Tension(
        id="in-principle",
        title="“原则上”的要求，可以说明理由放宽；其他要求一律不能",
        text=(
            ("文件写明“原则上”的，达不到时仍判“不符合”，但审核人员可以说明理由后放宽，理由、人和时间都留痕。"
             f"全库只有 {len(waivable)} 条规则如此。"),
            "没有写“原则上”的，任何人都不能越过。",
        ),
        clauses=tuple(dict.fromkeys(clause for one in waivable for clause in one.clauses)),
        questions=tuple(dict.fromkeys(one.asks_of for one in waivable)),
        examples=(
            Example(
                says=f"社会培训评价组织面向全市开展，连续从事培训评价只有 {years} 年",
                question="social_body_filing", place=_FOSHAN, on=_since(book, "FS20"),
                facts={"opens_city_wide": True, "consecutive_training_evaluation_years": years},
            ),
        ),
    )  # fmt: skip


def _each_its_own(book: PolicyBook) -> Tension:
    found = book.resolve("employer_filing.minimum_insured_headcount", place=_FOSHAN, on=_since(book, "FS20"))
    short = int(str(found.value)) - 1 if found else 0
    on = max(_since(book, one) for one in ("FS20", "WH21", "LN24"))
    asked, facts = "employer_filing", {"insured_headcount": short}
    return Tension(
        id="each-its-own",
        title="一个城市的规定不约束另一个城市",
        text=(
            "同一份申请，在佛山、威海、沈阳可以有三种答复，各引各的条款。",
            "当地没有收录规则的，答“没有已知规则”，不会借用别处的规则。",
        ),
        clauses=("FS20-E2",),
        questions=(asked,),
        examples=tuple(
            Example(
                says=f"参保职工 {short} 人的企业，在{name}", question=asked, place=place, on=on, facts=facts
            )
            for name, place in (("佛山", _FOSHAN), ("威海", _WEIHAI), ("沈阳", _SHENYANG))
        ),
    )
