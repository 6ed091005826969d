"""Every URL, every role: behind its gate, in Chinese, and never across the border between two cities.

The walk reads the root URLconf, operations of the API included, so that a page added tomorrow is walked
tomorrow. A parameter that it does not know fails it: whoever adds one says which object it names.
"""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from ninja.operation import PathView

from tests import builders
from tests.apps.journal.watching import officer_with
from tests.apps.reference import specification_builders as made
from zhiping.apps.authorities import walls
from zhiping.apps.authorities.actions import grant_role
from zhiping.apps.authorities.duties import ROLES
from zhiping.apps.authorities.models import Account
from zhiping.apps.authorities.queries import actor_of
from zhiping.apps.certificates import actions as certificate_actions
from zhiping.apps.certificates.actions import issue_certificates
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.certificates.states import (
    BLANK_REQUEST_MOVES,
    BLANK_WRITE_OFF_MOVES,
    CERTIFICATE_MOVES,
    BlankKind,
)
from zhiping.apps.exams.states import PLAN_MOVES, SITTING_MOVES
from zhiping.apps.journal.models import Entry
from zhiping.apps.reference import actions as reference
from zhiping.apps.reference.actions.aftermath import BatchDetails, CandidateDetails
from zhiping.apps.reference.actions.handovers import HandoverDetails
from zhiping.apps.reference.models import CatalogueImport, DirectoryEdition, TrackingTask, WorkdayOverride
from zhiping.apps.reference.states import CANCELLATION_MOVES, HANDOVER_MOVES, SPECIFICATION_MOVES
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.states import BODY_MOVES, FILING_MOVES
from zhiping.apps.screening.models import Finding, Run
from zhiping.apps.screening.states import JUDGEMENT_MOVES
from zhiping.kernel.actor import PUBLIC
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority import trial_runs
from zhiping.portals.authority.draft_files import Draft
from zhiping.portals.authority.views.aftermath import PERSON_VERBS

pytestmark = pytest.mark.django_db

UNGATED = {"healthz", "metrics"}
"""The closed list of URLs without a gate: they answer machines, from no table of ours."""

KNOWN_GATES = re.compile(r"public|signed_in|body|officer:[a-z_.]*")
REFUSED = {401, 403, 404, 405, 409}
ODD = (
    "未命名状态",
    "操作未完成（",
    "Traceback",
    "None</",
    "object at 0x",
    "This field",
    "Select a valid",
    "{'",
)
ENGLISH = re.compile(
    r"\b(required|invalid|please|submit|error|unknown|undefined|draft|submitted|pending|approved|refused"
    r"|valid|annulled|filed|suspended|None|True|False)\b",
    re.IGNORECASE,
)
FREE = {"code", "verb", "rule", "rest", "name", "thing"}
"""Parameters that name no row of anybody's."""

EXCLUDED = (
    "django_session", "django_migrations", "certificates_lookupcount", "axes_accessattempt", "axes_accesslog",
    "axes_accessfailurelog", "axes_accessattemptexpiration", "procrastinate_events",
)  # fmt: skip
VERBS = {
    "filings": FILING_MOVES,
    "bodies": BODY_MOVES,
    "plans": PLAN_MOVES,
    "sittings": SITTING_MOVES,
    "certificates": CERTIFICATE_MOVES,
    "requests": BLANK_REQUEST_MOVES,
    "write-offs": BLANK_WRITE_OFF_MOVES,
    "findings": JUDGEMENT_MOVES,
    "handovers": HANDOVER_MOVES,
    "aftermath": CANCELLATION_MOVES,
    "owed": [("", verb) for verb in PERSON_VERBS],
    "specifications": SPECIFICATION_MOVES,
}


# --- the URLs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Url:
    """One URL with everything that answers it."""

    route: str
    name: str
    views: tuple[object, ...]
    parameters: tuple[str, ...]

    @property
    def gates(self) -> set[str]:
        return {getattr(view, "gate", "") for view in self.views}

    @property
    def is_public(self) -> bool:
        return self.gates <= {"public"} or self.name in UNGATED

    def filled(self, values: dict[str, object]) -> str:
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda one: str(values[one[1]]), self.route)

    def named(self, parameter: str) -> str:
        """Return the kind of thing that a parameter names: its own word, or the segment before it."""
        stem = re.sub(r"_(id|pk)$", "", parameter)
        if stem not in {"pk", "number", "key"}:
            return stem
        before = self.route.split(f":{parameter}>")[0].split(f"<{parameter}>")[0].rsplit("<", 1)[0]
        return before.rstrip("/").rsplit("/", 1)[-1]


def urls() -> list[Url]:
    return list(_walk(get_resolver()))


def _walk(resolver: URLResolver, before: str = "") -> Iterator[Url]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route)
        elif isinstance(entry, URLPattern):
            yield Url(
                route,
                entry.name or "",
                tuple(_views(entry.callback)),
                tuple(re.findall(r"<(?:\w+:)?(\w+)>", route)),
            )


def _views(callback) -> Iterator[object]:
    """Yield the view, or the operations that the API's view stands for."""
    for cell in getattr(callback, "__closure__", None) or ():
        if isinstance(cell.cell_contents, PathView):
            yield from (operation.view_func for operation in cell.cell_contents.operations)
            return
    yield callback


def test_every_view_passes_a_gate():
    bare = [url.route for url in urls() if url.name not in UNGATED and not all(url.gates)]
    assert bare == []
    odd = [url.route for url in urls() for gate in url.gates if gate and not KNOWN_GATES.fullmatch(gate)]
    assert odd == []
    assert len(urls()) > 100


# --- two cities ----------------------------------------------------------------------------------


@dataclass
class Side:
    """One city: its officer with every duty, a body with one of everything, the body's clerk."""

    place: str
    officer: Account
    clerk: Account
    objects: dict[str, list[object]] = field(default_factory=dict)


def _side(district: str) -> Side:
    city = district[:4] + "00"
    body = builders.confirmed_body(place=district)
    sitting = builders.approved_sitting(body, first=int(district) % 1000)
    handler = builders.officer("city_handler", city)
    issue_certificates(sitting.pk, actor=handler, clock=builders.AT_REVIEW)
    certificates = list(Certificate.objects.filter(body=body).order_by("id"))
    other = builders.new_body(place=district)
    filing = builders.noticed_filing(other)
    notice = filing.notices.get()
    objection = registry.object_to_notice(
        notice.pk, content="样例异议", contact="", actor=PUBLIC, clock=builders.AT_FILING
    )
    drafted = builders.complete_filing(builders.new_body(place=district))
    run = Run.objects.create(
        place=city,
        as_of=dt.date(2026, 12, 9),
        state="done",
        requested_by="甲",
        requested_at=builders.AT_REVIEW.now(),
    )
    finding = Finding.objects.create(
        fingerprint=f"{city:0<64}", screen_id="SCR-001", severity="high", place=district, body=body,
        key="样例", clauses="LN24-3.5b", evidence={}, first_run=run, last_run=run,
    )  # fmt: skip
    account = builders.officer_account("city_handler", city)
    for role in ROLES:
        grant_role(
            account,
            role,
            Place(city),
            valid_from=dt.date(2020, 1, 1),
            actor=builders.SYSTEM,
            clock=builders.AT_FILING,
        )
    enrolment = sitting.enrolments.first()
    line = drafted.lines.first()
    return Side(
        place=city,
        officer=account,
        clerk=builders.clerk_account(body),
        objects={
            "filing": [body.filings.first().pk, filing.pk, drafted.pk],
            "body": [body.pk],
            "plan": [sitting.plan_id],
            "sitting": [sitting.pk],
            "line": [line.pk],
            "review": [filing.reviews.first().pk],
            "member": [body.staff.first().pk],
            "assessor": [body.assessors.first().pk],
            "venue": [body.venues.first().pk],
            "assignment": [sitting.assignments.first().pk],
            "enrolment": [enrolment.pk],
            "import": [sitting.imports.first().pk],
            "certificate": [certificates[0].pk],
            "number": [certificates[0].number],
            "person": [enrolment.person_id],
            "document": [drafted.documents.first().pk],
            "objection": [objection.pk],
            "notice": [notice.pk],
            "run": [run.pk],
            "finding": [finding.pk],
            "entry": [Entry.objects.filter(place__startswith=city[:4]).order_by("id").first().pk],
            "tie": [0],
            **_lists(city),
            **_blanks(district, certificates[0].number),
            **_handover(city),
            **_cancellation(city),
            **_specification(district),
            "draft": [_tried_draft(account, city)],
        },
    )


def _blanks(district: str, number: str) -> dict[str, list[object]]:
    """One request, one stock and one write-off of blank certificates of a district."""
    province, city, prefix = f"{district[:2]}0000", f"{district[:4]}00", f"P{district[:2]}"
    store = {"actor": builders.officer("province_supervisor", province), "clock": builders.AT_REVIEW}
    desk = {"actor": builders.officer("city_handler", city), "clock": builders.AT_REVIEW}
    keeper = {"actor": builders.officer("district_handler", district), "clock": builders.AT_REVIEW}
    kind = BlankKind.SKILL_LEVEL
    need = certificate_actions.Need(kind=kind, quantity=20, due_on=dt.date(2026, 12, 20))
    details = certificate_actions.SeriesDetails(kind=kind, prefix=prefix, width=4)
    certificate_actions.open_blank_series(province, details, **store)
    certificate_actions.receive_blanks(f"{prefix}0001", f"{prefix}0100", reference="样例", **store)
    whole = certificate_actions.request_blanks(city, need, **desk)
    certificate_actions.supply_blanks(whole.pk, [(f"{prefix}0001", f"{prefix}0020")], **store)
    line = certificate_actions.request_blanks(district, need, **keeper)
    certificate_actions.supply_blanks(line.pk, [(f"{prefix}0001", f"{prefix}0010")], **desk)
    movement = certificate_actions.use_blank(
        number, certificate_actions.Source(serial=f"{prefix}0001"), **keeper
    )
    spoiled = certificate_actions.spoil_blanks(f"{prefix}0002", "", reason="样例", **keeper)
    certificate_actions.report_lost_blanks(f"{prefix}0003", "", reason="样例", statement="样例", **keeper)
    return {
        "blank_request": [line.pk],
        "blank_stock": [movement.to_stock_id],
        "blank_write_off": [spoiled.pk],
    }


def _tried_draft(account: Account, city: str) -> UUID:
    """Return the key of a trial that belongs to the officer."""
    facts = (policy_folder() / "facts.yaml").read_bytes()
    run = trial_runs.start(
        Draft(files={"facts.yaml": facts}, problems=()),
        place=city,
        on=builders.AT_REVIEW.today(),
        actor=actor_of(account, on=builders.AT_REVIEW.today()),
        clock=builders.AT_REVIEW,
    )
    return UUID(run.key)


def _lists(city: str) -> dict[str, list[object]]:
    """One row of each kind of list that a place keeps."""
    known = {"certainty": "stated", "source": "样例"}
    edition = DirectoryEdition.objects.create(
        place=city,
        code="样例",
        title="样例目录",
        document_number="样例",
        valid_from=dt.date(2026, 1, 1),
        **known,
    )
    task = TrackingTask.objects.create(
        place=city, item_key="CN/6/招标师", item_name="招标师", batch="6", department="样例部门",
        due_on=dt.date(2026, 12, 20), opened_at=builders.AT_REVIEW.now(),
    )  # fmt: skip
    upload = CatalogueImport.objects.create(
        kind="shortages", place=city, file_name="样例.csv", sha256="0" * 64,
        rows_total=1, rows_good=0, rows_bad=1, rows_added=0, rows_changed=0, uploaded_by="样例",
        uploaded_at=builders.AT_REVIEW.now(),
        content="职业编码,职业名称,施行日,确定程度,来源\n9-99-99-99,样例,2026-01-01,有明文,样例\n".encode(),
    )  # fmt: skip
    return {"edition": [edition.pk], "tracking_task": [task.pk], "upload": [upload.pk]}


def _handover(city: str) -> dict[str, list[object]]:
    """A handover that is drafted and one that is done, with a document each."""
    keeper, clock = officer_with("reference.maintain", place=city), builders.AT_FILING
    found: dict[str, list[object]] = {"handover": [], "handover_paper": []}
    for item in ("经济专业技术资格", "会计专业技术资格"):
        details = HandoverDetails(
            item=item, giver="样例市级部门", receiver="样例行业协会", receiver_kind="association",
            qualified_by="样例", passes_on=dt.date(2026, 11, 1),
        )  # fmt: skip
        one = reference.draft_handover(city, details, actor=keeper, clock=clock)
        paper = reference.add_handover_paper(
            one.pk, kind="agreement", name="样例.pdf", content=builders.PDF, actor=keeper, clock=clock
        )
        found["handover"].append(one.pk)
        found["handover_paper"].append(paper.pk)
    reference.hand_over(found["handover"][1], actor=keeper, clock=clock)
    return found


def _cancellation(city: str) -> dict[str, list[object]]:
    """A cancellation case with a batch, a list of candidates, and one candidate more."""
    keep = {"actor": officer_with("reference.maintain", place=city), "clock": builders.AT_FILING}
    case = reference.open_cancellation_case(city, "CN/1/房地产经纪人", **keep)
    details = BatchDetails(
        stage="registering", organisation="样例考试机构", number="样例", day=dt.date(2014, 7, 1),
        due_on=dt.date(2026, 12, 1),
    )  # fmt: skip
    batch = reference.add_affected_batch(case.pk, details, **keep)
    about = CandidateDetails(number="P1", name="样例甲", last_four="001X", fee_fen=18_000)
    person = reference.add_candidate(batch.pk, about, **keep)
    rows = "准考证号,姓名,证件号码后四位,已缴费用（元）\nP2,样例乙,0028,180\nP3,样例丙,12,180\n"
    brought = reference.bring_candidates(batch.pk, file_name="名单.csv", content=rows.encode(), **keep)
    return {"case": [case.pk], "affected": [batch.pk], "owed": [person.pk], "name_list": [brought.pk]}


def _specification(district: str) -> dict[str, list[object]]:
    """A specification in the directory and one that is drafted, with their calls and the project."""
    published, drafted = made.brought("publish", place=district), made.drafted(district)
    return {
        "specification": [published.pk, drafted.pk],
        "call": [published.call_id, drafted.call_id],
        "project": [published.version.project_id],
    }


SEGMENTS = {
    "requests": "blank_request", "stocks": "blank_stock", "write-offs": "blank_write_off",
    "filings": "filing", "bodies": "body", "plans": "plan", "sittings": "sitting", "objections": "objection",
    "documents": "document", "people": "person", "runs": "run", "findings": "finding", "journal": "entry",
    "certificates": "number", "calendar": "workday", "reviews": "review", "verify": "number",
    "editions": "edition", "tracking": "tracking_task", "uploads": "upload", "drafts": "draft",
    "enrolments": "enrolment", "handovers": "handover", "papers": "handover_paper",
    "aftermath": "case", "name-lists": "name_list",
    "projects": "project", "calls": "call", "specifications": "specification",
}  # fmt: skip
"""The segment before a bare `pk` or `number` → the kind of thing."""


@pytest.fixture(scope="module")
def two_cities(django_db_setup, django_db_blocker):
    """Two cities with one of everything each, in a transaction that is rolled back after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        sides = (_side(builders.SHUNDE), _side(builders.SHENYANG_DISTRICT))
        override = WorkdayOverride.objects.create(day=dt.date(2027, 5, 1), is_workday=False, note="样例")
        for side in sides:
            side.objects["workday"] = [override.pk]
        yield sides
        transaction.set_rollback(True)


@pytest.fixture
def cities(two_cities, db, at):
    """The two cities; whatever the test does to them is undone."""
    as_owner()
    at(builders.AT_REVIEW)
    return two_cities


def as_owner() -> None:
    """Step back from the plain role that the last request ran under: the tests' transaction outlives it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'none', true), set_config('zhiping.reach', '', true)")


def browser(account: Account | None = None, address: str = "203.0.113.1") -> Client:
    as_owner()
    client = Client(raise_request_exception=True, REMOTE_ADDR=address)
    if account is not None:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ask(client: Client, method: str, address: str, **kwargs):
    """Send one request and step back to the owner, whatever came."""
    try:
        return getattr(client, method)(address, **kwargs)
    finally:
        as_owner()


def snapshot() -> dict[str, str]:
    """Return a digest of every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s) ORDER BY 1",
            [list(EXCLUDED)],
        )
        tables = [name for (name,) in cursor.fetchall()]
        parts = " UNION ALL ".join(
            f"SELECT '{name}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {name} t"
            for name in tables
        )
        cursor.execute(parts)
        return dict(cursor.fetchall())


def values_for(url: Url, side: Side) -> Iterator[dict[str, object]]:
    """Yield the ways to fill a URL with a side's objects."""
    kinds = {}
    for name in url.parameters:
        if name in FREE:
            kinds[name] = _free(url, name)
        elif url.route.startswith("law/"):
            kinds[name] = ["FS20"]
        elif url.route.startswith("desk/journal/about/"):
            kinds[name] = side.objects["filing"]
        else:
            kind = url.named(name)
            kind = SEGMENTS.get(kind, kind)
            assert kind in side.objects, f"{url.route}: teach this test what <{name}> names"
            kinds[name] = side.objects[kind]
    for chosen in itertools.product(*kinds.values()):
        yield dict(zip(kinds, chosen, strict=True))


def _free(url: Url, name: str) -> list[object]:
    if name == "verb":
        kind = next(segment for segment in url.route.split("/") if segment in VERBS)
        return sorted({verb for _, verb in VERBS[kind]})
    return [{"thing": "registry.filing", "code": builders.ELECTRICIAN, "rule": "REG-003"}.get(name, "样例")]


def names_objects(url: Url) -> bool:
    return any(name not in FREE for name in url.parameters) and not url.route.startswith(("law/", "guide/"))


# --- who gets in ---------------------------------------------------------------------------------


def test_nobody_gets_in_without_signing_in(cities):
    client = browser(address="203.0.113.2")
    wrong = []
    for url in urls():
        for values in itertools.islice(values_for(url, cities[0]), 3):
            for method in ("get", "post"):
                answer = ask(client, method, url.filled(values))
                is_turned_away = answer.status_code in {401, 403, 405} or (
                    answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
                )
                if answer.status_code >= 500 or not (url.is_public or is_turned_away):
                    wrong.append((method, url.route, answer.status_code))
    assert wrong == []


def test_officers_and_clerks_keep_to_their_own_portals(cities):
    foshan, _ = cities
    wrong = []
    for account, foreign in ((foshan.officer, "body"), (foshan.clerk, "officer")):
        client = browser(account)
        for url in urls():
            if not any(gate.startswith(foreign) for gate in url.gates):
                continue
            for values in itertools.islice(values_for(url, foshan), 1):
                for method in ("get", "post"):
                    status = ask(client, method, url.filled(values)).status_code
                    if status not in REFUSED:
                        wrong.append((method, url.route, status))
    assert wrong == []


# --- what they see -------------------------------------------------------------------------------


def test_every_page_renders_in_chinese_for_who_may_see_it(cities):
    foshan, _ = cities
    wrong, opened = [], 0
    for url in urls():
        if url.name in UNGATED or "rest" in url.parameters:
            continue
        account = foshan.clerk if "body" in url.gates else None if url.is_public else foshan.officer
        client = browser(account, address="203.0.113.3")
        if url.parameters and not url.route.startswith(("desk/", "body/")):
            continue
        for values in itertools.islice(values_for(url, foshan), 1):
            answer = ask(client, "get", url.filled(values))
            if answer.status_code >= 500 or (
                not url.parameters and answer.status_code not in {200, 301, 302, 405, 404}
            ):
                wrong.append((url.route, answer.status_code))
            if (
                answer.status_code == 404
                and not url.parameters
                and url.name not in {"demo-clock", "demo-sign-in", "api-root"}
            ):
                wrong.append((url.route, 404))
            opened += bool(url.parameters) and answer.status_code == 200
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                wrong += [(url.route, odd) for odd in _oddities(answer.content.decode())]
    assert wrong == []
    assert opened > 40, "the objects of one's own city open, else the walk across the border proves nothing"


def _oddities(html: str) -> list[str]:
    words = re.sub(
        r'<(script|style)\b.*?</\1>|<[^<>]*class="[^"]*\b(code|kind-code|clause)\b[^"]*"[^<>]*>[^<]*',
        " ",
        html,
        flags=re.DOTALL,
    )
    text = re.sub(r"<[^<>]*>", " ", words)
    found = [odd for odd in ODD if odd in html]
    found += sorted({match[0] for match in ENGLISH.finditer(text)})
    if not re.search(r"[\u4e00-\u9fff]", text):
        found.append("no Chinese")
    if "<title>" in html and 'lang="zh-CN"' not in html:
        found.append("no language")
    return found


# --- across the border ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["officer", "clerk"])
@pytest.mark.parametrize(
    "direction", [(0, 1), (1, 0)], ids=["foshan-reaches-for-shenyang", "shenyang-reaches-for-foshan"]
)
def test_nobody_reads_or_changes_rows_of_the_other_city(cities, who, direction):
    own, other = cities[direction[0]], cities[direction[1]]
    client = browser(getattr(own, who))
    prefix = ("desk/", "api/") if who == "officer" else ("body/", "api/")
    before = snapshot()
    wrong, walked = [], 0
    for url in urls():
        if (
            not names_objects(url)
            or not url.route.startswith(prefix)
            or url.is_public
            or "calendar" in url.route
        ):
            continue
        for values in values_for(url, other):
            for method in ("get", "post"):
                walked += 1
                status = ask(client, method, url.filled(values), data=_filled_in(method)).status_code
                if status not in REFUSED:
                    wrong.append((method, url.filled(values), status))
        after = snapshot()
        changed = sorted(name for name in after if after[name] != before.get(name))
        if changed:
            wrong.append((url.route, "changed", changed))
            before = after
    assert wrong == []
    assert walked > 30


def _filled_in(method: str) -> dict[str, str]:
    """Return what most forms ask for, so that a view that lets somebody in would go on to its action."""
    if method == "get":
        return {}
    return {
        "opinion": "样例", "reason": "样例", "note": "样例", "content": "样例", "answer": "样例",
        "name": "样例", "outcome": "rejected", "clause": "LN24-3.5c", "day": "2026-12-09", "kind": "other",
        "confirm": "on",
    }  # fmt: skip


def test_lists_show_own_rows_only(cities):
    foshan, shenyang = cities
    for own, other in ((foshan, shenyang), (shenyang, foshan)):
        client = browser(own.officer)
        for path in ("filings", "plans", "sittings", "findings"):
            listed = ask(client, "get", f"/api/v1/{path}").json()
            places = {item["place"][:4] for item in listed["items"]}
            assert places == {own.place[:4]}, path
        clerk = browser(own.clerk)
        for path in ("own/filings", "own/plans"):
            listed = ask(clerk, "get", f"/api/v1/{path}").json()
            assert {item["body_id"] for item in listed["items"]} == set(own.objects["body"])
            assert listed["total"] > 0
        assert other.place not in str(listed)


def test_the_database_itself_hides_the_other_city(cities):
    """The second wall alone: queries without any scope, under the reach that a gate sets."""
    foshan, _ = cities
    tables = (
        "registry_evaluationbody",
        "registry_filing",
        "exams_plan",
        "exams_sitting",
        "certificates_certificate",
        "screening_finding",
    )
    with walls.reaching((foshan.place[:4],)), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT DISTINCT left(place, 4) FROM {table}")
            assert cursor.fetchall() == [(foshan.place[:4],)], table
            cursor.execute(f"UPDATE {table} SET place = place WHERE place LIKE '2101%'")
            assert cursor.rowcount == 0, table
    as_owner()
