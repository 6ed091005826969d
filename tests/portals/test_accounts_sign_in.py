"""Signing in and out, lockout, and what only a demonstration has."""

import pytest

from tests import builders
from zhiping.apps.authorities.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer():
    return builders.officer_account()


def test_an_officer_is_led_to_the_desk_and_a_clerk_to_the_body(client, officer, at):
    for account, portal in ((officer, "/desk/"), (builders.clerk_account(builders.new_body()), "/body/")):
        answer = client.post(
            "/sign-in/",
            {"username": account.username, "password": builders.PASSWORD},
            REMOTE_ADDR="198.51.100.201",
        )
        assert answer["Location"] == "/after-sign-in/"
        assert client.get("/after-sign-in/")["Location"] == portal


def test_a_wrong_password_is_told_in_chinese_and_many_are_locked_out(client, officer):
    def attempt(password):
        return client.post(
            "/sign-in/", {"username": officer.username, "password": password}, REMOTE_ADDR="198.51.100.202"
        )

    assert "用户名或密码不正确" in attempt("wrong").content.decode()
    answers = [attempt("wrong").status_code for _ in range(8)]
    assert answers[-1] == 429
    locked = attempt(builders.PASSWORD)
    assert locked.status_code == 429, "also the right password, for a while"
    assert "已暂停登录 15 分钟" in locked.content.decode()


@pytest.mark.parametrize("address", ["https://example.com/", "//example.com/", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(client, officer, address):
    answer = client.post(
        "/sign-in/",
        {"username": officer.username, "password": builders.PASSWORD, "next": address},
        REMOTE_ADDR="198.51.100.203",
    )
    assert answer["Location"] == "/after-sign-in/"


def test_signing_in_leads_back_to_the_page_asked_for(client, officer):
    answer = client.get("/desk/filings/")
    assert answer["Location"] == "/sign-in/?next=/desk/filings/"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="next" value="/desk/filings/"' in page
    answer = client.post(
        "/sign-in/",
        {"username": officer.username, "password": builders.PASSWORD, "next": "/desk/filings/"},
        REMOTE_ADDR="198.51.100.204",
    )
    assert answer["Location"] == "/desk/filings/"


def test_signing_out_takes_a_post(client, officer):
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/after-sign-in/")["Location"].startswith("/sign-in/")


# --- demonstration -------------------------------------------------------------------------------


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.STATE_DIR = tmp_path


def test_demo_accounts_are_listed_by_role_and_enter_by_one_click(client, officer, demo):
    Account.objects.filter(pk=officer.pk).update(is_demo=True)
    page = client.get("/sign-in/").content.decode()
    assert officer.username in page
    assert "市级经办人" in page
    client.post("/demo/sign-in/", {"username": officer.username})
    assert client.get("/after-sign-in/")["Location"] == "/desk/"


def test_an_account_that_is_not_for_demonstration_never_enters_by_a_click(client, officer, demo):
    assert client.post("/demo/sign-in/", {"username": officer.username}).status_code == 404
    assert client.get("/after-sign-in/")["Location"].startswith("/sign-in/")


def test_in_service_there_is_no_demonstration(client, officer, settings):
    settings.DEMO = False
    Account.objects.filter(pk=officer.pk).update(is_demo=True)
    assert officer.username not in client.get("/sign-in/").content.decode()
    assert client.post("/demo/sign-in/", {"username": officer.username}).status_code == 404
    assert client.get("/demo/clock/").status_code == 404
    assert client.post("/demo/clock/", {"step": "7"}).status_code == 404


def test_the_demonstrations_day_moves_and_every_page_says_so(client, demo):
    assert "演示环境：日期已拨到" not in client.get("/").content.decode()
    client.post("/demo/clock/", {"step": "7"})
    client.post("/demo/clock/", {"step": "1"})
    page = client.get("/about/").content.decode()
    assert "演示环境：日期已拨到" in page
    assert "相差 8 天" in page
    client.post("/demo/clock/", {"day": "2030-01-01"})
    assert "2030年1月1日" in client.get("/demo/clock/").content.decode()
    client.post("/demo/clock/", {"step": "back"})
    assert "演示环境：日期已拨到" not in client.get("/").content.decode()


def test_a_day_that_is_none_is_refused_with_a_sentence(client, demo):
    page = client.post("/demo/clock/", {"day": "明天"}).content.decode()
    assert "日期应写成" in page
    assert "演示环境：日期已拨到" not in client.get("/").content.decode()
