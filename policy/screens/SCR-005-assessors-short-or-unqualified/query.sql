-- Held sittings whose assessors are too few or even in number, and assessors who were not qualified that day,
-- were expected at another venue at the same time, or supervised the sitting they assessed.
WITH held AS (
    SELECT
        sitting_id,
        body_id,
        place,
        level,
        venue_id,
        starts_at,
        ends_at,
        CAST(starts_at AS DATE) AS sitting_day
    FROM sittings
    WHERE state = 'held'
),

assessor AS (
    SELECT
        sitting_id,
        person_key,
        grade,
        qualified_from,
        qualified_to
    FROM assignments
    WHERE role = 'assessor'
),

counted AS (
    SELECT
        held.sitting_id,
        COUNT(assessor.person_key) AS assessors
    FROM held
    LEFT JOIN assessor ON assessor.sitting_id = held.sitting_id
    GROUP BY held.sitting_id
),

short_sitting AS (
    SELECT
        counted.sitting_id,
        '-' AS person_key,
        CASE WHEN counted.assessors < minimum.value THEN 'too_few' ELSE 'even_number' END AS reason,
        minimum.value AS minimum_assessors
    FROM counted
    INNER JOIN held ON held.sitting_id = counted.sitting_id
    INNER JOIN p_minimum AS minimum
        ON
            minimum.place = held.place
            AND minimum.valid_from <= held.sitting_day
            AND minimum.valid_to > held.sitting_day
    WHERE
        counted.assessors < minimum.value
        OR is_even(counted.assessors)
),

unqualified AS (
    SELECT
        assessor.sitting_id,
        assessor.person_key,
        CASE
            WHEN assessor.grade IS NULL OR assessor.qualified_from IS NULL THEN 'no_qualification'
            WHEN assessor.qualified_from > held.sitting_day OR assessor.qualified_to <= held.sitting_day
                THEN 'not_valid_that_day'
            WHEN held.level IN ('2', '1') AND assessor.grade <> 'senior_assessor' THEN 'grade_too_low'
        END AS reason
    FROM assessor
    INNER JOIN held ON held.sitting_id = assessor.sitting_id
),

double_booked AS (
    SELECT
        assessor.sitting_id,
        assessor.person_key,
        'two_places' AS reason,
        MIN(other.sitting_id) AS other_sitting_id
    FROM assessor
    INNER JOIN held ON held.sitting_id = assessor.sitting_id
    INNER JOIN assignments AS elsewhere ON elsewhere.person_key = assessor.person_key
    INNER JOIN held AS other
        ON
            other.sitting_id = elsewhere.sitting_id
            AND other.sitting_id <> held.sitting_id
            AND other.venue_id <> held.venue_id
            AND other.starts_at < held.ends_at
            AND other.ends_at > held.starts_at
    GROUP BY
        assessor.sitting_id,
        assessor.person_key
),

supervising AS (
    SELECT DISTINCT
        assessor.sitting_id,
        assessor.person_key,
        'also_supervisor' AS reason
    FROM assessor
    INNER JOIN assignments AS supervisor
        ON
            supervisor.sitting_id = assessor.sitting_id
            AND supervisor.person_key = assessor.person_key
            AND supervisor.role IN ('internal_supervisor', 'external_supervisor')
),

offence AS (
    SELECT
        sitting_id,
        person_key,
        reason,
        minimum_assessors,
        NULL AS other_sitting_id
    FROM short_sitting
    UNION ALL
    SELECT
        sitting_id,
        person_key,
        reason,
        NULL AS minimum_assessors,
        NULL AS other_sitting_id
    FROM unqualified
    WHERE reason IS NOT NULL
    UNION ALL
    SELECT
        sitting_id,
        person_key,
        reason,
        NULL AS minimum_assessors,
        other_sitting_id
    FROM double_booked
    UNION ALL
    SELECT
        sitting_id,
        person_key,
        reason,
        NULL AS minimum_assessors,
        NULL AS other_sitting_id
    FROM supervising
)

SELECT
    offence.sitting_id,
    offence.reason,
    offence.person_key,
    held.body_id,
    held.place,
    held.sitting_day,
    held.level,
    counted.assessors,
    offence.minimum_assessors,
    assessor.grade,
    assessor.qualified_from,
    assessor.qualified_to,
    offence.other_sitting_id
FROM offence
INNER JOIN held ON held.sitting_id = offence.sitting_id
INNER JOIN counted ON counted.sitting_id = offence.sitting_id
LEFT JOIN assessor ON assessor.sitting_id = offence.sitting_id AND assessor.person_key = offence.person_key
