"""`zhiping policy`: check the policy folder, show coverage, decide one case, compare a draft."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import yaml

from zhiping.core.policybook import (
    FactUndeclaredError,
    Finding,
    Outcome,
    PolicyBook,
    PolicyInvalidError,
    Problem,
    QuestionUnknownError,
    RulePeriod,
    Verdict,
)
from zhiping.core.policybook.coverage import coverage as clause_coverage
from zhiping.core.policybook.drafts import changes
from zhiping.core.policybook.messages import OPERATORS, OUTCOMES, PENALTY_DAYS, PENALTY_GROUNDS, REFUSALS
from zhiping.core.policybook.model import FactDeclaration
from zhiping.core.policybook.penalty import (
    SANCTIONS_FACT,
    Day,
    PenaltyVerdict,
    is_about_penalties,
    judge_penalty,
)
from zhiping.core.policybook.trace import Observation, observations
from zhiping.core.policybook.verdict import shown_value, with_unit
from zhiping.kernel.errors import DomainError
from zhiping.kernel.place import Place, PlaceMalformedError
from zhiping.kernel.resources import policy_folder
from zhiping.portals.console.coverage_json import coverage_json
from zhiping.portals.console.fact_hints import alike, applies_open, fact_lines, missing_facts, unread
from zhiping.portals.console.waiting import WAITING
from zhiping.portals.policy_problems import Told, told

if TYPE_CHECKING:
    from zhiping.portals.console.policy_records import RecordsTrial
    from zhiping.portals.draft_law import DraftLaw

EXIT_PASS, EXIT_REFUSE, EXIT_USAGE, EXIT_UNKNOWN = 0, 1, 2, 3
EXIT_CODES = {
    Outcome.PASS: EXIT_PASS,
    Outcome.NOTE: EXIT_PASS,
    Outcome.WARN: EXIT_PASS,
    Outcome.NOT_APPLICABLE: EXIT_PASS,
    Outcome.REFUSE: EXIT_REFUSE,
    Outcome.UNKNOWN: EXIT_UNKNOWN,
    Outcome.NO_RULE_KNOWN: EXIT_UNKNOWN,
}

_FOLDER = click.option(
    "--policy",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="政策文件夹；不写则用随程序安装的政策库。",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON（键名稳定）。")


class PlaceParameter(click.ParamType[object]):
    """A place code on the command line."""

    name = "code"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Return the place, or a usage error."""
        try:
            return Place(str(value))
        except PlaceMalformedError:
            self.fail(f"“{value}”不是行政区划代码，应为六位数字或 CN。", param, ctx)


class DayParameter(click.ParamType[object]):
    """A day on the command line."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or a usage error."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}”不是日期，应写成 2020-08-17。", param, ctx)


_ON = click.option("--on", "on", type=DayParameter(), required=True, help="判定依据日，如 2020-08-17。")


_LATE = {
    "questions": ("zhiping.portals.console.policy_questions", "questions"),
    "new-rule": ("zhiping.portals.console.new_rule", "new_rule"),
    "schema": ("zhiping.portals.console.policy_schema", "schema"),
}
"""Commands that are imported when they are called: what they need loads longer than a check takes."""


class _PolicyCommands(click.Group):
    """The group with its late commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in order."""
        return sorted({*super().list_commands(ctx), *_LATE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command; a late one is imported now."""
        if cmd_name not in _LATE:
            return super().get_command(ctx, cmd_name)
        module, name = _LATE[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(name="policy", cls=_PolicyCommands)
def policy() -> None:
    """政策库：检查、条款覆盖、判定、草案比较."""


@policy.command()
@_FOLDER
@_JSON
def check(folder: Path | None, *, as_json: bool) -> None:
    """检查全部政策文件并运行规则案例；有问题时逐条列出文件与行号，退出码 1."""
    book, problems = PolicyBook.read(folder or policy_folder())
    if not problems:
        problems = _case_problems(book)
    counts = {
        "documents": len(book.documents),
        "clauses": len(book.clauses),
        "parameters": len(book.parameters),
        "values": sum(len(one.values) for one in book.parameters.values()),
        "facts": len(book.facts),
        "rules": len(book.rules),
        "cases": sum(len(one.cases) for one in book.rules.values()),
        "screens": len(book.screens),
    }
    if as_json:
        _print_json({"ok": not problems, "counts": counts, "problems": _problems_json(problems)})
    else:
        _print_problems(problems)
        if not problems:
            click.echo(_COUNTS.format(**counts))
    sys.exit(EXIT_REFUSE if problems else EXIT_PASS)


_COUNTS = (
    "政策库无误：文件 {documents} 份、条款 {clauses} 条、参数 {parameters} 个（取值 {values} 项）、"
    "事实 {facts} 项、规则 {rules} 条（案例 {cases} 个，全部相符）、筛查规则 {screens} 条。"
)


@policy.command()
@click.option(
    "--enforcers",
    "enforcers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="落实清单，YAML 或 JSON：名称及其声明的条款；不写则取自程序自身的环节、流转表和页面。",
)
@_FOLDER
@_JSON
def coverage(folder: Path | None, enforcers: Path | None, *, as_json: bool) -> None:
    """列出每一条款由哪些规则、参数、筛查、环节落实；有约束力而无落实的条款标为“待落实”."""
    from zhiping.portals.console.proofs import proofs  # noqa: PLC0415  # it reads every test

    book = load(folder)
    declared = _declared_enforcers(enforcers) if enforcers else _own_enforcers(book, is_ours=folder is None)
    try:
        table = clause_coverage(book, declared)
    except PolicyInvalidError as error:
        _print_problems(error.problems)
        sys.exit(EXIT_USAGE)
    proved = proofs(book, policy=folder or policy_folder())
    if as_json:
        _print_json(coverage_json(table, proved))
        return
    for row in table.rows:
        beside = [*row.rules, *row.parameters, *row.screens, *row.others]
        shown = "、".join(beside) or ("（原则性条款）" if not row.clause.binds else "待落实")
        tried = f"\t验证：{'、'.join(proved[row.clause.id])}" if row.clause.id in proved else ""
        click.echo(f"{row.clause.id}\t{''.join(row.clause.kinds)}\t{row.clause.summary}\t{shown}{tried}")
    done = len(table.binding) - len(table.open)
    tested = sum(row.clause.id in proved for row in table.binding if row.is_covered)
    click.echo(
        f"有约束力的条款 {len(table.binding)} 条，已落实 {done} 条（其中有案例或测试验证 {tested} 条），"
        f"待落实 {len(table.open)} 条。"
    )
    for row in table.open:
        waits = WAITING.get(row.clause.id)
        reason = f"（等待 {waits.app} {waits.app_label}：{waits.missing}）" if waits else ""
        click.echo(f"  待落实 {row.clause.id} {row.clause.summary}{reason}")


@policy.command()
@click.argument("question")
@click.option("--place", "place", type=PlaceParameter(), required=True, help="行政区划代码，如 440600。")
@_ON
@click.option(
    "--conduct",
    "conduct_on",
    type=DayParameter(),
    default=None,
    help="处罚的行为日：与 --on（决定日）各判定一次，适用较轻的一日。",
)
@click.option(
    "--facts",
    "facts_file",
    type=click.Path(dir_okay=False, allow_dash=True, exists=True),
    required=True,
    help="事实文件，YAML 或 JSON；- 表示从标准输入读取。",
)
@_FOLDER
@_JSON
def decide(  # one parameter for each option of the command
    question: str,
    place: Place,
    on: date,
    conduct_on: date | None,
    facts_file: str,
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """判定一个事项：按地区和日期适用规则，逐条列出所见、所需、差距与依据.

    能问哪些事项、各要用到哪些事实，见 zhiping policy questions。不必一次填齐，回答会列出还缺的事实。

    涉及处罚的，用 --conduct 写明行为日：行为日和决定日各判定一次，适用较轻的一日。

    退出码：0 符合（含仅有警示、不适用）；1 不符合；2 用法或资料写法有误；3 无法判定或没有已知规则。
    """
    book = load(folder)
    raw = _read_facts(facts_file)
    judged: Verdict | PenaltyVerdict
    try:
        facts = book.read_facts(raw)
        if conduct_on is None:
            judged = book.judge(question, facts, place=place, on=on)
        else:
            judged = judge_penalty(book, question, facts, place=place, conduct_on=conduct_on, decision_on=on)
    except DomainError as error:
        raise click.UsageError(_refusal(error, book)) from error
    if as_json:
        _print_json(judged.to_json())
    elif isinstance(judged, PenaltyVerdict):
        _print_penalty(judged, book)
    else:
        _print_verdict(judged, book)
        _print_unread(judged, book, facts)
        if is_about_penalties(book, question):
            click.echo("\n涉及处罚：请用 --conduct 写明行为日，行为日和决定日都要判定，适用较轻的一日。")
    sys.exit(EXIT_CODES[judged.outcome])


@policy.command()
@_ON
@click.option(
    "--with",
    "draft",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="草案文件夹，结构与政策文件夹相同；同名文件取代原文件。",
)
@click.option(
    "--place", "place", type=PlaceParameter(), default=None, help="只试算该地区（含下辖）的在册记录。"
)
@click.option(
    "--export",
    "export",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="把结论有变化的记录写入该 XLSX 文件，每条起作用的规则一行。",
)
@click.option(
    "--records/--no-records",
    "has_records",
    default=None,
    help="是否试算数据库中的在册记录；不写则在使用随程序安装的政策库且有数据库时试算。",
)
@_FOLDER
@_JSON
def diff(  # one parameter for each option of the command
    on: date,
    draft: Path,
    place: Place | None,
    export: Path | None,
    has_records: bool | None,  # noqa: FBT001 - click hands options over by name
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """比较草案施行后某日的参数、规则和已有案例的结果有何不同，并用在册的备案、计划、证书试算.

    在册记录一律按 --on 这一天各判定两次，一次按现行政策，一次按草案；事实取自当时固定的判定，
    没有固定判定的（外部导入），按记录自身的日期读取。试算不改变任何记录。
    """
    before = load(folder)
    law = _load_draft(before, draft, folder or policy_folder())
    now = law.book
    found = list(changes(before, now, on=on))
    trial = _trial(now, on=on, place=place, export=export, has_records=has_records, is_ours=folder is None)
    if as_json:
        _print_json(
            {
                "on": on.isoformat(),
                "place": place.code if place else None,
                "changes": [one.to_json() for one in found],
                "tried_as_reviewed": list(law.as_reviewed),
                "deleted_in_vain": list(law.deleted_in_vain),
                "records": trial.to_json() if trial else None,
            }
        )
        return
    for one in found:
        kind = {"parameter": "参数", "rule": "规则", "case": "案例"}[one.kind]
        click.echo(f"{kind} {one.thing}（{one.place}）：{_or_none(one.before)} → {_or_none(one.now)}")
    click.echo(f"{on.isoformat()}：共 {len(found)} 处不同。")
    if trial:
        for line in trial.as_text():
            click.echo(line)


def _trial(
    draft: PolicyBook,
    *,
    on: date,
    place: Place | None,
    export: Path | None,
    has_records: bool | None,
    is_ours: bool,
) -> "RecordsTrial | None":
    """Try the draft on what is on record, where that was asked for or goes without asking."""
    if has_records and not is_ours:
        raise click.UsageError("在册记录只能用随程序安装的政策库试算，--records 不能与 --policy 同用。")
    wanted = is_ours if has_records is None else has_records
    from zhiping.portals.console.databases import database_is_named  # noqa: PLC0415 - rarely used
    from zhiping.portals.console.policy_records import try_on_record  # noqa: PLC0415 - Django

    if wanted and database_is_named():
        return try_on_record(draft, on=on, place=place, export=export)
    if has_records or ((place or export) and wanted):
        raise click.UsageError(
            "没有可用的数据库，无法试算在册记录。请先设定 ZHIPING_DATABASE_URL，或 zhiping db start。"
        )
    if place or export:
        raise click.UsageError("--place、--export 只用于在册记录的试算，请去掉 --no-records 或 --policy。")
    if wanted:
        click.echo("没有可用的数据库，只比较了规则，没有试算在册记录。", err=True)
    return None


def _or_none(value: object) -> str:
    return "无" if value is None else shown_value(value, None)


# reading -----------------------------------------------------------------------------------------


def load(folder: Path | None) -> PolicyBook:
    """Return the policy book of a folder, else our own; print its problems and leave where it is broken."""
    try:
        return PolicyBook.load(folder or policy_folder())
    except PolicyInvalidError as error:
        _print_problems(error.problems)
        sys.exit(EXIT_USAGE)


def _load_draft(current: PolicyBook, draft: Path, folder: Path) -> "DraftLaw":
    """Load the law with a draft; say on the side what its writer may not expect of it."""
    from zhiping.portals import draft_law  # noqa: PLC0415 - rarely used

    try:
        law = draft_law.with_draft(current, draft, policy=folder)
    except PolicyInvalidError as error:
        files, _ = draft_law.files_of(draft, policy=folder)
        _print_problems([draft_law.told_of_draft(one, current, files) for one in error.problems])
        sys.exit(EXIT_USAGE)
    read, beside = draft_law.files_of(draft, policy=folder)
    if beside:
        click.echo(f"草案中的这些文件不在政策文件的位置，没有读取：{'、'.join(beside)}", err=True)
    if not read:
        raise click.UsageError(
            f"草案文件夹 {draft} 中没有政策文件。结构应与政策文件夹相同，如 parameters/employer_filing.yaml。"
        )
    if draft_law.is_in_force(read, folder):
        click.echo(f"草案的 {len(read)} 个文件与政策库完全相同。", err=True)
    if law.deleted_in_vain:
        click.echo(draft_law.DELETED.format(files="、".join(law.deleted_in_vain)), err=True)
    if law.as_reviewed:
        click.echo(f"草拟的规则按已复核试算：{'、'.join(law.as_reviewed)}", err=True)
    return law


def _own_enforcers(book: PolicyBook, *, is_ours: bool) -> dict[str, tuple[str, ...]]:
    """Return what the platform's own actions, moves and pages declare.

    A folder named by the caller need not know all of it: only what it knows counts there.
    """
    from zhiping.portals.console.enforcers import enforcers  # noqa: PLC0415 - sets Django up

    return {
        name: tuple(clause for clause in clauses if is_ours or clause in book.clauses)
        for name, clauses in enforcers().items()
    }


def _declared_enforcers(file: Path) -> dict[str, tuple[str, ...]]:
    """Return what a file declares: name → clauses."""
    try:
        raw = yaml.safe_load(file.read_text(encoding="utf-8-sig"))  # JSON is YAML
    except yaml.YAMLError as error:
        raise click.UsageError(f"落实清单无法解析：{error}") from error
    is_right = isinstance(raw, dict) and all(isinstance(clauses, list) for clauses in raw.values())
    if not is_right:
        raise click.UsageError("落实清单应为“名称: [条款, …]”。")
    return {str(name): tuple(str(clause) for clause in clauses) for name, clauses in raw.items()}


def _read_facts(name: str) -> dict[str, object]:
    text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    try:
        raw = yaml.safe_load(text)  # JSON is YAML
    except yaml.YAMLError as error:
        raise click.UsageError(f"事实文件无法解析：{error}") from error
    if not isinstance(raw, dict):
        raise click.UsageError("事实文件应为“名称: 值”的列表。")
    return {str(key): _without_time(value) for key, value in raw.items()}


def _without_time(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def _case_problems(book: PolicyBook) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            file=one.case.origin.file,
            line=one.case.origin.line,
            id=one.rule,
            code="case_fails",
            facts={
                "case": one.case.name,
                "expect": one.case.expect.value,
                "actual": one.actual.value,
            },
        )
        for one in book.failing_cases()
    )


# printing ----------------------------------------------------------------------------------------


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _problems_json(problems: Iterable[Problem]) -> list[dict[str, object]]:
    return [
        {"file": one.file, "line": one.line, "id": one.id, "code": one.code, "message": told(one).text}
        for one in problems
    ]


def _print_problems(problems: Sequence[Problem | Told]) -> None:
    for one in problems:
        click.echo(str(told(one) if isinstance(one, Problem) else one), err=True)
    if problems:
        click.echo(f"共 {len(problems)} 处问题。", err=True)


def _refusal(error: DomainError, book: PolicyBook) -> str:
    """Return what was wrong with the question or the facts, with what a mistyped name may have meant."""
    text = REFUSALS[error.code].format(**error.facts)
    if isinstance(error, FactUndeclaredError):
        return f"{text}{alike(str(error.facts['fact']), book.facts)}"
    if isinstance(error, QuestionUnknownError):
        return f"{text}{alike(str(error.facts['question']), book.questions)}含义见 zhiping policy questions。"
    return text


def _print_unread(verdict: Verdict, book: PolicyBook, given: Iterable[str]) -> None:
    """Say which facts changed nothing, so that one written under a wrong name does not go unseen."""
    idle = unread(book, verdict, given)
    if idle and verdict.outcome is not Outcome.NO_RULE_KNOWN:
        click.echo(f"\n这些事实没有规则用到：{'、'.join(idle)}。如与判定有关，请核对名称。")


def _print_missing(verdict: Verdict, book: PolicyBook) -> None:
    """Say under which names and in which form the missing facts are to be given."""
    click.echo("\n还需要这些事实，写进事实文件后再判定（填了以后，可能还会问到别的）：")
    for fact in missing_facts(book, verdict):
        for line in fact_lines(fact):
            click.echo(line)


def _print_verdict(verdict: Verdict, book: PolicyBook) -> None:
    heading = f"{verdict.question} · {verdict.place.code} · {verdict.on.isoformat()}"
    click.echo(f"{heading}：{OUTCOMES[verdict.outcome.value]}")
    if verdict.outcome is Outcome.NO_RULE_KNOWN:
        _print_no_rule(verdict, book)
        return
    for finding in verdict.findings:
        _print_finding(finding, book)
    if verdict.outcome is Outcome.UNKNOWN:
        _print_missing(verdict, book)


def _print_penalty(found: PenaltyVerdict, book: PolicyBook) -> None:
    for day in Day:
        click.echo(f"【{PENALTY_DAYS[day.value]}】")
        _print_verdict(found.of(day), book)
        click.echo("")
    applies = f"适用{PENALTY_DAYS[found.applies.value]}的规定：" if found.applies else ""
    click.echo(f"{applies}{PENALTY_GROUNDS[found.ground.value]}。")
    owed = shown_value(found.owed, book.facts.get(SANCTIONS_FACT)) if found.owed else "没有要求的处理"
    if found.applies:
        click.echo(f"应作的处理：{owed}。")


def _print_no_rule(verdict: Verdict, book: PolicyBook) -> None:
    click.echo("该地区在该日没有已收录的规则。这不等于允许或禁止，请向当地主管部门核实，或补录依据文件。")
    for end, rules in _by_day((one.end, one) for one in verdict.earlier):
        click.echo(f"  此前曾有规则，{end} 起失效：{rules}")
        _print_documents(book, (one for one in verdict.earlier if one.end == end))
    for start, rules in _by_day((one.start, one) for one in verdict.later):
        click.echo(f"  此后将有规则，{start} 起施行：{rules}")
        _print_documents(book, (one for one in verdict.later if one.start == start))


def _print_documents(book: PolicyBook, periods: Iterable[RulePeriod]) -> None:
    """Name the documents and clauses on which rules of another time stand."""
    clauses = dict.fromkeys(clause for one in periods for clause in book.rules[one.rule].clauses)
    for document in dict.fromkeys(book.clauses[clause].document for clause in clauses):
        cited = "、".join(clause for clause in clauses if book.clauses[clause].document == document)
        held = book.documents[document]
        number = f"（{held.number}）" if held.number else ""
        click.echo(f"    依据：《{held.title}》{number}，{cited}")


def _by_day(pairs: Iterable[tuple[date | None, RulePeriod]]) -> list[tuple[date, str]]:
    """Return the rules of each day, days in order, rules named by id and title."""
    days: dict[date, list[str]] = {}
    for day, one in pairs:
        if day is not None:
            days.setdefault(day, []).append(f"{one.rule} {one.title}")
    return [(day, "；".join(days[day])) for day in sorted(days)]


def _print_finding(finding: Finding, book: PolicyBook) -> None:
    waivable = "（原则上，可附理由豁免）" if finding.may_be_waived else ""
    click.echo(f"\n[{OUTCOMES[finding.outcome.value]}] {finding.rule} {finding.title}{waivable}")
    if finding.message:
        click.echo(f"  {finding.message}")
    shown = finding.nearest_misses or tuple(observations(finding.trace))
    undecided = applies_open(book, finding)
    for one in shown if finding.outcome is not Outcome.NOT_APPLICABLE else ():
        if one.met is None and one.test.fact in undecided:
            click.echo(f"  {one.test.label}：未提供；先要知道这一项，才能判断本条是否适用")
            continue
        click.echo(f"  {_observation(one, finding.basis.facts.get(one.test.fact))}")
    for cite in finding.citations:
        number = f"（{cite.number}）" if cite.number else ""
        wording = f"：“{cite.wording}”" if cite.wording else ""
        where = f"《{cite.title}》{number}{cite.where}"
        click.echo(f"  依据：{cite.clause} {where}，{cite.summary.rstrip('。')}{wording}。")


_OPERATORS_OF_DAYS = {
    **OPERATORS,
    "at_least": "不早于",
    "more_than": "晚于",
    "at_most": "不晚于",
    "less_than": "早于",
}
"""Days are early or late, not large or small."""


def _observation(one: Observation, declaration: FactDeclaration | None) -> str:
    observed, required, missed = (
        shown_value(value, declaration)
        if isinstance(value, str | tuple | list)
        else with_unit(value, one.test.unit)
        for value in (one.observed, one.required, one.short_by)
    )
    wording = f"（原文“{one.test.wording}”）" if one.test.wording else ""
    uncertain = "，该数值待核实" if one.test.certainty == "uncertain" else ""
    is_of_days = isinstance(one.required, date)
    unit = "天" if is_of_days else ""
    short = f"，差 {missed}{unit}" if one.short_by is not None else ""
    words = _OPERATORS_OF_DAYS if is_of_days else OPERATORS
    operator = words.get(one.test.operator.value, "")
    needed = operator if isinstance(one.required, bool) else f"{operator} {required}"
    return f"{one.test.label}：{observed}；要求{needed}{wording}{short}{uncertain}"


if __name__ == "__main__":
    policy()
