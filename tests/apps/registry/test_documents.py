"""Files are judged by what they are, kept by their hash, and never run."""

import hashlib
import io
import stat
import zipfile

import pytest

from tests import builders
from tests.apps.journal.watching import officer_with, recorded, unchanged, undone
from zhiping.apps.journal.errors import DocumentRefusedError
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry import storage
from zhiping.apps.registry.errors import NotYourBodyError
from zhiping.kernel.actor import DutyMissingError

pytestmark = pytest.mark.django_db
NOW = builders.AT_FILING
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 32


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.STATE_DIR = tmp_path


def office(member: str, *, extra: dict[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {member: b"<x/>", **(extra or {})}.items():
            archive.writestr(name, content)
    return target.getvalue()


GOOD = {
    "a.pdf": (builders.PDF, "application/pdf"),
    "a.png": (PNG, "image/png"),
    "a.jpg": (JPEG, "image/jpeg"),
    "a.docx": (
        office("word/document.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "a.xlsx": (
        office("xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "picture.exe": (PNG, "image/png"),
}
BAD = {
    "empty.pdf": b"",
    "page.pdf": b"<!doctype html><script>alert(1)</script>",
    "drawing.png": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "program.pdf": b"MZ" + b"\0" * 100,
    "program.jpg": b"\x7fELF" + b"\0" * 100,
    "plain.zip": office("readme.txt"),
    "broken.docx": b"PK\x03\x04" + b"\0" * 40,
    "macro.docx": office("word/document.xml", extra={"word/vbaProject.bin": b"\0"}),
    "macro.xlsx": office("xl/workbook.xml", extra={"xl/VBAPROJECT.BIN": b"\0"}),
    "late.pdf": b"\n\n%PDF-1.4",
    "large.pdf": b"%PDF-1.4" + b"\0" * storage.LIMIT_BYTES,
}


def add(body, name, content, actor=None):
    return registry.add_document(
        body.pk, kind="other", name=name, content=content, actor=actor or builders.clerk(body), clock=NOW
    )


def test_what_is_kept_is_known_by_its_content_whatever_its_name_says():
    body = builders.new_body()
    for name, (content, content_type) in GOOD.items():
        with recorded() as entries:
            document = add(body, name, content)
        assert (document.content_type, document.size) == (content_type, len(content))
        assert document.sha256 == hashlib.sha256(content).hexdigest()
        assert [entry.event for entry in entries] == ["registry.document_added"]


@pytest.mark.parametrize("name", BAD)
def test_what_is_empty_too_large_or_not_what_it_claims_is_refused_and_not_kept(name, settings):
    body = builders.new_body()
    with undone(), unchanged(body), pytest.raises(DocumentRefusedError) as refusal:
        add(body, name, BAD[name])
    assert refusal.value.facts["name"] == name
    assert not list(settings.STATE_DIR.rglob("*"))


def test_an_office_file_that_would_unpack_to_gigabytes_is_refused():
    bomb = office("word/document.xml", extra={"word/media/big.bin": b"\0" * (storage.LIMIT_BYTES * 21)})
    assert len(bomb) < 1024 * 1024
    body = builders.new_body()
    with undone(), unchanged(body), pytest.raises(DocumentRefusedError):
        add(body, "bomb.docx", bomb)


def test_files_lie_under_their_hash_in_the_state_folder_and_are_not_executable(settings):
    body = builders.new_body()
    document = add(body, "../../../etc/passwd.pdf", builders.PDF)
    path = storage.path_of(document.sha256)
    assert path.is_relative_to(settings.STATE_DIR)
    assert path.name == document.sha256
    assert not path.stat().st_mode & (stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    assert [found for found in settings.STATE_DIR.rglob("*") if found.is_file()] == [path]


def test_the_same_content_is_kept_once():
    body = builders.new_body()
    one, other = add(body, "a.pdf", builders.PDF), add(body, "b.pdf", builders.PDF)
    assert one.pk != other.pk
    assert storage.path_of(one.sha256) == storage.path_of(other.sha256)


def test_a_kept_file_that_was_changed_or_lost_is_never_handed_out():
    body = builders.new_body()
    document = add(body, "a.pdf", builders.PDF)
    assert storage.read(document.sha256) == builders.PDF
    path = storage.path_of(document.sha256)
    path.write_bytes(builders.PDF + b" ")
    with pytest.raises(DocumentRefusedError):
        storage.read(document.sha256)
    path.unlink()
    with pytest.raises(DocumentRefusedError):
        storage.read(document.sha256)


@pytest.mark.parametrize("broken", [b"", b"%PDF-1.4 cut", None])
def test_handing_a_file_in_again_heals_one_that_was_broken_on_disk(broken):
    """What lies under a hash is believed only when it has that hash."""
    body = builders.new_body()
    document = add(body, "a.pdf", builders.PDF)
    path = storage.path_of(document.sha256)
    path.unlink() if broken is None else path.write_bytes(broken)
    add(body, "b.pdf", builders.PDF)
    assert storage.read(document.sha256) == builders.PDF
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("broken", [b"", b"cut", None])
def test_a_sealed_file_is_healed_too_and_a_whole_one_is_not_sealed_anew(broken):
    digest = storage.keep(b"roster")
    (path,) = storage.path_of(digest).parent.iterdir()
    sealed = path.read_bytes()
    storage.keep(b"roster")
    assert path.read_bytes() == sealed
    path.unlink() if broken is None else path.write_bytes(broken)
    assert storage.keep(b"roster") == digest
    assert storage.read(digest) == b"roster"


def test_what_is_kept_beside_a_roster_is_healed_and_follows_the_newest():
    digest = storage.keep(b"roster")
    storage.keep_beside(digest, "0123456789abcdef", b"read")
    path = storage.path_of(digest).with_suffix(".0123456789abcdef.sealed")
    path.write_bytes(b"broken")
    assert storage.read_beside(digest, "0123456789abcdef") is None
    storage.keep_beside(digest, "0123456789abcdef", b"read again")
    assert storage.read_beside(digest, "0123456789abcdef") == b"read again"


def test_a_broken_seal_hides_no_file_that_also_lies_in_the_open():
    """The same bytes may be evidence and roster; one whole copy is enough."""
    digest = storage.store("a.pdf", builders.PDF).sha256
    assert storage.keep(builders.PDF) == digest
    storage.path_of(digest).with_suffix(".sealed").write_bytes(b"broken")
    assert storage.read(digest) == builders.PDF


def test_publishing_and_withdrawing_are_the_bodys_own_and_each_is_recorded_once():
    body = builders.new_body()
    document = add(body, "a.pdf", builders.PDF)
    stranger, clerk = builders.clerk(builders.new_body()), builders.clerk(body)
    for step, event in (
        (registry.publish_document, "registry.document_published"),
        (registry.withdraw_document, "registry.document_withdrawn"),
    ):
        with undone(), unchanged(document), pytest.raises(NotYourBodyError):
            step(document.pk, actor=stranger, clock=NOW)
        with recorded() as entries:
            step(document.pk, actor=clerk, clock=NOW)
        assert [entry.event for entry in entries] == [event]


def test_an_officer_adds_photos_where_the_duty_reaches():
    body = builders.new_body()
    far = officer_with("registry.verify_onsite", place="210100")
    with undone(), unchanged(body), pytest.raises(DutyMissingError):
        add(body, "a.png", PNG, actor=far)
    assert add(body, "a.png", PNG, actor=officer_with("registry.verify_onsite", place="440600")).pk
