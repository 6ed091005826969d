-- May this person apply for an assessment of a special ability? WH21 二.
SELECT
    id,
    [
        -- 考生自愿
        demand(['WH21-2'], wh21, TRUE, volunteers),
        -- 纳入职业技能培训补贴范围, 或达到法定劳动年龄、具有相应技能
        demand(['WH21-2'], wh21, TRUE, in_training_subsidy_scope OR (of_legal_working_age AND has_the_skill))
    ] AS demands
FROM spoken
