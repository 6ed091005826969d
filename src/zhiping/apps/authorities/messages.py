"""Code → Chinese sentence."""

MESSAGES = {
    "authorities.duty_unknown": "没有名为“{value}”的职责或角色。请从职责清单中选择。",
}
