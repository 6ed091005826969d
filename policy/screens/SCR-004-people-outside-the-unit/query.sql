-- Candidates of an employer who, on the day of the sitting, it neither insured nor had dispatched to it
-- for as long as its place demands. Where no length is demanded, any dispatch on the day is enough.
WITH candidate AS (
    SELECT
        enrolment.enrolment_id,
        enrolment.person_key,
        enrolment.candidate_kind,
        sitting.body_id,
        sitting.place,
        sitting.sitting_id,
        body.place AS filed_in,
        CAST(sitting.starts_at AS DATE) AS sitting_day
    FROM enrolments AS enrolment
    INNER JOIN sittings AS sitting ON sitting.sitting_id = enrolment.sitting_id
    INNER JOIN bodies AS body ON body.body_id = sitting.body_id
    WHERE
        sitting.state = 'held'
        AND body.kind = 'employer'
),

not_insured AS (
    SELECT
        candidate.enrolment_id,
        candidate.person_key,
        candidate.candidate_kind,
        candidate.body_id,
        candidate.place,
        candidate.sitting_id,
        candidate.filed_in,
        candidate.sitting_day
    FROM candidate
    ANTI JOIN insurance_spans AS span
        ON
            span.person_key = candidate.person_key
            AND span.body_id = candidate.body_id
            AND span.valid_from <= candidate.sitting_day
            AND (span.valid_to IS NULL OR span.valid_to > candidate.sitting_day)
),

-- dispatch spans that touch or overlap are one stint: a renewed contract does not start the count again
dispatch AS (
    SELECT
        person_key,
        body_id,
        valid_from,
        COALESCE(valid_to, CAST('9999-12-31' AS DATE)) AS valid_to
    FROM dispatch_spans
),

reached AS (
    SELECT
        person_key,
        body_id,
        valid_from,
        valid_to,
        MAX(valid_to) OVER (
            PARTITION BY person_key, body_id ORDER BY valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached_before
    FROM dispatch
),

numbered AS (
    SELECT
        person_key,
        body_id,
        valid_from,
        valid_to,
        SUM(CASE WHEN reached_before >= valid_from THEN 0 ELSE 1 END) OVER (
            PARTITION BY person_key, body_id ORDER BY valid_from ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS stint
    FROM reached
),

stints AS (
    SELECT
        person_key,
        body_id,
        stint,
        MIN(valid_from) AS started_on,
        MAX(valid_to) AS ended_on
    FROM numbered
    GROUP BY
        person_key,
        body_id,
        stint
),

compared AS (
    SELECT
        not_insured.enrolment_id,
        not_insured.person_key,
        not_insured.body_id,
        not_insured.place,
        not_insured.sitting_id,
        not_insured.sitting_day,
        not_insured.candidate_kind,
        stints.started_on AS dispatched_since,
        whole_months(stints.started_on, not_insured.sitting_day) AS months_dispatched,
        minimum.value AS minimum_months
    FROM not_insured
    LEFT JOIN stints
        ON
            stints.person_key = not_insured.person_key
            AND stints.body_id = not_insured.body_id
            AND stints.started_on <= not_insured.sitting_day
            AND stints.ended_on > not_insured.sitting_day
    LEFT JOIN p_minimum_dispatch AS minimum
        ON
            minimum.place = not_insured.filed_in
            AND minimum.valid_from <= not_insured.sitting_day
            AND minimum.valid_to > not_insured.sitting_day
)

SELECT
    enrolment_id,
    person_key,
    body_id,
    place,
    sitting_id,
    sitting_day,
    candidate_kind,
    CASE WHEN dispatched_since IS NULL THEN 'outside_the_unit' ELSE 'dispatched_too_short' END AS reason,
    dispatched_since,
    months_dispatched,
    minimum_months
FROM compared
WHERE
    dispatched_since IS NULL
    OR months_dispatched < minimum_months
