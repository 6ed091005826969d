-- Does the dossier prove the entry condition? The proofs that the generation of 2023 names; for that of 2018 the texts
-- at hand name none.
WITH listed (condition, proofs) AS (
    VALUES
    ('2023/5-1', []::VARCHAR []),
    ('2023/5-2', ['work_proof']),
    ('2023/4-1', ['work_proof']),
    ('2023/4-2', ['prior_certificate', 'work_proof']),
    ('2023/4-3', ['diploma']),
    ('2023/3-1', ['commitment_letter', 'insurance_record']),
    ('2023/3-2', ['prior_certificate', 'work_proof']),
    ('2023/3-3', ['title_certificate', 'work_proof']),
    ('2023/3-4', ['diploma']),
    ('2023/3-5', ['prior_certificate', 'diploma']),
    ('2023/3-6', ['diploma']),
    ('2023/2-1', ['prior_certificate', 'commitment_letter', 'insurance_record']),
    ('2023/2-2', ['title_certificate', 'prior_certificate', 'work_proof']),
    ('2023/2-3', ['title_certificate', 'commitment_letter', 'insurance_record']),
    ('2023/2-4', ['prior_certificate', 'diploma', 'work_proof']),
    ('2023/2-5', ['prior_certificate', 'diploma']),
    ('2023/1-1', ['prior_certificate', 'commitment_letter', 'insurance_record']),
    ('2023/1-2', ['title_certificate', 'prior_certificate', 'work_proof']),
    ('2023/1-3', ['title_certificate', 'work_proof'])
)

SELECT
    id,
    [
        -- the papers
        demand(
            [], standards_of_2023, CASE WHEN entry_condition IS NOT NULL THEN coalesce(len(proofs), 0) > 0 END,
            list_has_all(entry_proofs, proofs)
        ),
        -- a diploma of the field (本专业或相关专业): of 2018/3-2 for 高等职业学校 alone; graduates of 高级技工学校 and 技师学院, and
        -- students of the latter (2018/2-2, 2-3, 2023/2-4, 2-5) are named without it
        demand(
            [], standards,
            entry_condition IN ('2018/4-3', '2018/3-3', '2023/4-3', '2023/3-4', '2023/3-5', '2023/3-6')
            OR (entry_condition = '2018/3-2' AND education = 'junior_college'),
            is_education_in_field
        ),
        -- a title that matches; a programme that was evaluated
        demand(
            [], standards_of_2023,
            entry_condition IN ('2023/3-3', '2023/2-2', '2023/2-3', '2023/1-2', '2023/1-3'), is_title_in_field
        ),
        demand([], standards_of_2023, entry_condition = '2023/3-6', is_education_programme_evaluated)
    ] AS demands
FROM spoken LEFT JOIN listed ON spoken.entry_condition = listed.condition
