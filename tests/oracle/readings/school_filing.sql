-- May this technical school file, for its own students? FS20 work plan 二(二)1 and conditions 二(一), which count
-- technical schools among the social bodies (含企业、行业协会和技工院校等); LN24 二(三).
-- 二(一)2 (scale) is for opening to the whole city, which a school for its own students does not.
SELECT
    id,
    [
        -- 二(二)1 技工院校, 对本院校学生开展
        demand(['FS20-2'], fs20, TRUE, is_technical_school AND serves_own_students_only),
        -- 二(一)1 佛山市内依法登记; 二(二)1 names schools of the city
        demand(['FS20-S1', 'FS20-2'], fs20, TRUE, registered_in_city),
        -- 二(一)1; 以人才培养服务为主要工作职责 is true of every technical school
        demand(
            ['FS20-S1'], fs20, TRUE,
            NOT has_bad_credit_record
            AND list_contains(documents, 'finance_rules') AND list_contains(documents, 'management_rules')
        ),
        -- 二(一)3
        demand(
            ['FS20-S3'], fs20, TRUE,
            has_own_unit AND full_time_staff >= 1 AND experts >= 1 AND has_stable_funds
            AND every(list_transform(scope_lines, lambda line : line.venue_fits AND line.video_monitored))
        ),
        -- 二(一)4
        demand(['FS20-S4'], fs20, TRUE, list_contains(documents, 'quality_rules') AND is_nonprofit_undertaken),
        -- 二(一)5
        demand(['FS20-S5'], fs20, TRUE, list_contains(documents, 'undertaking')),
        -- 四(五)
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
