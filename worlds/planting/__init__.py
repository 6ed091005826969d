"""Plant violations and near misses of every screen, and write down the truth about each.

A plant starts from something clean and changes one thing. What it aims at (60 points, twelve months,
three assessors) is written here a second time and not read from `policy/`: a truth that is derived from
what it tests proves nothing.
"""
