-- May this occupation be filed? FS20 三(一)1–4 for enterprises, 三(二) for social bodies; LN24 二(二) on what an evaluation
-- is based on. A technical school is a social body (FS20 二(二)1).
SELECT
    id,
    [
        -- 三(一), 三(二) 大典收录的技能类职业以及经发布或备案的技能类职业: the same words in both
        demand(
            ['FS20-O1', 'FS20-O2'], fs20, TRUE,
            occupation_is_skill_class OR occupation_published_or_filed
        ),
        -- 三(一)1–3 主营业务直接相关或生产一线主体技能型; 影响力和技能含量; 不少于50人
        demand(
            ['FS20-O1'], fs20, body_kind = 'employer',
            (related_to_main_business OR main_production_line) AND has_influence AND applicants_for_same_level >= 50
        ),
        -- 三(一)4 准入类职业资格不纳入职业技能等级认定: written for enterprises, said of all level recognition
        demand(['FS20-O1', 'FS20-O2'], fs20, TRUE, NOT is_access_type_qualification),
        -- 三(二) 急需紧缺; 有国家职业技能标准
        demand(
            ['FS20-O2'], fs20, body_kind IN ('social_body', 'school'), on_shortage_list AND has_national_standard
        ),
        -- 二(二) 依据国家职业标准或评价规范: nobody evaluates without
        demand(
            ['LN24-2.2b', 'LN24-2.2d', 'LN24-2.2a'], ln24, TRUE,
            standard_basis IN ('national_standard', 'evaluation_norm')
        ),
        -- 二(二) 社会培训评价组织依据国家职业标准; the norms are the employers' own
        demand(
            ['LN24-2.2b', 'LN24-2.2d', 'LN24-2.2a'], ln24, body_kind IN ('social_body', 'school'),
            standard_basis = 'national_standard'
        ),
        -- 二(二) a standard or norm that is in force
        demand(['LN24-2.2d', 'LN24-2.2b', 'LN24-2.2a'], ln24, TRUE, standard_in_force_on_day),
        -- 二(二) 评价规范由用人单位依据编制技术规程(2023年版)制定
        demand(['LN24-2.2d'], ln24, standard_basis = 'evaluation_norm', norm_follows_drafting_rules)
    ] AS demands
FROM spoken
