"""Chinese sentences for the refusals of the certificate core."""

from collections.abc import Mapping

from zhiping.kernel.errors import DomainError

SENTENCES: Mapping[str, str] = {
    "credential.field_refused": "证书上的“{field}”不能为“{value}”。请先更正证书信息，再生成证书。",
    "credential.glyph_missing": (
        "“{name}”中的“{characters}”在现有字体里没有字形，打印出来会是空框。"
        "请安装含有该字的字体后重新生成；不要用近似的字代替。"
    ),
    "credential.fonts_missing": "没有找到打印证书的中文字体（{families}）。请安装其中一种后重新生成。",
    "credential.batch_too_large": "一次要打印 {count} 张，一个文件最多 {limit} 张。请分批生成。",
    "credential.batch_empty": "没有要打印的证书。请先选择证书。",
}


def sentence(refusal: DomainError) -> str:
    """Return the sentence for a refusal of this core (拒绝说明)."""
    return SENTENCES[refusal.code].format(**refusal.facts)
