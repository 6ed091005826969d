"""Code → Chinese sentence, for refusals of the kernel."""

MESSAGES = {
    "kernel.refused": "操作未完成。请返回上一页重试。",
    "kernel.period_backwards": "截止日 {end} 早于起始日 {start}。请检查两个日期后重新填写。",
    "kernel.place_malformed": "行政区划代码应为 6 位数字，收到的是“{value}”。请从列表中选择地区。",
    "kernel.duty_missing": "您（{actor}）在该地区没有办理此事项的职责（{duty}）。如确需办理，请联系本部门管理员授权。",
    "kernel.move_not_allowed": "当前状态（{state}）下不能办理此操作（{verb}），可能已有人先行处理。请刷新页面后查看最新状态。",
    "kernel.seal_broken": "一项加密信息无法解开，数据可能被改动或密钥不符。请停止操作并告知系统管理员。",
    "kernel.day_count_negative": "期限不能是负数（{count} 天）。请检查该事项的天数设置。",
    "kernel.policy_folder_missing": "没有找到规则文件夹“{folder}”。请检查环境变量 {variable} 的设置。",
    "kernel.calendar_unknown": "{day} 超出已知的工作日历。请由管理员在“工作日调整”中补充后再办理。",
}
