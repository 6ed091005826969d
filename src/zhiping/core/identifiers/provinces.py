"""The two province digits with which GB/T 2260 codes begin (省级代码)."""

_RUNS = ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))

MAINLAND = frozenset(str(code) for first, last in _RUNS for code in range(first, last + 1))
BEYOND = frozenset(("71", "81", "82"))
"""台湾、香港、澳门."""

ALL = MAINLAND | BEYOND
