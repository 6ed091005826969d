"""Authority portal (主管部门门户)."""
