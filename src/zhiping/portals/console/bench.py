"""`zhiping bench`: measure, always against a floor or a peer in the same run."""

import json
import os
import platform
import subprocess
from importlib import import_module

import click

from zhiping.gateways import postgres
from zhiping.gateways.state_folder import state_folder

NAMES = {
    "judgements": "每秒判定数，对照 openfisca-core",
    "imports": "考生名册导入，对照“读取＋COPY”的下限",
    "whatif": "草案试算十万件备案，对照逐件判定",
    "lookup": "证书查询，对照数据库预编译点查",
}
"""Benchmark → what it measures; each is a module of `bench` with `run() -> dict`."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(NAMES)), metavar="[名称…]")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，键名稳定。")
def bench(*, names: tuple[str, ...], as_json: bool) -> None:
    """性能测量：judgements、imports、whatif、lookup；不写名称则全部执行。结果以同一次运行中的比值表示."""
    results: dict[str, object] = {"machine": _machine(), "commit": _commit()}
    # Benchmarks make scratch databases of their own, on the server of the tests.
    endpoint = postgres.ensure(state_folder() / "test-postgres")
    os.environ.update(endpoint.environment())
    os.environ["ZHIPING_AS_OWNER"] = "1"
    for name in names or tuple(NAMES):
        click.echo(f"测量 {name}：{NAMES[name]} ……", err=True)
        measured = import_module(f"bench.{name}").run()
        results[name] = measured
        if not as_json:
            click.echo(f"\n{name}  {NAMES[name]}")
            for key, value in measured.items():
                click.echo(f"  {key:<32} {_shown(value)}")
    if as_json:
        click.echo(json.dumps(results, ensure_ascii=False, indent=2, default=str))


def _shown(value: object) -> str:
    return f"{value:,.3g}" if isinstance(value, float) else str(value)


def _machine() -> str:
    return f"{platform.machine()}, Python {platform.python_version()}"


def _commit() -> str:
    asked = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return asked.stdout.strip() or "unknown"
