-- May this certificate be issued? LN24 二(三), 三(五); FS20 work plan 三(二), 四(五); the national form of the number.
SELECT
    id,
    [
        -- LN24 三(五) 不考试就发证
        demand(['LN24-3.5b'], ln24, TRUE, exam_was_held),
        -- LN24 三(五) 不严格执行国家职业标准: each subject passed
        demand([], standards, TRUE, results_all_passed),
        -- LN24 二(三) 按照规定范围; 谁认定、谁发证
        demand(['LN24-2.3a'], ln24, TRUE, is_within_filed_scope),
        -- LN24 三(五) 立即停止评价
        demand(['LN24-3.5c'], ln24, TRUE, NOT body_is_stopped),
        -- 移出目录: nothing may be examined after it; what was examined before may belong to the 后续工作, for a person to say
        demand(['LN24-3.5c'], ln24, body_is_removed, sitting_was_before_removal),
        caution(['LN24-3.5c'], ln24, TRUE, NOT (body_is_removed AND sitting_was_before_removal)),
        -- FS20 三(二) 考后审核
        demand(['FS20-3.2'], fs20, TRUE, results_reviewed),
        -- FS20 四(四) 严格依照备案工作方案
        demand(['FS20-4.4'], fs20, TRUE, is_within_filed_scope),
        -- FS20 四(五) 退出目录
        demand(['FS20-5.2', 'FS20-5.3'], fs20, TRUE, NOT body_is_removed),
        -- our own setting: 公示5个工作日
        caution([], own_settings, TRUE, result_notice_workdays >= 5),
        -- 22 places in seven parts
        demand(
            [], numbering, TRUE,
            number_fits_structure AND number_matches_body AND number_matches_year AND number_matches_level
        )
    ] AS demands
FROM spoken
