"""A draft (草案) laid over the law in force: what is tried, and what its writer may not expect of it.

A file of a draft takes the place of the file of the same path, whole; all other files stay as they are.
Three things follow that surprise: what was left out of a replaced file is gone, what was deleted from a
copy of the folder is still there, and a rule that is only drafted judges nobody. The first two are told;
the third is lifted, since a trial is what one does before a rule is reviewed.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from zhiping.core.policybook import PolicyBook, Problem, Rule
from zhiping.core.policybook.loading import Library, file_texts
from zhiping.core.policybook.model import RuleStatus
from zhiping.portals.policy_problems import Told, told

_WHOLE_FOLDER = 5
"""From so many files on, more than half of a folder counts as a copy of that folder."""

_REPLACES = "草案文件整份取代政策库中的同名文件。"
_ADVICE: Mapping[str, str] = {
    "duplicate_id": (
        "要改动已有的这一条，请让草案文件与它所在的文件同名、同文件夹，并把该文件的其他内容也写全："
        + _REPLACES
    ),
    "file_empty": (
        "空文件不会停止原来的规定。要停止一条规则，请保留全文，在 in_force 写明 to，把 status 改为 retired。"
    ),
    "left_out": (
        "这里用到的“{name}”现行写在 {file}，草案的同名文件里没有了它。" + _REPLACES + "不改的内容也请留着。"
    ),
}
DELETED = (
    "草案里没有的现行文件照旧施行：{files}。删去文件不会停止规定；"
    "要停止一条规则，请保留该文件，在 in_force 写明 to，把 status 改为 retired。"
)
_UNKNOWN = {"parameter_unknown": "parameter", "clause_unknown": "clause", "fact_unknown": "fact"}
"""Problems that name something missing → the fact of the problem that holds its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLaw:
    """The law with a draft: the book, and what is to be told beside it.

    `as_reviewed` are the rules of the draft that are only drafted and are tried as if in force.
    `deleted_in_vain` are files in force that a copy of their folder lacks: they stay in force.
    """

    book: PolicyBook
    as_reviewed: tuple[str, ...]
    deleted_in_vain: tuple[str, ...]


def with_draft(current: PolicyBook, draft: Path, *, policy: Path) -> DraftLaw:
    """Load the law with a draft folder; what is drafted there judges like a reviewed rule.

    Refuses:
        PolicyInvalidError: the files have problems; it carries all of them with file and line.
    """
    book = PolicyBook.load(policy, draft=draft)
    files = frozenset(file_texts(draft))
    drafted: dict[str, Rule] = {
        rule.id: replace(rule, status=RuleStatus.REVIEWED)
        for rule in book.rules.values()
        if not rule.judges and rule.origin.file in files and _is_new(current, rule.id, rule.content_hash)
    }
    return DraftLaw(
        book=_with_rules(book, drafted) if drafted else book,
        as_reviewed=tuple(sorted(drafted)),
        deleted_in_vain=tuple(_missing(files, file_texts(policy))),
    )


def files_of(draft: Path, *, policy: Path) -> tuple[Mapping[str, bytes], tuple[str, ...]]:
    """Return what is read of a draft folder, and the files that lie where nothing is read.

    What the policy folder itself has beside its law (a page to read, the query of a screen) is expected.
    """
    read = {name: path.read_bytes() for name, path in file_texts(draft).items()}
    there = (path.relative_to(draft).as_posix() for path in sorted(draft.rglob("*")) if path.is_file())
    beside = tuple(name for name in there if name not in read and not (policy / name).exists())
    return read, beside


def is_in_force(files: Mapping[str, bytes], policy: Path) -> bool:
    """Tell whether every file of a draft says what the policy folder says, line ends left aside."""
    there = file_texts(policy)
    return all(name in there and _plain(there[name].read_bytes()) == _plain(files[name]) for name in files)


def moved_since(current: PolicyBook, law: DraftLaw, files: Iterable[str]) -> tuple[str, ...]:
    """Return the files, none of the draft's, in which the folder now differs from the law as it was loaded.

    A service loads its law once. Where somebody edits the folder below it, a trial would count that
    work as the draft's.
    """
    before, now = _said(current), _said(law.book)
    moved = (key for key in before.keys() | now.keys() if _what(before, key) != _what(now, key))
    found = {side[key][0] for key in moved for side in (before, now) if key in side}
    return tuple(sorted(found - frozenset(files)))


def told_of_draft(problem: Problem, current: PolicyBook, files: Collection[str]) -> Told:
    """Say what is wrong in a draft, where, and what to do, as far as a draft asks for something else."""
    plain = told(_seen_from(problem, files))
    if instead := _left_out(problem, current):
        return replace(plain, text=instead)
    return replace(plain, text=f"{plain.text}{_ADVICE.get(problem.code, '')}")


def _seen_from(problem: Problem, files: Collection[str]) -> Problem:
    """Put a number that is given twice where the draft gives it, not where the law has it."""
    other, _, line = str(problem.facts.get("other", "")).rpartition(":")
    if problem.code != "duplicate_id" or problem.file in files or other not in files:
        return problem
    facts = {**problem.facts, "other": f"{problem.file}:{problem.line}"}
    return replace(problem, file=other, line=int(line), facts=facts)


def _left_out(problem: Problem, current: PolicyBook) -> str:
    name = str(problem.facts.get(_UNKNOWN.get(problem.code, ""), ""))
    known = (current.parameters.get(name), current.clauses.get(name), current.facts.get(name))
    file = next((one.origin.file for one in known if one is not None), "")
    return _ADVICE["left_out"].format(name=name, file=file) if file else ""


type _Said = dict[tuple[str, str], tuple[str, object]]
"""Kind and name → the file that says it, and what it says that counts when a case is judged."""


def _said(book: PolicyBook) -> _Said:
    said: _Said = {}
    for rule in book.rules.values():
        said["rule", rule.id] = rule.origin.file, rule.content_hash
    for one in book.parameters.values():
        values = [
            (value.place, value.period, value.value, value.wording, value.clause) for value in one.values
        ]
        said["parameter", one.id] = one.origin.file, (one.unit, values)
    for fact in book.facts.values():
        fields = [(field.name, field.type) for field in fact.fields]
        said["fact", fact.name] = fact.origin.file, (fact.type, fact.unit, fact.allowed, fields)
    return said


def _what(said: _Said, key: tuple[str, str]) -> object:
    return said[key][1] if key in said else None


def _is_new(current: PolicyBook, rule: str, content_hash: str) -> bool:
    before = current.rules.get(rule)
    return before is None or before.judges or before.content_hash != content_hash


def _with_rules(book: PolicyBook, rules: Mapping[str, Rule]) -> PolicyBook:
    return PolicyBook(
        Library(
            documents=dict(book.documents),
            clauses=dict(book.clauses),
            parameters=dict(book.parameters),
            facts=dict(book.facts),
            rules={**book.rules, **rules},
            screens=dict(book.screens),
            catalogues=dict(book.catalogues),
        )
    )


def _missing(files: frozenset[str], there: Iterable[str]) -> Iterator[str]:
    """Yield the files in force that the draft lacks in folders of which it is a copy."""
    folders: dict[str, list[str]] = {}
    for name in there:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    for names in folders.values():
        given = [name for name in names if name in files]
        if len(given) >= _WHOLE_FOLDER and len(given) * 2 > len(names):
            yield from sorted(set(names) - set(given))


def _plain(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").strip()
