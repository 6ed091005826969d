"""Code → Chinese sentence, for what only the API says; and for each way in which an input can be wrong."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "api.not_signed_in": "该接口需要登录。请先登录并携带会话 Cookie，写操作还需携带 CSRF 令牌。",
    "api.not_found": "没有找到所请求的内容，或不在您的账号可以查看的范围内。",
    "api.csrf": "缺少或不匹配的 CSRF 令牌。请从登录后的页面取得令牌，放在 X-CSRFToken 头中。",
    "api.invalid": "有 {count} 处输入不符合要求，见 errors。",
    "api.method": "该地址不支持 {method} 方法。",
    "api.unreadable": "请求正文无法解析，应为 JSON。",
    "api.http": "请求未能完成（{status}）。",
}

INPUT: Mapping[str, str] = {
    "missing": "缺少此项。",
    "int_parsing": "应为整数。",
    "int_type": "应为整数。",
    "date_from_datetime_parsing": "应为日期，如 2026-11-22。",
    "date_parsing": "应为日期，如 2026-11-22。",
    "date_type": "应为日期，如 2026-11-22。",
    "dict_type": "应为“名称: 值”的对象。",
    "string_type": "应为文字。",
    "string_too_long": "太长。",
    "string_too_short": "太短。",
    "string_pattern_mismatch": "格式不符。",
    "greater_than_equal": "太小。",
    "less_than_equal": "太大。",
    "enum": "不在可选的值中。",
    "literal_error": "不在可选的值中。",
    "extra_forbidden": "没有这一项，请核对名称。",
    "model_attributes_type": "应为 JSON 对象。",
    "json_invalid": "不是有效的 JSON。",
}
