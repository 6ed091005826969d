from datetime import date

import pytest

from tests.core.roster.made import CANDIDATES, DAY, HEADERS, candidate, full_width, workbook
from zhiping.core.identifiers.synthetic import fictional_identity_number
from zhiping.core.roster import (
    CandidateLists,
    Limits,
    candidate_facts,
    candidate_sheet,
    identity_reader,
    notice_sentence,
    prior_certificate_check,
    read_and_check,
    sentence,
)
from zhiping.core.roster.errors import (
    DamagedFileError,
    FileTooLargeError,
    HeaderRefusedError,
    TooManyRowsError,
)
from zhiping.core.roster.messages import file_sentence


def only_row(row, sheet=CANDIDATES, **options):
    return read_and_check(workbook([row], **options), sheet).rows[0]


def codes(row):
    return {(problem.field, problem.code.removeprefix("roster.")) for problem in row.problems}


def test_the_sheet_has_the_33_columns_in_their_order():
    assert " ".join(HEADERS) == (
        "序号 职业工种名称 认定等级 申报条件 证件类型 证件号码 姓名 性别 出生日期 手机号码 "
        "是否有职业资格证书 证书等级 证书编号 文化程度 所在省(市)区 考生来源 所在单位 报名单位 认定分类 专业 "
        "考试类型 民族 参加工作时间 电子邮箱 专业年限 户籍所在地 政治面貌 学历证书编号 简要经历 通讯地址 "
        "证书领取方式 邮政编码 邮寄地址"
    )
    assert len(HEADERS) == 33
    assert " ".join(field.header for field in CANDIDATES.fields if field.required) == (
        "职业工种名称 认定等级 申报条件 证件类型 证件号码 姓名 手机号码 是否有职业资格证书 文化程度 "
        "所在省(市)区 考生来源 报名单位 认定分类 考试类型 民族"
    )


def test_a_good_row_is_understood():
    row = only_row(candidate())
    assert row.problems == ()
    assert row.number == 2
    assert row.raw["paper_number"] == row.clean["paper_number"]
    assert row.clean["level"] == "4"
    facts = candidate_facts(row.clean)
    assert (facts.born_on, facts.is_male, facts.work_months) == (date(1990, 1, 1), True, 66)
    assert (facts.prior_level, facts.education, facts.candidate_kind) == ("5", "junior_college", "staff")
    assert facts.works_since == date(2012, 7, 1)


def test_the_header_is_found_under_a_title_with_stars_blanks_and_line_breaks():
    headers = [f"{full_width('*')}{header[:1]}\n{header[1:]} （必填）" for header in HEADERS]
    row = dict(zip(headers, map(candidate().get, HEADERS), strict=True))
    roster = read_and_check(workbook([row], headers=headers, above=[["某批次考生报名表"], []]), CANDIDATES)
    assert roster.header_row == 3
    assert roster.rows[0].number == 4
    assert roster.rows[0].problems == ()


def test_columns_may_stand_in_any_order_and_behind_empty_ones():
    headers = [None, None, *reversed(HEADERS)]
    roster = read_and_check(workbook([candidate()], headers=headers), CANDIDATES)
    assert roster.rows[0].problems == ()


def test_missing_repeated_and_unknown_columns_are_all_named_at_once():
    headers = [header for header in HEADERS if header not in {"姓名", "民族"}] + ["手机号码", "车牌"]
    with pytest.raises(HeaderRefusedError) as caught:
        read_and_check(workbook([candidate()], headers=headers), CANDIDATES)
    shown = file_sentence(caught.value)
    assert "缺少：姓名、民族。" in shown
    assert "重复：手机号码。" in shown
    assert "不认识：车牌。" in shown
    assert "请对照模板" in shown


def test_unknown_columns_alone_are_only_mentioned():
    roster = read_and_check(workbook([candidate()], headers=[*HEADERS, "车牌"]), CANDIDATES)
    assert roster.rows[0].is_good
    assert [notice_sentence(notice) for notice in roster.notices] == ["有几列模板里没有，未读取：车牌。"]


def test_full_width_invisible_and_padded_text_is_cleaned():
    plain = candidate()
    messy = candidate() | {
        "姓名": " \u200b试　样一 ".replace("一", "\u4e00"),
        "手机号码": full_width("199 000") + "0-0000",
        "证件号码": f" {plain['证件号码']}\u202c ",
        "申报条件": full_width("4-2") + " 取得五级后累计从业满3年",
        "民族": "汉",
        "认定等级": "中级工",
    }
    one, other = only_row(plain), only_row(messy)
    assert other.problems == ()
    assert one.clean == other.clean
    assert one.fingerprint == other.fingerprint
    assert other.raw["手机号码" if "手机号码" in other.raw else "phone"] == full_width("199 000") + "0-0000"


@pytest.mark.parametrize(
    "level",
    [
        "四级/中级工",
        "四级",
        "中级工",
        "4",
        "4级",
        "四级（中级工）",
        "四级" + full_width("/") + "中级工",
        "四级、中级工",
    ],
)
def test_levels_are_read_however_written(level):
    assert only_row(candidate() | {"认定等级": level}).clean["level"] == "4"


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        ("认定等级", "六级", "not_a_level"),
        ("申报条件", "从事本职业满五年", "not_a_condition"),
        ("申报条件", "3-2", "condition_of_other_level"),
        ("证件类型", "学生证", "not_in_list"),
        ("证件号码", "9.90101E+17", "number_in_scientific"),
        ("证件号码", "990101199001010012", "identity_invalid"),
        ("姓名", "试样1", "not_a_name"),
        ("性别", "女", "sex_differs"),
        ("出生日期", "1990-01-02", "birth_differs"),
        ("出生日期", "1990-02-30", "no_such_day"),
        ("出生日期", "1/2/1990", "not_a_day"),
        ("手机号码", "1990000000", "not_a_phone"),
        ("是否有职业资格证书", "也许", "not_a_flag"),
        ("是否有职业资格证书", "否", "prior_denied"),
        ("证书编号", "", "missing_with_prior"),
        ("证书编号", None, "missing_with_prior"),
        ("文化程度", "高小", "not_in_list"),
        ("姓名", "　", "missing"),
        ("参加工作时间", "1985-01", "works_before_birth"),
        ("电子邮箱", "a@b", "not_an_email"),
        ("专业年限", "很久", "not_a_tenure"),
        ("专业年限", "零", "not_a_tenure"),
        ("参加工作时间", "1066-10", "no_such_day"),
        ("邮政编码", "12345", "leading_zero_lost"),
        ("简要经历", "经" * 1001, "too_long"),
    ],
)
def test_every_bad_cell_is_refused_with_a_sentence(header, value, code):
    row = only_row(candidate() | {header: value})
    name = next(field.name for field in CANDIDATES.fields if field.header == header)
    assert codes(row) == {(name, code)}
    shown = sentence(row.problems[0], CANDIDATES)
    assert shown.endswith(("。", "？"))
    assert "{" not in shown
    if value and value.strip() and code not in {"too_long", "missing_with_prior"}:
        assert value in shown


@pytest.mark.parametrize(
    "written",
    [
        "1990-01-01",
        "1990/1/1",
        "1990.1.1",
        "1990年1月1日",
        "19900101",
        32874,
        date(1990, 1, 1),
        "1990-01-01 00:00",
    ],
)
def test_days_are_read_in_every_form(written):
    assert only_row(candidate() | {"出生日期": written}).clean["born_on"] == date(1990, 1, 1)


def test_birth_day_and_sex_are_taken_from_the_identity_number_when_left_out():
    clean = only_row(candidate() | {"出生日期": None, "性别": None}).clean
    assert (clean["born_on"], clean["sex"]) == (date(1990, 1, 1), "男")


def test_another_paper_is_not_judged_as_an_identity_number():
    row = only_row(candidate() | {"证件类型": "护照", "证件号码": "e12345678"})
    assert row.problems == ()
    assert row.clean["paper_number"] == "E12345678"


@pytest.mark.parametrize(
    ("kind", "number", "is_good"),
    [
        ("港澳居民居住证", "990101199001010019", True),
        ("台湾居民居住证", "990101199001010012", False),
        ("外国人永久居留身份证", "990101199001010012", False),
        ("外国人永久居留身份证", "XYZ310090010112", True),
    ],
)
def test_papers_with_numbers_of_the_identity_form_are_judged_by_it(kind, number, is_good):
    row = only_row(candidate() | {"证件类型": kind, "证件号码": number})
    assert row.is_good is is_good


def test_a_number_that_a_spreadsheet_destroyed_is_told_from_one_that_ends_in_zeros():
    whole = next(
        number
        for born in (date(1990, month, day) for month in range(1, 13) for day in range(1, 29))
        if (number := fictional_identity_number(born=born, sequence=100)).endswith("000")
    )
    as_text = only_row(candidate() | {"证件号码": whole, "性别": None, "出生日期": None})
    assert as_text.problems == ()
    as_quantity = only_row(candidate() | {"证件号码": int(whole), "性别": None, "出生日期": None})
    assert codes(as_quantity) == {("paper_number", "digits_lost")}
    assert "文本格式" in sentence(as_quantity.problems[0], CANDIDATES)


def test_prior_certificates_are_judged_by_either_scheme_of_numbers():
    sheet = candidate_sheet(
        read_identity=identity_reader(on=DAY), is_certificate_number=prior_certificate_check(on=DAY)
    )
    for number, is_good in (("Y000023000001205000001", True), ("Y00002300000120500000", False)):
        row = only_row(candidate() | {"证书编号": number}, sheet=sheet)
        assert row.is_good is is_good
        assert codes(row) == (set() if is_good else {("prior_number", "not_a_certificate_number")})


def test_a_cell_beyond_what_delimited_text_may_hold_is_refused():
    row = candidate() | {"简要经历": "经" * 200_000}
    text = ",".join(HEADERS) + "\n" + ",".join(row.get(header) or "" for header in HEADERS)
    with pytest.raises(DamagedFileError):
        read_and_check(text.encode(), CANDIDATES)


def test_many_wide_sheets_together_are_refused():
    def adjust(book, page):
        for index in range(4):
            other = book.create_sheet(f"表{index}")
            other.cell(1, 1, "x")
            other.cell(90, 40, "x")

    data = workbook([candidate()], adjust=adjust)
    with pytest.raises(FileTooLargeError) as caught:
        read_and_check(data, CANDIDATES, limits=Limits(rows=100, columns=40))
    assert "MB" in file_sentence(caught.value)


def test_the_same_person_twice_is_reported_on_both_rows():
    twice = candidate(1) | {"证件号码": candidate()["证件号码"], "出生日期": None}
    roster = read_and_check(workbook([candidate(), candidate(2), twice]), CANDIDATES)
    assert [row.is_good for row in roster.rows] == [False, True, False]
    assert "与第 4 行重复" in sentence(roster.rows[0].problems[0], CANDIDATES)
    assert "与第 2 行重复" in sentence(roster.rows[2].problems[0], CANDIDATES)


def test_empty_rows_are_passed_over_and_numbers_stay_those_of_the_sheet():
    roster = read_and_check(workbook([candidate(), {}, {"姓名": " "}, candidate(1)]), CANDIDATES)
    assert [row.number for row in roster.rows] == [2, 5]


def test_all_problems_of_a_row_are_reported_in_the_order_of_the_columns():
    row = only_row({"姓名": "试样"})
    assert len(row.problems) == 14
    order = [field.name for field in CANDIDATES.fields]
    places = [order.index(problem.field) for problem in row.problems]
    assert places == sorted(places)


def test_the_callers_lists_are_enforced():
    lists = CandidateLists(
        occupations=("焊工",), conditions=("2023/4-1",), levels=("4", "3"), provinces=("某省",)
    )
    sheet = candidate_sheet(read_identity=identity_reader(on=DAY), word_lists=lists)
    row = only_row(candidate() | {"认定等级": "五级"}, sheet=sheet)
    assert codes(row) == {
        ("occupation", "not_in_list"),
        ("level", "not_in_list"),
        ("condition", "not_in_list"),
    }
    good = only_row(candidate() | {"职业工种名称": "焊工", "申报条件": "4-1"}, sheet=sheet)
    assert good.is_good


def test_the_same_content_has_the_same_digest_in_another_file_and_order():
    rows = [candidate(), candidate(1)]
    one = read_and_check(workbook(rows), CANDIDATES)
    other = read_and_check(workbook(rows[::-1], above=[["标题"]]), CANDIDATES)
    assert one.content_digest == other.content_digest
    assert one.file_digest != other.file_digest
    changed = read_and_check(workbook([candidate(), candidate(1) | {"手机号码": "19900009999"}]), CANDIDATES)
    assert changed.content_digest != one.content_digest


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_delimited_text_is_read_in_the_encodings_in_use(encoding, delimiter):
    row = candidate() | {"邮政编码": '"=""012345"""'}
    lines = [delimiter.join(HEADERS), delimiter.join(row.get(header) or "" for header in HEADERS)]
    roster = read_and_check("\r\n".join(lines).encode(encoding), CANDIDATES)
    assert roster.rows[0].problems == ()
    assert roster.rows[0].clean["postcode"] == "012345"


def test_hidden_sheets_are_not_read_and_hidden_rows_are_mentioned():
    def adjust(book, page):
        page.row_dimensions[2].hidden = True
        hidden = book.create_sheet("旧数据", 0)
        hidden.append(list(HEADERS))
        hidden.sheet_state = "hidden"

    roster = read_and_check(workbook([candidate()], adjust=adjust), CANDIDATES)
    assert len(roster.rows) == 1
    assert [notice_sentence(notice) for notice in roster.notices] == [
        "隐藏的工作表未读取：旧数据。",
        "有 1 行在表中被隐藏或筛选掉，仍然一并读取。请确认。",
    ]


def test_only_the_first_of_two_like_sheets_is_read_and_the_other_is_mentioned():
    def adjust(book, page):
        second = book.create_sheet("二班")
        second.append(list(HEADERS))

    roster = read_and_check(workbook([candidate()], adjust=adjust), CANDIDATES)
    assert roster.sheet_title == "考生报名表"
    assert "二班" in notice_sentence(roster.notices[0])


def test_more_rows_than_allowed_are_refused_with_the_number():
    with pytest.raises(TooManyRowsError) as caught:
        read_and_check(
            workbook([candidate(index) for index in range(12)]), CANDIDATES, limits=Limits(rows=10)
        )
    assert "第 13 行" in file_sentence(caught.value)
    text = "\n".join([",".join(HEADERS)] + [",".join(candidate().get(h) or "" for h in HEADERS)] * 12)
    with pytest.raises(TooManyRowsError):
        read_and_check(text.encode(), CANDIDATES, limits=Limits(rows=10))


def test_ten_thousand_rows_are_read_whole():
    roster = read_and_check(workbook([candidate(index) for index in range(10_000)]), CANDIDATES)
    assert len(roster.good) == 10_000
