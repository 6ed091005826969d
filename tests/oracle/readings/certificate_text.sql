-- May this certificate bear these words? GD18 二, on the certificates of bodies' own assessments (行业协会、学会等社会组织和
-- 企事业单位依据市场需要自行开展的能力水平评价活动).
SELECT
    id,
    [
        -- 不得使用 ... 字样; 不得使用"广东省""全省""准入证"和"上岗证"字样
        demand(
            ['GD18-2b'], gd18, certificate_kind = 'own_assessment',
            NOT list_has_any(
                forbidden_words_found,
                [
                    '中华人民共和国', '中国', '中华', '国家', '全国', '职业资格', '人员资格',
                    '广东省', '全省', '准入证', '上岗证'
                ]
            )
        ),
        -- 国徽标志
        demand(['GD18-2b'], gd18, certificate_kind = 'own_assessment', NOT carries_national_emblem),
        -- a registered name that has such a word, and what only looks like one, is for a person to judge
        caution(['GD18-2b'], gd18, certificate_kind = 'own_assessment', len(words_needing_person) = 0)
    ] AS demands
FROM spoken
