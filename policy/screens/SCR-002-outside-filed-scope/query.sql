-- Sittings held for an occupation and level, on a day or in a place, that the body had not filed.
WITH held AS (
    SELECT
        sitting_id,
        body_id,
        occupation_code,
        level,
        place,
        CAST(starts_at AS DATE) AS sitting_day
    FROM sittings
    WHERE state = 'held'
),

-- every filed line of the same occupation and level, and how far it carries the sitting
compared AS (
    SELECT
        held.sitting_id,
        line.valid_from,
        line.valid_to,
        CASE
            WHEN
                line.valid_from <= held.sitting_day
                AND (line.valid_to IS NULL OR line.valid_to > held.sitting_day) THEN 1
            ELSE 0
        END AS is_in_force,
        CASE WHEN chain.inside IS NULL THEN 0 ELSE 1 END AS is_inside
    FROM held
    INNER JOIN scope_lines AS line
        ON
            line.body_id = held.body_id
            AND line.occupation_code = held.occupation_code
            AND line.level = held.level
    LEFT JOIN place_chain AS chain ON chain.place = held.place AND chain.inside = line.place
),

filed AS (
    SELECT
        sitting_id,
        MAX(is_in_force) AS is_in_force,
        MAX(CASE WHEN is_in_force = 1 AND is_inside = 1 THEN 1 ELSE 0 END) AS is_covered,
        MAX(valid_from) AS nearest_from,
        MAX(valid_to) AS nearest_to
    FROM compared
    GROUP BY sitting_id
),

people AS (
    SELECT
        sitting_id,
        COUNT(*) AS enrolled
    FROM enrolments
    GROUP BY sitting_id
)

SELECT
    held.sitting_id,
    held.body_id,
    held.place,
    held.sitting_day,
    held.occupation_code,
    held.level,
    CASE
        WHEN filed.sitting_id IS NULL THEN 'not_filed'
        WHEN filed.is_in_force = 0 THEN 'not_in_force'
        ELSE 'outside_place'
    END AS reason,
    COALESCE(people.enrolled, 0) AS enrolled,
    filed.nearest_from,
    filed.nearest_to
FROM held
LEFT JOIN filed ON filed.sitting_id = held.sitting_id
LEFT JOIN people ON people.sitting_id = held.sitting_id
WHERE COALESCE(filed.is_covered, 0) = 0
