-- What follows for a filing a year old? FS20 四(五): 备案满一年的; 一年内未组织实施一次认定工作, 或者已不具备条件的, 取消备案资格.
SELECT
    id,
    [
        demand(['FS20-5.3'], fs20, months_since_filing >= 12, sittings_in_inactivity_period >= 1),
        demand(['FS20-5.3'], fs20, months_since_filing >= 12, still_meets_conditions),
        -- 一(六) 每个职业不少于3名考评人员: a condition of enterprises that must still hold
        demand(
            ['FS20-E6', 'FS20-5.3'], fs20, months_since_filing >= 12 AND body_kind = 'employer',
            every(list_transform(scope_lines, lambda line : line.assessors >= 3))
        )
    ] AS demands
FROM spoken
