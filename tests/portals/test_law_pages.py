"""The law for everybody: what binds here on a day, side by side, coverage, an opinion on one case."""

import datetime as dt
import json
import re
from decimal import Decimal
from itertools import pairwise

import pytest
from click.testing import CliRunner
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiping.apps.reference.queries import law
from zhiping.core.policybook.model import FactType
from zhiping.kernel.place import Place
from zhiping.portals.console.policy import policy as policy_command
from zhiping.portals.public.conditions import Reader, given_facts
from zhiping.portals.public.tensions import NATIONWIDE, tensions, twin_of
from zhiping.portals.public.views.law.fact_forms import FactForm, query_of, read_pasted
from zhiping.portals.public.views.law.standing import standing, standing_on

pytestmark = pytest.mark.django_db

FOSHAN, SHUNDE, SHANGHAI_DISTRICT = "440600", "440606", "310115"
LAST_DAY, DAY_AFTER = "2023-11-30", "2023-12-01"
GD18 = "关于进一步加强广东省职业资格监管服务的通知"


def page(client, path, expected=200, /, **query):
    answer = client.get(path, query)
    assert answer.status_code == expected, path
    return re.sub(r"\s+", " ", answer.content.decode())


def section(html, name):
    """Return the part of the page between the heading with that id and the next section."""
    start = html.index(f'id="{name}"')
    return html[start : html.index("</section>", start)]


# --- what binds here -----------------------------------------------------------------------------


def test_the_guangdong_notice_binds_on_its_last_day_and_the_page_names_the_day_after(client):
    html = page(client, "/law/here/", place=FOSHAN, on=LAST_DAY)
    assert GD18 in section(html, "documents")
    assert "当日是最后一天" in section(html, "documents")
    assert f"《{GD18}》当日是最后一天，自2023年12月1日起不再施行" in html
    assert GD18 not in section(html, "other-days")


def test_a_day_later_it_binds_no_more_and_the_page_says_since_when(client):
    html = page(client, "/law/here/", place=FOSHAN, on=DAY_AFTER)
    assert GD18 not in section(html, "documents")
    assert "2023年12月1日起失效，当日已不再约束" in section(html, "other-days")
    assert f"《{GD18}》自当日（2023年12月1日）起不再施行" in html
    unanswered = section(html, "unknown")
    assert "证书文字与标志是否合规（本省）" in unanswered
    assert "2023年12月1日起失效" in unanswered


def test_what_comes_later_is_named_with_its_day(client):
    html = page(client, "/law/here/", place="210100", on="2024-09-29")
    assert "2024年9月30日起施行，当日尚未约束" in section(html, "other-days")
    assert "今后有规则，2024年9月30日起施行" in section(html, "unknown")


def test_where_nothing_is_known_the_page_says_so_and_takes_nothing_from_elsewhere(client):
    html = page(client, "/law/here/", place=SHANGHAI_DISTRICT, on="2021-03-01")
    assert "没有已知规则，不等于允许，也不等于禁止" in html
    assert "用人单位能否备案" in section(html, "unknown")
    assert "佛山市职业技能等级认定" not in html


def test_a_district_has_what_its_city_its_province_and_the_nation_say(client):
    values = page(client, "/law/here/values/", place=SHUNDE, on=LAST_DAY)
    assert "300人以上" in section(values, "values")
    html = page(client, "/law/here/", place=SHUNDE, on=LAST_DAY)
    assert GD18 in section(html, "documents")
    assert re.search(rf'<option value="{SHUNDE}" selected> ?顺德区</option>', html)


def test_numbers_stand_with_wording_clause_and_period(client):
    values = section(page(client, "/law/here/values/", place=FOSHAN, on=LAST_DAY), "values")
    row = re.search(r"<tr>(?:(?!</tr>).)*employer_filing\.minimum_insured_headcount.*?</tr>", values)[0]
    for told in ("300人", "300人以上", "FS20-E2", "广东省佛山市", "2020-08-17 起"):
        assert told in row, told


def test_the_page_and_the_engine_agree_at_every_turn_of_a_place():
    book = law()
    for place in (Place(FOSHAN), Place("220100"), Place("371002"), Place("CN")):
        found = standing(book, place=place, on=dt.date(2022, 1, 1))
        assert found.turns
        for turn in found.turns:
            for day in (turn.day - dt.timedelta(days=1), turn.day):
                here = standing(book, place=place, on=day)
                assert here == standing_on(book, place=place, on=day), "what is kept is what is found anew"
                for answer in here.answers:
                    rules = book.rules_in_force(answer.question, place=place, on=day)
                    assert answer.rules == rules
                    assert answer.is_known is bool(rules)
                    assert all(by for _, by in answer.replaced)
                    shown = {one.id for one in (*answer.rules, *answer.lapsed, *answer.coming)}
                    shown |= {one.id for one, _ in answer.replaced}
                    asking = (one for one in book.rules.values() if one.asks_of == answer.question)
                    assert shown == {one.id for one in asking if one.judges and one.binds_at(place)}
                documents = (*here.in_force, *here.lapsed, *here.coming)
                assert len(documents) == len({one.id for one in documents})


def test_between_two_turns_nothing_changes():
    book, place = law(), Place(FOSHAN)
    turns = [one.day for one in standing(book, place=place, on=dt.date(2022, 1, 1)).turns]
    for first, following in pairwise(turns):
        eve = following - dt.timedelta(days=1)
        one, two = (standing_on(book, place=place, on=day) for day in (first, eve))
        assert one.in_force == two.in_force
        assert [a.rules for a in one.answers] == [a.rules for a in two.answers]
        assert [v.value for v in one.values] == [v.value for v in two.values]


def test_a_replaced_rule_is_shown_with_what_took_its_place(client):
    book = law()
    taken = [
        (place.code, later, rule.id, by.id)
        for by in book.rules.values()
        for rule in (book.rules[one] for one in by.replaces if one in book.rules)
        for place in by.where
        if (later := max(by.period.start, rule.period.start)) and by.judges and rule.judges
        and rule.binds_at(place) and rule.period.covers(later) and by.period.covers(later)
    ]  # fmt: skip
    if not taken:
        assert not any(one.replaces for one in book.rules.values())
        return
    place, day, gone, by = taken[0]
    html = page(client, "/law/here/whole/", place=place, on=day.isoformat())
    part = html[html.index("被取代，不参与判定") :]
    assert gone in part
    assert by in part


def test_the_days_are_reachable_without_a_script_and_marked_for_the_slider(client):
    html = page(client, "/law/here/", place=FOSHAN, on=LAST_DAY)
    assert re.search(r'<input type="date" name="on" value="2023-11-30"', html)
    assert f'href="?place={FOSHAN}&amp;on={DAY_AFTER}"' in html
    slider = re.search(r'<div class="law-slider"[^>]*data-first="(\d{4})-01-01"[^>]*hidden>.*?</div>', html)
    position = int(re.search(r'value="(\d+)"', slider[0])[1])
    assert dt.date(int(slider[1]), 1, 1) + dt.timedelta(days=position) == dt.date(2023, 11, 30)
    marks = re.findall(r'class="turn[ "]', html)
    assert len(marks) == len(standing(law(), place=Place(FOSHAN), on=dt.date(2023, 11, 30)).turns)


def test_links_keep_the_place_and_the_day(client):
    kept = f"place={FOSHAN}&amp;on={LAST_DAY}"
    html = page(client, "/law/here/whole/", place=FOSHAN, on=LAST_DAY)
    links = re.findall(r'href="(/law/(?:rules|documents|clauses|parameters)/[^"]+)"', html)
    assert len(links) > 100
    assert all(kept in link for link in links)
    answer = client.get("/law/clauses/GD18-2b/", {"place": FOSHAN, "on": LAST_DAY})
    assert answer["Location"] == f"/law/documents/GD18/?place={FOSHAN}&on={LAST_DAY}#GD18-2b"
    document = page(client, "/law/documents/GD18/", place=FOSHAN, on=DAY_AFTER)
    assert "自 2023年12月1日起失效" in document
    assert "不适用于所选地区" in page(client, "/law/documents/FS20/", place="210000", on=DAY_AFTER)


WRONG = [
    ({"place": "999999"}, "没有代码为“999999”的地区"),
    ({"place": "<b>"}, "没有代码为“&lt;b&gt;”的地区"),
    ({"place": "44" * 4000}, "没有代码为“444444444444444444444444…”的地区"),
    ({"place": "44\x00"}, "没有代码为“44"),
    ({"on": "2023-13-01"}, "日期应写成 2026-11-22 这样的格式"),
    ({"on": "明天"}, "日期应写成 2026-11-22 这样的格式"),
    ({"on": "1900-01-01"}, "日期应在 1990 年至 2099 年之间，现为 1900-01-01"),
    ({"on": "2199-01-01"}, "日期应在 1990 年至 2099 年之间，现为 2199-01-01"),
]
ASKING = (
    "/law/here/", "/law/here/values/", "/law/here/whole/", "/law/here/questions/employer_filing/",
    "/law/compare/", "/law/rules/", "/law/rules/REG-003/", "/law/documents/FS20/", "/law/clauses/FS20-E2/",
    "/law/screens/SCR-001/", "/law/parameters/employer_filing.minimum_insured_headcount/", "/law/opinion/",
)  # fmt: skip


ANSWERED = ("份文件有约束力", "项有取值", "当地当日的数值</th>", "适用地区：", "项不同", "有规则的事项")


@pytest.mark.parametrize(("query", "sentence"), WRONG)
def test_a_place_or_a_day_that_is_none_gets_a_sentence_and_no_answer(client, query, sentence):
    for path in ASKING:
        html = page(client, path, 400, **query)
        assert sentence in html, path
        assert "<b>" not in html
        assert len(html) < 30_000, "what was sent is not sent back whole"
        assert [one for one in ANSWERED if one in html] == [], path


def test_the_list_of_documents_refuses_a_day_that_is_none(client):
    html = page(client, "/law/", 400, on="1900-13-01")
    assert "日期应写成 2026-11-22 这样的格式" in html
    assert "筛选条件有误" in html
    assert "/law/documents/FS20/" not in html


def test_a_slider_gets_its_sentence_too(client):
    answer = client.get("/law/here/", {"on": "1900-01-01"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200, "htmx would show nothing else"
    assert "日期应在 1990 年至 2099 年之间" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "thing", "near"),
    [
        ("/law/rules/REG003/", "规则", "/law/rules/REG-003/"),
        ("/law/rules/reg-003/", "规则", "/law/rules/REG-003/"),
        ("/law/documents/FS2O/", "文件", "/law/documents/FS20/"),
        ("/law/clauses/FS20-E22/", "条款", "/law/clauses/FS20-E2/"),
        ("/law/parameters/minimum_insured_headcount/", "参数",
         "/law/parameters/employer_filing.minimum_insured_headcount/"),
        ("/law/screens/SCR-01/", "筛查规则", "/law/screens/SCR-001/"),
        ("/law/here/questions/employer_filling/", "事项", "/law/here/questions/employer_filing/"),
    ],
)  # fmt: skip
def test_an_id_that_is_none_gets_a_sentence_with_those_like_it(client, path, thing, near):
    html = page(client, path, 404)
    assert f"的{thing}。请核对编号" in html
    assert f'href="{near}"' in html


def test_an_id_of_any_length_or_kind_is_shown_harmless_and_short(client):
    html = page(client, "/law/rules/" + "%3Cscript%3Ealert(1)" + "9" * 3000 + "/", 404)
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html
    assert len(html) < 8_000
    assert "政策库里没有编号为" in page(client, "/law/rules/", 404, question="<i>")


def test_each_page_stays_small_and_the_whole_is_an_explicit_link(client):
    asked = {"place": FOSHAN, "on": LAST_DAY}
    book = law()
    pages = [("/law/here/", asked), ("/law/here/", {}), ("/law/here/values/", asked), ("/law/rules/", {}),
             ("/law/coverage/", {}), ("/law/tensions/", {}), ("/law/compare/", asked)]  # fmt: skip
    pages += [("/law/coverage/", {"kind": kind}) for kind in "PRSWLDX"]
    pages += [(f"/law/here/questions/{one}/", asked) for one in book.questions]
    pages += [("/law/rules/", {"question": one}) for one in book.questions]
    pages += [(f"/law/documents/{one}/", asked) for one in book.documents]
    for path, query in pages:
        assert len(client.get(path, query).content) < 80_000, (path, query)
    html = page(client, "/law/here/", **asked)
    assert f"/law/here/whole/?place={FOSHAN}&amp;on={LAST_DAY}" in html
    assert "whole=1" in page(client, "/law/coverage/")
    assert "whole=1" in page(client, "/law/rules/")


def test_the_parts_together_say_what_the_whole_says(client):
    asked = {"place": FOSHAN, "on": LAST_DAY}
    whole = page(client, "/law/here/whole/", **asked)
    overview = page(client, "/law/here/", **asked)
    rules = re.compile(r"/law/rules/([A-Z]{3}-\d{3})/")
    questions = re.findall(r'href="(/law/here/questions/[a-z_]+/)\?', overview)
    parts = set(rules.findall(overview))
    for path in questions:
        parts |= set(rules.findall(page(client, path, **asked)))
    assert parts == set(rules.findall(whole))
    found = standing(law(), place=Place(FOSHAN), on=dt.date(2023, 11, 30))
    assert len(questions) == len(found.known)


def test_the_work_on_a_book_is_done_once(client, monkeypatch):
    from zhiping.core.policybook import PolicyBook

    here = f"/law/here/?place={FOSHAN}&on={LAST_DAY}"
    paths = ("/law/rules/REG-003/", here, "/law/coverage/", "/law/tensions/")
    for path in paths:
        client.get(path)
    counted = []

    def counting(name, real):
        def asked(self, *args, **kwargs):
            counted.append(name)
            return real(self, *args, **kwargs)

        return asked

    for name in ("judge", "judge_rule", "rules_in_force", "resolve"):
        monkeypatch.setattr(PolicyBook, name, counting(name, getattr(PolicyBook, name)))
    for path in paths:
        assert client.get(path).status_code == 200
    assert set(counted) <= {"resolve"}, "only the numbers of one rule are read for its page"
    assert len(counted) < 10


def test_the_first_day_has_no_day_before_to_be_compared_with(client):
    html = page(client, "/law/here/", place=FOSHAN, on="1990-01-01")
    assert "1989-12-31" not in html


def test_two_days_side_by_side_show_what_ended(client):
    html = page(client, "/law/compare/", place=FOSHAN, on=LAST_DAY, place2=FOSHAN, on2=DAY_AFTER)
    row = re.search(rf"<tr class=\"differs\">(?:(?!</tr>).)*{GD18}.*?</tr>", html)[0]
    assert "有约束力，至 2023年11月30日" in row
    assert "没有" in row
    assert "用人单位备案最低参保职工人数" not in html, "the same on both sides"
    whole = page(client, "/law/compare/", place=FOSHAN, on=LAST_DAY, place2=FOSHAN, on2=DAY_AFTER, all="1")
    assert "用人单位备案最低参保职工人数" in whole


def test_two_places_side_by_side(client):
    html = page(client, "/law/compare/", place=FOSHAN, on=LAST_DAY, place2="210100", on2=LAST_DAY)
    assert "REG-003 参保职工人数达到备案要求" in html
    same = page(client, "/law/compare/", place=FOSHAN, on=LAST_DAY, place2=SHUNDE, on2=LAST_DAY)
    assert "没有不同之处" in same


# --- rules and coverage --------------------------------------------------------------------------


def test_a_rule_page_runs_its_cases_and_counts_its_tests(client):
    html = page(client, "/law/rules/REG-003/")
    cases = html[html.index('id="cases"') :]
    assert "现在的结果" in cases
    assert "不符</strong>" not in cases
    assert "insured_headcount=299" in cases
    assert re.search(r"规则测试 \d+ 项", cases)


@pytest.mark.parametrize(
    "path", ["/law/coverage/?whole=1", "/law/documents/FS20/", "/law/rules/REG-003/", "/law/screens/SCR-001/"]
)
def test_the_public_is_told_how_many_tests_there_are_and_never_their_names(client, path):
    html = client.get(path).content.decode()
    assert "test_" not in html
    assert ".py" not in html
    assert "one-certificate-each" not in html


def test_inside_rows_a_name_means_the_rows_own_field(client):
    html = page(client, "/law/rules/REG-014/")
    assert "考评人员数不少于 3人" in html
    assert "派往本场的考评人员不少于" not in html
    shown = dict(given_facts(law(), {"scope_lines": ({"assessors": 3},)}))
    assert shown == {"申请或已备案的职业": "考评人员数 3"}


def test_codes_of_a_list_are_shown_in_words(client):
    assert "属于 中型、大型" in page(client, "/law/rules/REG-005/")
    values = section(page(client, "/law/here/values/", place=FOSHAN, on=LAST_DAY), "values")
    assert not re.search(r'class="law-value">[^<]*[a-z_]{4,}', values)


def test_the_json_of_the_page_is_that_of_the_command_line(client):
    ran = CliRunner().invoke(policy_command, ["coverage", "--json"])
    assert ran.exit_code == 0
    answer = client.get("/law/coverage/?export=json")
    assert json.loads(answer.content) == json.loads(ran.output)
    assert answer["Content-Disposition"] == 'attachment; filename="coverage.json"'
    filtered = client.get("/law/coverage/?export=json&document=GD18&state=open")
    assert filtered.content == answer.content, "the download is the whole"


def test_coverage_is_filtered_by_document_kind_and_state(client):
    def listed(**query):
        return set(re.findall(r'<tr id="([^"]+)"', page(client, "/law/coverage/", **query, whole="1")))

    clauses = law().clauses
    assert listed(document="GD18") == {one for one in clauses if one.startswith("GD18-")}
    assert listed(kind="D") == {one.id for one in clauses.values() if "D" in one.kinds}
    assert listed(state="principle") == {one.id for one in clauses.values() if not one.binds}
    states = [listed(state=one) for one in ("done", "part", "open", "principle")]
    assert set.union(*states) == set(clauses)
    assert sum(map(len, states)) == len(clauses)
    assert "没有符合条件的条款" in page(client, "/law/coverage/", text="不会有的字样")
    assert "没有这一项，请在列表中选择" in page(client, "/law/coverage/", 400, kind="Z")
    assert "最多 40 个字" in page(client, "/law/coverage/", 400, text="长" * 41)


def test_coverage_is_read_page_by_page_without_gaps(client):
    seen, number = [], 1
    while True:
        html = page(client, "/law/coverage/", kind="W", page=str(number))
        seen += re.findall(r'<tr id="([^"]+)"', html)
        if "下一页" not in html:
            break
        number += 1
    assert number > 1
    assert sorted(seen) == sorted(one.id for one in law().clauses.values() if "W" in one.kinds)


def test_the_sum_by_document_counts_every_clause_once(client):
    html = page(client, "/law/coverage/")
    rows = re.findall(r"\?document=(\w+(?:-\w+)*)\">.*?</tr>", html)
    assert set(rows) == {one.document for one in law().clauses.values()}
    counted = [int(one) for one in re.findall(r'data-label="收录条款" class="kind-number">(\d+)<', html)]
    assert sum(counted) == len(law().clauses)


def test_open_clauses_are_those_of_the_command_line_each_with_the_app_it_waits_for(client):
    is_open = set(json.loads(client.get("/law/coverage/?export=json").content)["open"])
    html = page(client, "/law/coverage/", state="open", whole="1")
    assert set(re.findall(r'<tr id="([^"]+)"', html)) == is_open
    assert "尚未确定" not in html, "each open clause is named in console/waiting.py"


# --- an opinion ----------------------------------------------------------------------------------

ASKED = {"question": "employer_filing", "place": FOSHAN, "on": "2021-03-01"}


def opinion(client, **facts):
    return page(client, "/law/opinion/", **ASKED, **facts, go="1")


def test_one_too_few_is_refused_with_what_was_seen_what_is_wanted_and_how_near(client):
    html = opinion(client, insured_headcount="299")
    part = html[html.index("REG-003") :]
    for told in ("299人", "不少于 300人", "原文“300人以上”", "差 1人", "FS20-E2", "申报条件 一(二)"):
        assert told in part[:2500], told
    assert '<span class="opinion-word">不符合</span>' in html


def test_missing_facts_leave_it_unknown_and_are_named(client):
    html = opinion(client, insured_headcount="300")
    assert '<span class="opinion-word">无法判定（资料不全）</span>' in html
    missing = html[html.index("缺少的情况") : html.index("逐条判定")]
    assert "具有独立法人资格" in missing
    assert "REG-002" in missing
    assert "本市参保职工人数" not in missing


def test_nothing_given_at_all_is_unknown_and_never_a_pass(client):
    for question in law().questions:
        asked = {**ASKED, "question": question, "on": LAST_DAY}
        html = page(client, "/law/opinion/", **asked, go="1")
        assert '<span class="opinion-word">符合</span>' not in html, question


def test_where_no_rule_is_known_the_opinion_says_so(client):
    html = page(client, "/law/opinion/", **{**ASKED, "place": SHANGHAI_DISTRICT})
    assert "没有已知规则" in html
    assert "不等于允许，也不等于禁止" in html
    before = page(client, "/law/opinion/", **{**ASKED, "on": "2020-08-16"})
    assert "2020年8月17日起施行" in before


def test_an_opinion_says_that_it_decides_nothing_and_carries_the_versions_of_its_rules(client):
    html = opinion(client, insured_headcount="299")
    assert "不是行政决定" in html
    versions = re.search(r"规则版本</dt> ?<dd class=\"code\">([0-9a-f]{16})", html)[1]
    assert versions in opinion(client, insured_headcount="300"), "the same rules"
    later = page(client, "/law/opinion/", **{**ASKED, "question": "candidate"}, go="1")
    assert versions not in later


PENALTY = {
    "question": "sanctions", "place": "210100", "on": "2024-11-01",
    "violations": ["certificate_without_exam"], "proposed_sanctions": ["order_rectification"],
}  # fmt: skip


def test_a_penalty_is_judged_on_both_days_and_the_milder_applies(client):
    html = page(client, "/law/opinion/", **PENALTY, conduct_on="2024-09-29", go="1")
    days = html[html.index("行为日与决定日") : html.index("</table>", html.index("行为日与决定日"))]
    conduct, decision = days.split("<tr>")[2:]
    assert "行为日 2024年9月29日" in conduct
    assert "<strong>适用</strong>" in conduct
    assert "决定日 2024年11月1日" in decision
    assert "不符合" in decision
    assert "停止评价" in decision
    assert "<strong>适用</strong>" not in decision
    assert '<span class="opinion-word">不符合</span>' not in html


def test_a_penalty_for_conduct_under_the_law_in_force_is_as_heavy_as_the_law(client):
    for conduct in ({}, {"conduct_on": "2024-09-30"}):
        html = page(client, "/law/opinion/", **PENALTY, **conduct, go="1")
        assert '<span class="opinion-word">不符合</span>' in html
        assert "两日的规定轻重相同" in html


def test_the_day_of_conduct_is_asked_for_penalties_alone_and_kept_in_the_address(client):
    assert "行为日" not in page(client, "/law/opinion/", **ASKED)
    assert 'name="conduct_on"' in page(client, "/law/opinion/", **PENALTY)
    sent = client.post("/law/opinion/", {**PENALTY, "conduct_on": "2024-09-29", "go": "1"})
    assert "conduct_on=2024-09-29" in sent["Location"]
    for wrong, told in (("2024-11-02", "晚于决定日"), ("1949-10-01", "不早于"), ("昨天", "日期")):
        refused = client.get("/law/opinion/", {**PENALTY, "conduct_on": wrong, "go": "1"})
        assert refused.status_code == 422
        assert told in refused.content.decode()


def test_a_penalty_of_days_whose_order_of_mildness_is_not_on_record_says_so(client):
    asked = {**PENALTY, "place": "220000", "on": "2017-08-01", "conduct_on": "2017-07-20"}
    html = page(client, "/law/opinion/", **asked, go="1")
    assert "无法比较轻重" in html


def test_what_is_sent_comes_back_as_an_address_that_gives_the_same_opinion_and_keeps_nothing(client):
    from zhiping.apps.journal.models import Entry

    before = Entry.objects.count()
    sent = client.post(
        "/law/opinion/",
        {**ASKED, "insured_headcount": "299", "documents": ["finance_rules"], "is_legal_person": "yes",
         "scope_lines.0.workstations": "9", "scope_lines.0.occupation_code": "6-31-01-03", "go": "1"},
    )  # fmt: skip
    assert sent.status_code == 302
    html = page(client, sent["Location"])
    assert "差 1个" in html
    assert "职业编码 6-31-01-03，工位数 9" in html
    assert client.get(sent["Location"])["Cache-Control"] == "no-store"
    assert Entry.objects.count() == before
    assert not client.session.keys() - {"_csrftoken"}


def test_a_large_case_is_answered_at_once_and_not_by_an_address(client):
    lines = "职业编码\t工位数\t装有视频监控\n" + "".join(f"6-31-01-{n:02d}\t{n}\t是\n" for n in range(1, 61))
    sent = client.post("/law/opinion/", {**ASKED, "scope_lines.pasted": lines, "go": "1"})
    html = sent.content.decode()
    assert sent.status_code == 200
    assert "不能用网址分享" in html
    assert "差 9个" in html


@pytest.mark.parametrize(
    ("field", "written", "sentence"),
    [
        ("insured_headcount", "299.5", "“299.5”不是整数"),
        ("insured_headcount", "很多", "“很多”不是整数"),
        ("insured_headcount", "-3", "“-3”小于 0"),
        ("insured_headcount", "9" * 30, "位数太多"),
        ("enterprise_size", "huge", "不在可选之列。可选：大型、中型、小型、微型"),
        ("is_legal_person", "maybe", "不是“是”或“否”"),
        ("documents", "nothing_such", "不在可选之列"),
        ("barred_until", "2021-02-30", "“2021-02-30”不是日期"),
        ("barred_until", "0001-01-01", "不在 1900 年至 2099 年之间"),
        ("scope_lines.0.workstations", "十", "“十”不是整数"),
        ("scope_lines.pasted", "职业编码,座位数\n6-31-01-03,3", "没有认出的列名：座位数"),
        ("scope_lines.pasted", "职业编码,工位数\n6-31-01-03,三", "第 2 行“工位数”：“三”不是整数"),
    ],
)
def test_a_bad_value_gets_a_sentence_beside_its_field_and_nothing_is_lost(client, field, written, sentence):
    sent = client.post("/law/opinion/", {**ASKED, "experts": "7", field: written, "go": "1"})
    html = sent.content.decode()
    assert sent.status_code == 422
    assert sentence in html.replace("&quot;", '"')
    assert "有内容需要更正" in html
    assert re.search(r'name="experts" value="7"', html)


def test_one_more_row_keeps_what_was_written_and_complains_of_nothing(client):
    sent = client.post(
        "/law/opinion/", {**ASKED, "scope_lines.0.workstations": "10", "add": "scope_lines"}
    )  # fmt: skip
    html = sent.content.decode()
    assert 'name="scope_lines.1.workstations"' in html
    assert 'name="scope_lines.0.workstations" value="10"' in html
    assert "有内容需要更正" not in html


def test_ticking_none_is_an_empty_list_and_ticking_nothing_is_missing(client):
    assert "FS20-E4" in opinion(client, documents="-")
    part = opinion(client, documents="-")
    assert re.search(r"REG-010.{0,400}未提交技能人才", part)
    assert re.search(r"缺少的情况.*已提交的材料.*逐条判定", opinion(client, insured_headcount="300"))
    both = client.post("/law/opinion/", {**ASKED, "documents": ["-", "finance_rules"], "go": "1"})
    assert "请只留一种" in both.content.decode()


def test_the_form_asks_for_what_the_rules_read_and_for_nothing_else(client):
    html = page(client, "/law/opinion/", **ASKED)
    names = {one.split(".")[0] for one in re.findall(r'name="([a-z_.0-9]+)"', html)}
    book = law()
    rules = book.rules_in_force("employer_filing", place=Place(FOSHAN), on=dt.date(2021, 3, 1))
    asked = {name for rule in rules for name in book.reads_of(rule)}
    assert names & book.facts.keys() - {"place", "day"} <= asked
    assert "assessors" not in names, "a field of the rows, not the plan's assessors"
    assert {"insured_headcount", "documents", "scope_lines"} <= names


def test_the_facts_that_are_asked_for_are_enough_to_judge_every_case_alike():
    """What the form leaves out is read by no rule: each case is judged the same without it."""
    book = law()
    for rule in book.rules.values():
        asked = set(book.reads_of(rule))
        for case in rule.cases:
            facts = book.read_facts(case.given)
            kept = {name: value for name, value in facts.items() if name in asked}
            for given_now in (facts, kept):
                said = book.judge_rule(rule, given_now, place=case.place, on=case.day)
                assert said is case.expect, (rule.id, case.name)


def test_every_case_of_every_rule_goes_through_the_form_unchanged():
    """Property: facts → address → form → the same facts, for every case in the policy folder."""
    book = law()
    for rule in book.rules.values():
        for case in rule.cases:
            facts = {name: value for name, value in book.read_facts(case.given).items() if value is not None}
            assert through_the_form(book, facts) == facts, (rule.id, case.name)


def through_the_form(book, facts):
    form = FactForm(
        QueryDict(query_of(book, facts) or "go=1"),
        declarations=[book.facts[name] for name in facts],
        clauses={},
    )
    assert form.is_valid(), form.errors
    return form.facts


def values_of(declaration):
    """Return a strategy for a fact's values."""
    match declaration.type:
        case FactType.WHOLE:
            return st.integers(0, 10**9)
        case FactType.DECIMAL:
            return st.decimals(0, 10**6, places=2).map(lambda one: Decimal(str(one)))
        case FactType.FLAG:
            return st.booleans()
        case FactType.DAY:
            return st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))
        case FactType.TEXT if declaration.allowed:
            return st.sampled_from(declaration.allowed)
        case FactType.TEXTS if declaration.allowed:
            subset = st.sets(st.sampled_from(declaration.allowed))
            return subset.map(lambda some: tuple(one for one in declaration.allowed if one in some))
        case FactType.TEXTS:
            return st.lists(st.text("甲乙丙", min_size=1, max_size=4), max_size=4).map(tuple)
        case FactType.ROWS:
            row = st.fixed_dictionaries({}, optional={one.name: values_of(one) for one in declaration.fields})
            return st.lists(row.filter(bool), max_size=4).map(tuple)
        case _:
            return st.text("甲乙丙-0123456789/", min_size=1, max_size=12)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_can_be_given_survives_the_address_and_is_judged_without_fault(data):
    book = law()
    question = data.draw(st.sampled_from(book.questions))
    place = data.draw(st.sampled_from([Place(FOSHAN), Place("210100"), Place("220100"), Place("371002")]))
    day = data.draw(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
    rules = book.rules_in_force(question, place=place, on=day)
    names = sorted({name for rule in rules for name in book.reads_of(rule)})
    chosen = data.draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    facts = {name: data.draw(values_of(book.facts[name]), label=name) for name in chosen}
    read = through_the_form(book, facts)
    assert read == facts
    book.judge(question, read, place=place, on=day).to_json()


def test_a_pasted_table_may_name_its_columns_by_label_or_name_and_skip_cells():
    lines = law().facts["scope_lines"]
    tabs = read_pasted(lines, "职业编码\t工位数\n6-31-01-03\t１０\n6-31-01-04\t\n")
    commas = read_pasted(lines, "occupation_code,workstations\n6-31-01-03,10\n6-31-01-04,\n")
    assert (
        tabs
        == commas
        == (
            {"occupation_code": "6-31-01-03", "workstations": 10},
            {"occupation_code": "6-31-01-04"},
        )
    )


@pytest.mark.parametrize("path", ["/law/rules/REG-003/", "/law/here/", "/law/"])
def test_the_way_to_an_opinion_is_on_the_page(client, path):
    assert 'href="/law/opinion/' in page(client, path)


def test_the_way_to_an_opinion_is_on_the_desk(client, at):
    from tests import builders

    account = builders.officer_account("city_handler", builders.FOSHAN)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    assert 'href="/law/opinion/' in client.get("/desk/law/").content.decode()


def test_no_page_of_the_law_carries_a_script_or_a_style_of_its_own(client):
    for path in ("/law/here/", "/law/here/whole/", "/law/here/values/", "/law/tensions/", "/law/compare/",
                 "/law/opinion/", "/law/coverage/", "/law/rules/REG-003/", "/law/rules/NONE/"):  # fmt: skip
        html = client.get(path).content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), path
        assert re.findall(r"<script(?![^>]* src=)", html) == [], path


def test_a_reader_outside_rows_still_means_the_fact():
    reader = Reader(book=law(), place=Place(FOSHAN), on=dt.date(2021, 3, 1))
    assert reader.declaration("assessors").type is FactType.ROWS


# --- where a reader may go wrong --------------------------------------------------------------------


def test_every_tension_names_clauses_and_questions_of_the_book_and_shows_its_answers(client):
    book = law()
    html = page(client, "/law/tensions/")
    assert len(tensions()) == 5
    for one in tensions():
        assert one.title in html
        assert set(one.questions) <= set(book.questions)
        assert all(clause in book.clauses or clause in book.documents for clause in one.clauses)
        assert one.examples
        for each in one.examples:
            assert each.says in html


def test_the_lapse_of_the_guangdong_notice_is_told_by_the_engine_on_both_days(client):
    part = page(client, "/law/tensions/")
    part = part[part.index('id="lapsed"') : part.index('id="classification"')]
    eve, day_after, nationwide = re.findall(r"<tr>(.*?)</tr>", part)[1:]
    assert "2023年11月30日" in eve
    assert "不符合" in eve
    assert "2023年12月1日" in day_after
    assert "没有已知规则" in day_after
    assert re.search(r"\d 条规则自2023年12月1日起失效", day_after)
    assert "证书文字与标志是否合规（全国）" in nationwide
    assert "没有已知规则" not in nationwide


def test_each_city_is_answered_by_its_own_law(client):
    html = page(client, "/law/tensions/")
    part = html[html.index('id="each-its-own"') :]
    foshan, weihai, shenyang = re.findall(r"<tr>(.*?)</tr>", part)[1:]
    assert "REG-003" in foshan
    assert "REG-003" not in weihai + shenyang


def test_a_tension_is_pointed_to_where_it_matters(client):
    pointed = 'href="/law/tensions/#'
    assert f'{pointed}lapsed"' in page(client, "/law/documents/GD18/")
    assert f'{pointed}training"' in page(client, "/law/rules/EXM-100/")
    assert f'{pointed}classification"' in page(client, "/law/rules/REG-080/")
    assert f'{pointed}in-principle"' in page(client, "/law/rules/REG-034/")
    assert f'{pointed}in-principle"' not in page(client, "/law/rules/REG-038/"), "same clause, no waiver"
    asked = {"question": "certificate_text", "place": FOSHAN, "on": DAY_AFTER}
    assert f'{pointed}lapsed"' in page(client, "/law/opinion/", **asked)


def test_an_opinion_names_the_twin_of_its_question_and_whether_it_has_rules(client):
    asked = {"question": "certificate_text", "place": FOSHAN, "on": DAY_AFTER}
    html = page(client, "/law/opinion/", **asked)
    assert "没有已知规则" in html
    assert "证书文字与标志是否合规（全国）</a>，当地当日有" in html
    twins = {one: twin_of(one) for one in law().questions if twin_of(one)}
    assert twins
    assert all(twins[twin] == one for one, twin in twins.items())
    assert all(one.endswith(NATIONWIDE) or twin.endswith(NATIONWIDE) for one, twin in twins.items())


def test_no_form_of_any_question_speaks_of_files_or_of_names_inside_the_program(client):
    for question in law().questions:
        for place in ("440600", "371000", "210100", "220100"):
            html = page(client, "/law/opinion/", question=question, place=place, on="2023-11-30")
            hints = re.findall(r'<p class="hint"[^>]*>(.*?)</p>', html)
            assert [one for one in hints if re.search(r"[a-z]+_[a-z]+|\.csv|policy/", one)] == [], question


def test_a_condition_of_entry_is_chosen_in_the_words_of_its_clause(client):
    html = page(client, "/law/opinion/", question="entry_condition", place=FOSHAN, on=LAST_DAY)
    chosen = re.search(r'<select name="entry_condition".*?</select>', html)[0]
    book = law()
    for row in book.catalogue("entry_conditions").rows:
        assert f'value="{row["condition"]}"' in chosen
        assert book.clauses[row["clause"]].summary[:12] in chosen


def test_an_opinion_on_a_condition_of_entry_cites_that_condition_and_not_all_of_them(client):
    asked = {"question": "entry_condition", "place": FOSHAN, "on": "2024-05-01", "go": "1",
             "entry_condition": "2023/4-2", "standard_generation": "2023", "level": "4",
             "work_months": "30", "prior_level": "5"}  # fmt: skip
    html = page(client, "/law/opinion/", **asked)
    part = html[html.index("未满足所选申报条件 2023/4-2") :]
    part = part[: part.index("</section>")]
    assert re.findall(r'href="/law/clauses/([^/]+)/', part) == ["STD23-4-2"]
    assert "差 6个月" in part
