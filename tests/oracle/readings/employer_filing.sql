-- May this employer file? FS20, conditions of enterprises 一 (一)–(九), work plan 四(五); LN24 二(三).
SELECT
    id,
    [
        -- (一) 依法注册、合法经营、信用良好、独立法人、中型及以上; 主营业务不包含培训、评价或咨询
        demand(
            ['FS20-E1'], fs20, TRUE,
            registered_in_city AND is_operating_lawfully AND NOT has_bad_credit_record AND is_legal_person
            AND enterprise_size IN ('medium', 'large')
            AND NOT main_business_is_training_evaluation_or_consulting
        ),
        -- (二) 300人以上
        demand(['FS20-E2'], fs20, TRUE, insured_headcount >= 300),
        -- (三) 场地、设施设备相适应, 视频监控, 每个职业不少于10个工位
        demand(
            ['FS20-E3'], fs20, TRUE,
            every(list_transform(
                scope_lines, lambda line : line.venue_fits AND line.video_monitored AND line.workstations >= 10
            ))
        ),
        -- (四) 培养、评价、使用、激励机制
        demand(['FS20-E4'], fs20, TRUE, list_contains(documents, 'incentive_rules')),
        -- (五) 与岗位、薪资挂钩的制度; 内设机构; 专职管理人员; 专家、内部质量督导人员
        demand(
            ['FS20-E5'], fs20, TRUE,
            list_contains(documents, 'pay_rules') AND has_own_unit AND full_time_staff >= 1 AND experts >= 1
            AND internal_supervisors >= 1
        ),
        -- (六) 每个职业不少于3名考评人员
        demand(
            ['FS20-E6'], fs20, TRUE,
            every(list_transform(scope_lines, lambda line : line.assessors >= 3))
        ),
        -- (七) 标准或规范、课程、试题的开发能力
        demand(['FS20-E7'], fs20, TRUE, can_develop_resources),
        -- (八) 财务管理制度, 足额提取职工教育经费, 稳定的经费保障, 不以营利为目的
        demand(
            ['FS20-E8'], fs20, TRUE,
            list_contains(documents, 'finance_rules') AND draws_education_funds_in_full AND has_stable_funds
            AND is_nonprofit_undertaken
        ),
        -- (九) 自愿接受监督管理
        demand(['FS20-E9'], fs20, TRUE, list_contains(documents, 'undertaking')),
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
        -- 二(三) 考务管理、命题管理、质量管理、证书管理和收费标准等管理办法
        demand(
            ['LN24-2.3b'], ln24, TRUE,
            list_has_all(
                documents, ['exam_affairs_rules', 'paper_rules', 'quality_rules', 'certificate_rules', 'fee_rules']
            )
        )
    ] AS demands
FROM spoken
