-- May this body examine this person? FS20 四(一), 四(二), work plan 二(二)1; LN24 二(二).
SELECT
    id,
    [
        -- FS20 四(一) 在本单位参保的在岗职工; 一年以上的劳务派遣人员(社保参保地或就业地在佛山市)
        demand(
            ['FS20-T1'], fs20, body_kind = 'employer',
            -- what a person is decides which of the two is asked
            CASE employment_kind
                WHEN 'staff' THEN insured_by_body_on_day
                WHEN 'dispatched' THEN dispatch_months >= 12 AND insured_or_employed_in_city
                WHEN 'student' THEN FALSE
                WHEN 'public' THEN FALSE
            END
        ),
        -- FS20 四(二) 有意愿参与培训评价的社会人员
        demand(['FS20-T2'], fs20, body_kind = 'social_body', employment_kind = 'public' AND volunteers),
        -- FS20 二(二)1 对本院校学生开展
        demand(['FS20-2'], fs20, body_kind = 'school', employment_kind = 'student'),
        -- LN24 二(二) 用人单位对本单位职工(含劳务派遣等人员)
        demand(['LN24-2.2b'], ln24, body_kind = 'employer', employment_kind IN ('staff', 'dispatched')),
        -- LN24 三(六), 三(七) 面向单位以外人员开展的认定; 社保信息比对: a sign of it, no bar by itself
        caution(
            ['LN24-3.6c', 'LN24-3.7b'], ln24, body_kind = 'employer' AND employment_kind = 'staff',
            insured_by_body_on_day
        ),
        -- LN24 二(二) 社会培训评价组织面向社会
        demand(['LN24-2.2b'], ln24, body_kind = 'social_body', employment_kind = 'public')
    ] AS demands
FROM spoken
