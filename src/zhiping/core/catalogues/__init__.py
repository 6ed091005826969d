"""Official lists (目录): divisions by year, occupations, industries, enterprise sizes, short code lists.

The lists are files in `policy/catalogues/`; their header says where each comes from. They are read once, on
first use. Ask `divisions()`, `occupations(edition)`, `industries()`, `size_table()` and the functions of
`code_lists`.
"""
