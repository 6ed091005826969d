"""Stored files that no row names: found once they are old, removed, and never one that is still wanted."""

import json
import os

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import transaction
from django.db.models import CharField

from tests import builders
from zhiping.apps.exams import actions as exams
from zhiping.apps.exams.models import RosterImport
from zhiping.apps.journal.storage import path_of
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry import storage
from zhiping.portals import stored_files
from zhiping.portals.authority import jobs
from zhiping.portals.console.db import db

pytestmark = pytest.mark.django_db
LONG_AGO = 2 * 86_400


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    return tmp_path / "files"


def files(folder):
    return {path for path in folder.rglob("*") if path.is_file()}


def age(paths):
    for path in paths:
        then = path.stat().st_mtime - LONG_AGO
        os.utime(path, (then, then))


def handed_in(sitting, content):
    clerk = builders.clerk(sitting.body)
    return exams.preview_candidates(
        sitting.pk, file_name="a.xlsx", content=content, actor=clerk, clock=builders.AT_FILING
    )


def rolled_back_roster(sitting):
    """Hand a roster in, in a transaction that comes to nothing."""
    content = builders.workbook([builders.candidate_row(index) for index in range(3)])
    with transaction.atomic():
        handed_in(sitting, content)
        transaction.set_rollback(True)
    assert not RosterImport.objects.exists()
    return content


def test_what_a_rolled_back_roster_leaves_goes_after_a_day_and_what_is_named_stays(own_folder):
    body = builders.new_body()
    kept = registry.add_document(
        body.pk,
        kind="other",
        name="a.pdf",
        content=builders.PDF,
        actor=builders.clerk(body),
        clock=builders.AT_FILING,
    )
    sitting = builders.accepted_sitting()
    before = files(own_folder)
    rolled_back_roster(sitting)
    left = files(own_folder) - before
    assert len(left) == 2, "the sealed roster and what was read of it"
    assert stored_files.orphans() == (), "a day is left to whoever is still at it"
    age(files(own_folder))
    assert {one.path for one in stored_files.orphans()} == left
    jobs.sweep.func(0)
    assert files(own_folder) == before
    assert path_of(kept.sha256) in before


def test_a_roster_handed_in_again_is_safe_from_the_sweep_before_its_row_is_there(own_folder):
    sitting = builders.accepted_sitting()
    content = rolled_back_roster(sitting)
    age(files(own_folder))
    found = stored_files.orphans()
    assert len(found) == 2
    seen = handed_in(sitting, content)
    stored_files.remove(found)  # found before the row was there
    assert storage.read(seen.sha256) == content
    assert {one.path.name for one in stored_files.orphans()} == set()


def test_a_file_that_was_never_written_to_its_end_goes_although_its_hash_is_named(own_folder):
    body = builders.new_body()
    kept = registry.add_document(
        body.pk,
        kind="other",
        name="a.pdf",
        content=builders.PDF,
        actor=builders.clerk(body),
        clock=builders.AT_FILING,
    )
    part = path_of(kept.sha256).with_name(f"{kept.sha256}.12x34.part")
    part.write_bytes(b"half")
    strange = part.with_name("README")
    strange.write_bytes(b"somebody else's")
    age([part, strange, path_of(kept.sha256)])
    assert [one.path for one in stored_files.orphans()] == [part]


def test_the_command_lists_and_removes(own_folder):
    storage.keep(b"roster of nobody")
    age(files(own_folder))
    listed = CliRunner().invoke(db, ["orphans"])
    assert listed.exit_code == 0, listed.output
    assert "无主文件 1 个" in listed.output
    assert "加 --remove 删除" in listed.output
    assert files(own_folder)
    found = json.loads(CliRunner().invoke(db, ["orphans", "--json", "--remove"]).stdout)
    assert (len(found["files"]), found["removed"]) == (1, 1)
    assert not files(own_folder)
    assert "无主文件 0 个" in CliRunner().invoke(db, ["orphans"]).output


def test_the_night_leaves_a_folder_alone_that_seems_to_be_another_databases(own_folder):
    """The command still removes: a person has looked."""
    storage.keep(b"roster of nobody")
    age(files(own_folder))
    with pytest.MonkeyPatch.context() as patched:
        told = []
        patched.setattr(stored_files._LOG, "warning", lambda *said: told.append(said[0] % said[1:]))
        jobs.sweep.func(0)
    assert told == ["1 of 1 stored files belong to no row: nothing was removed"]
    assert len(files(own_folder)) == 1
    assert stored_files.remove(stored_files.orphans()) == 1


def test_whoever_stores_a_file_has_a_column_by_which_the_sweep_knows_it():
    """Each model that names a stored file does so in a column whose name ends in sha256."""
    named = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, CharField) and field.max_length == 64
    }
    of_files = {"registry.Document.sha256", "exams.RosterImport.sha256", "exams.ArchiveItem.sha256"}
    assert of_files <= named
    assert {one for one in named if "sha256" in one} == {one for one in named if one.endswith("sha256")}
