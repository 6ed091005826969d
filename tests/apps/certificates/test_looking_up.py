import asyncio
import datetime as dt
import functools
import itertools
import json
from urllib.parse import quote, urlencode

import pytest
from certificate_world import CLOCK, FOSHAN, approved_sitting, enrol, filed_body, officer
from django.conf import settings
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from test_changes import APRIL, do, issued

from zhiping.apps.authorities import walls
from zhiping.apps.certificates import limits
from zhiping.apps.certificates.actions import ask, forget_counts, issue_certificates
from zhiping.apps.certificates.errors import SecondFactMissingError, TooManyRequestsError
from zhiping.apps.certificates.lookups import card_json, from_row, name_key, number_key
from zhiping.apps.certificates.models import Certificate, LookUpCount
from zhiping.apps.certificates.queries import look_up
from zhiping.apps.journal.models import Entry
from zhiping.apps.registry.actions import remove_body, suspend_body
from zhiping.kernel.clock import CHINA, FixedClock
from zhiping.kernel.sealing import Sealer
from zhiping.portals.lookup import process as fast
from zhiping.portals.lookup.desk import Desk, opener
from zhiping.portals.lookup.wire import Request
from zhiping.portals.refusals import sentence

TODAY = APRIL.today()
_clients = (f"198.51.{n // 250}.{n % 250}" for n in itertools.count(1))


def certificate_of(name="阿依古丽·买买提", place="210102", number="990101199001010019"):
    body = filed_body(place)
    sitting = approved_sitting(body)
    enrol(sitting, name, number=number)
    issue_certificates(sitting.pk, actor=officer(place), clock=CLOCK)
    return Certificate.objects.get(enrolment__sitting=sitting)


SPELLINGS = [
    lambda n: n,
    lambda n: n.lower(),
    lambda n: f" {n[:4]} {n[4:13]}　{n[13:]} ",
    lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n),
    lambda n: n.replace("0", "O"),
    lambda n: n.replace("1", "l"),
    lambda n: f"'{n}\u200b",
]
NAMES = [
    "阿依古丽·买买提",
    "阿依古丽•买买提",
    "阿依古丽・买买提",
    "阿依古丽 ･ 买买提",
    "阿依古丽‧买买提",
    "　阿依古丽·买买提\u200b",
]
WRONG_NAMES = [
    "阿依古丽",
    "买买提",
    "阿依古丽买买提",
    "阿依古",
    "阿依古麗·买买提",
    "",
    "%",
    "阿依古丽_买买提",
]
WRONG_FOURS = ["0018", "19", "00019", "", "001", "%019", "\uff2f\uff2f19"]


@pytest.mark.django_db
def test_number_and_name_or_number_and_four_characters_find_it_in_every_spelling():
    certificate = certificate_of()
    for spelled in SPELLINGS:
        number = spelled(certificate.number)
        assert look_up(number, last_four="0019", today=TODAY).number == certificate.number
        assert look_up(number, last_four="００１９", today=TODAY)
        for name in NAMES:
            assert look_up(number, name=name, today=TODAY).holder_name == certificate.holder_name
    assert look_up(certificate.number, name=NAMES[0], last_four="0019", today=TODAY)


@pytest.mark.django_db
def test_one_fact_is_not_enough_and_a_wrong_one_is_as_good_as_none():
    certificate = certificate_of()
    for name in WRONG_NAMES:
        if name:
            assert look_up(certificate.number, name=name, today=TODAY) is None, name
    for four in WRONG_FOURS:
        if four:
            assert look_up(certificate.number, last_four=four, today=TODAY) is None, four
    assert look_up(certificate.number, name=NAMES[0], last_four="0018", today=TODAY) is None
    assert look_up(certificate.number, name="别人", last_four="0019", today=TODAY) is None
    for nothing in ({}, {"name": ""}, {"name": " ", "last_four": "\u200b"}):
        with pytest.raises(SecondFactMissingError):
            look_up(certificate.number, **nothing, today=TODAY)


@pytest.mark.django_db
def test_numbers_that_only_look_alike_in_other_scripts_are_unknown():
    certificate = certificate_of()
    cyrillic = certificate.number.replace("Y", "\u0423")
    for number in (cyrillic, certificate.number[:-1], certificate.number + "0", "", "%", "Y" * 22):
        assert look_up(number, last_four="0019", today=TODAY) is None


@pytest.mark.django_db
def test_every_printed_field_is_shown_and_the_paper_is_masked():
    certificate = certificate_of()
    body = certificate.body
    shown = look_up(certificate.number, last_four="0019", today=TODAY)
    assert shown.number_masked == "990101************"
    printed = "holder_name paper_kind occupation_code occupation_name work_type level body_name theory_score"
    for field in (*printed.split(), "practical_score", "comprehensive_score", "issued_on"):
        assert getattr(shown, field) == getattr(certificate, field), field
    assert (shown.state, shown.since, shown.reason) == ("valid", CLOCK.today(), "")
    assert shown.body_credit_code == body.credit_code
    assert shown.level_name == "四级/中级工"
    for standing in (shown.issuer_at_issue, shown.issuer_now):
        assert (standing.standing, standing.in_scope) == ("filed", "yes")
    text = json.dumps(shown.to_json(), ensure_ascii=False)
    assert "990101199001010019" not in text
    assert "0019" not in text.replace(shown.body_credit_code, "").replace(shown.number, "")
    assert certificate.digest not in text


@pytest.mark.django_db
def test_an_annulled_certificate_shows_since_when_why_and_on_what_clause():
    certificate = certificate_of()
    do("annul", certificate, reason="替考查实")
    shown = look_up(certificate.number, last_four="0019", today=TODAY)
    assert (shown.state, shown.state_label, shown.since) == ("annulled", "已作废", APRIL.today())
    assert (shown.reason, shown.clause) == ("替考查实", "LN24-3.5c")
    do("restore", certificate, clock=FixedClock.at(2026, 5, 1), reason="复查")
    shown = look_up(certificate.number, last_four="0019", today=TODAY)
    assert (shown.state, shown.reason, shown.clause) == ("valid", "", "")


@pytest.mark.django_db
def test_after_a_correction_the_new_name_finds_it_and_the_old_one_does_not():
    certificate = issued(name="王安宁")
    do("correct", certificate, changes={"holder_name": "王安灵"}, reason="录错")
    assert look_up(certificate.number, name="王安宁", today=TODAY) is None
    assert look_up(certificate.number, name="王安灵", today=TODAY)


@pytest.mark.django_db
def test_the_issuers_standing_is_told_for_the_day_of_issue_and_for_today():
    certificate = certificate_of()
    body = certificate.body

    def standings(today):
        shown = look_up(certificate.number, last_four="0019", today=today)
        return (shown.issuer_at_issue, shown.issuer_now)

    duties = officer("210102", "registry.suspend", "registry.remove")
    suspend_body(body.pk, reason="停业整顿", actor=duties, clock=FixedClock.at(2026, 4, 1))
    then, now = standings(dt.date(2026, 4, 2))
    assert (then.standing, now.standing) == ("filed", "suspended")
    remove_body(body.pk, reason="严重违规", actor=duties, clock=FixedClock.at(2026, 4, 9))
    then, now = standings(dt.date(2026, 4, 9))
    assert (then.standing, then.in_scope, then.day) == ("filed", "yes", CLOCK.today())
    assert (now.standing, now.in_scope, now.day) == ("removed", "no", dt.date(2026, 4, 9))
    body.scope_lines.all().delete()
    assert {standing.in_scope for standing in standings(TODAY)} == {"unknown"}


@pytest.mark.django_db
def test_a_standing_that_nothing_tells_of_is_unknown_and_before_the_register_none():
    certificate = certificate_of()
    body = certificate.body
    body.state, body.state_since = "removed", APRIL.today()
    body.save()
    shown = look_up(certificate.number, last_four="0019", today=TODAY)
    assert shown.issuer_at_issue.standing == "unknown"
    body.filed_on = APRIL.today()
    body.save()
    shown = look_up(certificate.number, last_four="0019", today=TODAY)
    assert shown.issuer_at_issue.standing == "applicant"


@given(st.text(max_size=60))
def test_normalising_never_fails_and_no_space_around_a_name_or_number_counts(text):
    assert name_key(f" {text}\u3000") == name_key(text)
    assert number_key(f" {text}\u3000") == number_key(text)


# Limits -------------------------------------------------------------------------------------------


def counted(number, clock, *, client, **facts):
    return ask(number, client=client, clock=clock, **facts)


@pytest.mark.django_db
def test_the_31st_look_up_of_a_minute_from_one_address_is_told_when_to_come_again():
    certificate, client = certificate_of(), next(_clients)
    for _ in range(30):
        assert counted(certificate.number, APRIL, client=client, last_four="0019")
    with pytest.raises(TooManyRequestsError) as refused:
        counted(certificate.number, APRIL, client=client, last_four="0019")
    assert "您的网络地址" in sentence(refused.value)
    seconds = refused.value.facts["seconds"]
    assert 60 < seconds <= 120
    later = FixedClock(APRIL.now() + dt.timedelta(seconds=seconds))
    assert counted(certificate.number, later, client=client, last_four="0019")
    assert counted(certificate.number, APRIL, client=next(_clients), last_four="0019")


@pytest.mark.django_db
@pytest.mark.parametrize("exists", [True, False])
def test_after_ten_failures_a_number_is_closed_for_everybody_whether_it_exists_or_not(exists):
    certificate = certificate_of()
    number = certificate.number if exists else certificate.number[:16] + "777777"
    for _ in range(10):
        assert counted(number, APRIL, client=next(_clients), name="猜的") is None
    for facts in ({"name": "猜的"}, {"last_four": "0019"}):
        with pytest.raises(TooManyRequestsError) as refused:
            counted(number, APRIL, client=next(_clients), **facts)
        assert "该证书编号" in sentence(refused.value)
    later = FixedClock(APRIL.now() + dt.timedelta(seconds=refused.value.facts["seconds"]))
    assert (counted(number, later, client=next(_clients), last_four="0019") is not None) is exists


@pytest.mark.django_db
def test_what_was_counted_stays_counted_when_the_page_is_rolled_back():
    certificate, client = certificate_of(), next(_clients)
    for _ in range(10):
        with transaction.atomic():
            counted(certificate.number, APRIL, client=client, name="猜的")
            transaction.set_rollback(True)
    with pytest.raises(TooManyRequestsError):
        counted(certificate.number, APRIL, client=client, name="猜的")


@pytest.mark.django_db
def test_the_counters_hold_no_address_and_no_number_and_are_forgotten():
    certificate, client = certificate_of(), next(_clients)
    counted(certificate.number, APRIL, client=client, name="猜的")
    kept = b"".join(bytes(row.key) for row in LookUpCount.objects.all())
    assert client.encode() not in kept
    assert certificate.number.encode() not in kept
    assert forget_counts(clock=FixedClock(APRIL.now() + dt.timedelta(hours=4))) >= 2
    assert not LookUpCount.objects.filter(started_at__lte=APRIL.now()).exists()


@pytest.mark.django_db
def test_looking_up_leaves_no_trace_in_the_journal():
    certificate = certificate_of()
    before = Entry.objects.count()
    counted(certificate.number, APRIL, client=next(_clients), last_four="0019")
    assert Entry.objects.count() == before


def test_one_ipv6_site_is_one_client_and_a_mapped_address_is_the_ipv4_one():
    sealer = Sealer(b"k" * 32, limits.PURPOSE)
    key = functools.partial(limits.address_key, sealer)
    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9") != key("2001:db8:1:3::1")
    assert key("::ffff:198.51.100.7") == key("198.51.100.7") != key("198.51.100.8")


COUNTS = st.integers(0, 200)


@given(COUNTS, COUNTS, st.integers(0, 59), st.integers(1, 60))
def test_who_comes_again_when_told_is_let_through(previous, current, second, limit):
    window = limits.Window(subject="address", length=dt.timedelta(minutes=1), limit=limit)
    moment = dt.datetime(2026, 4, 7, 9, 0, second, tzinfo=CHINA)
    if window.in_window(previous, current, moment) <= limit:
        return
    seconds = window.refusal(previous, current, moment).facts["seconds"]
    assert 1 <= seconds <= 120
    again = moment + dt.timedelta(seconds=seconds)
    stretches = (window.start(again) - window.start(moment)) // window.length
    # The refused one was counted; nobody else came.
    counts = {0: (previous, current), 1: (current, 0)}.get(stretches, (0, 0))
    assert window.in_window(counts[0], counts[1] + 1, again) <= limit + 1e-6


# The fast process ---------------------------------------------------------------------------------


class FastWorld:
    """The application as the process runs it, on the tests' database and the tests' day."""

    def __init__(self, clock=APRIL):
        self.app = fast.LookUpProcess()
        self.app.desk = Desk(
            connect=opener({**settings.DATABASES["default"], **connection.settings_dict}),
            clock=lambda: clock,
            last_four=self.app.desk.last_four,
            counts=self.app.desk.counts,
        )

    def get(self, *requests, method="GET"):
        async def all_at_once():
            replies = [asyncio.get_running_loop().create_future() for _ in requests]
            for (path, query, client), reply in zip(requests, replies, strict=True):
                self.app.answer(Request(method, path, query, None, client, False), reply.set_result)
            try:
                return await asyncio.gather(*replies)
            finally:
                await self.app.desk.close()

        return asyncio.run(all_at_once())


def request(number, client=None, **facts):
    return (f"/api/v1/certificates/{quote(number)}", urlencode(facts), client or next(_clients))


@pytest.fixture
def committed(transactional_db):
    return certificate_of()


def both(certificate, number, **facts):
    told = look_up(number, **facts, today=TODAY)
    ((status, _, body),) = FastWorld().get(request(number, **facts))
    return told, status, json.loads(body)


def test_the_process_and_the_pages_answer_alike(committed):
    cases = [(spelled(committed.number), {"last_four": "0019"}) for spelled in SPELLINGS]
    cases += [(committed.number, {"name": name}) for name in (*NAMES, *filter(None, WRONG_NAMES))]
    cases += [(committed.number, {"last_four": four}) for four in WRONG_FOURS if four]
    cases += [("Y000021000001264999999", {"name": "王"}), ("无此编号", {"name": "王"})]
    found = 0
    for number, facts in cases:
        told, status, body = both(committed, number, **facts)
        LookUpCount.objects.all().delete()
        if told is None:
            assert status == 404
        else:
            found += 1
            assert (status, body) == (200, told.to_json())
    assert found == len(SPELLINGS) + len(NAMES)
    do("annul", committed, reason="替考查实")
    suspend_body(committed.body_id, reason="整顿", actor=officer("210102", "registry.suspend"), clock=APRIL)
    told, status, body = both(committed, committed.number, last_four="0019")
    assert (status, body) == (200, told.to_json())
    assert (body["state"], body["issuer"]["now"]["standing"]) == ("annulled", "suspended")
    assert body["issuer"]["at_issue"]["standing"] == "filed"


def test_a_card_with_the_separator_in_a_name_is_read_as_the_pages_do(committed):
    Certificate.objects.filter(pk=committed.pk).update(work_type='甲\x1f乙"\\\n')
    told, status, body = both(committed, committed.number, last_four="0019")
    assert (status, body) == (200, told.to_json())
    assert body["work_type"] == '甲\x1f乙"\\\n'


_words = st.text(st.characters(exclude_characters="\x1f", exclude_categories=("Cs",)), max_size=12)
_days = st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31))
_scores = st.none() | st.decimals(0, 100, places=1)


@given(
    words=st.lists(_words, min_size=10, max_size=10),
    days=st.lists(_days, min_size=3, max_size=3),
    scores=st.lists(_scores, min_size=3, max_size=3),
    body_state=st.sampled_from(["filed", "suspended", "removed", "left"]),
    covers=st.tuples(st.booleans(), st.booleans()),
    state=st.sampled_from(["valid", "annulled"]),
    level=st.sampled_from(["1", "4", "X"]),
)
def test_what_is_written_from_a_card_is_what_the_pages_tell(
    words, days, scores, body_state, covers, state, level
):
    issued_on, body_since, filed_on = days
    holder, kind, masked, code, occupation, work_type, body, credit_code, reason, number = words
    row = (1, number, state, issued_on, reason, "", holder, kind, masked, code, occupation, work_type, level,
           7, body, credit_code, *scores, issued_on, "", body_state, body_since, filed_on, None, None,
           any(covers), *covers)  # fmt: skip
    card = "\x1f".join([
        holder, str(issued_on), state, body_state, str(body_since), str(filed_on), *("ft"[c] for c in covers),
        number, str(issued_on), reason, kind, masked, code, occupation, work_type, level, body, credit_code,
        *("" if score is None else str(score) for score in scores),
    ])  # fmt: skip
    written = card_json(card, today="2026-11-22")
    is_usual = state == "valid" and body_since <= issued_on and any(covers)
    assert (written is not None) is is_usual
    if written is not None:
        assert json.loads(written) == from_row(row, today=dt.date(2026, 11, 22)).to_json()


def test_unknown_number_and_wrong_fact_are_the_same_answer_but_for_the_number_asked(committed):
    unknown = committed.number[:16] + "888888"
    (one, two) = FastWorld().get(request(committed.number, name="猜"), request(unknown, name="猜"))
    assert one[0] == two[0] == 404
    assert one[1] == two[1]
    assert one[2].replace(committed.number, unknown) == two[2]


def test_many_at_once_get_each_their_own_answer(committed):
    other = certificate_of("李健康", FOSHAN, None)
    requests = []
    for _ in range(40):
        requests += [request(committed.number, last_four="0019"), request(other.number, name="李健康")]
    answers = [json.loads(body).get("holder_name", body) for _, _, body in FastWorld().get(*requests)]
    assert answers == ["阿依古丽·买买提", "李健康"] * 40


def test_a_burst_of_guesses_in_one_batch_gets_ten_tries_even_if_the_eleventh_is_right(committed):
    guesses = [request(committed.number, last_four=f"{n:04d}") for n in range(20)]
    assert guesses[19][1] == "last_four=0019"
    statuses = [status for status, _, _ in FastWorld().get(*guesses)]
    assert statuses == [404] * 10 + [429] * 10
    with pytest.raises(TooManyRequestsError):
        ask(committed.number, last_four="0019", client=next(_clients), clock=APRIL)


def test_a_burst_from_one_address_gets_thirty_answers_then_429_with_retry_after(committed):
    client = next(_clients)
    answers = FastWorld().get(*[request(committed.number, client, last_four="0019")] * 35)
    assert [status for status, _, _ in answers] == [200] * 30 + [429] * 5
    _, headers, body = answers[-1]
    assert int(dict(headers)["retry-after"]) >= 1
    assert json.loads(body)["type"] == "urn:zhiping:certificates.too_many_requests"


def test_other_questions_get_plain_refusals(committed):
    path = f"/api/v1/certificates/{committed.number}"
    world = FastWorld()
    answers = world.get((path, "", "1.1.1.1"), ("/api/v1/other", "", "1.1.1.1"), ("/healthz", "", "1.1.1.1"))
    assert [status for status, _, _ in answers] == [400, 404, 200]
    assert FastWorld().get((path, "name=x", "1.1.1.1"), method="POST")[0][0] == 405


def test_the_process_says_so_when_the_database_is_away(committed):
    world = FastWorld()

    async def refuse():
        raise ConnectionRefusedError

    world.app.desk.connect = refuse
    ((status, _, body),) = world.get(request(committed.number, name="王"))
    assert (status, json.loads(body)["status"]) == (503, 503)


def test_the_process_reads_behind_the_wall_under_the_plain_role(committed):
    world = FastWorld()

    async def who():
        link = await world.app.desk.connect()
        try:
            return await link.fetchrow(
                "SELECT current_user::text, current_setting('zhiping.reach'), count(*)"
                " FROM certificates_certificate"
            )
        finally:
            await link.close()

    assert tuple(asyncio.run(who())) == (walls.ROLE, "*", 1)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8::1", None, "2001:db8::1"),
    ],
)
def test_only_a_trusted_proxy_may_say_who_asks(peer, forwarded, address):
    assert fast.client_address(peer, forwarded, frozenset({"10.0.0.1"})) == address
