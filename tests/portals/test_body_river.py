"""The builders walk the river by the real actions."""

import pytest

from tests import builders

pytestmark = pytest.mark.django_db


def test_the_builders_walk_from_draft_to_approved_results():
    sitting = builders.approved_sitting()
    assert sitting.state == "approved"
    assert sitting.enrolments.count() == 5
    enrolment = sitting.enrolments.first()
    assert enrolment.person.paper_kind == "居民身份证"
    assert enrolment.person.born_on is not None
    assert enrolment.recognition_kind == "初次认定"
