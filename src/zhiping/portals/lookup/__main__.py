"""`python -m zhiping.portals.lookup --port 8001`: become the look-up process."""

import os
import socket

import click

from zhiping.portals.lookup.errors import AddressTakenError
from zhiping.portals.lookup.messages import MESSAGES


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="端口。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="进程数。")
@click.option("--inherited", hidden=True, help="由父进程传入的套接字与管道。")
def main(*, port: int, host: str, workers: int, inherited: str | None) -> None:
    """启动证书查询进程."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    from zhiping.portals.lookup import serving  # noqa: PLC0415 (reads the settings that are named here)

    if inherited:
        sock, parent = map(int, inherited.split(","))
        serving.answer(socket.socket(fileno=sock), parent)
        return
    try:
        bound = serving.bound(host, port)
    except AddressTakenError as taken:
        raise click.ClickException(MESSAGES[taken.code].format_map(taken.facts)) from taken
    if workers == 1:
        serving.answer(bound)
    else:
        serving.watch(bound, workers)


main()
