-- May a body whose filing was cancelled file again? FS20 四(五): 一年内未组织实施一次认定工作或者已不具备开展认定条件的, 取消其备案资格,
-- 且此后两年内不再接受. Of those that leave for dishonesty the text names no such period. The period begins the day after,
-- and its last day is the one that corresponds (民法典 201, 202).
SELECT
    id,
    [
        demand(
            ['FS20-5.3'], fs20, was_filing_cancelled AND cancellation_ground IN ('idle', 'conditions_lost'),
            day > years_after(filing_cancelled_on, 2)
        )
    ] AS demands
FROM spoken
