"""A draft tried on what is on record, as an officer meets it."""

import datetime as dt
import io
import json
import stat
import zipfile

import openpyxl
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import builders
from tests.portals import authority_builders
from tests.portals.draft_builders import NUMBERS, address, desk_of, key_of, stricter, upload, zipped
from zhiping.apps.authorities.models import DutyGrant
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.certificates.queries import certificate_batches
from zhiping.apps.exams.models import Plan
from zhiping.apps.exams.plan_facts import sitting_facts
from zhiping.apps.exams.queries import plan_batches
from zhiping.apps.journal.models import Entry
from zhiping.apps.reference.queries import law
from zhiping.apps.registry.facts import filing_facts, line_facts
from zhiping.apps.registry.models import Filing, Review
from zhiping.apps.registry.queries import filing_batches
from zhiping.core.policybook.values import plain
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority import draft_files, trial_list, trial_runs
from zhiping.portals.console.policy import policy

pytestmark = pytest.mark.django_db


# the facts, against the apps' own facts functions


def facts_of(batches):
    """Return question → (record, part) → the facts that are not missing."""
    found = {}
    for batch in batches:
        for question, frame in batch.frames.items():
            keys = frame.rows.select("record", "part").iter_rows()
            rows = frame.facts.iter_rows(named=True)
            for key, row in zip(keys, rows, strict=True):
                there = {name: value for name, value in row.items() if value is not None}
                found.setdefault(question, {})[key] = there
    return found


def said(facts):
    """Return facts as they come back from columns: without what is missing, rows with all their fields."""
    return {name: plain(value) for name, value in facts.items() if value is not None}


def same(found, wanted):
    for name, value in wanted.items():
        got = plain(found.get(name))
        if isinstance(value, list) and value and isinstance(value[0], dict):
            got = [{key: part for key, part in row.items() if part is not None} for row in got]
        assert got == value, name


def test_frozen_and_read_facts_are_what_the_facts_functions_say():
    one = authority_builders.city()
    for is_frozen in (True, False):
        if not is_frozen:  # as taken over from another system
            Filing.objects.update(verdict=None)
            Review.objects.update(verdict=None)
            Plan.objects.update(verdict=None)
        batches = list(filing_batches(builders.SYSTEM))
        assert sum(one.frozen for one in batches) == (sum(one.records for one in batches) if is_frozen else 0)
        found = facts_of(batches)
        filings = Filing.objects.filter(submitted_at__isnull=False)
        assert len(found["employer_filing"]) == filings.count() > 2
        for filing in filings:
            wanted = said(filing_facts(filing, on=filing.accepted_on or filing.submitted_at.date()))
            got = found["employer_filing"][filing.number, ""]
            same(got, {name: value for name, value in wanted.items() if name in got})
            assert {"insured_headcount", "scope_lines", "serves_own_students_only"} <= got.keys()
            for line in filing.lines.all():
                wanted = said(line_facts(line, on=filing.accepted_on or filing.submitted_at.date()))
                got = found["scope_line"][filing.number, line.occupation_code]
                same(got, {name: value for name, value in wanted.items() if name in got})
                assert "has_influence" in got
        plans = facts_of(plan_batches(builders.SYSTEM))["plan"]
        assert plans
        for plan in Plan.objects.filter(declared_on__isnull=False):
            for sitting in plan.sittings.all():
                wanted = said(sitting_facts(sitting, declared_on=plan.declared_on))
                got = plans[plan.number, sitting.number]
                same(got, {name: value for name, value in wanted.items() if name in got})
    assert one.declared.number in {record for record, _ in plans}


def test_the_facts_of_certificates_are_those_of_their_issue():
    one = authority_builders.city()
    (batch,) = certificate_batches(builders.SYSTEM)
    assert batch.records == batch.frozen == 3
    frozen = facts_of([batch])
    entry = Entry.objects.get(event="certificates.issued")
    key = (one.certificate.number, "")
    assert entry.facts["verdict"]["facts"].items() <= frozen["certificate"][key].items()
    assert [row["subject"] for row in frozen["result"][key]["subjects"]] == ["theory", "practical"]


def test_a_certificate_without_an_entry_is_read_as_its_issue_would_read_it():
    """Taken over from another system: the same facts, read from the rows."""
    one = authority_builders.city()
    (before,) = certificate_batches(builders.SYSTEM)
    wanted = facts_of([before])["certificate"][one.certificate.number, ""]
    copy = Certificate.objects.get(pk=one.certificate.pk)
    enrolment, number = copy.enrolment_id, copy.number
    Certificate.objects.filter(pk=copy.pk).update(enrolment=None)
    copy.pk, copy.number, copy.enrolment_id = None, f"{number[:-6]}900001", enrolment
    copy.save(force_insert=True)
    stranger = Certificate.objects.get(pk=copy.pk)
    stranger.pk, stranger.number, stranger.enrolment_id = None, "0123", None
    stranger.save(force_insert=True)
    (after,) = certificate_batches(builders.SYSTEM)
    assert (after.records, after.frozen) == (5, 3)
    found = facts_of([after])["certificate"]
    assert found[copy.number, ""] == wanted
    frozen = Entry.objects.get(event="certificates.issued").facts["verdict"]["facts"]
    assert frozen.items() <= wanted.items()
    assert "body_is_stopped" in wanted.keys() - frozen.keys()
    unknown = found["0123", ""]
    assert unknown["number_fits_structure"] is False
    assert not unknown.keys() & {"exam_was_held", "is_within_filed_scope", "results_all_passed"}


def test_an_officer_tries_a_draft_on_what_lies_in_reach_only():
    one = authority_builders.city()
    here = builders.officer("city_handler", builders.FOSHAN)
    there = builders.officer("city_handler", builders.SHENYANG)
    assert sum(batch.records for batch in filing_batches(here)) == Filing.objects.count()
    for batches in (filing_batches, plan_batches, certificate_batches):
        assert list(batches(there)) == []
        assert sum(batch.records for batch in batches(here, place=one.place)) > 0
        assert list(batches(here, place=builders.NANHAI)) == []


# the page


@pytest.fixture
def desk(client, monkeypatch, settings, tmp_path):
    return desk_of(client, monkeypatch, settings, tmp_path)


def test_a_draft_shows_who_would_newly_fail_and_changes_nothing(desk):
    one = builders.submitted_filing()
    client, before = desk(), law()
    journal = Entry.objects.count()
    response = upload(client, ("employer_filing.yaml", stricter()))
    assert response.status_code == 302
    page = client.get(response.url)
    text = page.content.decode()
    assert "新增不符合" in text
    assert "300" in text
    assert "400" in text
    assert one.number in text
    assert address("filings-show", one.pk) in text
    assert "REG-003" in text
    assert "现行不少于 300人，草案不少于 400人" in text
    assert "最低参保职工人数（employer_filing.minimum_insured_headcount）" in text
    assert law() is before
    assert Entry.objects.count() == journal
    assert Filing.objects.get(pk=one.pk).verdict == one.verdict
    assert "employer_filing.yaml" in client.get(address("whatif-new")).content.decode()


def test_the_list_is_filtered_and_exported(desk):
    one = builders.submitted_filing()
    client = desk()
    url = upload(client, ("employer_filing.yaml", stricter())).url
    assert one.number in client.get(url, {"rule": "REG-003", "kind": "filing"}).content.decode()
    for nothing in (
        {"kind": "plan"},
        {"effect": "newly_passes"},
        {"text": "没有"},
        {"place": builders.NANHAI},
    ):
        text = client.get(url, nothing).content.decode()
        assert one.number not in text, nothing
        assert "没有符合条件的记录" in text
    assert client.get(url, {"sort": "-nonsense", "page": "99"}).status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(client.get(url, {"export": "xlsx"}).content))
    rows = list(book.active.iter_rows(min_row=3, values_only=True))
    head, lines = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert "草案要求" in head
    line = next(row for row in lines if row["编号"] == one.number and row["规则"] == "REG-003")
    assert (line["变化"], line["草案结论"], line["所见"]) == ("新增不符合", "不符合", "300人")
    assert line["地区"].endswith("顺德区")


LONGER_LEAD = """
id: EXM-900
title: 示例：报备更早
asks_of: plan
decides_on: sitting_day
where: [CN]
in_force: {from: 2018-01-01}
clauses: [CFG-1]
condition: {fact: declared_workdays_before_sitting, is: at_least, value: 200}
outcome: refuse
message: "提前 {declared_workdays_before_sitting} 个工作日，要求 {limit} 个。"
may_be_waived: false
status: drafted
cases:
  - {case: 内, given: {declared_workdays_before_sitting: 200, place: CN, day: 2018-07-16}, expect: pass}
  - {case: 外, given: {declared_workdays_before_sitting: 199, place: CN, day: 2018-07-16}, expect: refuse}
  - {case: 前, given: {place: CN, day: 2017-12-31}, expect: not_applicable}
"""
HIGHER_MARK = """
id: CRT-900
title: 示例：理论更高分
asks_of: result
decides_on: sitting_day
where: [CN]
in_force: {from: 2018-01-01}
clauses: [NSTD-1]
condition: {each: {of: subjects, condition: {fact: score, is: at_least, value: 99}}}
outcome: refuse
message: "每科应达 99 分。"
may_be_waived: false
status: drafted
cases:
  - {case: 内, given: {subjects: [{subject: theory, score: "99"}], place: CN, day: 2018-07-16}, expect: pass}
  - {case: 外, given: {subjects: [{score: "98"}], place: CN, day: 2018-07-16}, expect: refuse}
  - {case: 前, given: {place: CN, day: 2017-12-31}, expect: not_applicable}
"""


def test_filings_plans_and_certificates_are_judged_alike_and_drafted_rules_count(desk):
    """Each kind falls by its own draft, from what is really on record of it."""
    one = authority_builders.city()
    client = desk()
    draft = zipped(
        (f"parameters/{NUMBERS}", stricter()),
        ("rules/exams/EXM-900-longer-lead.yaml", LONGER_LEAD),
        ("rules/certificates/CRT-900-higher-mark.yaml", HIGHER_MARK),
    )
    url = upload(client, ("draft.zip", draft), on="2026-12-09").url
    text = client.get(url).content.decode()
    assert "草拟的规则按已复核试算" in text
    assert "CRT-900、EXM-900" in text
    book = openpyxl.load_workbook(io.BytesIO(client.get(url, {"export": "xlsx"}).content))
    rows = list(book.active.iter_rows(min_row=3, values_only=True))
    lines = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    fallen = {
        (line["类别"], line["编号"], line["规则"]): line for line in lines if line["变化"] == "新增不符合"
    }
    assert ("备案", one.submitted.number, "REG-003") in fallen
    sitting = one.declared.sittings.get()
    lead = sitting_facts(sitting, declared_on=one.declared.declared_on)["declared_workdays_before_sitting"]
    plan = fallen["考核计划", one.declared.number, "EXM-900"]
    assert plan["所见"].startswith(str(lead))
    certificate = fallen["证书", one.certificate.number, "CRT-900"]
    assert float(one.certificate.theory_score) < 99
    assert f"{one.certificate.theory_score:f}".rstrip("0").rstrip(".") in certificate["所见"]
    places = client.get(url).content.decode()
    assert all(f"kind={kind}&amp;place=" in places for kind in ("filing", "plan", "certificate"))
    law_before = law()
    assert "EXM-900" not in law_before.rules


def test_more_lines_than_a_sheet_takes_are_not_exported_as_if_they_were_all(desk, monkeypatch):
    builders.submitted_filing()
    client = desk()
    url = upload(client, (NUMBERS, stricter())).url
    monkeypatch.setattr(trial_list, "EXPORT_LIMIT", 0)
    response = client.get(url, {"export": "xlsx"})
    assert response.headers["Content-Type"].startswith("text/html")
    assert "超过一张表的 0 行，没有导出" in response.content.decode()


def test_a_trial_is_its_owners_alone_and_goes_when_dropped_or_old(desk):
    builders.submitted_filing()
    client = desk()
    url = upload(client, ("employer_filing.yaml", stricter())).url
    other = desk()
    for path in (url, f"{url}?export=xlsx", f"{url}progress/", f"{url}again/", f"{url}drop/"):
        assert other.get(path).status_code == 404
        assert other.post(path).status_code == 404
    assert "还没有试算" in other.get(address("whatif-new")).content.decode()
    client = desk()
    url = upload(client, ("employer_filing.yaml", stricter())).url
    assert client.get(f"{url}drop/").status_code == 302
    assert client.get(url).status_code == 200
    assert client.post(f"{url}drop/").status_code == 302
    assert client.get(url).status_code == 404
    url = upload(client, ("employer_filing.yaml", stricter())).url
    later = FixedClock(builders.AT_REVIEW.now() + dt.timedelta(days=trial_runs.KEPT_DAYS, hours=1))
    trial_runs.sweep(later)
    assert client.get(url).status_code == 404


def test_many_records_are_tried_by_a_job_with_progress(desk, monkeypatch):
    one = builders.submitted_filing()
    client = desk()
    monkeypatch.setattr(trial_runs, "AT_ONCE", 0)
    url = upload(client, ("employer_filing.yaml", stricter())).url
    text = client.get(url).content.decode()
    assert "hx-get" in text
    assert one.number not in text
    key = key_of(url)
    done = trial_runs.carry_out(key, clock=builders.AT_REVIEW)
    assert (done.state, done.done) == ("done", done.total)
    assert trial_runs.carry_out(key, clock=builders.AT_REVIEW) == done
    assert "查看试算结果" in client.get(f"{url}progress/").content.decode()
    assert one.number in client.get(url).content.decode()
    assert trial_runs.carry_out("0" * 32, clock=builders.AT_REVIEW) is None


def test_a_trial_that_breaks_says_so_and_can_be_tried_again(desk, monkeypatch):
    one = builders.submitted_filing()
    client = desk()
    monkeypatch.setattr(trial_runs, "AT_ONCE", 0)
    url = upload(client, (NUMBERS, stricter())).url

    def breaks(*_, **__):
        raise OSError("no room on the disk")

    with monkeypatch.context() as patched:
        patched.setattr(trial_runs, "try_draft", breaks)
        with pytest.raises(OSError, match="no room"):
            trial_runs.carry_out(key_of(url), clock=builders.AT_REVIEW)
    text = client.get(url).content.decode()
    assert "试算中断" in text
    assert "重新试算" in text
    assert "未完成" in client.get(address("whatif-new")).content.decode()
    assert client.get(f"{url}again/").status_code == 302
    assert "试算中断" in client.get(url).content.decode(), "a look changes nothing"
    monkeypatch.setattr(trial_runs, "AT_ONCE", 3_000)
    assert client.post(f"{url}again/").url == url
    assert one.number in client.get(url).content.decode()


def test_what_is_seen_later_is_what_the_duties_of_that_day_reach(desk):
    one = builders.submitted_filing()
    client = desk()
    url = upload(client, ("employer_filing.yaml", stricter())).url
    assert one.number in client.get(url).content.decode()
    owner = client.session["_auth_user_id"]
    DutyGrant.objects.filter(account=owner, duty="registry.read").update(place=builders.SHENYANG)
    assert one.number not in client.get(url).content.decode()


def test_problems_of_a_draft_are_shown_with_file_and_line(desk):
    builders.submitted_filing()
    client = desk()
    response = upload(
        client, ("employer_filing.yaml", stricter().replace(b"unit: person", b"unti: person", 1))
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "parameters/employer_filing.yaml" in text
    assert "不认识的键“unti”" in text
    assert not trial_runs._base().exists()
    assert (
        client.post(address("whatif-new"), {"on": "2026-12-09", "place": builders.FOSHAN}).status_code == 422
    )
    elsewhere = upload(client, ("employer_filing.yaml", stricter()), place=builders.SHENYANG)
    assert elsewhere.status_code == 422


def test_a_zip_with_the_folders_of_the_policy_is_read(desk):
    one = builders.submitted_filing()
    client = desk()
    packed = zipped(
        ("draft/parameters/employer_filing.yaml", stricter()),
        ("draft/.DS_Store", b"x"),
        ("__MACOSX/draft/x", b"x"),
    )
    url = upload(client, ("draft.zip", packed)).url
    assert one.number in client.get(url).content.decode()


# what is not let in


def linked():
    member = zipfile.ZipInfo("parameters/link.yaml")
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped((member, "/etc/passwd"))


def encrypted():
    content = bytearray(zipped(("parameters/a.yaml", b"parameters: []")))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        at = content.index(mark) + (6 if mark == b"PK\x03\x04" else 8)
        content[at] |= 1
    return bytes(content)


def old_zip(name):
    """Return an archive whose names are GBK without saying so, as older Chinese Windows packs them."""
    named = name.encode("gb18030")
    stand_in = ("x" * len(named)).encode()
    return zipped((stand_in.decode(), "a")).replace(stand_in, named)


def laughs():
    lines = ["parameters:", "  a0: &a0 [x, x]"]
    lines += [f"  a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    return "\n".join(lines).encode()


def ratio():
    """Return an archive of many files, each small when packed, together far too much."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(50):
            archive.writestr(f"rules/x/r{number}.yaml", b"# " + b" " * 1024 * 1024)
    assert len(target.getvalue()) * 500 < 50 * 1024 * 1024
    return target.getvalue()


def bomb():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("parameters/big.yaml", b"#" * (draft_files.LIMIT_BYTES + 1))
    return target.getvalue()


BAD = {
    "climbs_out": ("a.zip", zipped(("../../etc/cron.yaml", "a: 1")), "不在草案可以放文件的位置"),
    "climbs_inside": ("a.zip", zipped(("rules/../../x.yaml", "a: 1")), "不在草案可以放文件的位置"),
    "absolute": (
        "a.zip",
        zipped(("/etc/x.yaml", "a: 1"), ("facts.yaml", "a: 1")),
        "不在草案可以放文件的位置",
    ),
    "backslash": ("a.zip", zipped(("rules\\x\\a.yaml", "a: 1")), "不在草案可以放文件的位置"),
    "hidden": (
        "a.zip",
        zipped(
            ("parameters/.a.yaml", "a: 1"),
        ),
        "不在草案可以放文件的位置",
    ),
    "newline_in_name": ("a.zip", zipped(("parameters/a.yaml\n", "a: 1")), "不在草案可以放文件的位置"),
    "query": ("a.zip", zipped(("screens/SCR-001-x/query.sql", "x")), "不在草案可以放文件的位置"),
    "catalogue": ("a.zip", zipped(("catalogues/divisions.csv", "x")), "不在草案可以放文件的位置"),
    "link": ("a.zip", linked(), "不是普通文件"),
    "encrypted": ("a.zip", encrypted(), "已加密"),
    "bomb": ("a.zip", bomb(), "超过 4 MB"),
    "many": ("a.zip", zipped(*((f"rules/x/{n}.yaml", "a: 1") for n in range(301))), "超过 300 个"),
    "twice": ("a.zip", zipped(("facts.yaml", "a: 1"), ("parameters/x.yaml", "a: 1")), None),
    "nothing_inside": ("a.zip", zipped(), "里没有任何文件"),
    "empty_file": ("facts.yaml", b" \n", "是空的"),
    "gbk": ("facts.yaml", "facts:\n  - name: 人数\n".encode("gb18030"), "第 2 行不是 UTF-8 文字"),
    "utf16": ("facts.yaml", "facts: []".encode("utf-16"), "第 1 行不是 UTF-8 文字"),
    "gbk_in_zip": ("a.zip", zipped(("parameters/a.yaml", "a: 数".encode("gb18030"))), "编码选 UTF-8"),
    "old_zip_name": ("a.zip", old_zip("草案/说明.txt"), "“说明.txt”不在草案可以放文件的位置"),
    "laughs": ("a.yaml", laughs(), "使用了 YAML 引用"),
    "ratio": ("a.zip", ratio(), "超过 4 MB"),
    "merge": ("a.yaml", b"parameters:\n  - &x {a: 1}\n  - <<: *x\n", "第 2 行使用了 YAML 引用"),
    "no_zip": ("a.zip", b"GIF89a", "不是可以读取的 ZIP"),
    "cut_off": ("a.zip", zipped(("facts.yaml", "a: 1"))[:40], "不是可以读取的 ZIP"),
    "program": ("a.py", b"print(1)", "不是 .yaml 文件"),
    "workbook_as_yaml": ("a.yaml", zipped(("xl/workbook.xml", "x")), "不在草案可以放文件的位置"),
    "empty": ("a.zip", zipped(("__MACOSX/x", "x")), "没有读到任何草案文件"),
    "nowhere": ("something.yaml", b"hello: 1", "看不出应放在"),
    "references": ("a.yaml", b"parameters:\n  - &a [x]\n  - [*a, *a]\n", "使用了 YAML 引用"),
    "deep": ("a.yaml", b"parameters: " + b"[" * 3000, "嵌套超过"),
    "large": ("a.yaml", b"#" * (draft_files.LIMIT_BYTES + 1), "超过 4 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_must_not_come_in_is_named_and_nothing_is_kept(name, settings, tmp_path, monkeypatch):
    settings.STATE_DIR = tmp_path
    monkeypatch.chdir(tmp_path)
    file, content, says = BAD[name]
    draft = draft_files.read_draft([SimpleUploadedFile(file, content)])
    if says is None:
        assert draft.problems == ()
        return
    assert any(says in one for one in draft.problems), draft.problems
    assert all("\n" not in one for one in draft.problems)
    assert not list(tmp_path.rglob("*")), "reading writes nothing"


def test_the_same_file_twice_is_refused_and_single_files_find_their_place():
    both = [
        SimpleUploadedFile("exams.yaml", b"parameters: []"),
        SimpleUploadedFile("exams.yaml", b"parameters: []"),
    ]
    assert any("出现了两次" in one for one in draft_files.read_draft(both).problems)
    some = {
        "exams.yaml": "parameters/exams.yaml",
        "facts.yaml": "facts.yaml",
        "FS20.yaml": "documents/FS20.yaml",
        "REG-003-insured-headcount.yaml": "rules/registry/REG-003-insured-headcount.yaml",
    }
    given = [SimpleUploadedFile(name, b"a: 1") for name in some]
    assert set(draft_files.read_draft(given).files) == set(some.values())
    fresh = {
        "new-numbers.yaml": (b"parameters: []", "parameters/new-numbers.yaml"),
        "XX26.yaml": (b"id: XX26\nissuers: [a]", "documents/XX26.yaml"),
        "REG-900-new.yaml": (b"id: REG-900\nasks_of: x", "rules/draft/REG-900-new.yaml"),
    }
    given = [SimpleUploadedFile(name, content) for name, (content, _) in fresh.items()]
    assert set(draft_files.read_draft(given).files) == {place for _, place in fresh.values()}


# the command


def test_the_command_tries_the_draft_on_what_is_on_record(tmp_path):
    one = authority_builders.city()
    (tmp_path / "draft" / "parameters").mkdir(parents=True)
    (tmp_path / "draft" / "parameters" / "employer_filing.yaml").write_bytes(stricter())
    common = ["diff", "--on", "2026-12-09", "--with", str(tmp_path / "draft")]
    sheet = tmp_path / "out.xlsx"
    result = CliRunner().invoke(
        policy, [*common, "--place", builders.FOSHAN, "--export", str(sheet), "--json"]
    )
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert {one["kind"] for one in found["changes"]} == {"parameter", "case"}
    assert found["records"]["judged"]["filing"] == Filing.objects.count()
    assert found["records"]["totals"]["newly_fails"] == Filing.objects.count()
    assert found["records"]["rules"][0]["rule"] == "REG-003"
    assert found["records"]["export"] == str(sheet)
    numbers = {row[1] for row in openpyxl.load_workbook(sheet).active.iter_rows(min_row=4, values_only=True)}
    assert one.submitted.number in numbers
    shown = CliRunner().invoke(policy, common).output
    assert "参数 employer_filing.minimum_insured_headcount（440600）：300 → 400" in shown
    assert f"新增不符合：备案 {Filing.objects.count()} 件" in shown
    assert "佛山市顺德区" in shown
    nowhere = CliRunner().invoke(policy, [*common, "--place", builders.NANHAI, "--json"])
    assert json.loads(nowhere.stdout)["records"]["judged"] == {}
    without = CliRunner().invoke(policy, [*common, "--no-records", "--json"])
    assert json.loads(without.stdout)["records"] is None
    assert CliRunner().invoke(policy, [*common, "--no-records", "--export", str(sheet)]).exit_code == 2
    assert CliRunner().invoke(policy, [*common, "--records", "--policy", str(policy_folder())]).exit_code == 2
