"""Clause coverage as a fact: what actions, moves and pages declare, and what proves it."""

import json

import pytest
from click.testing import CliRunner
from django.urls import get_resolver

from zhiping.core.policybook import PolicyBook
from zhiping.kernel.moves import Move
from zhiping.kernel.resources import policy_folder
from zhiping.portals.console import enforcers as reading
from zhiping.portals.console.citations import clauses_in, section
from zhiping.portals.console.policy import policy
from zhiping.portals.console.proofs import proofs
from zhiping.portals.disclosure import discloses
from zhiping.portals.gate import public


@pytest.fixture(scope="module")
def book():
    return PolicyBook.load(policy_folder())


def covered(*arguments):
    result = CliRunner().invoke(policy, ["coverage", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_clause_that_anything_declares_is_in_a_document(book):
    unknown = {
        name: missing
        for name, clauses in reading.enforcers().items()
        if (missing := [clause for clause in clauses if clause not in book.clauses])
    }
    assert unknown == {}


def test_every_clause_that_a_move_or_a_page_cites_is_in_a_document(book):
    for app in reading.installed_apps():
        for thing, table in reading.move_tables(app):
            cited = {clause for move in table.values() for clause in move.clauses}
            assert cited <= set(book.clauses), thing


def test_an_action_declares_the_clauses_of_its_authority():
    found = reading.enforcers()
    assert found["registry.submit_filing"] == ("LN24-2.1a", "LN24-2.1b", "FS20-3.2", "FS20-5.3")
    assert "certificates.annul_certificate" in found
    assert "registry.register_body" not in found, "it declares none"


def test_a_move_declares_its_clauses_under_app_thing_verb():
    assert reading.enforcers()["registry.body.suspend"] == ("LN24-3.5c",)
    table = {("a", "go"): Move(to="b", clauses=("X-1",)), ("c", "go"): Move(to="b", clauses=("X-1", "X-2"))}
    assert reading.clauses_of_verb(table, "go") == ("X-1", "X-2")


def test_only_the_authority_section_counts():
    doc = "Do it (LN24-9).\n\nAuthority:\n    FS20-4.3, and REG-038 asks FS20-S2.\nRefuses:\n    FS20-5.3."
    assert clauses_in(section(doc, "Authority")) == ("FS20-4.3", "FS20-S2")
    assert section(doc, "Duty") == ""
    assert clauses_in("SCR-001, RSBF19-90-0, STD18-1-1.") == ("RSBF19-90-0", "STD18-1-1")


def test_a_page_declares_what_it_makes_public():
    def page(_request):
        """Show it."""

    assert public(discloses("FS20-4.3")(page)).clauses == ("FS20-4.3",)
    assert discloses("FS20-4.3", "LN24-2.1a")(public(page)).clauses == ("FS20-4.3", "LN24-2.1a")


def test_every_named_page_is_looked_at():
    names = [name for name, _ in reading._named_views(get_resolver(), ())]
    assert "public:home" in names
    assert len(names) > 20


def test_coverage_counts_what_the_program_itself_declares(book, tmp_path):
    table = json.loads(covered("--json"))
    row = next(one for one in table["rows"] if one["clause"] == "FS20-4.2")
    assert "exams.answer_plan" in row["others"]
    assert table["covered"] == table["binding"] - len(table["open"])
    without = tmp_path / "nothing.yaml"
    without.write_text("{}", encoding="utf-8")
    bare = json.loads(covered("--json", "--enforcers", str(without)))
    assert len(bare["open"]) > len(table["open"])
    assert set(table["open"]) <= {clause.id for clause in book.clauses.values() if clause.binds}


def test_coverage_names_what_proves_a_clause():
    table = json.loads(covered("--json"))
    proved = {one["clause"]: one["proofs"] for one in table["rows"]}
    assert any(proof.startswith("case REG-003 (") for proof in proved["FS20-E2"])
    assert any(proof.startswith("world SCR-001/") for proof in proved["LN24-3.6b"])
    text = covered()
    for clause in table["open"]:
        assert f"待落实 {clause} " in text


def test_a_test_that_names_a_clause_is_found(tmp_path, book):
    (tmp_path / "test_one.py").write_text(
        "def test_a():\n    'FS20-E2'\n\ndef test_b():\n    pass\n\nCASES = ['LN24-2.1a', 'NOT-1']\n"
    )
    found = proofs(book, policy=tmp_path, tests=tmp_path)
    assert "test test_one.py::test_a" in found["FS20-E2"]
    assert "test test_one.py" in found["LN24-2.1a"]
    assert not any("test_b" in proof for those in found.values() for proof in those)
    assert "NOT-1" not in found


def test_a_clause_that_nobody_published_is_refused(tmp_path):
    declared = tmp_path / "declared.yaml"
    declared.write_text("registry.imagined: [FS20-99]\n", encoding="utf-8")
    result = CliRunner().invoke(policy, ["coverage", "--enforcers", str(declared)])
    assert result.exit_code == 2
    assert "FS20-99" in result.output
