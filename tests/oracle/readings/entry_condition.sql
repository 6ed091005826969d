-- Does this person meet the entry condition that he names? The entry conditions of the national standards, in the generations
-- of 2018 and 2023. Work after a certificate or title is counted from its day: both the time since and the work must suffice.
WITH listed (
    condition, of_level, min_age, work_years, prior, years_since_prior, schooling,
    title_rank, years_since_title, is_apprentice, is_at_work
) AS (
    VALUES
    ('2018/5-1', '5', NULL, 1, NULL, NULL, NULL, NULL, NULL, FALSE, FALSE),
    ('2018/5-2', '5', NULL, NULL, NULL, NULL, NULL, NULL, NULL, TRUE, FALSE),
    ('2018/4-1', '4', NULL, 4, 5, 4, NULL, NULL, NULL, FALSE, FALSE),
    ('2018/4-2', '4', NULL, 6, NULL, NULL, NULL, NULL, NULL, FALSE, FALSE),
    ('2018/4-3', '4', NULL, NULL, NULL, NULL,
     ['secondary_vocational', 'senior_technical', 'technician_class'], NULL, NULL, FALSE, FALSE),
    ('2018/3-1', '3', NULL, 5, 4, 5, NULL, NULL, NULL, FALSE, FALSE),
    ('2018/3-2', '3', NULL, NULL, 4, 0,
     ['senior_technical', 'technician_class', 'junior_college'], NULL, NULL, FALSE, FALSE),
    ('2018/3-3', '3', NULL, 2, 4, 2, ['junior_college', 'bachelor_or_above'], NULL, NULL, FALSE, FALSE),
    ('2018/2-1', '2', NULL, 4, 3, 4, NULL, NULL, NULL, FALSE, FALSE),
    ('2018/2-2', '2', NULL, 3, 3, 0, ['senior_technical', 'technician_class'], NULL, NULL, FALSE, FALSE),
    ('2018/2-3', '2', NULL, 2, NULL, NULL, ['technician_class'], NULL, NULL, FALSE, FALSE),
    ('2018/1-1', '1', NULL, 4, 2, 4, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/5-1', '5', 16, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/5-2', '5', 16, NULL, NULL, NULL, NULL, NULL, NULL, FALSE, TRUE),
    ('2023/4-1', '4', NULL, 5, NULL, NULL, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/4-2', '4', NULL, 3, 5, 3, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/4-3', '4', NULL, NULL, NULL, NULL,
     ['secondary_vocational', 'senior_technical', 'technician_class', 'junior_college', 'bachelor_or_above'],
     NULL, NULL, FALSE, FALSE),
    ('2023/3-1', '3', NULL, 10, NULL, NULL, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/3-2', '3', NULL, 4, 4, 4, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/3-3', '3', NULL, 1, NULL, NULL, NULL, 1, 1, FALSE, FALSE),
    ('2023/3-4', '3', NULL, NULL, NULL, NULL, ['senior_technical', 'technician_class'], NULL, NULL, FALSE, FALSE),
    ('2023/3-5', '3', NULL, NULL, 4, 0, ['junior_college', 'bachelor_or_above'], NULL, NULL, FALSE, FALSE),
    ('2023/3-6', '3', NULL, NULL, NULL, NULL, ['junior_college', 'bachelor_or_above'], NULL, NULL, FALSE, FALSE),
    ('2023/2-1', '2', NULL, 5, 3, 5, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/2-2', '2', NULL, 5, 3, 1, NULL, 1, 5, FALSE, FALSE),
    ('2023/2-3', '2', NULL, 1, NULL, NULL, NULL, 2, 1, FALSE, FALSE),
    ('2023/2-4', '2', NULL, 2, 3, 0, ['senior_technical', 'technician_class'], NULL, NULL, FALSE, FALSE),
    ('2023/2-5', '2', NULL, NULL, 3, 2, ['technician_class'], NULL, NULL, FALSE, FALSE),
    ('2023/1-1', '1', NULL, 5, 2, 5, NULL, NULL, NULL, FALSE, FALSE),
    ('2023/1-2', '1', NULL, 5, 2, 1, NULL, 2, 5, FALSE, FALSE),
    ('2023/1-3', '1', NULL, 1, NULL, NULL, NULL, 3, 1, FALSE, FALSE)
),

held AS (
    SELECT
        spoken.*,
        listed.*,
        prior_level::INTEGER AS prior_held,
        -- no standard follows the rules of 2023 before there are any
        CASE standard_generation WHEN '2018' THEN TRUE WHEN '2023' THEN standards_of_2023 END AS has_standard,
        CASE title WHEN 'none' THEN 0 WHEN 'junior' THEN 1 WHEN 'middle' THEN 2 WHEN 'senior' THEN 3 END AS rank_held
    FROM spoken LEFT JOIN listed ON spoken.entry_condition = listed.condition
)

SELECT
    id,
    [
        -- The condition is listed for the level applied for, in the generation that the standard follows.
        demand(
            [], standards, has_standard,
            CASE WHEN entry_condition IS NOT NULL THEN condition IS NOT NULL END
            AND (of_level IS NULL OR of_level = level)
            AND split_part(entry_condition, '/', 1) = standard_generation
        ),
        -- A condition that the rules in force do not know admits nobody.
        demand([], standards, TRUE, has_standard),
        demand([], standards, has_standard AND min_age IS NOT NULL, years_after(born_on, min_age) <= day),
        -- so many years of work
        demand([], standards, has_standard AND work_years IS NOT NULL, work_months >= 12 * work_years),
        demand(
            [], standards, has_standard AND prior IS NOT NULL,
            -- a higher level (a smaller number) serves too
            prior_held <= prior
            AND (years_since_prior = 0 OR years_after(prior_issued_on, years_since_prior) <= day)
        ),
        demand([], standards, has_standard AND schooling IS NOT NULL, list_contains(schooling, education)),
        demand(
            [], standards, has_standard AND title_rank IS NOT NULL,
            rank_held >= title_rank AND years_after(title_issued_on, years_since_title) <= day
        ),
        -- the work was in this or a related occupation; the apprenticeship is over: whatever the standard
        demand([], standards, is_at_work OR work_years IS NOT NULL, in_related_occupation),
        demand([], standards, is_apprentice, has_completed_apprenticeship)
    ] AS demands
FROM held
