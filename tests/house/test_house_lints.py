"""Each house rule lets a good example pass and catches a bad one."""

import ast
from pathlib import Path

import pytest

from tests.house import house_lints as lints


def function(text):
    return ast.parse(text).body[0]


def functions(text):
    return {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    ("path", "is_forbidden"),
    [
        ("src/zhiping/apps/exams/eligibility.py", False),
        ("src/zhiping/ui/templates/ui/base_work.html", False),
        ("src/zhiping/apps/exams/utils.py", True),
        ("src/zhiping/apps/exams/exam_helpers.py", True),
        ("src/zhiping/apps/common/models.py", True),
        ("src/zhiping/core/roster/reading_v2.py", True),
    ],
)
def test_names_that_say_nothing(path, is_forbidden):
    assert lints.forbidden_name(Path(path)) is is_forbidden


def test_words_of_a_place_of_work():
    assert lints.forbidden_words("from whatever index pip is configured for") == []
    for word in lints.FORBIDDEN_WORDS:
        assert lints.forbidden_words(f"see {word.upper()}x") == [word]


def test_notes_to_self():
    assert lints.notes_to_self("todolist = 1\n# what is to do next is in the message") == []
    for word in ("DO", "DO:"):
        assert lints.notes_to_self(f"x = 1\n# TO{word} later") == [2]


def test_timed_assertions():
    assert lints.timed_assertions("while time.monotonic() < end:\n    wait()") == []
    assert lints.timed_assertions("began = time.monotonic()\nassert time.monotonic() - began < 2") == [2]
    assert lints.timed_assertions("spent = time.process_time() - start") == [1]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("import x  # noqa: PLC0415 - Django is not ready before", []),
        ("x = y  # type: ignore[misc]  # the stubs lack it", []),
        ("# The stubs lack the attribute.\nx = y  # type: ignore[attr-defined]", []),
        ("import x  # noqa: PLC0415 - not ready\nimport y  # noqa: PLC0415", []),
        ("import x  # noqa", [1]),
        ("import x  # noqa: F401", [1]),
        ("a = 1\nx = y  # type: ignore[misc]", [2]),
        ("x = y  # type: ignore", [1]),
    ],
)
def test_a_lint_is_silenced_with_code_and_reason(text, lines):
    assert lints.bare_suppressions(text) == lines


def test_links(tmp_path):
    (tmp_path / "other.md").write_text("# A Title, 中文\n")
    page = tmp_path / "page.md"
    page.write_text(
        "[a](other.md) [b](other.md#a-title-中文) [c](https://example.invalid/x)\n```\n[d](none.md)\n```\n"
    )
    assert lints.broken_links(page, root=tmp_path) == []
    page.write_text("[a](none.md) [b](other.md#nowhere) [c](../../outside.md)")
    assert lints.broken_links(page, root=tmp_path) == ["none.md", "other.md#nowhere", "../../outside.md"]


def test_settings_are_seen_wherever_they_are_read():
    assert lints.environment_names('os.environ.get("ZHIPING_A_B")') == {"ZHIPING_A_B"}
    assert lints.environment_names('os.environ.get("HOME")') == set()


GOOD_ACTION = '''
def suspend(body, *, actor, clock):
    """Stop it.

    Authority:
        LN24-3.5c.
    Refuses:
        ReasonMissingError: no reason.
    """
    if not body.reason:
        raise ReasonMissingError
    return _move(body, "suspend")

def _move(body, verb):
    return walk(MOVES, body.state, verb)
'''


def test_an_action_says_on_what_authority_and_what_it_refuses():
    def missing(text):
        found = functions(text)
        return lints.missing_sections(
            found["suspend"], position_verbs={"suspend"}, helpers={"_move": found["_move"]}
        )

    assert missing(GOOD_ACTION) == []
    assert missing(GOOD_ACTION.replace("Authority:", "It rests on")) == ["Authority"]
    assert missing(GOOD_ACTION.replace("Refuses:", "It refuses")) == ["Refuses"]
    # A verb without clauses changes nobody's position: it needs no authority.
    no_clauses = GOOD_ACTION.replace("Authority:", "It rests on").replace('"suspend"', '"withdraw"')
    assert missing(no_clauses) == []


def test_placeholders_are_filled():
    template = "编号“{number}”不存在，共 {count} 件。"

    def unfilled(call):
        return lints.unfilled(template, [ast.parse(call, mode="eval").body])

    assert unfilled("E(number=1, count=2, more=3)") == set()
    assert unfilled("E(**facts)") == set()
    assert unfilled("E(number=1)") == {"count"}


def test_refusals_are_found_through_their_ancestors():
    trees = {
        "a": ast.parse(
            "from zhiping.kernel.errors import DomainError\nclass Above(DomainError):\n    code = 'a.above'"
        ),
        "b": ast.parse(
            "from a import Above\nclass Below(Above): pass\nclass Plain(Exception): pass\nBelow(x=1)"
        ),
        "c": ast.parse("class Below(Exception): pass\nBelow(y=1)"),
    }
    assert lints.refusals(trees) == {("a", "Above"): "a.above", ("b", "Below"): "a.above"}
    calls = lints.calls_by_class(trees)
    assert [call.keywords[0].arg for call in calls["b", "Below"]] == ["x"]


def test_sentences_are_found_in_tables():
    assert lints.texts_by_key([ast.parse("M = {'a.b': '话', 'c': 1, **OTHER}")]) == {"a.b": "话"}


def test_imports_and_writes_across_apps():
    tree = ast.parse(
        "from zhiping.apps.registry.models import Person\n"
        "from zhiping.apps.exams.models import Sitting\n"
        "from zhiping.apps.registry.queries import bodies\n"
        "Person.objects.filter(pk=1)\n"
        "Sitting.objects.create()\n"
    )
    assert lints.imports_between_apps(tree, "exams") == [("registry", "models"), ("registry", "queries")]
    assert lints.foreign_writes(tree, "exams") == []
    assert lints.foreign_writes(tree, "registry") == ["Sitting.create"]
    tree = ast.parse(
        "from zhiping.apps.registry.models import Person\n"
        "Person.objects.filter(pk=1).update(x=2)\ncopy_rows(Person, [], [])"
    )
    assert lints.foreign_writes(tree, "exams") == ["Person.update", "copy_rows(Person)"]
    tree = ast.parse(
        "from zhiping.apps.registry.models import Person\n"
        "copy_frame(Person._meta.db_table, people)\ncopy_frames('registry_person', names, people)"
    )
    told = ["copy_frame(Person)", "copy_frames(registry_person)"]
    assert lints.foreign_writes(tree, "exams") == told
    assert lints.foreign_writes(tree, "registry") == []
