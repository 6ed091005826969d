"""`zhiping screen`: screen a folder of tables, list the screens, print the table contract (筛查比对)."""

import csv
import json
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click
import polars as pl

from zhiping.core.policybook import PolicyBook
from zhiping.core.sieve.contract import SUPPLIED, TABLES, Column, Table, Type
from zhiping.core.sieve.errors import FindingsUnreadableError, ScreensBrokenError, SieveError
from zhiping.core.sieve.messages import MESSAGES, sentence
from zhiping.core.sieve.parameters import ParameterRow
from zhiping.core.sieve.reading import read_folder
from zhiping.core.sieve.running import THREADS, Progress, RunReport, run_screens
from zhiping.core.sieve.scoring import Score, read_truth, scored
from zhiping.core.sieve.screen import Screen, load_screens
from zhiping.core.sieve.writing import (
    SEVERITY_LABELS,
    as_mapping,
    as_text,
    score_lines,
    score_mapping,
    write_report,
)
from zhiping.kernel.errors import DomainError
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

SCREENED = 0
"""Exit status when every screen ran, whatever was found: a hit is a lead, not a failure."""

NOT_ALL_SCREENED = 1
"""Exit status when a table was refused or a screen could not run, or the truth was not met."""

REFUSED = 2
"""Exit status when nothing could be done."""

_TYPE_LABELS: Mapping[Type, str] = {
    Type.TEXT: "文本",
    Type.WHOLE: "整数",
    Type.SCORE: "一位小数",
    Type.DAY: "日期 YYYY-MM-DD",
    Type.MOMENT: "时间 YYYY-MM-DD HH:MM:SS",
    Type.FLAG: "真假 true/false",
}


class _RunUnlessNamed(click.Group):
    """A group whose first word is a subcommand or else the folder to be screened."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the hidden `run` in front of what is no subcommand."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


class _PlaceType(click.ParamType[Place]):
    name = "place"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Return the place, or say what a place code looks like."""
        try:
            return Place(str(value))
        except DomainError:
            self.fail(f"“{value}”不是行政区划代码，应为六位数字，如 440600；全国写 CN。", param, ctx)


class _DayType(click.ParamType[date]):
    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day, or say how a day is written."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"“{value}”不是日期，应写作 2024-09-30。", param, ctx)


@contextmanager
def _refusals_as_sentences() -> "Iterator[None]":
    try:
        yield
    except SieveError as refusal:
        click.echo(sentence(refusal), err=True)
        if isinstance(refusal, ScreensBrokenError):
            for problem in refusal.facts["problems"]:  # type: ignore[attr-defined]  # a tuple of ScreenProblem
                what = MESSAGES.get(problem.code, problem.code)
                click.echo(f"  {problem.file}:{problem.line} {what}：{problem.found}", err=True)
        raise click.exceptions.Exit(REFUSED) from refusal


@click.group(
    cls=_RunUnlessNamed,
    no_args_is_help=True,
    options_metavar="",
    subcommand_metavar="文件夹 [选项] | tables | list | score",
    epilog="筛查一个文件夹：zhiping screen 文件夹 --place 440600 --as-of 2024-09-30 --out 输出文件夹。"
    "全部选项见 zhiping screen run --help。",
)
def screen() -> None:
    """筛查比对：对一个文件夹中的 Parquet、CSV 或 XLSX 表执行筛查规则."""


@screen.command("run", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path), metavar="文件夹")
@click.option("--place", type=_PlaceType(), required=True, metavar="代码", help="行政区划代码，全国写 CN。")
@click.option("--as-of", type=_DayType(), required=True, metavar="日期", help="数据截至日，其后的不计。")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="文件夹", help="结果放在哪里。"
)
@click.option("--only", metavar="编号,…", help="只执行这些规则，以逗号分隔。")
@click.option(
    "--truth", type=click.Path(path_type=Path), metavar="文件", help="与真值比较，给出查准率和查全率。"
)
@click.option("--json", "as_json", is_flag=True, help="在标准输出打印 report.json 的内容。")
@click.option(
    "--engine", type=click.Choice(["duckdb"]), default="duckdb", show_default=True, help="计算引擎。"
)
@click.option("--threads", type=click.IntRange(min=1), default=THREADS, show_default=True, help="线程数。")
@click.option("--memory", metavar="大小", help="内存上限，如 1.5GB；超出时写临时文件。")
@click.option("--spill", type=click.Path(path_type=Path), metavar="文件夹", help="临时文件放在哪里。")
def run(  # noqa: PLR0913 - one argument for each option
    *,
    folder: Path,
    place: Place,
    as_of: date,
    out: Path,
    only: str | None,
    truth: Path | None,
    as_json: bool,
    engine: str,  # noqa: ARG001 - there is one engine, and the option says so
    threads: int,
    memory: str | None,
    spill: Path | None,
) -> None:
    """筛查一个文件夹，结果写入 findings.parquet、findings.xlsx、report.json、report.md.

    命中是线索，不是认定违规。全部规则都执行了，退出码为 0；有表被拒收或有规则不能执行，
    或与真值不符，退出码为 1；完全不能进行，退出码为 2。
    """
    with _refusals_as_sentences():
        wanted = tuple(part.strip() for part in only.split(",") if part.strip()) if only else ()
        screens = load_screens(policy_folder() / "screens", only=wanted)
        known_truth = read_truth(truth) if truth is not None else None
        _say(f"读取 {folder} ……")
        with read_folder(folder) as snapshot:
            _say(f"读到 {len(snapshot.tables)} 张表，拒收 {len(snapshot.refused)} 张。")
            report = run_screens(
                snapshot,
                screens,
                parameters=_parameters(),
                entry_conditions=_entry_conditions(),
                place=place.code,
                as_of=as_of,
                threads=threads,
                memory_limit=memory,
                spill_folder=spill,
                progress=_progress(screens),
            )
        scores = (
            scored(report.findings(), known_truth, screens_that_ran=report.screens_that_ran)
            if known_truth is not None
            else ()
        )
        files = write_report(report, out, scores=scores)
    if as_json:
        click.echo(json.dumps(as_mapping(report, scores=scores), ensure_ascii=False, indent=2))
    else:
        click.echo(as_text(report, scores=scores))
    _say("已写入 " + "、".join(str(file) for file in files))
    raise click.exceptions.Exit(_status(report, scores))


def _status(report: RunReport, scores: Sequence[Score]) -> int:
    is_whole = (
        all(outcome.did_run for outcome in report.outcomes)
        and report.coverage.is_complete
        and not report.snapshot.refused
    )
    is_as_true = all(score.is_perfect for score in scores)
    return SCREENED if is_whole and is_as_true else NOT_ALL_SCREENED


def _say(text: str) -> None:
    click.echo(text, err=True)


def _progress(screens: Sequence[Screen]) -> Progress:
    titles = {one.id: one.title for one in screens}

    def tell(screen_id: str, number: int, total: int) -> None:
        _say(f"[{number}/{total}] {screen_id} {titles[screen_id]}")

    return tell


def _parameters() -> list[ParameterRow]:
    book = PolicyBook.load(policy_folder())
    return [
        ParameterRow(row.key, row.place, row.valid_from, row.valid_to, row.value, row.clause)
        for row in book.parameter_rows()
    ]


def _entry_conditions() -> list[dict[str, object]] | None:
    file = policy_folder() / "catalogues" / "entry_conditions.csv"
    if not file.exists():
        # The screens that need the catalogue then say that they could not run.
        return None
    with file.open(encoding="utf-8", newline="") as stream:
        lines = (line for line in stream if not line.startswith("#"))
        return [{name: value or None for name, value in row.items()} for row in csv.DictReader(lines)]


@screen.command("list")
@click.option("--json", "as_json", is_flag=True, help="打印为 JSON。")
def list_screens(*, as_json: bool) -> None:
    """列出全部筛查规则、条款和可能的误报."""
    with _refusals_as_sentences():
        screens = load_screens(policy_folder() / "screens")
    if as_json:
        described = [
            {
                "id": one.id,
                "title": one.title,
                "severity": one.severity,
                "status": one.status,
                "clauses": list(one.clauses),
                "looks_at": list(one.looks_at),
                "parameters": dict(one.parameters),
                "key": list(one.key),
                "reasons": dict(one.reasons),
                "explains_itself_wrongly_when": list(one.explains_itself_wrongly_when),
                "routes_to": one.routes_to,
            }
            for one in screens
        ]
        click.echo(json.dumps(described, ensure_ascii=False, indent=2))
        return
    for one in screens:
        click.echo(f"{one.id}  [{SEVERITY_LABELS[one.severity]}]  {one.title}")
        click.echo(f"    条款：{'、'.join(one.clauses)}")
        click.echo(f"    所需的表：{'、'.join(one.looks_at)}")
        click.echo(f"    可能的误报：{'；'.join(one.explains_itself_wrongly_when)}")


@screen.command("tables")
@click.option("--json", "as_json", is_flag=True, help="打印为 JSON。")
def print_tables(*, as_json: bool) -> None:
    """打印表的约定：表名、列、类型、主键、取值、可否为空."""
    if as_json:
        click.echo(json.dumps([_described(table) for table in TABLES], ensure_ascii=False, indent=2))
        return
    for table in TABLES:
        click.echo(f"{table.name}  {table.meaning}  主键：{'+'.join(table.key)}")
        for column in table.columns:
            click.echo(f"    {column.name:<18}{_rule(column)}")
    click.echo("由平台提供、不必准备的表：" + "、".join(table.name for table in SUPPLIED))


def _described(table: Table) -> dict[str, object]:
    return {
        "table": table.name,
        "meaning": table.meaning,
        "key": list(table.key),
        "columns": [
            {
                "name": column.name,
                "type": column.type.name.lower(),
                "meaning": column.meaning,
                "may_be_missing": column.may_be_missing,
                "allowed": list(column.allowed),
                "refers_to": column.refers_to or None,
                "form": column.form or None,
            }
            for column in table.columns
        ],
        "periods": [list(period) for period in table.periods],
    }


def _rule(column: Column) -> str:
    parts = [column.meaning, _TYPE_LABELS[column.type]]
    if column.allowed:
        parts.append("取值 " + "、".join(column.allowed))
    if column.refers_to:
        parts.append(f"须在 {column.refers_to} 中")
    if column.may_be_missing:
        parts.append("可为空")
    return "；".join(parts)


@screen.command("score")
@click.argument("out", type=click.Path(path_type=Path), metavar="输出文件夹")
@click.option("--truth", type=click.Path(path_type=Path), required=True, metavar="文件", help="真值表。")
@click.option("--json", "as_json", is_flag=True, help="打印为 JSON。")
def score(*, out: Path, truth: Path, as_json: bool) -> None:
    """把一次筛查的结果与真值比较，打印查准率和查全率."""
    with _refusals_as_sentences():
        known_truth = read_truth(truth)
        findings, ran = _written_findings(out)
        scores = scored(findings, known_truth, screens_that_ran=ran)
    if as_json:
        rows = [score_mapping(one) for one in scores]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(score_lines(scores)))
    raise click.exceptions.Exit(SCREENED if all(one.is_perfect for one in scores) else NOT_ALL_SCREENED)


def _written_findings(out: Path) -> tuple[pl.DataFrame, tuple[str, ...]]:
    file = out / "findings.parquet"
    try:
        findings = pl.read_parquet(file)
        described = json.loads((out / "report.json").read_text(encoding="utf-8"))
    except (OSError, pl.exceptions.PolarsError, json.JSONDecodeError) as error:
        raise FindingsUnreadableError(folder=str(out)) from error
    return findings, tuple(str(one["id"]) for one in described["screens"] if one["did_run"])
