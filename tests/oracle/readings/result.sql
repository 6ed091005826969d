-- Has the candidate passed? National standards: each subject out of 100, all of them at least 60; levels 5 to 3 have theory and
-- practice, levels 2 and 1 the comprehensive review too. Who has no result in a subject that is due has not passed it.
SELECT
    id,
    [
        demand([], standards, TRUE, every(list_transform(subjects, lambda row : row.score >= 60 AND NOT row.absent))),
        demand(
            [], standards, TRUE,
            list_has_all(list_transform(subjects, lambda row : row.subject), ['theory', 'practical'])
        ),
        demand(
            [], standards, TRUE,
            level IN ('5', '4', '3') OR list_contains(list_transform(subjects, lambda row : row.subject), 'comprehensive')
        )
    ] AS demands
FROM spoken
