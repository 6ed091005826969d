"""A page that declares a clause shows what the clause wants shown."""

import pytest
from django.urls import reverse

from tests import builders
from tests.apps.reference.test_catalogues import CLOCK, JILIN, bring, cancelled, details, item, keeper
from zhiping.apps.certificates import actions as certificates
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.reference import actions as reference
from zhiping.portals.public.texts import ANSWERS, GUIDES
from zhiping.portals.public.views.certificates import verify

pytestmark = pytest.mark.django_db


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_anybody_looks_a_certificate_up_and_sees_what_is_printed_and_whether_it_holds(client, at):
    """Authority: GD18-4a, FS20-4.3."""
    sitting = builders.approved_sitting()
    handler = builders.officer("city_handler", builders.FOSHAN)
    certificates.issue_certificates(sitting.pk, actor=handler, clock=builders.AT_REVIEW)
    at(builders.AT_REVIEW)
    found = Certificate.objects.order_by("id").first()
    assert {"GD18-4a", "FS20-4.3"} <= set(verify.clauses)
    assert "证书编号" in text_of(client.get("/verify"))
    assert found.number in text_of(client.get(f"/verify/{found.number}"))
    asked = {"number": found.number, "second": found.holder_name}
    shown = text_of(client.post("/verify", asked, REMOTE_ADDR="198.51.100.201"))
    for printed in (found.number, found.holder_name, found.occupation_name, found.body_name, "有效"):
        assert printed in shown, printed
    wrong = {"number": found.number, "second": "别的名字"}
    assert found.body_name not in text_of(client.post("/verify", wrong, REMOTE_ADDR="198.51.100.202"))


def test_every_guide_is_listed_and_opens_with_all_its_steps(client):
    """Authority: FS20-3.3."""
    listed = text_of(client.get("/guide/"))
    assert GUIDES
    for one in GUIDES:
        assert f"/guide/{one.name}/" in listed
        opened = text_of(client.get(f"/guide/{one.name}/"))
        assert [step for part in one.parts for step in part.steps if step not in opened] == []
    assert [one.question for one in ANSWERS if one.question not in listed] == []


def test_the_list_of_who_implements_what_is_published_with_the_edition(client):
    """Authority: GD18-4b, JL17-2a."""
    edition = reference.open_edition(details(), actor=keeper(), clock=CLOCK)
    bring("directory", item("教师资格", 组织实施机构="某市教育考试院"), edition=edition.pk)
    page, asked = reverse("public:catalogues-implementing"), {"place": JILIN}
    assert "某市教育考试院" not in text_of(client.get(page, asked)), "a draft is nobody's business"
    reference.publish_edition(edition.pk, actor=keeper(), clock=CLOCK)
    shown = text_of(client.get(page, asked))
    assert "教师资格" in shown
    assert "某市教育考试院" in shown
    assert text_of(client.get("/catalogues/", asked))


def test_a_cancelled_item_says_that_earlier_certificates_stay_proof_of_ability(client):
    """Authority: JL17-4, which binds in Jilin alone."""
    asked = {"name": "物业管理师", "on": "2019-05-10"}
    pages = {name: reverse(f"public:catalogues-{name}") for name in ("check", "cancelled")}
    for page in pages.values():
        shown = text_of(client.get(page, asked | {"place": JILIN}))
        assert "继续作为能力水平的证明" in shown
        assert "JL17-4" in shown
        elsewhere = text_of(client.get(page, asked))
        assert "继续作为能力水平的证明" in elsewhere
        assert "JL17-4" not in elsewhere
    listed = {"name": "导游资格", "on": "2019-05-10", "place": JILIN}
    assert "能力水平的证明" not in text_of(client.get(pages["check"], listed))


def test_the_annexed_lists_of_cancelled_items_are_imported_and_shown(client):
    """Authority: JL17-A1, JL17-A2, JL17-1a."""
    page, asked = reverse("public:catalogues-cancelled"), {"place": JILIN, "name": "甲乙丙管理师"}
    assert "甲乙丙管理师</" not in text_of(client.get(page, {"place": JILIN}))
    done = bring("cancelled", cancelled("甲乙丙管理师"))
    assert not done.problems
    assert "甲乙丙管理师" in text_of(client.get(page, asked))
