"""Blank certificates on the desk: asked, summed, supplied, used, written off — as officers meet it."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.urls import reverse

from tests import builders
from tests.portals import authority_builders
from zhiping.apps.certificates import actions
from zhiping.apps.certificates.models import BlankRange, BlankRequest, BlankStock, BlankWriteOff
from zhiping.apps.certificates.states import BlankKind, BlankRequestState, Shelf, WriteOffState
from zhiping.apps.journal.models import Entry
from zhiping.portals import clock as portal_clock
from zhiping.portals import context, gate

pytestmark = pytest.mark.django_db

MISSING = re.compile(r"操作未完成（|未命名状态|未知地区|其他操作|其他内容|\{\{|\{%|None")
SIGNED_BY = "django.contrib.auth.backends.ModelBackend"
CLOCK = builders.AT_REVIEW
GUANGDONG = "440000"
DUE = dt.date(2026, 12, 20)


@pytest.fixture(autouse=True)
def at(monkeypatch):
    """Let the desk live on the day of the review."""
    for module in (gate, context, portal_clock):
        monkeypatch.setattr(module, "current_clock", lambda: CLOCK)


@pytest.fixture
def desk(client):
    """Sign an officer in."""

    def sign_in(role="city_handler", place=builders.FOSHAN):
        account = builders.officer_account(role, place)
        client.force_login(account, backend=SIGNED_BY)
        return client

    return sign_in


def address(name, *args):
    return reverse(f"authority:{name}", args=args)


def read(client, name, *args, **query):
    answer = client.get(address(name, *args), query)
    text = answer.content.decode()
    assert answer.status_code == 200, (name, answer.status_code, text[:1500])
    assert not MISSING.search(text), (name, text[max(0, MISSING.search(text).start() - 200) :][:400])
    return text


def send(client, name, *args, **given):
    return client.post(address(name, *args), given, follow=True)


def need(quantity, kind=BlankKind.SKILL_LEVEL):
    return actions.Need(kind=kind, quantity=quantity, due_on=DUE, project="电工")


def by(role, place):
    return {"actor": builders.officer(role, place), "clock": CLOCK}


def stocked(quantity=50):
    """Bring blanks from Guangdong's store through Foshan to Shunde."""
    province, city = by("province_supervisor", GUANGDONG), by("city_handler", builders.FOSHAN)
    details = actions.SeriesDetails(kind=BlankKind.SKILL_LEVEL, prefix="GD", width=6)
    actions.open_blank_series(GUANGDONG, details, **province)
    actions.receive_blanks("GD000001", "GD000500", reference="样例交货单", **province)
    asked = actions.request_blanks(builders.FOSHAN, need(100), **city)
    actions.supply_blanks(asked.pk, [("GD000001", "GD000100")], **province)
    district = by("district_handler", builders.SHUNDE)
    line = actions.request_blanks(builders.SHUNDE, need(quantity), **district)
    actions.supply_blanks(line.pk, [("GD000001", f"GD{quantity:06d}")], **city)
    return district


def where(serial):
    row = BlankRange.objects.select_related("stock").get(span__contains=serial)
    return row.stock.place, row.shelf


PLAIN = (
    "blanks-balance", "blanks-ledger", "blanks-requests", "blanks-write-offs", "blanks-request-new",
    "blanks-sum", "blanks-spoil", "blanks-destroy", "blanks-lose", "blanks-return", "blanks-hand-out",
)  # fmt: skip


def test_empty_pages_say_what_to_do_next(desk):
    client = desk()
    for name in PLAIN:
        read(client, name)
    assert "请先提出申领" in read(client, "blanks-balance")
    assert "没有待汇总的申领单" in read(client, "blanks-sum")
    province = desk("province_supervisor", GUANGDONG)
    for name in ("blanks-balance", "blanks-series", "blanks-receive"):
        read(province, name)


def test_from_the_need_to_the_shelf_through_the_pages(desk):
    district = desk("district_handler", builders.SHUNDE)
    asked = {
        "place": builders.SHUNDE, "kind": "skill_level", "quantity": "40", "project": "电工",
        "due_on": "2026-12-20", "note": "",
    }  # fmt: skip
    answer = send(district, "blanks-request-new", **{**asked, "due_on": "2026-12-01"})
    assert answer.status_code == 409
    assert "早于今天（2026-12-09）" in answer.content.decode()
    assert 'value="40"' in answer.content.decode(), "what was typed stays"
    answer = send(district, "blanks-request-new", **asked)
    assert "由广东省佛山市办理" in answer.content.decode()
    line = BlankRequest.objects.get()

    city = desk()
    assert "空白证书待供应" in read(city, "desk")
    assert line.number in read(city, "desk", kind="blank_request")
    page = read(city, "blanks-sum", kind="skill_level")
    assert "申领 40 张" in page
    grant = {
        f"take_{line.pk}": "on", f"granted_{line.pk}": "30", f"reason_{line.pk}": "", "own": "5",
        "due_on": "2026-12-18", "note": "",
    }  # fmt: skip
    refused = city.post(f"{address('blanks-sum')}?kind=skill_level", grant)
    assert refused.status_code == 409
    assert "核减时必须写明原因" in refused.content.decode()
    grant[f"reason_{line.pk}"] = "上季结余"
    answer = city.post(f"{address('blanks-sum')}?kind=skill_level", grant, follow=True)
    assert "共 35 张，报广东省" in answer.content.decode()
    whole = BlankRequest.objects.get(place=builders.FOSHAN)

    province = desk("province_supervisor", GUANGDONG)
    assert whole.number in read(province, "desk", kind="blank_request")
    send(province, "blanks-series", place=GUANGDONG, kind="skill_level", letters="gd", width="6")
    answer = send(
        province, "blanks-receive", first="GD000001", last="GD000200", reference="样例交货单第 1 号"
    )
    assert "GD000001—GD000200 已入库" in answer.content.decode()
    assert "GD000001—GD000035" in read(province, "blanks-supply", whole.pk), "a proposal to be confirmed"
    answer = send(province, "blanks-supply", whole.pk, spans="GD000001-GD000020\nGD000101 至 GD000115")
    assert "已供应 35 张，尚缺 0 张" in answer.content.decode()

    city = desk()
    answer = send(city, "blanks-supply", line.pk, spans="GD000001—GD000020\nGD000101—GD000111")
    assert answer.status_code == 409
    assert "还应供应 30 张，本次选了 31 张" in answer.content.decode()
    send(city, "blanks-supply", line.pk, spans="GD000001—GD000020\nGD000101—GD000110")
    line.refresh_from_db()
    assert line.state == BlankRequestState.SUPPLIED
    page = read(desk("district_handler", builders.SHUNDE), "blanks-request", line.pk)
    assert "上季结余" in page
    assert "GD000101—GD000110" in page
    read(desk(), "blanks-request", whole.pk)
    assert whole.number not in read(desk("province_supervisor", GUANGDONG), "desk", kind="blank_request")


def test_the_balance_shows_its_proof_and_a_gap(desk):
    stocked()
    page = read(desk(), "blanks-balance")
    assert "收支平衡" in page
    assert "全数核对" not in page, "over all places only for who reads in the whole province"
    page = read(desk("province_supervisor", GUANGDONG), "blanks-balance")
    assert "全部有着落" in page
    assert "入库 500 张，现存各处合计 500 张" in page
    held = BlankRange.objects.get(stock__place=builders.SHUNDE)
    BlankRange.objects.filter(pk=held.pk).update(span=type(held.span)(1, 49))
    page = read(desk("province_supervisor", GUANGDONG), "blanks-balance")
    assert "账实不符" in page
    assert "入库后不知去向" in page
    assert "GD000049—GD000050" in page


def test_balance_and_ledger_are_exported(desk):
    stocked()
    client = desk()
    for name, caption in (
        ("blanks-balance", "差额"),
        ("blanks-ledger", "流水区间"),
        ("blanks-requests", "核定"),
    ):
        answer = client.get(address(name), {"export": "xlsx"})
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
        assert any(caption in row for row in rows), name
        assert len(rows) > 2
    text = "".join(str(cell) for row in rows for cell in row)
    assert "佛山市" in text
    answer = client.get(address("blanks-balance"), {"export": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    header = next(row for row in rows if "差额" in row)
    at_shunde = next(row for row in rows if row[0] == "顺德区")
    line = dict(zip(header, at_shunde, strict=True))
    assert (line["上级供应"], line["库存"], line["差额"]) == (50, 50, 0)


def test_one_serial_is_followed_from_the_printer_to_its_end(desk):
    keeper = stocked()
    actions.spoil_blanks("GD000007", "", reason="裁切偏斜", **keeper)
    client = desk()
    page = read(client, "blanks-ledger", serial="gd000007")
    for word in ("供应", "登记损毁", "裁切偏斜", "损毁待见证"):
        assert word in page
    assert page.count("<tr") == 1 + 3, "to the city, to the district, spoiled; receipt is the province's"
    assert "没有符合条件的流水" in read(client, "blanks-ledger", serial="GD999999")
    assert "没有符合条件的流水" in read(client, "blanks-ledger", serial="不成号")


def test_a_certificate_is_put_on_a_blank_and_a_spoiled_sheet_is_exchanged(desk):
    stocked()
    city = authority_builders.city()
    number = city.certificate.number
    client = desk("district_handler", builders.SHUNDE)
    assert "没有登记空白证书流水号" in read(client, "certificates-show", number)
    assert "下一张 GD000001" in read(client, "certificates-blank", number)
    answer = send(client, "certificates-blank", number, serial="GD000060", stock="")
    assert answer.status_code == 409
    assert "现由佛山市保管，不在顺德区的库存中" in answer.content.decode()
    shelf = BlankStock.objects.get(place=builders.SHUNDE)
    answer = send(client, "certificates-blank", number, serial="", stock=str(shelf.pk))
    assert "现用流水号" in answer.content.decode()
    assert "GD000001" in answer.content.decode()
    assert "损毁换纸" in answer.content.decode()
    answer = send(client, "certificates-blank", number, serial="GD000002", stock="", reason="")
    assert answer.status_code == 422
    send(client, "certificates-blank", number, serial="GD000002", stock="", reason="墨粉脱落")
    page = read(client, "certificates-show", number)
    for word in ("GD000001", "GD000002", "墨粉脱落", number):
        assert word in page
    assert where(1) == (builders.SHUNDE, Shelf.SPOILING)
    sitting = city.issued_sitting
    assert "批次登记空白证书" in read(desk(), "sittings-show", sitting.pk)
    client = desk("district_handler", builders.SHUNDE)
    assert "有 2 本有效证书尚未登记" in read(client, "sittings-blanks", sitting.pk)
    answer = send(client, "sittings-blanks", sitting.pk, first="GD000010")
    assert "2 本证书使用空白证书 GD000010 至 GD000011" in answer.content.decode()
    answer = send(client, "sittings-blanks", sitting.pk, first="GD000012")
    assert answer.status_code == 409


def test_write_offs_wait_for_a_second_person(desk):
    stocked()
    client = desk("district_handler", builders.SHUNDE)
    answer = send(client, "blanks-spoil", first="GD000001", last="GD000003", reason="受潮")
    one = BlankWriteOff.objects.get()
    assert one.number in answer.content.decode()
    page = read(client, "blanks-write-off", one.pk)
    assert "等待另一人见证" in page
    assert "见证属实" not in page
    answer = send(client, "blanks-write-off-step", one.pk, "confirm_write_off", opinion="")
    assert answer.status_code == 409
    assert "见证须由另一名有见证职责的人员办理" in answer.content.decode()
    assert one.number not in read(client, "desk", kind="blank_write_off")

    witness = desk("city_leader", builders.FOSHAN)
    assert one.number in read(witness, "desk", kind="blank_write_off")
    assert "见证属实" in read(witness, "blanks-write-off", one.pk)
    answer = send(witness, "blanks-write-off-step", one.pk, "reject_write_off", opinion="")
    assert answer.status_code == 409
    send(witness, "blanks-write-off-step", one.pk, "confirm_write_off", opinion="当面清点")
    one.refresh_from_db()
    assert one.state == WriteOffState.CONFIRMED
    assert "当面清点" in read(witness, "blanks-write-off", one.pk)
    client = desk("district_handler", builders.SHUNDE)
    send(client, "blanks-destroy", first="GD000001", last="GD000003", reason="集中销毁")
    assert where(2) == (builders.SHUNDE, Shelf.DESTROYING)
    page = read(client, "blanks-write-offs")
    assert page.count("受潮") == 1
    assert "待见证" in page


def test_lost_blanks_are_announced_to_everybody(desk, client):
    stocked()
    keeper = desk("district_handler", builders.SHUNDE)
    answer = send(
        keeper, "blanks-lose", first="GD000004", last="GD000005", reason="搬迁时遗失", statement="特此声明。"
    )
    assert "已声明作废" in answer.content.decode()
    client.logout()
    url = reverse("public:blank-losses")
    text = client.get(url).content.decode()
    assert "GD000004—GD000005" in text
    assert "广东省佛山市顺德区" in text
    assert "特此声明" in text
    assert "搬迁时遗失" not in text, "how it happened is not public"
    text = client.get(url, {"serial": "gd 000005"}).content.decode()
    assert "该流水号已声明作废" in text
    for serial in ("GD000006", "XX1", "<script>"):
        text = client.get(url, {"serial": serial}).content.decode()
        assert "该流水号不在作废公告中" in text
        assert "这不表示证书有效" in text
        assert "<script>" not in text.split("<main", 1)[1].split("</main", 1)[0]
    assert "空白证书作废公告" in client.get(reverse("public:registry-notices")).content.decode()
    assert client.get(url, {"export": "xlsx"}).status_code == 200
    assert client.get(url, {"export": "json"}).json()["rows"][0]["流水号"] == "GD000004—GD000005"


def test_the_public_page_says_so_when_nothing_is_lost(client):
    text = client.get(reverse("public:blank-losses")).content.decode()
    assert "没有符合条件的公告" in text


def test_stock_and_returns_and_bodies(desk):
    stocked()
    city = authority_builders.city()
    client = desk("district_handler", builders.SHUNDE)
    shelf = BlankStock.objects.get(place=builders.SHUNDE)
    page = read(client, "blanks-stock", shelf.pk)
    assert "GD000001—GD000050" in page
    answer = send(
        client,
        "blanks-hand-out",
        place=builders.SHUNDE,
        body=str(city.body.pk),
        first="GD000001",
        last="GD000009",
    )
    assert "已发放" in answer.content.decode()
    assert city.body.name in read(client, "blanks-balance")
    answer = send(client, "blanks-return", first="GD000001", last="GD000009", reason="用不完")
    assert "已退回" in answer.content.decode()
    assert where(1) == (builders.SHUNDE, Shelf.ON_HAND)
    answer = send(client, "blanks-return", first="GD000060", last="", reason="用不完")
    assert answer.status_code == 409
    assert "GD000060 不在您保管的库存中" in answer.content.decode()
    assert 'value="GD000060"' in answer.content.decode(), "what was typed stays"


def test_officers_of_another_city_meet_none_of_it(desk):
    keeper = stocked()
    line = actions.request_blanks(builders.SHUNDE, need(7), **keeper)
    one = actions.spoil_blanks("GD000001", "", reason="受潮", **keeper)
    shelf = BlankStock.objects.get(place=builders.SHUNDE)
    number = authority_builders.city().certificate.number
    foreign = desk("city_handler", builders.SHENYANG)
    before = Entry.objects.count()
    for name, args in (
        ("blanks-stock", [shelf.pk]),
        ("blanks-request", [line.pk]),
        ("blanks-supply", [line.pk]),
        ("blanks-request-step", [line.pk, "decline"]),
        ("blanks-write-off", [one.pk]),
        ("blanks-write-off-step", [one.pk, "confirm_write_off"]),
        ("certificates-blank", [number]),
    ):
        given = {"reason": "越权", "opinion": "越权", "spans": "GD000060", "serial": "GD000002"}
        assert foreign.get(address(name, *args)).status_code in {403, 404, 409}, name
        assert foreign.post(address(name, *args), given).status_code in {403, 404, 409}, name
    for name in ("spoil", "lose", "return", "destroy"):
        given = {"first": "GD000002", "last": "", "reason": "越权", "statement": ""}
        assert foreign.post(address(f"blanks-{name}"), given).status_code in {403, 409}, name
    assert Entry.objects.count() == before
    for name in ("blanks-balance", "blanks-ledger", "blanks-requests", "blanks-write-offs"):
        text = read(foreign, name)
        assert "GD0000" not in text
        assert "佛山" not in text
    for name in ("blanks-ledger", "blanks-requests"):
        answer = foreign.get(address(name), {"export": "xlsx"})
        rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
        assert "GD0000" not in str(rows)


def test_lists_stay_cheap(desk, django_assert_max_num_queries):
    keeper = stocked()
    for serial in range(1, 21):
        actions.spoil_blanks(f"GD{serial:06d}", "", reason="受潮", **keeper)
    client = desk()
    for name in ("blanks-balance", "blanks-ledger", "blanks-requests", "blanks-write-offs"):
        with django_assert_max_num_queries(32):
            read(client, name)


def test_the_trace_of_a_request_is_readable(desk):
    stocked()
    line = BlankRequest.objects.get(place=builders.SHUNDE)
    page = read(desk(), "journal-trace", "certificates.blankrequest", line.pk)
    assert "申领空白证书" in page
    assert "供应空白证书" in page
    entry = Entry.objects.filter(event="certificates.blanks_supplied").first()
    assert "流水区间" in read(desk("province_supervisor", GUANGDONG), "journal-show", entry.pk)
