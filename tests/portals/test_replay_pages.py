"""A stored verdict judged again, as an officer meets it: as then, and as now."""

import shutil

import pytest
from django.urls import reverse

from tests import builders
from tests.portals import authority_builders
from zhiping.apps.exams.models import Enrolment
from zhiping.apps.reference.queries import law
from zhiping.apps.registry.models import Filing
from zhiping.kernel.place import Place
from zhiping.kernel.resources import VARIABLE, policy_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, at):
    """Sign an officer in."""
    at(builders.AT_REVIEW)

    def sign_in(role="city_handler", place=builders.FOSHAN):
        account = builders.officer_account(role, place)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


def address(name, *args):
    return reverse(f"authority:{name}", args=args)


@pytest.fixture
def policy_edited(monkeypatch, tmp_path):
    """Edit the policy files, as if notices had been changed since, and let the law be read anew."""
    folder = tmp_path / "policy"

    def edit(path, *pairs):
        if not folder.exists():
            shutil.copytree(policy_folder(), folder)
            monkeypatch.setenv(VARIABLE, str(folder))
        text = (folder / path).read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        (folder / path).write_text(text, encoding="utf-8")
        law.cache_clear()

    yield edit
    law.cache_clear()


MORE_STAFF = (("value: 300\n        wording: 300人以上", "value: 50000\n        wording: 50000人以上"),)


def test_a_filings_verdict_then_stands_beside_the_verdict_now(desk, policy_edited):
    one = authority_builders.city()
    client = desk()
    text = client.get(address("replay-filing", one.noticed.pk)).content.decode()
    assert "重演一致" in text
    assert "按现在收录的规则判定，结果也逐字相同" in text
    assert "当时与现在相同的规则" in text
    policy_edited("parameters/employer_filing.yaml", *MORE_STAFF)
    text = client.get(address("replay-filing", one.noticed.pk)).content.decode()
    assert "重演一致" in text
    assert "按当时版本：逐字相同" in text
    assert "按现在的规则，结论不同" in text
    assert "当时：" in text
    assert "现在：" in text
    assert (
        "参数的取值变了；用人单位备案最低参保职工人数："
        "300人（原文“300人以上”） → 50000人（原文“50000人以上”）" in text
    )


def test_what_was_tampered_with_shows(desk):
    one = authority_builders.city()
    client = desk()
    review = one.noticed.reviews.filter(verdict__isnull=False).order_by("-id").first()
    finding = next(part for part in review.verdict["body"]["findings"] if part["rule"] == "REG-003")
    finding["message"] = "改过的话"
    review.save(update_fields=["verdict"])
    text = client.get(address("replay-filing", one.noticed.pk)).content.decode()
    assert "重演不一致" in text
    older = one.noticed.reviews.filter(verdict__isnull=False).order_by("id").first()
    assert (
        "重演一致"
        in client.get(address("replay-filing", one.noticed.pk), {"step": older.pk}).content.decode()
    )
    finding["snapshot"] = "0" * 16
    review.verdict["body"]["facts"]["vanished"] = 1
    review.save(update_fields=["verdict"])
    text = client.get(address("replay-filing", one.noticed.pk)).content.decode()
    assert "不能按当时的版本重演" in text
    assert "没有留存当时版本的规则：REG-003" in text
    assert "按现在的规则无法判定" in text
    assert "vanished" in text


def test_a_rule_that_a_plan_was_judged_by_may_be_gone(desk, policy_edited):
    one = authority_builders.city()
    (rule, *_) = (
        part["rule"] for part in one.declared.verdict[0]["verdict"]["findings"] if part["outcome"] == "pass"
    )
    there = law().rules[rule].origin.file
    since = law().rules[rule].period.start.isoformat()
    policy_edited(there, (f"from: {since}", "from: 2099-01-01"))
    text = desk().get(address("replay-plan", one.declared.pk)).content.decode()
    assert "重演一致" in text
    assert "现在没有这条规则" in text
    assert rule in text


def test_plans_and_enrolments_are_judged_again(desk):
    one = authority_builders.city()
    client = desk()
    assert "重演一致" in client.get(address("replay-plan", one.declared.pk)).content.decode()
    enrolment = Enrolment.objects.filter(sitting=one.issued_sitting).first()
    text = client.get(address("replay-enrolment", enrolment.pk)).content.decode()
    assert "重演一致" in text
    Enrolment.objects.filter(pk=enrolment.pk).update(
        verdict={"candidate": "refuse", "entry": "pass", "refused": ["EXM-021"], "unknown": []}
    )
    text = client.get(address("replay-enrolment", enrolment.pk)).content.decode()
    assert "重演有差异" in text
    assert "EXM-021" in text
    Enrolment.objects.filter(pk=enrolment.pk).update(verdict=None)
    assert "没有留存判定" in client.get(address("replay-enrolment", enrolment.pk)).content.decode()
    Filing.objects.filter(pk=one.noticed.pk).update(verdict=None)
    one.noticed.reviews.update(verdict=None)
    assert "没有固定的判定" in client.get(address("replay-filing", one.noticed.pk)).content.decode()


def test_the_verdict_by_which_certificates_were_issued_is_judged_again(desk, policy_edited):
    one = authority_builders.city()
    client = desk()
    there = address("replay-issue", one.issued_sitting.pk)
    assert there in client.get(address("sittings-show", one.issued_sitting.pk)).content.decode()
    text = client.get(there).content.decode()
    assert "重演一致" in text
    assert "按现在收录的规则判定，结果也逐字相同" in text
    rule = law().rules_in_force(
        "certificate", place=Place(one.issued_sitting.place), on=builders.AT_REVIEW.today()
    )[0]
    policy_edited(rule.origin.file, (f"title: {rule.title}", "title: 改过的标题"))
    text = client.get(there).content.decode()
    assert "重演一致" in text
    assert "规则版本相同，条款摘要、标题或说明的文字不同" in text
    assert "没有固定的判定" in client.get(address("replay-issue", one.planned.pk)).content.decode()


def test_a_number_leads_to_its_verdicts_within_reach_only(desk):
    one = authority_builders.city()
    enrolment = Enrolment.objects.filter(sitting=one.issued_sitting).first()
    ways = {
        one.noticed.number: address("replay-filing", one.noticed.pk),
        one.declared.number.lower(): address("replay-plan", one.declared.pk),
        one.issued_sitting.number: address("replay-issue", one.issued_sitting.pk),
        enrolment.ticket: address("replay-enrolment", enrolment.pk),
    }
    client = desk()
    for number, url in ways.items():
        assert client.post(address("replay-start"), {"number": number}).url == url
    assert "判定重演" in client.get(address("replay-start")).content.decode()
    client = desk(place=builders.SHENYANG)
    for number, url in ways.items():
        response = client.post(address("replay-start"), {"number": number})
        assert response.status_code == 422
        assert client.get(url).status_code == 404
