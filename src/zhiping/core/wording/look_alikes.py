"""Characters that stand in for others (形近字、俗字、异体字), beyond Unicode and the traditional table.

Script knowledge, not law: which words are forbidden lies in the policy folder.
"""

from collections.abc import Mapping

_GROUPS = (
    # Variants of a character, and characters that differ from it by their radical and are in no everyday use.
    "国囯囻圀囶",
    "家宊镓糘",
    "全仝㒰佺牷",
    "职耺聀軄",
    "员贠貟",
    "准凖",
    "证証",
    "岗冈",
    "广広",
    "上丄",
    "人入亻⺅",  # 准人证 passes for 准入证
    "华蕐崋",
    "资粢",
    "格袼挌茖",
    "中衶",
    "省渻",
    "和咊龢",
    "咨谘",
    "民⺠",
    "见⻅",
    "车⻋",
    "长⻓⻑",
    "门⻔",
    "青⻘",
    "页⻚",
    "风⻛",
    "飞⻜",
    "食⻝",
    "马⻢",
    "鱼⻥",
    "鸟⻦",
    "麦⻨",
    "黄⻩",
    "齐⻬",
    "龙⻰",
    "厂⺁",
    "西⻄",
)

SAME: Mapping[str, str] = {other: group[0] for group in _GROUPS for other in group[1:]}
"""Look-alike → the character that it is read as."""

_CLOSE_GROUPS = (
    "己已巳",
    "未末",
    "土士",
    "日曰",
    "天夭",
    "大太犬",
    "千干于",
    "睛晴",
    "师帅",
    "管菅",
    "划画",
    "治冶",
    "治洽",
    "析折",
    "侯候",
    "拔拨",
    "辨辩",
    "即既",
    "戊戌戍",
    "兔免",
    "材村",
    "休体",
    "令今",
    "微徽",
    "徒徙",
    "杨扬",
    "延廷",
    "汩汨",
    "祝视",
    "钾甲",
    "缉辑",
    "培陪",
    "构购",
)

CLOSE: Mapping[str, frozenset[str]] = {
    one: frozenset("".join(group for group in _CLOSE_GROUPS if one in group)) - {one}
    for one in frozenset("".join(_CLOSE_GROUPS))
}
"""Character → those that a hasty reader takes it for; all are words in their own right, so never merged."""
