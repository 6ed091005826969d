"""What follows a cancellation at the desk, as an officer of the province carries it through (JL17-4)."""

import datetime as dt
import io
import re

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import builders
from zhiping.apps.reference.models import AftermathCandidate, CancellationCase
from zhiping.portals.authority.queue import Wanted, as_tasks, queue_of

pytestmark = pytest.mark.django_db
CLOCK = builders.AT_FILING
JILIN, LIAONING = "220000", "210000"
LIST = (
    "报名号或准考证号,姓名,证件号码后四位,已缴费用（元）,考生意愿,意愿日期\n"
    "P1,样例小甲,001X,180.00,退费,2014-09-01\n"
    "P2,样例小乙,0028,180,,\n"
    "P3,样例小丙,12,180,,\n"
)


@pytest.fixture(autouse=True)
def clock(at):
    at(CLOCK)


def desk(place):
    client = Client()
    account = builders.officer_account("province_supervisor", place)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def province():
    return desk(JILIN)


def text_of(response, status=200):
    assert response.status_code == status, (response.status_code, response.content.decode()[-600:])
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def url(name, *args):
    return reverse(f"authority:reference-aftermath{'-' + name if name else ''}", args=args)


def opened(client, **changes):
    given = {"place": JILIN, "item": "房地产经纪人", "batch": "", "note": ""}
    return client.post(url("new"), {**given, **changes})


def met(client, case, **changes):
    given = {"stage": "registering", "organisation": "样例考试中心", "number": "2014-1", "day": "2014-07-01",
             "due_on": "2026-12-01", "note": ""}  # fmt: skip
    return client.post(url("batch-new", case.pk), {**given, **changes})


def brought(client, batch, text=LIST):
    return client.post(
        url("batch", batch.pk), {"file": SimpleUploadedFile("名单.csv", text.encode())}, follow=True
    )


def recorded(client, one, verb, **fields):
    return client.post(url("person-step", one.pk, verb), fields)


def test_from_the_cancelled_item_to_the_closed_case(province):
    """JL17-4."""
    assert "没有取消事项善后" in text_of(province.get(url("")))
    assert opened(province).status_code == 302
    case = CancellationCase.objects.get()
    page = text_of(province.get(url("case", case.pk)))
    for word in ("房地产经纪人", "2014-08-12", "国务院", "还没有登记批次", "能力水平的证明", "JL17-4"):
        assert word in page, word
    assert met(province, case).status_code == 302
    batch = case.batches.get()
    shown = text_of(brought(province, batch))
    for word in ("有的行没有登记", "P3", "不是四位"):
        assert word in shown, word
    back = province.get(url("bad-rows", batch.lists.get().pk))
    rows = pl.read_excel(io.BytesIO(back.content), engine="calamine", infer_schema_length=0)
    assert rows.height == 1
    first, second = batch.candidates.order_by("number")
    page = text_of(province.get(url("case", case.pk)))
    for word in ("未办妥的人员", "P1", "请办理退费", "P2", "请征求考生意愿", "180.00"):
        assert word in page, word
    refusal = text_of(province.post(url("step", case.pk, "close")), 409)
    assert "还有 2 人没有办妥" in refusal
    assert "P1" in refusal

    person = text_of(province.get(url("person", first.pk)))
    for word in ("登记退费", "尚需办理", "JL17-4", "证件号码后四位"):
        assert word in person, word
    wrong = recorded(province, first, "refund", amount_fen="100", paid_on="2014-09-10", voucher="TF1")
    assert "应退 180.00 元，填写的是 100.00 元" in text_of(wrong, 409)
    assert 'value="TF1"' in wrong.content.decode()
    assert "不是以元计的金额" in text_of(
        recorded(province, first, "refund", amount_fen="一百", paid_on="2014-09-10", voucher="TF1"), 422
    )
    fields = {"amount_fen": "180.00", "paid_on": "2014-09-10", "voucher": "TF1"}
    assert recorded(province, first, "refund", **fields).status_code == 302
    assert "已办妥" in text_of(province.get(url("person", first.pk)))
    recorded(province, second, "choose", choice="sit", chosen_on="2014-09-02")
    assert "没有继续组织" in text_of(province.get(url("person", second.pk)))
    whole = {"done_on": "2014-10-20", "note": "样例〔2014〕1号通知"}
    assert province.post(url("carry-out", batch.pk), whole).status_code == 302
    recorded(province, second, "result", is_passed="yes")
    recorded(province, second, "certify", number="样例001", granted_on="2014-12-01")
    assert "所有人员都已办妥" in text_of(province.get(url("case", case.pk)))
    assert "逐人重新判定" in text_of(province.get(url("step", case.pk, "close")))
    assert province.post(url("step", case.pk, "close")).status_code == 302
    case.refresh_from_db()
    assert case.state == "closed"
    person = text_of(province.get(url("person", second.pk)))
    assert "结案时" in person
    assert "登记发证" not in person
    assert "已结案" in text_of(province.get(url("")))
    for name in ("登记退费", "取消事项善后结案", "登记考生意愿"):
        assert name in text_of(province.get(reverse("authority:journal-list"))), name


def test_who_is_open_goes_into_the_queue_by_the_first_deadline(province):
    opened(province)
    case = CancellationCase.objects.get()
    actor = builders.officer("province_supervisor", JILIN)
    (task,) = as_tasks(list(queue_of(actor, CLOCK, Wanted(kind="aftermath"))))
    assert (task.what, task.due_on, task.step) == ("房地产经纪人", None, "办理中")
    met(province, case)
    (task,) = as_tasks(list(queue_of(actor, CLOCK, Wanted(kind="aftermath"))))
    assert (task.due_on, task.body) == (dt.date(2026, 12, 1), "样例考试中心")
    assert "取消善后待办" in text_of(province.get(reverse("authority:desk")))
    batch = case.batches.get()
    assert "催办" in text_of(province.get(url("remind", batch.pk)))
    province.post(url("remind", batch.pk), {"due_on": "2026-12-20", "note": "请补报名单"})
    assert "请补报名单" in text_of(province.get(url("batch", batch.pk)))
    (task,) = as_tasks(list(queue_of(actor, CLOCK, Wanted(kind="aftermath"))))
    assert task.due_on == dt.date(2026, 12, 20)


def test_forms_say_what_is_wrong_and_keep_what_was_typed(province):
    assert "没有“样例不存在”" in text_of(opened(province, item="样例不存在"), 422)
    assert 'value="样例不存在"' in opened(province, item="样例不存在").content.decode()
    opened(province)
    assert "已有一项善后" in text_of(opened(province), 409)
    case = CancellationCase.objects.get()
    late = met(province, case, day="2014-08-12")
    assert "不早于公布取消日" in text_of(late, 409)
    assert "样例考试中心" in late.content.decode()
    met(province, case)
    batch = case.batches.get()
    person = {"number": "P1", "name": "样例甲", "last_four": "12", "fee": "180"}
    assert "证件号码后四位" in text_of(province.post(url("person-new", batch.pk), person), 409)
    province.post(url("person-new", batch.pk), person | {"last_four": "001x"})
    one = AftermathCandidate.objects.get()
    assert (one.last_four, one.fee_fen) == ("001X", 18_000)
    assert "没有“登记毕业”这一步" in text_of(
        recorded(province, one, "graduate", graduated_on="2014-09-01"), 409
    )
    assert "表头" in brought(province, batch, "甲,乙\n1,2\n").content.decode()
    assert "误录" not in text_of(province.get(url("batch", batch.pk)))
    recorded(province, one, "remove", reason="误录")
    assert not AftermathCandidate.objects.exists()
    assert province.post(url("step", case.pk, "drop"), {"reason": "无受影响人员"}).status_code == 302


def test_lists_go_out_as_workbooks_without_full_names(province):
    opened(province)
    case = CancellationCase.objects.get()
    met(province, case)
    batch = case.batches.get()
    brought(province, batch)
    for address in (url("people", case.pk), url("batch", batch.pk)):
        answer = province.get(address, {"export": "xlsx", "settled": "no"})
        cells = str(pl.read_excel(io.BytesIO(answer.content), engine="calamine", has_header=False).rows())
        assert "P1" in cells
        assert "样例小甲" not in cells
        assert "180.00" in cells
        assert "样例小甲" not in text_of(province.get(address))
    assert "P1" not in text_of(province.get(url("people", case.pk), {"text": "P2"}))
    workbook = province.get(url(""), {"export": "xlsx"}).content
    cells = str(pl.read_excel(io.BytesIO(workbook), engine="calamine", has_header=False).rows())
    assert "房地产经纪人" in cells
    template = province.get(url("template", batch.pk)).content
    assert "考生意愿" in str(pl.read_excel(io.BytesIO(template), engine="calamine", has_header=False).rows())


def test_another_province_finds_nothing(province):
    opened(province)
    case = CancellationCase.objects.get()
    met(province, case)
    batch = case.batches.get()
    brought(province, batch)
    one = batch.candidates.first()
    other = desk(LIAONING)
    assert "房地产经纪人" not in text_of(other.get(url("")))
    for address in (
        url("case", case.pk), url("people", case.pk), url("batch", batch.pk), url("person", one.pk),
        url("list", batch.lists.get().pk),
    ):  # fmt: skip
        assert other.get(address).status_code == 404, address


def test_pages_with_many_people_need_few_queries(province, django_assert_max_num_queries):
    opened(province)
    case = CancellationCase.objects.get()
    met(province, case)
    batch = case.batches.get()
    rows = "".join(f"P{n},样例甲,{n:03}X,180,,\n" for n in range(100, 220))
    brought(province, batch, LIST.split("\n", maxsplit=1)[0] + "\n" + rows)
    assert batch.candidates.count() == 120
    for address in (url("case", case.pk), url("batch", batch.pk), url("people", case.pk), url("")):
        with django_assert_max_num_queries(24):
            text_of(province.get(address))
    assert "另有 110 人" in text_of(province.get(url("case", case.pk)))
