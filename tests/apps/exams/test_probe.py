import time
import pytest
from tests import builders
pytestmark = pytest.mark.django_db

def test_probe():
    t=time.time()
    b = builders.confirmed_body(place=builders.SHENYANG_DISTRICT)
    print("confirmed", time.time()-t, b.state, b.site_code, list(b.scope_lines.values_list("level","place")))
    t=time.time()
    s = builders.accepted_sitting(b)
    print("accepted", time.time()-t)
    t=time.time()
    s = builders.enrolled_sitting(b, day=builders.dt.date(2026,11,27), candidates=8)
    print("enrolled", time.time()-t, s.enrolments.count(), s.imports.first().problems)
    t=time.time()
    s = builders.approved_sitting()
    print("approved", time.time()-t)
