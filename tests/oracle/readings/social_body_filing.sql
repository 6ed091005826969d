-- May this social body file? FS20, conditions of social bodies 二(一) 1–5, work plan 四(五); LN24 二(三).
-- The four cases of 二(二) make a body preferable among those that fulfil the conditions; they demand nothing.
SELECT
    id,
    [
        -- 1. 市内依法登记, 以人才培养服务为主要工作职责, 财务制度和管理制度, 无不良行为记录
        demand(
            ['FS20-S1'], fs20, TRUE,
            registered_in_city AND main_business_is_talent_training AND NOT has_bad_credit_record
            AND list_contains(documents, 'finance_rules') AND list_contains(documents, 'management_rules')
        ),
        -- 2. 面向全市: 原则上连续6年以上, 累计3万人次以上, 每个职业不得少于6000人次, 评价人数不得低于30%;
        --    须提交培训评价数据的辅证材料
        demand(
            ['FS20-S2'], fs20, opens_city_wide,
            consecutive_training_evaluation_years >= 6
            AND training_evaluation_person_times >= 30000
            AND every(list_transform(scope_lines, lambda line : line.training_evaluation_person_times >= 6000))
            AND evaluation_share_percent >= 30
            AND list_contains(documents, 'training_evaluation_proof')
        ),
        -- 3. 专门机构、专职人员、专家团队、相应的场地设备(含视频监控)、稳定的经费保障
        demand(
            ['FS20-S3'], fs20, TRUE,
            has_own_unit AND full_time_staff >= 1 AND experts >= 1 AND has_stable_funds
            AND every(list_transform(scope_lines, lambda line : line.venue_fits AND line.video_monitored))
        ),
        -- 4. 质量管控措施; 不得以营利为最终目的
        demand(['FS20-S4'], fs20, TRUE, list_contains(documents, 'quality_rules') AND is_nonprofit_undertaken),
        -- 5. 自愿接受监督
        demand(['FS20-S5'], fs20, TRUE, list_contains(documents, 'undertaking')),
        -- 四(五) 此后两年内不再接受该主体的备案申请
        demand(
            ['FS20-5.3'], fs20, TRUE,
            -- a body whose record was not looked up cannot be cleared, whatever day is written
            CASE WHEN has_filing_bar IS NULL THEN NULL ELSE NOT has_filing_bar OR day >= barred_until END
        ),
        -- 四(三) 评价机构应当制定考务管理、质量管理、证书管理和收费标准等管理办法: a duty of every body, no condition of filing
        caution(
            ['FS20-4.3'], fs20, TRUE,
            list_has_all(documents, ['exam_affairs_rules', 'quality_rules', 'certificate_rules', 'fee_rules'])
        ),
        -- 二(三) 五项管理办法
        demand(
            ['LN24-2.3b'], ln24, TRUE,
            list_has_all(
                documents, ['exam_affairs_rules', 'paper_rules', 'quality_rules', 'certificate_rules', 'fee_rules']
            )
        )
    ] AS demands
FROM spoken
