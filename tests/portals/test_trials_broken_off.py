"""Trials whose process dies, that run twice at once, or whose draft is touched meanwhile."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from tests import builders
from tests.portals.draft_builders import NUMBERS, address, desk_of, key_of, stricter, upload
from zhiping.kernel.clock import FixedClock
from zhiping.kernel.resources import policy_folder
from zhiping.portals.authority import jobs, trial_runs

pytestmark = pytest.mark.django_db

WORKER = """
import os, signal, sys
import django
django.setup()
from tests import builders
from zhiping.portals.authority import trial_runs

def hangs(draft, *, actor, on, place, say):
    say("filing", 1, 5)
    found = trial_runs._folder(sys.argv[1]) / "found.part"
    found.mkdir()
    (found / "records.parquet").write_bytes(b"half")
    print("under way", flush=True)
    signal.pause()

trial_runs.try_draft = hangs
trial_runs._carry_out(sys.argv[1], builders.SYSTEM, builders.AT_REVIEW)
"""


@pytest.fixture
def desk(client, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(trial_runs, "AT_ONCE", 0)
    monkeypatch.setattr(trial_runs, "_PAUSE", 0)
    return desk_of(client, monkeypatch, settings, tmp_path)()


@pytest.fixture
def worker(settings):
    """Start a process that is in the middle of a run, and end it whatever comes."""
    begun = []

    def begin(key):
        told = {
            **os.environ,
            "ZHIPING_STATE_DIR": str(settings.STATE_DIR),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        told["DJANGO_SETTINGS_MODULE"] = "zhiping.config.settings"
        process = subprocess.Popen([sys.executable, "-c", WORKER, key], env=told, stdout=subprocess.PIPE)
        begun.append(process)
        assert process.stdout.readline() == b"under way\n"
        return process

    yield begin
    for process in begun:
        process.kill()
        process.wait()
        process.stdout.close()


def carry_out(url):
    return trial_runs.carry_out(key_of(url), clock=builders.AT_REVIEW)


def test_a_worker_killed_in_the_middle_is_told_and_the_trial_can_be_run_again(desk, worker):
    one = builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    process = worker(key_of(url))
    text = desk.get(url).content.decode()
    assert "已处理 1 / 5 条记录（20%）" in text
    assert "正在试算备案" in text
    assert "hx-get" in text
    assert "重新试算" not in text
    assert desk.post(f"{url}again/").status_code == 302
    assert carry_out(url).state == "running", "two do not work at one run"
    assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    for page in (url, f"{url}progress/"):
        text = desk.get(page).content.decode()
        assert "执行试算的程序已经停止" in text, page
        assert "hx-get" not in text
    assert one.number not in desk.get(url).content.decode()
    assert "重新试算" in desk.get(url).content.decode()
    assert desk.get(url, {"export": "xlsx"}).headers["Content-Type"].startswith("text/html")
    assert "未完成" in desk.get(address("whatif-new")).content.decode()
    assert desk.post(f"{url}again/").url == url
    assert "等待中" in desk.get(url).content.decode()
    assert carry_out(url).state == "done"
    assert one.number in desk.get(url).content.decode()
    assert not (trial_runs._folder(key_of(url)) / "found.part").exists()


def test_the_job_that_comes_back_after_a_kill_finishes_the_trial(desk, worker, monkeypatch):
    one = builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    process = worker(key_of(url))
    process.kill()
    process.wait()
    monkeypatch.setattr(jobs, "current_clock", lambda: builders.AT_REVIEW)
    jobs.try_draft_on_record.func(key_of(url))
    assert one.number in desk.get(url).content.decode()


def test_a_trial_that_nobody_begins_says_so_after_a_while(desk, monkeypatch):
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    assert "重新试算" not in desk.get(url).content.decode()
    later = FixedClock(builders.AT_REVIEW.now() + 2 * trial_runs.STUCK_AFTER)
    for module in ("gate", "context"):
        monkeypatch.setattr(f"zhiping.portals.{module}.current_clock", lambda: later)
    text = desk.get(url).content.decode()
    assert "后台任务可能没有在运行" in text
    assert "重新试算" in text


def during(monkeypatch, act):
    """Let something happen once, while a run is being tried."""
    tried, pending = trial_runs.try_draft, [act]

    def and_then(*args, **kwargs):
        if pending:
            pending.pop()()
        return tried(*args, **kwargs)

    monkeypatch.setattr(trial_runs, "try_draft", and_then)


def test_two_trials_of_one_draft_at_once_find_the_same(desk, monkeypatch):
    one = builders.submitted_filing()
    first, second = (upload(desk, (NUMBERS, stricter())).url for _ in range(2))
    assert first != second
    during(monkeypatch, lambda: carry_out(second))
    assert carry_out(first).state == "done"
    pages = [desk.get(url).content.decode() for url in (first, second)]
    assert all(one.number in page for page in pages)
    runs = [trial_runs._read(key_of(url)) for url in (first, second)]
    assert runs[0].changes == runs[1].changes
    assert runs[0].done == runs[1].done == runs[0].total > 0


def test_one_trial_asked_for_twice_at_once_is_tried_once(desk, monkeypatch):
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    states = []
    during(monkeypatch, lambda: states.append(carry_out(url).state))
    assert carry_out(url).state == "done"
    assert states == ["running"]


def test_a_draft_touched_before_its_trial_is_not_tried(desk):
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    kept = trial_runs._folder(key_of(url)) / "draft" / "parameters" / NUMBERS
    for content in (stricter(500), b"a: ["):
        kept.write_bytes(content)
        assert carry_out(url).state == "failed"
        text = desk.get(url).content.decode()
        assert "草案文件在交来之后被改动" in text
        assert NUMBERS in text


def test_a_draft_touched_during_its_trial_is_tried_as_it_was_handed_in(desk, monkeypatch):
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    kept = trial_runs._folder(key_of(url)) / "draft" / "parameters" / NUMBERS
    during(monkeypatch, lambda: kept.write_bytes(stricter(1)))
    assert carry_out(url).state == "done"
    assert "草案不少于 400人" in desk.get(url).content.decode()


def test_a_law_edited_below_a_running_service_is_not_counted_as_the_drafts(desk, monkeypatch, tmp_path):
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    edited = tmp_path / "policy"
    shutil.copytree(policy_folder(), edited)
    exams = edited / "parameters" / "exams.yaml"
    text = exams.read_text(encoding="utf-8")
    exams.write_text(text.replace("value: 5", "value: 6", 1).replace("5个", "6个", 1), encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(trial_runs, "policy_folder", lambda: edited)
        assert carry_out(url).state == "failed"
    text = desk.get(url).content.decode()
    assert "政策库的文件在服务启动之后有改动（parameters/exams.yaml）" in text
    assert "重新启动服务" in text
    assert desk.post(f"{url}again/").status_code == 302
    assert carry_out(url).state == "done"


def test_a_trial_dropped_while_it_runs_ends_without_a_trace(desk, monkeypatch):
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    during(monkeypatch, lambda: desk.post(f"{url}drop/"))
    assert carry_out(url) is None
    assert list(trial_runs._base().iterdir()) == []
    assert desk.get(url).status_code == 404


def test_what_a_killed_process_left_half_made_is_swept_and_nothing_younger(desk):
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    base = trial_runs._base()
    old = builders.AT_REVIEW.now().timestamp() - 2 * 86_400
    for name in ("0" * 32, f"gone-{'1' * 32}", "2" * 32):
        (base / name / "draft").mkdir(parents=True)
        moment = old + 2 * 86_400 if name.startswith("2") else old
        os.utime(base / name, (moment, moment))
    trial_runs.sweep(builders.AT_REVIEW)
    assert {path.name for path in base.iterdir()} == {key_of(url), "2" * 32}


def test_a_run_kept_by_an_earlier_version_is_still_shown(desk):
    """A field more or less in what is kept breaks no page."""
    builders.submitted_filing()
    url = upload(desk, (NUMBERS, stricter())).url
    file = trial_runs._folder(key_of(url)) / "run.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"digest"', '"of_another_version"'), encoding="utf-8")
    assert desk.get(url).status_code == 200
    assert desk.get(address("whatif-new")).status_code == 200
