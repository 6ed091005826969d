"""What the look-up process says of its refusals."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "lookup.address_taken": "不能在 {host} 的 {port} 端口提供查询（{said}）。"
    "请停止占用该端口的程序，或用 --port、--host 换一个地址。",
}
