"""Journal (操作留痕): one append-only record per operation: who, when, on what authority, what changed.

Things: entry (记录), subject of an entry (涉及对象). Everything downstream writes through
`actions.record`; nothing is ever changed or deleted, which the database itself enforces.
"""
