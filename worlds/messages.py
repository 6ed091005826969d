"""Sentences for the refusals of this package."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "worlds.too_small": "报名人次 {results} 太少，放不下预先安排的违规情形。请至少生成 {least} 人次。",
    "worlds.folder_not_empty": "文件夹 {folder} 已有其他内容，未作改动。请换一个空文件夹。",
}
