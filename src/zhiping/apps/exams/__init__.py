"""Exams (考务): plans, sittings, assignments, enrolments, attendance, incidents, results, archives."""
