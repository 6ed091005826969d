"""The look, as a reader meets it: what a component says, what it never contains, how it behaves alone."""

import re
from datetime import UTC, date, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import Http404
from django.template import engines
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from zhiping.kernel.clock import CHINA
from zhiping.ui import formatting, labels, shapes
from zhiping.ui.gallery import gallery

UI = Path(labels.__file__).parent
PAGES = ("components", "work", "public", "login", "403", "404", "429", "500", "refusal")
VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "wbr",
    "path",
    "circle",
    "rect",
}


class Page(HTMLParser):
    """Collects what tests ask about: tags with attributes, ids, text, and whether tags balance."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] not in {"script", "style"}:
            self.words.append(data)

    def all(self, tag, **wanted):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [a for t, a in self.tags if t == tag and all(a.get(n) == v for n, v in wanted.items())]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words)).strip()


def shown(name: str, request=None, **context) -> Page:
    return Page(render_to_string(f"ui/{name}.html", context, request=request))


def drawn(source: str, request=None, **context) -> str:
    return engines["django"].from_string("{% load zhiping_ui %}" + source).render(context, request)


def page_of(name: str) -> Page:
    return Page(gallery(RequestFactory().get("/", {"page": name})).content.decode())


# --- every page ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_page_keeps_the_content_policy_and_is_well_formed(name):
    html = gallery(RequestFactory().get("/", {"page": name})).content.decode()
    page = Page(html)
    assert page.wrong == []
    assert page.open == []
    assert not [a for _, a in page.tags if "style" in a]
    assert not [n for _, a in page.tags for n in a if re.fullmatch(r"on[a-z]+", n)]
    assert all(a.get("src") for a in page.all("script")), "no inline scripts"
    assert not page.all("style")
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids)), "ids are unique"
    for _, attributes in page.tags:
        for reference in ("aria-labelledby", "aria-describedby"):
            for part in attributes.get(reference, "").split():
                assert part in ids, f"{reference} points at nothing: {part}"
        for address in ("href", "src"):
            assert not re.match(r"(https?:)?//", attributes.get(address, "")), "everything comes from here"


@pytest.mark.parametrize("name", PAGES)
def test_page_has_one_main_heading_a_skip_link_a_moment_and_chinese(name):
    page = page_of(name)
    assert page.all("html", lang="zh-CN")
    assert page.all("a", class_="skip", href="#main")
    assert len(page.all("main", id="main")) == 1
    # The showcase draws the confirmation page below its own heading.
    assert len(page.all("h1")) == (2 if name == "components" else 1)
    assert "数据截至" in page.text
    assert page.all("time")
    leftovers = set(re.findall(r"[A-Za-z]{4,}", re.sub(r"[\w.-]*\d[\w.-]*|[a-z]+\.[a-z_]+", "", page.text)))
    assert leftovers <= {"Zhiping", "Excel", "xlsx", "sheng", "qiye", "zhiping", "demo"}


def test_every_component_says_at_its_top_what_it_takes():
    for path in (UI / "templates").rglob("*.html"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert re.match(r"\{# .+ #\}$", first), path
        assert "context:" in first or "use:" in first, path


def test_every_template_compiles_and_the_guide_names_every_component():
    guide = (UI.parents[2] / "docs/guides/ui-components.md").read_text(encoding="utf-8")
    for path in (UI / "templates").rglob("*.html"):
        name = path.relative_to(UI / "templates").as_posix()
        get_template(name)
        if not path.stem.startswith("gallery"):
            assert path.name in guide, name


def test_the_sheet_is_small_and_reaches_for_nothing_outside():
    sheet = Path(finders.find("zhiping/zhiping.css")).read_text(encoding="utf-8")
    assert len(sheet.encode()) < 40_000
    assert "@import" not in sheet
    assert set(re.findall(r"url\(\"([a-z]+):", sheet)) <= {"data"}
    defined = set(re.findall(r"(--[a-z0-9-]+):", sheet))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", sheet)) <= defined


def test_error_page_for_a_failed_server_needs_no_request():
    page = Page(get_template("500.html").render())
    assert "系统没有完成这次操作" in page.text
    assert page.all("a", href="/")


@pytest.mark.parametrize("name", ["403", "404", "429", "500"])
def test_gallery_answers_error_pages_with_their_status(name):
    response = gallery(RequestFactory().get("/", {"page": name}))
    assert response.status_code == int(name)
    assert "接下来可以" in response.content.decode()


def test_gallery_has_no_other_pages():
    with pytest.raises(Http404):
        gallery(RequestFactory().get("/", {"page": "nothing"}))


# --- contrast ------------------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_keep_their_contrast():
    sheet = Path(finders.find("zhiping/zhiping.css")).read_text(encoding="utf-8")
    colour = dict(re.findall(r"(--[a-z0-9-]+): (#[0-9a-f]{3,6});", sheet))
    for ink in ("--ink", "--ink-2", "--accent", "--ok", "--warn", "--bad", "--info"):
        for ground in ("--paper", "--paper-2", "--surface"):
            assert _contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)
    for tone in ("ok", "warn", "bad", "info"):
        assert _contrast(colour[f"--{tone}"], colour[f"--{tone}-soft"]) >= 4.5, tone
    assert _contrast(colour["--line-strong"], colour["--surface"]) >= 3, "borders of inputs"
    assert _contrast(colour["--focus"], colour["--paper"]) >= 3, "focus rings"


# --- words and figures ---------------------------------------------------------------------------


def test_days_and_moments_are_written_in_chinas_time():
    late = datetime(2024, 3, 4, 16, 30, tzinfo=UTC)  # the next day in China
    assert drawn("{{ d|china_date }}", d=date(2024, 3, 5)) == "2024年3月5日"
    assert drawn("{{ d|china_date }}", d=late) == "2024年3月5日"
    assert drawn("{{ d|china_datetime }}", d=late) == "2024年3月5日 00:30"
    assert drawn("{{ d|china_minute }}", d=late) == "2024-03-05 00:30"
    assert drawn("{{ d|china_day }}", d=None) == "—"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(formatting.MomentNaiveError) as refused:
        formatting.long_moment(datetime(2024, 3, 5, 9, 0))  # noqa: DTZ001 - the refusal is the point
    assert refused.value.code == "ui.moment_naive"


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - zones are drawn beside
    st.integers(-12, 14),
)
def test_the_zone_a_moment_comes_in_never_changes_what_is_shown(naive, hours):
    moment = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert formatting.long_moment(moment) == formatting.long_moment(moment.astimezone(UTC))
    assert formatting.day_of(moment) == moment.astimezone(CHINA).date()


@given(st.text(alphabet="0123456789X", min_size=1, max_size=22))
def test_masking_keeps_the_length_and_never_shows_the_last_four(number):
    mask = formatting.masked(number)
    assert len(mask) == len(number)
    assert all(shown in {"*", real} for shown, real in zip(mask, number, strict=True))
    assert "*" in mask[-4:]
    assert mask.count("*") * 2 > len(number), "more is hidden than shown"


@given(st.integers(-(10**12), 10**12))
def test_thousands_can_be_read_back(number):
    for given_as in (number, str(number)):
        text = formatting.thousands(given_as)
        assert int(text.replace(",", "")) == number
        assert re.fullmatch(r"-?\d{1,3}(,\d{3})*", text)


def test_numbers_short_and_in_full():
    assert drawn("{{ n|wan }} {{ n|wan:'short' }}", n=24000) == "24,000 2.4万"
    assert drawn("{{ n|wan }}", n="待定") == "待定"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (5, "五级/初级工"),
        ("4", "四级/中级工"),
        (3, "三级/高级工"),
        (2, "二级/技师"),
        (1, "一级/高级技师"),
        ("Z", "Z"),
    ],
)
def test_level_names(code, name):
    assert drawn("{{ c|level_name }}", c=code) == name


def test_places_are_named_by_whatever_resolver_is_set():
    try:
        labels.set_place_resolver({"440600": "佛山市"}.__getitem__)
        assert drawn("{{ '440600'|place_name }} {{ 'CN'|place_name }}") == "佛山市 全国"
        labels.set_place_resolver(None)
        assert drawn("{{ '440600'|place_name }}") == "440600"
    finally:
        labels.set_place_resolver(None)


def test_states_prefer_the_scopes_word_then_the_common_one_then_the_codes_own(caplog):
    labels.register_states("test_scope", {"review": labels.StateLabel("市级复审中", labels.Tone.INFO)})
    assert drawn("{{ 'review'|state_label:'test_scope' }} {{ 'review'|state_label }}") == "市级复审中 审核中"
    assert drawn("{{ s|state_label }}", s=SimpleNamespace(value="odd", label="另一种")) == "另一种"
    assert drawn("{{ 'no_such'|state_label }}") == "未命名状态（no_such）"
    assert "no_such" in caplog.text


def test_what_people_typed_is_escaped_everywhere():
    evil = "<script>alert(1)</script>"
    columns = (shapes.Column(key="a", label=evil), shapes.Column(key="b", label="乙", kind="tags"))
    table = shapes.Table(name="t", caption=evil, columns=columns, rows=[{"a": evil, "b": [evil]}])
    for html in (
        render_to_string("ui/data_table.html", {"table": table}),
        drawn("{{ s|state_badge }}", s=evil),
        render_to_string("ui/definition_list.html", {"items": [shapes.Definition(term=evil, value=evil)]}),
        render_to_string("ui/notice.html", {"text": evil, "title": evil, "clauses": [evil]}),
    ):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


# --- lists ---------------------------------------------------------------------------------------


def _people(count: int, query: str = "") -> tuple[Page, shapes.Table]:
    request = RequestFactory().get(f"/people?{query}")
    rows = [{"name": f"甲{n}", "when": date(2024, 3, 5), "inner": {"count": 12345}} for n in range(count)]
    page = Paginator(rows, 10).get_page(request.GET.get("page"))
    table = shapes.Table(
        name="people",
        caption="人员",
        columns=(
            shapes.Column(key="name", label="姓名", sortable=True),
            shapes.Column(key="inner.count", label="数量", kind="number", sortable=True),
            shapes.Column(key="when", label="日期", kind="date"),
        ),
        rows=list(page),
        row_url=lambda row: f"/people/{row['name']}",
        sort=request.GET.get("sort", ""),
        page=page,
        total=count,
        export_url="/people.xlsx",
        empty=shapes.EmptyState(
            title="还没有人员", text="先导入名册。", actions=(shapes.Action(label="导入", url="/import"),)
        ),
    )
    return shown("data_table", request, table=table), table


def test_table_links_rows_sorts_pages_and_keeps_the_filter():
    page, _ = _people(35, "state=open&page=2&sort=name")
    assert page.all("a", href="/people/甲10")
    assert page.all("a", href="?state=open&sort=-name"), "sorting again turns round and goes to page one"
    assert page.all("a", href="?state=open&sort=inner.count")
    assert page.all("a", href="?state=open&page=3&sort=name", rel="next")
    assert page.all("a", href="?state=open&page=1&sort=name", rel="prev")
    assert page.all("a", aria_current="page", aria_label="第 2 页")
    assert [a["aria-sort"] for a in page.all("th", scope="col") if "aria-sort" in a] == ["ascending", "none"]
    assert "共 35 条，第 11–20 条" in page.text
    assert "12,345" in page.text
    assert "2024-03-05" in page.text
    assert page.all("a", href="/people.xlsx")
    assert page.all("td", data_label="数量"), "a phone names the value"


def test_an_empty_table_says_what_to_do_and_offers_no_export():
    page, _ = _people(0)
    assert "还没有人员 先导入名册。" in page.text
    assert page.all("a", href="/import")
    assert not page.all("table")
    assert not page.all("a", href="/people.xlsx")


def test_the_list_alone_can_answer_a_partial_request():
    _, table = _people(3)
    alone = Page(render_to_string("ui/data_table.html#list", {"table": table}))
    assert alone.all("div", id="people")
    assert not alone.all("h2")


def test_cells_reach_mappings_attributes_and_methods_but_not_nothing():
    thing = SimpleNamespace(body=SimpleNamespace(name="甲公司"), label=lambda: "乙", gone=None)
    column = shapes.Column
    assert drawn("{% cell row c %}", row=thing, c=column(key="body.name", label="")) == "甲公司"
    assert drawn("{% cell row c %}", row=thing, c=column(key="label", label="")) == "乙"
    assert drawn("{% cell row c %}", row=thing, c=column(key="gone.name", label="")) == "—"
    with pytest.raises(AttributeError):
        drawn("{% cell row c %}", row=thing, c=column(key="body.mistyped", label=""))


def test_query_with_changes_one_parameter_and_takes_one_away():
    request = RequestFactory().get("/?a=1&b=2&b=3")
    assert drawn("{% query_with a=9 %}", request) == "?a=9&amp;b=2&amp;b=3"
    assert drawn("{% query_with b=None %}", request) == "?a=1"
    assert drawn("{% query_with a=1 %}") == "?a=1", "also without a request"


class _Filter(forms.Form):
    q = forms.CharField(label="名称", required=False)


def test_filters_keep_the_sorting_and_drop_the_page():
    request = RequestFactory().get("/list?q=old&sort=-name&page=4")
    page = shown("filter_bar", request, form=_Filter(request.GET))
    assert page.all("form", method="get")
    assert [(a["name"], a["value"]) for a in page.all("input", type="hidden")] == [("sort", "-name")]
    assert page.all("a", href="/list"), "reset"


# --- forms ---------------------------------------------------------------------------------------


class _Form(forms.Form):
    fieldsets = (("单位", "", ("name",)),)
    clauses = {"insured": "FS20-E2"}  # noqa: RUF012 - read only

    name = forms.CharField(label="名称", help_text="照执照填。")
    insured = forms.IntegerField(label="参保人数")
    kind = forms.ChoiceField(label="类别", widget=forms.RadioSelect, choices=[("a", "甲"), ("b", "乙")])
    scan = forms.FileField(label="扫描件", required=False)

    def clean(self):
        raise forms.ValidationError("整体有误。")


def test_form_shows_every_field_once_with_hint_clause_errors_and_token():
    request = RequestFactory().get("/")
    page = shown("form", request, form=_Form({"name": ""}), submit="保存", cancel_url="/back")
    assert [len(page.all(t, name=n)) for t, n in (("input", "name"), ("input", "insured"))] == [1, 1]
    assert len(page.all("input", name="kind", type="radio")) == 2
    assert page.all("form", method="post", enctype="multipart/form-data")
    assert page.all("input", name="csrfmiddlewaretoken")[0]["value"]
    assert "FS20-E2" in page.text
    (name,) = page.all("input", name="name")
    assert name["aria-describedby"] == "id_name_helptext id_name_error"
    assert name["aria-invalid"] == "true"
    assert page.all("div", role="alert")
    for target in ("#id_name", "#id_insured", "#id_kind"):
        assert page.all("a", href=target), target
        assert [a for _, a in page.tags if a.get("id") == target[1:]], "the summary's link leads somewhere"
    assert "整体有误。" in page.text
    assert page.all("a", href="/back")


def test_an_untouched_form_shows_no_summary():
    assert not shown("form", RequestFactory().get("/"), form=_Form()).all("div", role="alert")


def test_post_actions_carry_a_token_even_inside_an_isolated_include():
    actions = (shapes.Action(label="通过", url="/pass", method="post"), shapes.Action(label="看", url="/see"))
    html = drawn(
        '{% include "ui/page_header.html" with title="甲" actions=actions only %}',
        RequestFactory().get("/"),
        actions=actions,
    )
    page = Page(html)
    assert page.all("form", action="/pass", method="post")
    assert len(page.all("input", name="csrfmiddlewaretoken")) == 1
    assert page.all("a", href="/see")


# --- judgements, progress, certificates ------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ("pass", "符合"),
        ("refuse", "不符合"),
        ("unknown", "待核"),
        ("not_applicable", "不适用"),
        ("explain", "可说明"),
    ],
)
def test_each_outcome_has_a_word_beside_its_drawing(outcome, word):
    page = shown("outcome", outcome=outcome)
    assert page.text == word
    assert page.all("svg", aria_hidden="true")


def test_verdict_shows_observed_required_near_miss_clause_and_wording():
    rule = shapes.RuleLine(
        outcome="refuse", title="参保职工人数", observed="299 人", required="300 人以上", near_miss="差 1 人",
        clause="FS20-E2", clause_url="/policy/FS20-E2", document="某文件", wording="条款内容",
    )  # fmt: skip
    verdict = shapes.Verdict(outcome="refuse", title="不符合条件", on=date(2020, 8, 17), rules=(rule,))
    page = shown("verdict_panel", verdict=verdict)
    for expected in ("实际 299 人", "要求 300 人以上", "差距 差 1 人", "2020年8月17日", "条款内容", "某文件"):
        assert expected in page.text
    assert page.all("a", href="/policy/FS20-E2")
    assert page.all("details")


@pytest.mark.parametrize(
    ("state", "asks"), [("waiting", True), ("running", True), ("done", False), ("failed", False)]
)
def test_progress_asks_again_only_while_it_moves(state, asks):
    progress = shapes.Progress(
        name="job", label="导入", state=state, done=1, total=3, url="/jobs/1", result_url="/jobs/1/result"
    )
    page = shown("progress", progress=progress)
    assert bool(page.all("section", hx_get="/jobs/1", hx_swap="outerHTML")) is asks
    assert bool(page.all("a", href="/jobs/1/result")) is not asks
    assert page.all("progress", value="1", max="3")
    assert "33%" in page.text


def test_progress_without_a_total_promises_no_share():
    progress = shapes.Progress(name="job", label="导入", state="running")
    assert progress.percent is None
    assert "%" not in shown("progress", progress=progress).text


def test_annulled_certificate_shows_state_day_reason_clause_and_standing():
    page = page_of("public")
    for expected in ("已作废", "自 2026年11月12日 起", "理由：", "LN24-3.5c", "发证当日在目录内", "查询时间"):
        assert expected in page.text
    assert "999101199001011234" not in page.text


def test_navigation_marks_where_one_is():
    for path, marked in (("/", []), ("/bodies/17", ["机构目录"]), ("/verify", ["证书查询"])):
        html = render_to_string("ui/base_public.html", request=RequestFactory().get(path))
        current = re.findall(r'aria-current="page">([^<]+)<', html)
        assert current == marked, path
