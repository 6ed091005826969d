"""How characters sound (读音): one reading each, without tones, so that homophones are found in any name."""

from functools import cache

from pypinyin import Style, lazy_pinyin

from zhiping.core.wording.look_alikes import CLOSE

_MERGED_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@cache
def sound(character: str) -> str:
    """Return the sound of a character without its tone; of something that is no character, itself.

    A character with several readings always gets the same one, whatever stands beside it: both names of a
    comparison are then read alike.
    """
    return str(lazy_pinyin(character, style=Style.NORMAL)[0])


@cache
def near_sound(character: str) -> str:
    """Return the sound as a hasty or southern ear takes it: zh as z, ing as in, l as n.

    >>> near_sound("营") == near_sound("音"), near_sound("策") == near_sound("册")
    (True, True)
    """
    plain = sound(character)
    for long, short in _MERGED_INITIALS:
        plain = plain.replace(long, short, 1) if plain.startswith(long) else plain
    if plain.startswith("l"):
        plain = "n" + plain[1:]
    return plain.removesuffix("g") if plain.endswith("ng") else plain


@cache
def may_pass_for(character: str) -> frozenset[str]:
    """Return the near sounds of a character and of those that it is taken for by its shape."""
    return frozenset(near_sound(one) for one in (character, *CLOSE.get(character, ())))
