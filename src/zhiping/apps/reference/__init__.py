"""Reference (目录与标准): dated lists that administrators keep beside the vendored catalogues.

Things: occupational standard (国家职业标准), shortage occupation (急需紧缺职业), access-type
qualification (准入类职业资格), workday override (工作日调整).
"""
