"""`zhiping policy new-rule`: begin a rule: a file with three edge cases, and what to do next."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click

from zhiping.core.catalogues.divisions import divisions
from zhiping.core.policybook import ParameterValue, PolicyBook, Problem
from zhiping.core.policybook.messages import OPERATORS, UNITS
from zhiping.core.policybook.model import DECISION_DAYS, FactDeclaration, FactType
from zhiping.core.policybook.wording import Operator, operator_of
from zhiping.kernel.place import NATION, Place, PlaceMalformedError
from zhiping.kernel.resources import policy_folder
from zhiping.portals.console.waiting import APP_LABELS

TO_FILL = "待填"
"""Marks what a person must still write; no rule that carries it can be marked as reviewed by mistake."""

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_PREFIX = re.compile(r"[A-Z]{3}\Z")
_NUMBERS = 999
_MOST_NEAR = 12
_DAY = timedelta(days=1)
_COMPARED = {FactType.WHOLE, FactType.DECIMAL, FactType.DAY}
_SENTENCES = {
    "clause": "没有条款“{value}”。先在 policy/documents 的文件里登记它，再写规则。",
    "fact": "没有事实“{value}”。先在 policy/facts.yaml 登记它，再写规则。",
    "parameter": "没有参数“{value}”。先在 policy/parameters 里登记它，再写规则。",
    "app": "没有名为“{value}”的规则文件夹。现有：{known}。",
    "place": "“{value}”不是行政区划代码。请写六位数字，全国写 CN。",
    "place_unknown": "行政区划中没有代码“{value}”。请核对。",
    "day": "“{value}”不是日期。请写成 2024-09-30 这样的格式。",
    "slug": "“{value}”不能作文件名。请用小写英文单词，以连字符相连，如 insured-headcount。",
    "operator": "“{value}”不是比较方式。可用：{known}。",
    "question": (
        "还没有规则回答“{value}”。确是新事项的，请加 --new-question，并用 --decides-on 写明以哪一天为准。"
    ),
    "decides_on": "“{value}”不是判定依据日。可用：{known}。",
    "empty": "不能为空。",
    "both": "比较对象只能写一个：--parameter 或 --value。",
    "needs_against": "“{value}”需要比较对象：请写 --parameter 或 --value。",
    "prefix": "文件夹“{value}”里还没有规则，请用 --prefix 写明编号的三个大写字母。",
    "folder": "“{value}”里没有 rules 文件夹，不是政策文件夹。请在仓库目录中运行，或写 --policy。",
    "exists": "文件 {value} 已经存在，没有写入。",
    "full": "编号 {value}-001 至 {value}-999 已用完。请用 --prefix 另取三个字母。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person said about the rule to begin."""

    id: str
    app: str
    question: str
    decides_on: str
    clause: str
    title: str
    place: Place
    first_day: date
    fact: FactDeclaration
    operator: str
    parameter: str
    value: str
    slug: str

    @property
    def path(self) -> str:
        """Return the file's path inside the policy folder."""
        return f"rules/{self.app}/{self.id}-{self.slug}.yaml"


@click.command(name="new-rule")
@click.option("--question", help="回答哪个事项，如 employer_filing。")
@click.option("--clause", help="依据哪一条款，如 FS20-E2；多条以后在文件里补。")
@click.option("--app", help="放在哪个文件夹（policy/rules 下），如 registry。")
@click.option("--title", help="规则的标题，写要求本身，如“参保职工人数达到备案要求”。")
@click.option("--place", help="适用地区的行政区划代码，如 440600；全国写 CN。")
@click.option("--from", "first_day", help="从哪一天起施行，如 2020-08-17。")
@click.option("--fact", help="看哪一项事实，如 insured_headcount。")
@click.option("--is", "operator", help="怎样比较，如 as_worded、at_least、yes；不写则按事实的类型取常用的。")
@click.option("--parameter", help="与哪个参数比较，如 employer_filing.minimum_insured_headcount。")
@click.option("--value", help="与哪个固定值比较；文件规定的数应当用参数，不用固定值。")
@click.option("--name", "slug", help="文件名中编号后面的英文，如 insured-headcount；不写则取自事实的名称。")
@click.option("--prefix", help="编号的三个大写字母；不写则与同一文件夹的规则相同。")
@click.option("--decides-on", "decides_on", help="新事项以哪一天为准，如 acceptance_day。")
@click.option("--new-question", "is_new", is_flag=True, help="确认这是还没有规则回答的新事项。")
@click.option("--dry-run", "is_dry", is_flag=True, help="只显示将写的内容，不写文件。")
@click.option(
    "--policy",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="政策文件夹；不写则用本仓库的 policy/。",
)
def new_rule(folder: Path | None, *, is_dry: bool, is_new: bool, **said: str | None) -> None:
    """新建一条规则：逐项询问（或由选项给出），写出带三个边界案例的规则文件，并说明下一步."""
    where = folder or policy_folder()
    if not (where / "rules").is_dir():
        raise click.UsageError(_SENTENCES["folder"].format(value=where))
    book, _ = PolicyBook.read(where)
    draft = Asking(book=book, folder=where, said=said, is_new=is_new).draft()
    text = written(draft, book)
    target = where / draft.path
    if is_dry:
        click.echo(f"# {target}\n{text}", nl=False)
        return
    if target.exists():
        raise click.UsageError(_SENTENCES["exists"].format(value=target))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    _tell(draft, target, where)


# asking ------------------------------------------------------------------------------------------


class Asking:
    """Takes each answer from its option, or asks for it.

    A wrong option is refused; a wrong answer is asked for again.
    """

    def __init__(self, *, book: PolicyBook, folder: Path, said: dict[str, str | None], is_new: bool) -> None:
        self.book, self.folder, self.said, self.is_new = book, folder, said, is_new

    def draft(self) -> Draft:
        """Return what was said, complete and checked.

        Refuses:
            click.UsageError: an option names what the policy folder does not have.
        """
        book = self.book
        words = _question_words()
        hints = [f"{one}  {words.get(one, '')}" for one in book.questions]
        question = self._answer("question", "回答哪个事项（代号）", self._check_question, hints=hints)
        hints = [f"{one}  {APP_LABELS.get(one, '')}" for one in self._apps]
        app = self._answer("app", "放在哪个文件夹", self._check_app, hints=hints)
        clauses = {one.id: one.summary for one in book.clauses.values()}
        clause = self._answer("clause", "依据哪一条款（编号）", self._known("clause", clauses))
        title = self._answer("title", "规则的标题（写要求本身）", self._check_text)
        document = book.documents[book.clauses[clause].document]
        place = self._answer("place", "适用地区代码", self._check_place, default=document.place.code)
        first = self._answer(
            "first_day", "从哪一天起施行", self._check_day, default=document.in_force.start.isoformat()
        )
        facts = {one.name: one.label for one in book.facts.values()}
        prompt = "看哪一项事实（代号；不知道代号的，输入中文里的字来找）"
        fact = book.facts[self._answer("fact", prompt, self._known("fact", facts))]
        parameter = self._optional("parameter", "与哪个参数比较（代号或中文里的字；没有就直接回车）", fact)
        operator = self._operator(fact, parameter)
        return Draft(
            id=self._next_id(app, question),
            app=app,
            question=question,
            decides_on=self._decides_on(question),
            clause=clause,
            title=title,
            place=Place(place),
            first_day=date.fromisoformat(first),
            fact=fact,
            operator=operator,
            parameter=parameter,
            value=self.said.get("value") or "",
            slug=self._checked(
                "slug", self.said.get("slug") or fact.name.replace("_", "-"), self._check_slug
            ),
        )

    @property
    def _apps(self) -> tuple[str, ...]:
        return tuple(sorted(path.name for path in (self.folder / "rules").iterdir() if path.is_dir()))

    def _answer(
        self,
        name: str,
        prompt: str,
        check: Callable[[str], str],
        *,
        default: str | None = None,
        hints: Sequence[str] = (),
    ) -> str:
        given = self.said.get(name)
        if given is not None:
            return self._checked(name, given, check)
        if hints:
            click.echo("可选：\n" + "\n".join(f"  {one}" for one in hints))
        return _asked(prompt, check, default=default)

    def _checked(self, name: str, value: str, check: Callable[[str], str]) -> str:
        try:
            return check(value.strip())
        except click.UsageError as error:
            option = {"first_day": "from", "slug": "name", "operator": "is"}.get(name, name)
            raise click.UsageError(f"--{option}：{error.message}") from error

    def _optional(self, name: str, prompt: str, fact: FactDeclaration) -> str:
        """Return the parameter to compare with; asked for only where the fact can be compared."""
        given, value = self.said.get(name), self.said.get("value")
        if given and value:
            raise click.UsageError(_SENTENCES["both"])
        if given is not None:
            return self._checked(name, given, self._known("parameter", self._parameters))
        if value or fact.type is FactType.FLAG or self.said.get("operator") in {"yes", "no"}:
            return ""

        known = self._known("parameter", self._parameters)
        return _asked(prompt, lambda answer: known(answer) if answer else "", default=None)

    def _operator(self, fact: FactDeclaration, parameter: str) -> str:
        given = self.said.get("operator")
        if given is not None:
            return self._checked("operator", given, self._check_operator)
        if fact.type is FactType.FLAG:
            return "yes"
        if fact.type is FactType.TEXTS:
            return "includes_all"
        if fact.type is FactType.TEXT:
            return "in" if parameter else "equal"
        return "as_worded" if parameter else "at_least"

    # checks --------------------------------------------------------------------------------------

    @property
    def _parameters(self) -> dict[str, str]:
        return {one.id: one.label for one in self.book.parameters.values()}

    @staticmethod
    def _known(name: str, known: Mapping[str, str]) -> Callable[[str], str]:
        """Return the check of a name among those known; a refusal names what is near by word."""

        def check(value: str) -> str:
            if value not in known:
                listed = [f"{one}  {label}" for one, label in known.items()]
                near = [one for one in listed if value and value in one][:_MOST_NEAR]
                more = "相近的：\n" + "\n".join(f"  {one}" for one in near) if near else ""
                raise click.UsageError(_SENTENCES[name].format(value=value) + more)
            return value

        return check

    def _check_question(self, value: str) -> str:
        if not value:
            raise click.UsageError(_SENTENCES["empty"])
        if value not in self.book.questions and not self.is_new:
            raise click.UsageError(_SENTENCES["question"].format(value=value))
        return value

    def _check_app(self, value: str) -> str:
        if value not in self._apps:
            raise click.UsageError(_SENTENCES["app"].format(value=value, known="、".join(self._apps)))
        return value

    @staticmethod
    def _check_text(value: str) -> str:
        if not value:
            raise click.UsageError(_SENTENCES["empty"])
        return value

    @staticmethod
    def _check_place(value: str) -> str:
        try:
            Place(value)
        except PlaceMalformedError as error:
            raise click.UsageError(_SENTENCES["place"].format(value=value)) from error
        if value != NATION and not divisions().history(value):
            raise click.UsageError(_SENTENCES["place_unknown"].format(value=value))
        return value

    @staticmethod
    def _check_day(value: str) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise click.UsageError(_SENTENCES["day"].format(value=value)) from error

    @staticmethod
    def _check_slug(value: str) -> str:
        if not _SLUG.match(value):
            raise click.UsageError(_SENTENCES["slug"].format(value=value))
        return value

    @staticmethod
    def _check_operator(value: str) -> str:
        known = [one.value for one in Operator if one not in {Operator.WITHIN, Operator.INSIDE}]
        if value not in known:
            raise click.UsageError(_SENTENCES["operator"].format(value=value, known="、".join(known)))
        return value

    # numbers -------------------------------------------------------------------------------------

    def _decides_on(self, question: str) -> str:
        """Return the named day: that of the question's other rules, or the one that was said."""
        said = self.said.get("decides_on")
        known = [one.decides_on for one in self.book.rules.values() if one.asks_of == question]
        if known and said in {None, known[0]}:
            return known[0]
        if known or said not in DECISION_DAYS:
            choices = known[:1] or list(DECISION_DAYS)
            raise click.UsageError(
                _SENTENCES["decides_on"].format(value=said or "", known="、".join(choices))
            )
        return said

    def _next_id(self, app: str, question: str) -> str:
        """Return a number that no rule ever had: the first free one after those of the same question."""
        here = [one for one in self.book.rules.values() if one.origin.file.startswith(f"rules/{app}/")]
        siblings = [one.id for one in here if one.asks_of == question] or [one.id for one in here]
        prefix = self.said.get("prefix") or (max(siblings)[:3] if siblings else "")
        if not _PREFIX.match(prefix):
            raise click.UsageError(_SENTENCES["prefix"].format(value=app))
        used = {int(one[4:]) for one in self.book.rules if one.startswith(prefix)}
        last = max((int(one[4:]) for one in siblings if one.startswith(prefix)), default=0)
        after = (number for number in range(last + 1, _NUMBERS + 1) if number not in used)
        before = (number for number in range(1, _NUMBERS + 1) if number not in used)
        number = next(after, None) or next(before, None)
        if number is None:
            raise click.UsageError(_SENTENCES["full"].format(value=prefix))
        return f"{prefix}-{number:03d}"


def _question_words() -> Mapping[str, str]:
    """Return what the questions are called on the public pages."""
    from zhiping.portals.public.words import QUESTIONS  # noqa: PLC0415 - it brings Django along

    return QUESTIONS


def _asked(prompt: str, check: Callable[[str], str], *, default: str | None) -> str:
    """Ask until the answer passes its check."""
    while True:
        answer = str(click.prompt(prompt, default=default or "", show_default=bool(default)))
        try:
            return check(answer.strip())
        except click.UsageError as error:
            click.echo(error.message)


# writing -----------------------------------------------------------------------------------------


def written(draft: Draft, book: PolicyBook) -> str:
    """Return the text of the rule's file."""
    return "\n".join(_lines(draft, book)) + "\n"


def _lines(draft: Draft, book: PolicyBook) -> Iterator[str]:
    clause = book.clauses[draft.clause]
    document = book.documents[clause.document]
    yield "# yaml-language-server: $schema=../../../docs/schemas/rule.json"
    yield f"# {clause.id}，《{document.title}》{clause.where}：{clause.summary}"
    yield f"id: {draft.id}"
    yield f"title: {_quoted(draft.title)}"
    yield f"asks_of: {draft.question}"
    yield f"decides_on: {draft.decides_on}"
    yield f"where: [{_place(draft.place)}]"
    end = document.in_force.end
    until = f", to: {end.isoformat()}" if end is not None and end > draft.first_day else ""
    yield f"in_force: {{from: {draft.first_day.isoformat()}{until}}}"
    yield f"clauses: [{draft.clause}]"
    yield f"condition: {_condition(draft)}"
    yield "outcome: refuse # refuse 不予通过，warn 警示，note 提示"
    yield f"message: {_quoted(_message(draft))}"
    yield "may_be_waived: false # 原文写“原则上”的，改为 true"
    yield "status: drafted # 草拟：检查、运行案例，但不参与判定；复核后改为 reviewed，并写明 reviewed"
    yield "cases:"
    for name, value, day, expect in _cases(draft, book):
        given = f"{draft.fact.name}: {value}, " if value is not None else ""
        yield f"  - case: {_quoted(name)}"
        yield f"    given: {{{given}place: {_place(draft.place)}, day: {day.isoformat()}}}"
        yield f"    expect: {expect}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _place(place: Place) -> str:
    return place.code if place.code == NATION else f'"{place.code}"'


def _condition(draft: Draft) -> str:
    written_operator = _quoted(draft.operator) if draft.operator in {"yes", "no"} else draft.operator
    head = f"{{fact: {draft.fact.name}, is: {written_operator}"
    if draft.operator in {"yes", "no"}:
        return head + "}"
    if draft.parameter:
        return f"{head}, parameter: {draft.parameter}}}"
    many = draft.operator in {"in", "not_in", "includes_all", "includes_none"}
    value = draft.value or TO_FILL
    literal = _literal(draft.fact, value)
    return f"{head}, values: [{literal}]}}" if many else f"{head}, value: {literal}}}"


def _literal(fact: FactDeclaration, value: str) -> str:
    """Return a value as the policy files write it: whole numbers and days bare, all else in quotes."""
    return value if fact.type in {FactType.WHOLE, FactType.DAY} and value != TO_FILL else _quoted(value)


def _message(draft: Draft) -> str:
    unit = UNITS.get(draft.fact.unit, "")
    if draft.fact.type in _COMPARED:
        seen = f"{draft.fact.label} {{{draft.fact.name}}}{unit}，要求 {{limit}}{unit}。"
        return f"{TO_FILL}：{seen}写明差在哪里、下一步怎么办。"
    return f"{TO_FILL}：{draft.fact.label}不符合要求。写明差在哪里、下一步怎么办。"


def _cases(draft: Draft, book: PolicyBook) -> Iterator[tuple[str, str | None, date, str]]:
    """Yield three edges: just in, just out, the day before; worked out where the number is known."""
    first = draft.first_day
    inside, outside = _edges(draft, book)
    yield f"恰好符合{_note(inside)}", inside, first, "pass"
    yield f"恰好不符合{_note(outside)}", outside, first, "refuse"
    yield f"施行前一日，不适用{_note(outside)}", outside, first - _DAY, "not_applicable"


def _note(value: str) -> str:
    return "" if TO_FILL not in value else f"（{TO_FILL}）"


def _edges(draft: Draft, book: PolicyBook) -> tuple[str, str]:
    """Return the value that just meets the condition and the one that just fails it, as YAML."""
    if draft.fact.type is FactType.FLAG and draft.operator in {"yes", "no"}:
        return ("true", "false") if draft.operator == "yes" else ("false", "true")
    blank = (
        f"[{_quoted(TO_FILL)}]" if draft.fact.type in {FactType.TEXTS, FactType.ROWS} else _quoted(TO_FILL)
    )
    value = book.resolve(draft.parameter, place=draft.place, on=draft.first_day) if draft.parameter else None
    limit = value.value if value else _whole(draft.value)
    if draft.fact.type is not FactType.WHOLE or not isinstance(limit, int) or isinstance(limit, bool):
        return blank, blank
    operator = _effective(draft.operator, value)
    if operator not in _STEPS:
        return blank, blank
    inside, outside = _STEPS[operator]
    return str(limit + inside), str(limit + outside)


_STEPS = {
    Operator.AT_LEAST: (0, -1),
    Operator.MORE_THAN: (1, 0),
    Operator.AT_MOST: (0, 1),
    Operator.LESS_THAN: (-1, 0),
    Operator.EQUAL: (0, 1),
}
"""What is added to the number for the value that just meets the comparison, and that just fails it."""


def _effective(operator: str, value: ParameterValue | None) -> Operator | None:
    if operator != Operator.AS_WORDED:
        return Operator(operator)
    return operator_of(value.wording) if value else None


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?\d+", text) else None


# telling -----------------------------------------------------------------------------------------


def _tell(draft: Draft, target: Path, folder: Path) -> None:
    """Say what was written, what is still to fill in, and what comes next."""
    click.echo(f"已新建规则 {draft.id}：{target}")
    marked = [
        f"  第 {number} 行：{line.strip()}"
        for number, line in enumerate(target.read_text(encoding="utf-8").splitlines(), start=1)
        if TO_FILL in line
    ]
    if marked:
        click.echo(f"\n要填写的（标有“{TO_FILL}”）：")
        click.echo("\n".join(marked))
    found = [one for one in _problems(folder) if one.file == draft.path]
    if found:
        click.echo("\n检查还会报告：")
        click.echo("\n".join(f"  {one}" for one in found))
    click.echo(f"\n判定：{_in_words(draft)}")
    here = Path(".venv/bin/zhiping")
    command = str(here) if here.exists() else "zhiping"  # as it can be typed where one stands
    click.echo(
        "\n下一步：\n"
        f"  1. 打开 {target}，把标有“{TO_FILL}”的地方写好；三个案例要恰好在界内、恰好在界外、施行前一日。\n"
        f"  2. 运行 {command} policy check，直到显示“政策库无误”。\n"
        "  3. 请第二个人对照原文复核，把 status 改为 reviewed，写上复核人和日期，再检查一次。\n"
        f"  4. 运行 {command} policy coverage，看条款下面已有这条规则。"
    )


def _problems(folder: Path) -> tuple[Problem, ...]:
    _, problems = PolicyBook.read(folder)
    return problems


def _in_words(draft: Draft) -> str:
    operator = (
        "按参数原文比较" if draft.operator == "as_worded" else OPERATORS.get(draft.operator, draft.operator)
    )
    against = draft.parameter or draft.value
    return f"“{draft.fact.label}”{operator}{f' {against}' if against else ''}；不满足时不予通过。"
