-- Valid certificates that no passed sitting stands behind.
-- One row a certificate: the first reason in the order of the CASE below.
WITH exam AS (
    SELECT
        enrolment.enrolment_id,
        enrolment.person_key,
        sitting.sitting_id,
        sitting.body_id,
        sitting.occupation_code,
        sitting.level,
        sitting.place,
        sitting.state,
        CAST(sitting.starts_at AS DATE) AS sitting_day
    FROM enrolments AS enrolment
    INNER JOIN sittings AS sitting ON sitting.sitting_id = enrolment.sitting_id
),

marks AS (
    SELECT
        enrolment_id,
        MIN(score) AS lowest_score,
        MAX(CASE WHEN absent THEN 1 ELSE 0 END) AS has_absence,
        MAX(CASE WHEN score IS NULL THEN 1 ELSE 0 END) AS has_score_missing,
        MAX(CASE WHEN subject = 'theory' THEN 1 ELSE 0 END) AS has_theory,
        MAX(CASE WHEN subject = 'practical' THEN 1 ELSE 0 END) AS has_practical,
        MAX(CASE WHEN subject = 'comprehensive' THEN 1 ELSE 0 END) AS has_comprehensive
    FROM results
    GROUP BY enrolment_id
),

judged AS (
    SELECT
        certificate.certificate_number,
        certificate.person_key,
        certificate.body_id,
        certificate.place,
        certificate.occupation_code,
        certificate.level,
        certificate.issued_on,
        certificate.enrolment_id,
        exam.sitting_id,
        exam.sitting_day,
        marks.lowest_score,
        mark.value AS pass_mark,
        CASE
            WHEN exam.enrolment_id IS NULL THEN 'no_enrolment'
            WHEN exam.person_key <> certificate.person_key THEN 'another_person'
            WHEN exam.body_id <> certificate.body_id THEN 'another_body'
            WHEN exam.occupation_code <> certificate.occupation_code OR exam.level <> certificate.level
                THEN 'another_occupation_or_level'
            WHEN exam.state <> 'held' THEN 'sitting_not_held'
            WHEN certificate.issued_on < exam.sitting_day THEN 'dated_before_sitting'
            WHEN marks.enrolment_id IS NULL THEN 'no_results'
            WHEN marks.has_absence = 1 THEN 'absent'
            WHEN marks.has_theory = 0 OR marks.has_practical = 0 THEN 'subject_missing'
            WHEN marks.has_comprehensive = 0 AND certificate.level IN ('2', '1') THEN 'subject_missing'
            WHEN marks.has_score_missing = 1 THEN 'score_missing'
            WHEN marks.lowest_score < mark.value THEN 'below_pass_mark'
        END AS reason
    FROM certificates AS certificate
    LEFT JOIN exam ON exam.enrolment_id = certificate.enrolment_id
    LEFT JOIN marks ON marks.enrolment_id = exam.enrolment_id
    LEFT JOIN p_pass_mark AS mark
        ON
            mark.place = exam.place
            AND mark.valid_from <= exam.sitting_day
            AND mark.valid_to > exam.sitting_day
    WHERE certificate.state = 'valid'
)

SELECT
    certificate_number,
    person_key,
    body_id,
    place,
    occupation_code,
    level,
    issued_on,
    reason,
    enrolment_id,
    sitting_id,
    sitting_day,
    lowest_score,
    pass_mark
FROM judged
WHERE reason IS NOT NULL
