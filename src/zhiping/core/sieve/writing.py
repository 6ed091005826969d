"""Write what a run found (输出筛查结果): findings.parquet, findings.xlsx, report.json, report.md.

The files are written beside their names and moved there when they are all complete, so that a full disk
leaves the last good findings where they are.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from zhiping.core.sieve.errors import OutputUnwritableError
from zhiping.core.sieve.messages import obstacle_sentence, problem_sentence
from zhiping.core.sieve.running import Outcome, RunReport
from zhiping.core.sieve.scoring import Score

SHEET_ROWS = 1_048_575
"""Rows a sheet holds below its header; more go to a further sheet."""

_SHEET_NAME_LENGTH = 31
_WIDTH = 18

SEVERITY_LABELS: Mapping[str, str] = {"high": "高", "medium": "中", "low": "低"}

FILES = ("findings.parquet", "findings.xlsx", "report.json", "report.md")


def write_report(report: RunReport, folder: Path, *, scores: Sequence[Score] = ()) -> tuple[Path, ...]:
    """Write the findings and the report of a run to a folder and return the files.

    Refuses:
        OutputUnwritableError: the folder cannot be written; what was there before is left as it was.
    """
    unfinished = {name: folder / f".{name}.unfinished" for name in FILES}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        report.findings().write_parquet(unfinished["findings.parquet"])
        _write_workbook(report, unfinished["findings.xlsx"])
        described = json.dumps(as_mapping(report, scores=scores), ensure_ascii=False, indent=2)
        unfinished["report.json"].write_text(described + "\n", encoding="utf-8")
        unfinished["report.md"].write_text(as_text(report, scores=scores), encoding="utf-8")
        for name, path in unfinished.items():
            path.replace(folder / name)
    except (OSError, pl.exceptions.PolarsError, XlsxWriterException) as error:
        for path in unfinished.values():
            if path.is_file():
                path.unlink()
        raise OutputUnwritableError(folder=str(folder), message=str(error)) from error
    return tuple(folder / name for name in FILES)


# the workbook


def _write_workbook(report: RunReport, path: Path) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        bold = workbook.add_format({"bold": True})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        _write_sheet(workbook, "总览", _overview(report), (bold, day))
        for outcome in report.outcomes:
            name = f"{outcome.screen.id} {outcome.screen.title}"
            rows = _labelled(outcome)
            header = next(rows)
            sheet_number = 1
            while True:
                chunk = [row for _, row in zip(range(SHEET_ROWS), rows, strict=False)]
                suffix = "" if sheet_number == 1 else f" {sheet_number}"
                if chunk or sheet_number == 1:
                    title = name[: _SHEET_NAME_LENGTH - len(suffix)] + suffix
                    _write_sheet(workbook, title, iter([header, *chunk]), (bold, day))
                if len(chunk) < SHEET_ROWS:
                    break
                sheet_number += 1


def _write_sheet(
    workbook: xlsxwriter.Workbook,
    name: str,
    rows: Iterable[Sequence[object]],
    formats: tuple[object, object],
) -> None:
    bold, day = formats
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if number == 0:
                sheet.set_column(column, column, _WIDTH)
                sheet.write_string(number, column, str(value), bold)
            elif isinstance(value, date):
                sheet.write_datetime(number, column, value, day)
            elif isinstance(value, (int, float, Decimal)):
                sheet.write_number(number, column, value)
            elif value is not None:
                sheet.write_string(number, column, str(value))


def _overview(report: RunReport) -> Iterable[Sequence[object]]:
    yield ("规则", "名称", "严重程度", "是否执行", "命中数", "未执行的原因", "条款", "可能的误报")
    for outcome in report.outcomes:
        screen = outcome.screen
        yield (
            screen.id,
            screen.title,
            SEVERITY_LABELS[screen.severity],
            "已执行" if outcome.did_run else "未执行",
            outcome.hits.height if outcome.did_run else None,
            "；".join(map(obstacle_sentence, outcome.obstacles)),
            "、".join(screen.clauses),
            "；".join(screen.explains_itself_wrongly_when),
        )


def _labelled(outcome: Outcome) -> Iterator[Sequence[object]]:
    screen = outcome.screen
    return iter(
        [
            tuple(screen.evidence.values()),
            *(
                tuple(
                    screen.reasons.get(str(row[name]), row[name]) if name == "reason" else row[name]
                    for name in screen.evidence
                )
                for row in outcome.hits.iter_rows(named=True)
            ),
        ]
    )


# report.json


def as_mapping(report: RunReport, *, scores: Sequence[Score] = ()) -> dict[str, object]:
    """Return the report as plain values with stable keys: what `--json` prints."""
    snapshot, coverage = report.snapshot, report.coverage
    described: dict[str, object] = {
        "place": report.place,
        "as_of": report.as_of.isoformat(),
        "seconds": round(report.seconds, 3),
        "findings": sum(outcome.hits.height for outcome in report.outcomes),
        "screens": [_screen_mapping(outcome) for outcome in report.outcomes],
        "coverage": {
            "is_complete": coverage.is_complete,
            "bodies": coverage.bodies,
            "bodies_in_place": coverage.bodies_in_place,
            "sittings_in_place": coverage.sittings_in_place,
            "certificates_in_place": coverage.certificates_in_place,
            "tables": [
                {
                    "table": name,
                    "rows": rows,
                    "rows_seen": coverage.rows_seen[name],
                    "files": [
                        {"file": source.path.name, "sha256": source.sha256, "bytes": source.size}
                        for source in (snapshot.tables[name].sources if name in snapshot.tables else ())
                    ],
                }
                for name, rows in coverage.rows_in_snapshot.items()
            ],
        },
        "refused_tables": [
            {
                "table": refusal.table,
                "total": refusal.total,
                "problems": [
                    {
                        "code": problem.code,
                        "column": problem.column,
                        "row": problem.row,
                        "value": problem.value,
                        "sentence": problem_sentence(problem),
                    }
                    for problem in refusal.problems
                ],
            }
            for refusal in snapshot.refused.values()
        ],
        "absent_tables": list(snapshot.absent),
        "ignored_files": list(snapshot.ignored_files),
    }
    if scores:
        described["scores"] = [score_mapping(score) for score in scores]
    return described


def _screen_mapping(outcome: Outcome) -> dict[str, object]:
    screen = outcome.screen
    return {
        "id": screen.id,
        "title": screen.title,
        "severity": screen.severity,
        "status": screen.status,
        "clauses": list(screen.clauses),
        "key": list(screen.key),
        "did_run": outcome.did_run,
        "obstacles": [
            {"code": obstacle.code, "name": obstacle.name, "sentence": obstacle_sentence(obstacle)}
            for obstacle in outcome.obstacles
        ],
        "findings": outcome.hits.height,
        "by_reason": _by_reason(outcome),
        "seconds": round(outcome.seconds, 3),
        "rows_looked_at": dict(outcome.rows_looked_at),
        "not_judged": [
            {
                "parameter": gap.parameter,
                "place": gap.place,
                "from": gap.period.start.isoformat(),
                "to": None if gap.period.end is None else gap.period.end.isoformat(),
            }
            for gap in outcome.not_judged
        ],
    }


def _by_reason(outcome: Outcome) -> dict[str, int]:
    if not outcome.did_run:
        return {}
    counts = outcome.hits.group_by("reason").len().sort("reason")
    return {str(reason): int(count) for reason, count in counts.iter_rows()}


def score_mapping(score: Score) -> dict[str, object]:
    """Return one score as plain values with stable keys."""
    return {
        "screen_id": score.screen_id,
        "found": score.found,
        "planted": score.planted,
        "found_rightly": score.found_rightly,
        "precision": score.precision,
        "recall": score.recall,
        "missed": list(score.missed),
        "accused_wrongly": list(score.accused_wrongly),
    }


# report.md


def as_text(report: RunReport, *, scores: Sequence[Score] = ()) -> str:
    """Return the report as text for people, in Chinese."""
    return "\n".join(
        [
            *_summary_lines(report),
            *_screen_lines(report),
            *_obstacle_lines(report),
            *_coverage_lines(report),
            *_score_lines(scores),
            "",
        ]
    )


def _summary_lines(report: RunReport) -> list[str]:
    total = sum(outcome.hits.height for outcome in report.outcomes)
    ran = len(report.screens_that_ran)
    return [
        "# 筛查比对报告",
        "",
        f"- 地区：{report.place}　数据截至：{report.as_of.isoformat()}",
        f"- 规则 {len(report.outcomes)} 条，执行 {ran} 条，命中 {total} 条。命中是线索，不是认定违规。",
        f"- 用时 {report.seconds:.2f} 秒。",
    ]


def _screen_lines(report: RunReport) -> list[str]:
    lines = [
        "",
        "## 各规则",
        "",
        "| 规则 | 名称 | 程度 | 命中 | 用时（秒） | 条款 |",
        "|---|---|---|---:|---:|---|",
    ]
    for outcome in report.outcomes:
        screen = outcome.screen
        found = str(outcome.hits.height) if outcome.did_run else "未执行"
        lines.append(
            f"| {screen.id} | {screen.title} | {SEVERITY_LABELS[screen.severity]} | {found} "
            f"| {outcome.seconds:.2f} | {'、'.join(screen.clauses)} |"
        )
    for outcome in report.outcomes:
        if outcome.hits.height:
            screen = outcome.screen
            lines += ["", f"### {screen.id} {screen.title}", ""]
            lines += [f"- {screen.reasons[code]}：{count}" for code, count in _by_reason(outcome).items()]
            lines += [f"- 可能的误报：{'；'.join(screen.explains_itself_wrongly_when)}"]
    return lines


def _obstacle_lines(report: RunReport) -> list[str]:
    lines = []
    for outcome in report.outcomes:
        if not outcome.did_run:
            why = "；".join(map(obstacle_sentence, outcome.obstacles))
            lines.append(f"- {outcome.screen.id} {outcome.screen.title}：{why}")
    lines += [
        f"- {outcome.screen.id}：地区 {gap.place} 自 {gap.period.start} 起至 {gap.period.end} 前"
        f"没有参数“{gap.parameter}”，其间的数据未作该项判断"
        for outcome in report.outcomes
        for gap in outcome.not_judged
    ]
    for refusal in report.snapshot.refused.values():
        lines.append(
            f"- 表“{refusal.table}”被拒收，共 {refusal.total} 处问题，列出 {len(refusal.problems)} 处："
        )
        lines += [f"    - {problem_sentence(problem)}" for problem in refusal.problems]
    return ["", "## 未能执行或未能判断的", "", *(lines or ["- 无"])]


def _coverage_lines(report: RunReport) -> list[str]:
    coverage = report.coverage
    lines = [
        "",
        "## 覆盖证明",
        "",
        f"- 机构 {coverage.bodies} 家，其中本地区 {coverage.bodies_in_place} 家，全部纳入。",
        f"- 本地区场次 {coverage.sittings_in_place} 个，证书 {coverage.certificates_in_place} 张。",
        f"- 读入行数与筛查行数{'一致' if coverage.is_complete else '不一致，结果不可用'}。",
        "",
        "| 表 | 读入行数 | 筛查行数 | 文件 | sha256 |",
        "|---|---:|---:|---|---|",
    ]
    for name, rows in coverage.rows_in_snapshot.items():
        sources = report.snapshot.tables[name].sources if name in report.snapshot.tables else ()
        files = "、".join(source.path.name for source in sources) or "平台自带"
        digests = "、".join(source.sha256[:16] for source in sources)
        lines.append(f"| {name} | {rows} | {coverage.rows_seen[name]} | {files} | {digests} |")
    return lines


def _score_lines(scores: Sequence[Score]) -> list[str]:
    if not scores:
        return []
    return ["", "## 与真值比较", "", *score_lines(scores)]


def score_lines(scores: Sequence[Score]) -> list[str]:
    """Return precision and recall as a table for people."""
    lines = ["| 规则 | 命中 | 真值 | 命中且为真 | 查准率 | 查全率 |", "|---|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {'合计' if score.screen_id == 'all' else score.screen_id} | {score.found} | {score.planted} "
        f"| {score.found_rightly} | {score.precision:.4f} | {score.recall:.4f} |"
        for score in scores
    ]
    return lines
