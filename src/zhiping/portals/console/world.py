"""`zhiping world`: write a synthetic world with planted violations and their truth (生成仿真数据)."""

from datetime import date, datetime
from pathlib import Path

import click

from worlds import AS_OF, DEMO_ENROLMENTS, write
from worlds.messages import MESSAGES
from zhiping.kernel.errors import DomainError

REFUSED = 1
"""Exit status when nothing was written."""


def _progress(done: int, wanted: int) -> None:
    click.echo(f"已写 {done:,} / {wanted:,} 报名人次", err=True)


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path), metavar="文件夹")
@click.option(
    "--results",
    type=click.IntRange(min=1),
    default=DEMO_ENROLMENTS,
    show_default=True,
    metavar="人次",
    help="报名人次；每人次有二至三科成绩。",
)
@click.option("--seed", type=int, default=2026, show_default=True, metavar="整数", help="随机种子。")
@click.option(
    "--as-of",
    type=click.DateTime(formats=["%Y-%m-%d"]),
    default=AS_OF.isoformat(),
    show_default=True,
    metavar="日期",
    help="数据截至日。",
)
def world(*, out: Path, results: int, seed: int, as_of: datetime) -> None:
    """生成可复现的演示世界：两个城市的机构、场次、考生、证书，和预先安排的违规情形及其真值."""
    day: date = as_of.date()
    try:
        manifest = write(out, seed, results, as_of=day, progress=_progress)
    except DomainError as refusal:
        template = MESSAGES.get(refusal.code)
        if template is None:
            raise
        click.echo(template.format(**refusal.facts), err=True)
        raise click.exceptions.Exit(REFUSED) from refusal
    click.echo(f"已写入 {out}：{manifest['enrolments']:,} 报名人次，种子 {seed}，数据截至 {day}。", err=True)


def load_if_empty() -> None:
    """Load the demonstration's world into an empty database; leave one with data alone.

    Needs Django set up and the owner's connection. Says what it does on standard error.
    """
    from zhiping.portals.console.demonstration import fill  # noqa: PLC0415 (Django is not set up at import)

    fill(say=lambda text: click.echo(text, err=True))
