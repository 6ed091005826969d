"""Code → Chinese sentence."""

MESSAGES: dict[str, str] = {
    "reference.note_missing": "调整工作日必须写明依据（如放假通知的文号）。请填写后再提交。",
    "reference.year_published": "{year} 年的放假安排已经收录，无需按周末预置。个别日期有变的，请逐日调整。",
    "reference.override_not_found": "{day} 没有工作日调整，可能已被撤销。请刷新页面后查看。",
}
