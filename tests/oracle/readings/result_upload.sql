-- Were the results reported in time? LN24 三(七) says 按规定时限 and names no number: nothing can be judged from it.
-- 深圳市 (from 2022-08-31): 10 working days after the end for employers, 5 for social bodies. Lateness is noted: a late result
-- must be recorded all the same (逢考必录).
SELECT
    id,
    [
        caution(
            [], place LIKE '4403__' AND day >= DATE '2022-08-31', body_kind = 'employer',
            workdays_since_exam_end <= 10
        ),
        caution(
            [], place LIKE '4403__' AND day >= DATE '2022-08-31', body_kind = 'social_body',
            workdays_since_exam_end <= 5
        )
    ] AS demands
FROM spoken
