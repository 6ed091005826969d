"""The sentences that the command line shows for a refusal."""

from importlib import import_module

from zhiping.kernel.errors import DomainError

SENTENCES = {
    "fonts.missing": (
        "没有找到中文字体，已查找 {looked_in}。请运行：{line}；或用 ZHIPING_FONTS 指定字体目录。"
    ),
    "console.port_busy": "端口 {port} 已被其他程序占用。请换一个端口，例如：PORT={other} make run。",
    "console.already_serving": (
        "本目录的服务已在运行（进程 {pid}，{address}）。请直接打开该地址，或先用 make stop 停止。"
    ),
    "console.child_ended": (
        "{name} 意外退出（返回 {status}），其余进程已全部停止。日志：{log}。最后几行：{said}"
    ),
    "console.not_healthy": "服务在 {seconds} 秒内没有就绪，已停止。日志：{log}。最后几行：{said}",
    "console.browser_missing": (
        "没有找到可以启动的 Chromium。请运行：{line}；或用 ZHIPING_CHROMIUM 指定其路径。"
    ),
}


_ELSEWHERE = ("zhiping.gateways.postgres.messages", "zhiping.core.wording.messages")
"""Sentences of other packages: read when something is refused, since their packages load for long."""


def sentence(refusal: DomainError) -> str:
    """Return what a person is told: what happened, the value, what to do next."""
    template = SENTENCES.get(refusal.code)
    for module in _ELSEWHERE:
        template = template or import_module(module).SENTENCES.get(refusal.code)
    return template.format(**refusal.facts) if template else str(refusal)
