-- Enrolments in held sittings that do not meet the entry condition they claim, on the day of the sitting.
-- One row an enrolment: the first reason in the order of the CASE below. A claim that leaves a needed fact
-- empty is a hit; a prior certificate must be on record and not only claimed.
WITH claim AS (
    SELECT
        enrolment.enrolment_id,
        enrolment.person_key,
        enrolment.born_on,
        enrolment.entry_condition,
        enrolment.work_months,
        enrolment.prior_level,
        enrolment.prior_issued_on,
        enrolment.education,
        enrolment.title,
        enrolment.title_issued_on,
        sitting.sitting_id,
        sitting.body_id,
        sitting.place,
        sitting.occupation_code,
        sitting.level,
        CAST(sitting.starts_at AS DATE) AS sitting_day,
        rule.condition,
        rule.level AS condition_level,
        rule.min_age,
        rule.min_work_months,
        rule.prior_level AS needed_prior_level,
        rule.months_since_prior,
        rule.education AS needed_education,
        rule.title AS needed_title,
        rule.months_since_title,
        rule.clause AS condition_clause
    FROM enrolments AS enrolment
    INNER JOIN sittings AS sitting ON sitting.sitting_id = enrolment.sitting_id
    LEFT JOIN entry_conditions AS rule ON rule.condition = enrolment.entry_condition
    WHERE sitting.state = 'held'
),

-- what certificates there are: those brought along and the valid ones issued here
recorded AS (
    SELECT
        person_key,
        occupation_code,
        level,
        issued_on
    FROM prior_certificates
    UNION ALL
    SELECT
        person_key,
        occupation_code,
        level,
        issued_on
    FROM certificates
    WHERE state = 'valid'
),

earlier AS (
    SELECT
        claim.enrolment_id,
        MIN(CASE WHEN recorded.occupation_code = claim.occupation_code THEN recorded.issued_on END) AS recorded_on,
        MIN(recorded.issued_on) AS recorded_elsewhere_on
    FROM claim
    INNER JOIN recorded
        ON
            recorded.person_key = claim.person_key
            -- levels count down from 5: a higher level stands in for a lower one
            AND recorded.level <= claim.needed_prior_level
            AND recorded.issued_on <= claim.sitting_day
    GROUP BY claim.enrolment_id
),

judged AS (
    SELECT
        claim.enrolment_id,
        claim.person_key,
        claim.body_id,
        claim.place,
        claim.sitting_id,
        claim.sitting_day,
        claim.occupation_code,
        claim.level,
        claim.entry_condition,
        claim.condition_clause,
        whole_years(claim.born_on, claim.sitting_day) AS age,
        claim.min_age,
        claim.work_months,
        claim.min_work_months,
        claim.needed_prior_level,
        claim.prior_level,
        claim.prior_issued_on,
        earlier.recorded_on,
        claim.months_since_prior,
        claim.education,
        claim.title,
        CASE
            WHEN claim.condition IS NULL THEN 'condition_unknown'
            WHEN claim.condition_level <> claim.level THEN 'condition_of_another_level'
            WHEN claim.min_age IS NOT NULL AND claim.born_on IS NULL THEN 'birth_not_stated'
            WHEN whole_years(claim.born_on, claim.sitting_day) < claim.min_age THEN 'too_young'
            WHEN claim.min_work_months IS NOT NULL AND claim.work_months IS NULL THEN 'work_not_stated'
            WHEN claim.work_months < claim.min_work_months THEN 'work_too_short'
            WHEN
                claim.needed_prior_level IS NOT NULL
                AND (claim.prior_level IS NULL OR claim.prior_issued_on IS NULL) THEN 'prior_not_stated'
            WHEN claim.prior_level > claim.needed_prior_level THEN 'prior_of_another_level'
            WHEN claim.needed_prior_level IS NOT NULL AND earlier.recorded_elsewhere_on IS NULL
                THEN 'prior_not_on_record'
            WHEN claim.needed_prior_level IS NOT NULL AND earlier.recorded_on IS NULL
                THEN 'prior_in_another_occupation'
            WHEN whole_months(earlier.recorded_on, claim.sitting_day) < claim.months_since_prior
                THEN 'prior_too_recent'
            WHEN claim.needed_education IS NOT NULL AND claim.education IS NULL THEN 'education_not_stated'
            WHEN STRPOS('|' || claim.needed_education || '|', '|' || claim.education || '|') = 0
                THEN 'education_not_met'
            WHEN claim.needed_title IS NOT NULL AND claim.title IS NULL THEN 'title_not_stated'
            WHEN claim.months_since_title IS NOT NULL AND claim.title_issued_on IS NULL THEN 'title_not_stated'
            -- a higher title stands in for a lower one
            WHEN claim.needed_title = 'junior' AND claim.title NOT IN ('junior', 'middle', 'senior')
                THEN 'title_not_met'
            WHEN claim.needed_title = 'middle' AND claim.title NOT IN ('middle', 'senior') THEN 'title_not_met'
            WHEN claim.needed_title = 'senior' AND claim.title <> 'senior' THEN 'title_not_met'
            WHEN whole_months(claim.title_issued_on, claim.sitting_day) < claim.months_since_title
                THEN 'title_too_recent'
        END AS reason
    FROM claim
    LEFT JOIN earlier ON earlier.enrolment_id = claim.enrolment_id
)

SELECT
    enrolment_id,
    person_key,
    body_id,
    place,
    sitting_id,
    sitting_day,
    occupation_code,
    level,
    entry_condition,
    condition_clause,
    reason,
    age,
    min_age,
    work_months,
    min_work_months,
    needed_prior_level,
    prior_level,
    prior_issued_on,
    recorded_on,
    months_since_prior,
    education,
    title
FROM judged
WHERE reason IS NOT NULL
