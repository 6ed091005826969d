"""`zhiping docs`: write the generated pages of the documentation, or tell which are out of date."""

import sys
from pathlib import Path

import click

from zhiping.core.policybook import PolicyBook
from zhiping.kernel.resources import policy_folder

_DOCS = Path(__file__).resolve().parents[4] / "docs"


@click.command()
@click.option(
    "--check", "only_check", is_flag=True, help="只检查是否与程序一致，不改写；不一致时退出码为 1。"
)
@click.option(
    "--into",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=_DOCS,
    help="写入的文件夹，默认为本仓库的 docs。",
)
def docs(*, only_check: bool, folder: Path) -> None:
    """由程序和政策库生成文档：各应用的流转表，条款、规则、参数、筛查、职责目录."""
    from zhiping.portals.console.enforcers import installed_apps  # noqa: PLC0415 - sets Django up

    installed_apps()
    from zhiping.portals.console.generated_pages import pages  # noqa: PLC0415 - reads Django's models

    stale = []
    wanted = pages(PolicyBook.load(policy_folder()))
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not only_check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    leftover = sorted(
        path.relative_to(folder).as_posix()
        for sub in {name.split("/")[0] for name in wanted}
        for path in (folder / sub).glob("*.md")
        if path.relative_to(folder).as_posix() not in wanted
    )
    for name in leftover:
        if not only_check:
            (folder / name).unlink()
    if not only_check:
        click.echo(f"共 {len(wanted)} 页，改写 {len(stale)} 页，删除 {len(leftover)} 页。")
        return
    for name in (*stale, *leftover):
        click.echo(f"docs/{name} 与程序不一致。", err=True)
    if stale or leftover:
        click.echo("请运行 zhiping docs 重新生成。", err=True)
        sys.exit(1)
    click.echo(f"共 {len(wanted)} 页，与程序一致。")
