"""Authorities (主管部门): offices, officers, duties per place, and every account that signs in.

Things: office (主管部门), account (账号), duty grant (职责授权).
"""
