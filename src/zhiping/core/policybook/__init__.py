"""Law as dated, cited data: load, check, resolve by place and day, judge, explain, cover."""
