"""`zhiping policy questions`: what may be asked, and which facts each question needs."""

import json
from datetime import date
from pathlib import Path

import click

from zhiping.core.policybook import PolicyBook
from zhiping.kernel.place import Place
from zhiping.portals.console.fact_hints import alike, fact_lines, facts_read
from zhiping.portals.console.policy import DayParameter, PlaceParameter, load
from zhiping.portals.question_words import DECISION_DAYS, QUESTIONS


@click.command()
@click.argument("question", required=False)
@click.option("--place", "place", type=PlaceParameter(), default=None, help="只看该地区在 --on 这天的规则。")
@click.option("--on", "on", type=DayParameter(), default=None, help="判定依据日，与 --place 同用。")
@click.option(
    "--policy",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    help="政策文件夹；不写则用随程序安装的政策库。",
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON（键名稳定）。")
def questions(
    question: str | None, place: Place | None, on: date | None, folder: Path | None, *, as_json: bool
) -> None:
    """列出能问的事项；写明事项的，列出它要用到的事实和写法.

    事实不必都填：先填知道的去问，回答会列出还缺哪些。
    """
    if (place is None) != (on is None):
        raise click.UsageError("--place 和 --on 要同时写。")
    book = load(folder)
    if question is None:
        _print_all(book, as_json=as_json)
        return
    if question not in book.questions:
        near = alike(question, book.questions)
        raise click.UsageError(f"没有规则回答“{question}”。{near}能问的事项见 zhiping policy questions。")
    names = facts_read(book, question, place=place, on=on)
    if as_json:
        click.echo(json.dumps({**_one(book, question), "facts": list(names)}, ensure_ascii=False, indent=2))
        return
    said = _one(book, question)
    click.echo(f"{question}：{said['label']}；依据日：{said['decides_on_label']}")
    if not names and place is not None and on is not None:
        click.echo(f"{place.code} 在 {on.isoformat()} 没有已收录的规则，不用填事实。")
    for name in names:
        for line in fact_lines(book.facts[name]):
            click.echo(line)


def _print_all(book: PolicyBook, *, as_json: bool) -> None:
    rows = [_one(book, question) for question in book.questions]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        click.echo(f"{row['question']}：{row['label']}；依据日：{row['decides_on_label']}")
    click.echo("要看某一事项用到的事实：zhiping policy questions 事项 [--place 代码 --on 日期]")


def _one(book: PolicyBook, question: str) -> dict[str, str]:
    """Return a question with its label and the day that it decides on."""
    day = next(one.decides_on for one in book.rules.values() if one.asks_of == question)
    return {
        "question": question,
        "label": QUESTIONS.get(question, question),
        "decides_on": day,
        "decides_on_label": DECISION_DAYS.get(day, day),
    }
