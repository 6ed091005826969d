-- Employers that evaluated more people in a calendar month than they insured in it.
-- A person counts once a month, when at least one subject was attended in a sitting held that month.
WITH attended AS (
    SELECT DISTINCT enrolment_id
    FROM results
    WHERE NOT absent
),

evaluated AS (
    SELECT
        sitting.body_id,
        body.place,
        month_of(sitting.starts_at) AS month,
        COUNT(DISTINCT enrolment.person_key) AS people_evaluated,
        COUNT(DISTINCT sitting.sitting_id) AS sittings
    FROM attended
    INNER JOIN enrolments AS enrolment ON enrolment.enrolment_id = attended.enrolment_id
    INNER JOIN sittings AS sitting ON sitting.sitting_id = enrolment.sitting_id
    INNER JOIN bodies AS body ON body.body_id = sitting.body_id
    WHERE
        sitting.state = 'held'
        AND body.kind = 'employer'
    GROUP BY
        sitting.body_id,
        body.place,
        month_of(sitting.starts_at)
)

SELECT
    evaluated.body_id,
    evaluated.place,
    evaluated.month,
    CASE WHEN insured.insured_count IS NULL THEN 'headcount_unknown' ELSE 'more_than_insured' END AS reason,
    evaluated.people_evaluated,
    insured.insured_count,
    tolerance.value AS tolerance_percent,
    evaluated.sittings
FROM evaluated
LEFT JOIN insured_months AS insured ON insured.body_id = evaluated.body_id AND insured.month = evaluated.month
INNER JOIN p_tolerance AS tolerance
    ON
        tolerance.place = evaluated.place
        AND tolerance.valid_from <= evaluated.month
        AND tolerance.valid_to > evaluated.month
WHERE
    insured.insured_count IS NULL
    OR is_over(evaluated.people_evaluated, insured.insured_count, tolerance.value)
