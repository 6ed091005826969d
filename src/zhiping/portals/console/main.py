"""The entry point `zhiping`: a table of commands, each imported only when it is called."""

import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import click

from zhiping.kernel.errors import DomainError
from zhiping.portals.console.messages import sentence


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives, and what the list of commands says about it."""

    module: str
    attribute: str
    says: str


def _own(name: str, says: str) -> Entry:
    return Entry(module=f"zhiping.portals.console.{name}", attribute=name, says=says)


COMMANDS = {
    "serve": _own("serve", "启动全部服务：数据库、网页、后台任务（make run 所用）。"),
    "db": _own("db", "本目录自带的数据库：启动、停止、地址、重置。"),
    "policy": _own("policy", "政策依据：检查、覆盖率、按日期和地区判定。"),
    "screen": _own("screen", "对一个文件夹中的数据表做筛查比对。"),
    "world": _own("world", "生成一个可复现的演示世界。"),
    "certificate": _own("certificate", "核验证书。"),
    "wording": _own("wording", "用字检查和变相恢复检查：检查一段文字、测量准确率和召回率。"),
    "docs": _own("docs", "由程序和政策库生成文档目录，或检查其是否最新。"),
    "bench": _own("bench", "性能测量，结果以比值表示。"),
    "screenshots": _own("screenshots", "为主要页面截图。"),
}


class LazyCommands(click.Group):
    """A group that imports a command when it is asked for.

    `zhiping db url` need not load the screening engine, and a command whose module is not part of
    this installation is not listed.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands that are there, in the table's order."""
        del ctx
        return [name for name, entry in COMMANDS.items() if find_spec(entry.module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now."""
        if cmd_name not in self.list_commands(ctx):
            return None
        entry = COMMANDS[cmd_name]
        command = getattr(import_module(entry.module), entry.attribute)
        if not isinstance(command, click.Command):
            raise TypeError(entry)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list from the table, importing nothing."""
        with formatter.section("命令"):
            formatter.write_dl([(name, COMMANDS[name].says) for name in self.list_commands(ctx)])


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhiping", prog_name="zhiping")
def zhiping() -> None:
    """职评：职业技能评价监管平台."""


def main(arguments: list[str] | None = None) -> None:
    """Run a command; a refusal is one sentence on standard error and status 1."""
    try:
        zhiping.main(args=arguments, prog_name="zhiping")
    except DomainError as refusal:
        click.echo(f"{sentence(refusal)}\n[{refusal.code}]", err=True)
        sys.exit(1)
