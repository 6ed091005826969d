"""`python -m zhiping.portals.lookup --port 8001`: become the look-up process."""

import os
import sys

import click

from zhiping.portals.lookup import command


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="端口。")
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址。")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="进程数。")
def main(*, port: int, host: str, workers: int) -> None:
    """启动证书查询进程."""
    os.execv(sys.executable, command(port, host=host, workers=workers))  # noqa: S606 (a fixed program)


main()
