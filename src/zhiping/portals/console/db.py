"""`zhiping db`: the database of this checkout."""

import json
import os
import shutil
from importlib import import_module

import click

from zhiping.gateways import postgres
from zhiping.gateways.postgres.placement import recorded_placements
from zhiping.gateways.state_folder import state_folder
from zhiping.portals.console.databases import database_is_named

FOLDERS = ("postgres", "test-postgres")
"""The servers of a checkout: that of the service, that of the tests."""

_test = click.option("--test", "is_test", is_flag=True, help="测试用的数据库，而不是服务用的。")


@click.group()
def db() -> None:
    """本目录自带的数据库：启动、停止、地址、重置."""


@db.command()
@_test
def start(*, is_test: bool) -> None:
    """启动数据库（已在运行则什么也不做）."""
    endpoint = postgres.ensure(state_folder() / FOLDERS[is_test])
    told = "已启动" if endpoint.started else "已在运行"
    click.echo(f"PostgreSQL {endpoint.version}（{endpoint.source}）{told}，用时 {endpoint.took:.2f} 秒")


@db.command()
def stop() -> None:
    """停止本目录启动的全部数据库."""
    for folder in FOLDERS:
        if postgres.stop(state_folder() / folder):
            click.echo(f"已停止：{state_folder() / folder}")


@db.command()
@_test
@click.option("--owner", is_flag=True, help="迁移所用的属主角色，而不是应用角色。")
def url(*, is_test: bool, owner: bool) -> None:
    """启动数据库并给出连接地址（含口令，注意保管）."""
    endpoint = postgres.ensure(state_folder() / FOLDERS[is_test])
    click.echo(endpoint.owner_url if owner else endpoint.app_url)


@db.command()
@click.option("--yes", is_flag=True, envvar="YES", help="不再询问。")
def reset(*, yes: bool) -> None:
    """停止并删除本目录的数据库、上传文件和快照（删除前询问）."""
    state = state_folder()
    doomed = [state / name for name in (*FOLDERS, "files", "static", "snapshots", "what-if", "serve")]
    elsewhere = [each for folder in FOLDERS for each in recorded_placements(state / folder)]
    if not yes:
        click.echo(f"将删除 {state} 中的数据库、上传文件和快照，无法恢复。")
        click.confirm("确定删除？", abort=True)
    for folder in FOLDERS:
        postgres.stop(state / folder)
    for place in elsewhere:
        for folder in (place.home, place.sockets):
            shutil.rmtree(folder, ignore_errors=True)
    for path in doomed:
        if path.exists():
            shutil.rmtree(path)
            click.echo(f"已删除：{path}")


@db.command()
@click.option("--remove", "removes", is_flag=True, help="删除列出的文件；不写则只列出。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，键名稳定。")
def orphans(*, removes: bool, as_json: bool) -> None:
    """列出没有记录指向、存放超过一天的上传文件（中断或退回的上传留下的）；服务每天夜里自动清理."""
    if not database_is_named():
        raise click.UsageError(
            "没有可用的数据库，无法核对文件。请先设定 ZHIPING_DATABASE_URL，或 zhiping db start。"
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    import_module("django").setup()
    stored_files = import_module("zhiping.portals.stored_files")
    found = stored_files.orphans()
    removed = stored_files.remove(found) if removes else 0
    size = sum(one.size for one in found)
    if as_json:
        files = [
            {"path": str(one.path), "size": one.size, "touched_at": one.touched_at.isoformat()}
            for one in found
        ]
        written = {"files": files, "bytes": size, "removed": removed}
        click.echo(json.dumps(written, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.touched_at:%Y-%m-%d %H:%M}  {one.size:>12,}  {one.path}")
    told = f"，已删除 {removed:,} 个" if removes else "；加 --remove 删除" if found else ""
    click.echo(f"无主文件 {len(found):,} 个，共 {size:,} 字节{told}。")
