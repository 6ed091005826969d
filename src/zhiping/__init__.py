"""Zhiping 职评: regulate vocational skill evaluation (职业技能评价) in a Chinese province."""
