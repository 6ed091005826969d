"""Code → Chinese sentence."""

MESSAGES: dict[str, str] = {
    "reference.note_missing": "调整工作日必须写明依据（如放假通知的文号）。请填写后再提交。",
    "reference.year_published": "{year} 年的放假安排已经收录，无需按周末预置。个别日期有变的，请逐日调整。",
    "reference.override_not_found": "{day} 没有工作日调整，可能已被撤销。请刷新页面后查看。",
    "reference.catalogue_place": "{catalogue}应按{expected}维护，您选择的是{place}。请改选地区。",
    "reference.edition_exists": "{place}已有版本“{edition}”。请换一个版本名，或在原版本上继续整理。",
    "reference.edition_not_found": "没有可以整理的目录版本“{edition}”，可能已经公布。已公布的版本不再改动，请新建一版。",
    "reference.edition_empty": "“{edition}”还没有一项。空的目录会使所有职业资格都不在目录内，请先登记或导入。",
    "reference.edition_order": "“{edition}”自 {start} 起施行，不晚于已公布版本的 {last}。新版应晚于旧版，请核对施行日。",
    "reference.edition_count": "“{edition}”标为名录完整，公布 {stated} 项，实际收录 {held} 项。请补齐或核对后再公布。",
    "reference.local_item_refused": "“{name}”不能列入：{reason}",
    "reference.directory_item_exists": "“{name}”已在该版目录内。请不要重复登记。",
    "reference.batch_unknown": "{place}没有登记取消批次，不能导入取消事项清单。请先由平台维护人员登记批次。",
    "reference.import_not_found": "没有编号为 {value} 的导入记录。请返回目录维护重新上传。",
    "reference.cancelled_item_not_found": "没有找到取消事项“{value}”。请返回清单重新选择。",
    "reference.tracking_place": "跟踪督查按省组织，您选择的是{place}。请改选省级地区。",
    "reference.tracking_due": "答复期限 {due} 早于今天 {today}。请改为今天或以后的日期。",
    "reference.nothing_to_track": "{place}没有可以下达的任务：要么还没有明确跟踪督查部门，要么该期限的任务都已下达。请先明确部门，或换一个期限。",
    "reference.tracking_task_not_found": "没有编号为 {value} 的跟踪督查任务。请返回任务清单重新选择。",
    "reference.answer_missing": "答复必须写明情况。请填写查了什么、结果如何。",
}
