"""Code → Chinese sentence."""

MESSAGES = {
    "authorities.duty_unknown": "没有名为“{value}”的职责或角色。请从职责清单中选择。",
    "authorities.own_grant": "“{name}”不能给自己授予职责。请由另一位有授权职责的人员办理。",
}
