-- May this examination be held as planned? LN24 二(三), 三(五), 三(七); FS20 work plan 三(二), 四(四), 四(五).
-- The number of assessors in FS20 一(六) is what an enterprise must have, not what it sends to one sitting.
SELECT
    id,
    [
        -- LN24 二(三) 严格按照规定范围开展
        demand(['LN24-2.3a'], ln24, TRUE, is_within_filed_scope),
        -- LN24 三(五) 评价机构应在属地开展
        demand(['LN24-3.5a'], ln24, TRUE, is_venue_in_filing_place),
        -- LN24 三(七) 逢考必录, 按规定时限
        demand(['LN24-3.7a'], ln24, TRUE, is_declared_before_sitting),
        -- LN24 三(五) 立即停止评价, 移出目录
        demand(['LN24-3.5c'], ln24, TRUE, body_state = 'filed'),
        -- LN24 二(三) 内部监督
        demand(['LN24-2.3b'], ln24, TRUE, internal_supervisors >= 1),
        -- FS20 三(二) 考前申报
        demand(['FS20-3.2'], fs20, TRUE, is_declared_before_sitting),
        -- FS20 四(四) 严格依照备案工作方案开展
        demand(['FS20-4.4'], fs20, TRUE, is_within_filed_scope),
        -- FS20 四(五) 退出目录, 取消备案资质
        demand(['FS20-5.2', 'FS20-5.3'], fs20, TRUE, body_state = 'filed'),
        -- national standards: 考评人员不少于3名, 单数
        demand([], standards, TRUE, len(assessors) >= 3 AND is_assessor_number_odd),
        -- national standards: 考评员 for levels 5 to 3, 高级考评员 for 2 and 1, with a valid card; 回避
        demand(
            [], standards, TRUE,
            every(list_transform(
                assessors,
                lambda person : person.is_qualified_on_day AND NOT person.has_declared_conflict
                AND (level IN ('5', '4', '3') OR person.grade = 'senior_assessor')
            ))
        ),
        -- supervisors of quality: internal and external ones are two persons, and no assessors
        demand([], quality_supervision, TRUE, internal_supervisors >= 1 AND NOT supervisor_is_also_assessor),
        demand([], quality_supervision, TRUE, NOT internal_supervisor_is_also_external),
        -- our own settings: nobody at two places at once; a workstation for each
        demand([], own_settings, TRUE, every(list_transform(assessors, lambda person : person.is_free_at_that_time))),
        caution([], own_settings, TRUE, largest_practical_group <= venue_workstations),
        caution([], own_settings, TRUE, declared_workdays_before_sitting >= 5)
    ] AS demands
FROM spoken
