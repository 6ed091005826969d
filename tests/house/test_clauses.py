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


IMPORTS = """
import pytest
from zhiping.apps.registry import actions as registry
from zhiping.apps.registry.actions import submit_filing
from zhiping.core.policybook import PolicyBook
"""

PROVING = {
    "it calls the action": """
def test_one(filing):
    assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "it calls the action through the app's doorway, and names the clause in what it is told to prove": """
def test_one(filing):
    \"\"\"Authority: LN24-2.1a.\"\"\"
    with pytest.raises(ValueError):
        registry.submit_filing(filing)
""",
    "a helper of its own file calls the action": """
def send(filing):
    return registry.submit_filing(filing)

def test_one():
    assert send(1) == "LN24-2.1a"
""",
    "a fixture of its own file does": """
@pytest.fixture
def sent():
    return registry.submit_filing(1)

def test_one(sent):
    assert sent == "LN24-2.1a"
""",
    "each of its cases names one": """
@pytest.mark.parametrize("clause", ["LN24-2.1a", "FS20-4.3"])
def test_one(clause):
    assert clause in registry.submit_filing(1)
""",
    "it is handed the action to be tried": """
def refused(action):
    with pytest.raises(ValueError):
        action()

def test_one():
    assert refused(registry.submit_filing) == "LN24-2.1a"
""",
    "it asks for the page that makes it public": """
def test_one(client):
    assert "LN24-2.1a" in client.get(f"/notices/filings/{1}/?page=2").content
""",
    "it stands in a class": """
class TestNotices:
    def test_one(self, client):
        assert "LN24-2.1a" in client.get("/notices/").content
""",
}

PROVING_NOTHING = {
    "a table that lists every id": """
CLAUSES = ("GD18-1", "LN24-2.1a", "FS20-4.3")

def test_one():
    assert registry.submit_filing(1)
""",
    "a list of ids, compared with the book": """
def test_one(book):
    assert {"LN24-2.1a", "FS20-4.3"} <= book.clauses.keys()
""",
    "a comment": """
def test_one(filing):
    # LN24-2.1a
    assert registry.submit_filing(filing)
""",
    "skipped": """
@pytest.mark.skip(reason="later")
def test_one(filing):
    assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "skipped sometimes": """
@pytest.mark.skipif(True, reason="never")
def test_one(filing):
    assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "skipped from within": """
def test_one(filing):
    pytest.skip("later")
    assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "expected to fail": """
@pytest.mark.xfail
def test_one(filing):
    assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "in a file that is skipped": """
pytestmark = [pytest.mark.django_db, pytest.mark.skip]

def test_one(filing):
    assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "in a class that is skipped": """
@pytest.mark.skip
class TestAll:
    def test_one(self, filing):
        assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "unable to fail": """
def test_one(filing):
    submit_filing(filing, clause="LN24-2.1a")
""",
    "never called by pytest": """
def check_one(filing):
    assert submit_filing(filing).clauses == ("LN24-2.1a",)

class Notices:
    def test_one(self, filing):
        assert submit_filing(filing).clauses == ("LN24-2.1a",)
""",
    "only imported": """
def test_one():
    assert submit_filing.__doc__ and "LN24-2.1a"
""",
    "only looked at": """
def test_one():
    assert callable(submit_filing) and hasattr(registry, "submit_filing"), "LN24-2.1a"
""",
    "an action that carries out another clause": """
def test_one(body):
    assert registry.suspend_body(body).clauses == ("LN24-2.1a",)
""",
    "a function of that name from elsewhere": """
from tests.builders import register_body as registered
from elsewhere import submit_filing as send

def test_one(filing):
    assert send(filing) == registered("LN24-2.1a")
""",
    "an address that is only looked for in a text": """
def test_one(html):
    assert html.index("/notices/") > html.index("LN24-2.1a")
""",
    "a page that shows something else": """
def test_one(client):
    assert "LN24-2.1a" in client.get("/about/").content
""",
    "a question about rules that do not cite it": """
def test_one():
    book = PolicyBook.load("policy")
    assert book.judge("employer_filing", {}) == "LN24-2.1a"
""",
}


def proved_by(text, tmp_path, book):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_one.py").write_text(IMPORTS + text, encoding="utf-8")
    found = proofs(book, policy=tmp_path, tests=tmp_path / "tests")
    return [one for one in found.get("LN24-2.1a", ()) if one.startswith("test ")]


@pytest.mark.parametrize("why", PROVING)
def test_a_test_proves_what_it_names_and_exercises(why, tmp_path, book):
    assert len(proved_by(PROVING[why], tmp_path, book)) == 1


@pytest.mark.parametrize("why", PROVING_NOTHING)
def test_a_test_that_exercises_nothing_of_the_clause_proves_nothing(why, tmp_path, book):
    assert proved_by(PROVING_NOTHING[why], tmp_path, book) == []


def test_a_move_is_exercised_by_the_action_that_makes_it_and_a_rule_by_judging(tmp_path, book):
    tests = {
        "test_moves.py": """
from zhiping.apps.certificates.actions import annul_certificate

def test_annul(number):
    assert annul_certificate(number) == "FS20-5.2"
""",
        "test_law.py": """
from zhiping.core.policybook import PolicyBook

def ask(facts):
    return PolicyBook.load("policy").judge("employer_filing", facts)

def test_headcount():
    assert ask({}) == {"FS20-E2", "FS20-S2"}

def test_years():
    assert PolicyBook.load("policy").value("notices.validity_years") == "GD18-7"
""",
    }
    for name, text in tests.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = proofs(book, policy=tmp_path, tests=tmp_path)
    assert "test test_moves.py::test_annul" in found["FS20-5.2"]
    assert "test test_law.py::test_headcount" in found["FS20-E2"]
    assert "test test_law.py::test_headcount" not in found["FS20-S2"], "another question"
    assert "test test_law.py::test_years" in found["GD18-7"]


def test_no_file_that_lists_clauses_proves_any(book):
    found = proofs(book, policy=policy_folder())
    named = {one for those in found.values() for one in those if one.startswith("test ")}
    assert named
    assert all("::" in one for one in named)
    lists = ("policy/test_clause_coverage.py", "house/test_clauses.py", "portals/test_every_url.py")
    assert not [one for one in named if one.removeprefix("test ").startswith(lists)]


def test_every_clause_that_is_carried_out_is_proved(book):
    table = json.loads(covered("--json"))
    bare = [row["clause"] for row in table["rows"] if not row["open"] and not row["proofs"]
            and book.clauses[row["clause"]].binds]  # fmt: skip
    assert bare == []


def test_a_page_declares_only_what_is_to_be_made_public(book):
    """A page carries out a publication (公开) or a list (名录), and nothing else."""
    declared = {name: clauses for name, clauses in reading.enforcers().items() if ":" in name}
    assert declared
    wrong = [
        (name, clause)
        for name, clauses in declared.items()
        for clause in clauses
        if not {"D", "L"} & set(book.clauses[clause].kinds)
    ]
    assert wrong == []


def test_a_clause_that_nobody_published_is_refused(tmp_path):
    declared = tmp_path / "declared.yaml"
    declared.write_text("registry.imagined: [FS20-99]\n", encoding="utf-8")
    result = CliRunner().invoke(policy, ["coverage", "--enforcers", str(declared)])
    assert result.exit_code == 2
    assert "FS20-99" in result.output
