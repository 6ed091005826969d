"""Sentences of the look's refusals."""

MESSAGES = {
    "ui.moment_naive": "时间“{value}”没有时区，无法显示。请把本页地址告知系统管理员。",
}
