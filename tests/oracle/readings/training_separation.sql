-- Did somebody else train the candidate? JL17 五 考培分离、鉴培分离, said of the offices that run qualification examinations and
-- appraisals. WH21 三(三) links training and assessment, of special abilities, and demands nothing.
SELECT
    id,
    [
        demand(
            ['JL17-5b'], jl17, evaluation_type = 'qualification_evaluation', NOT trained_by_evaluating_body
        ),
        -- 鼓励参加培训后申报: it speaks, and whatever the case is like, it is met
        demand(['WH21-3.3'], wh21, coalesce(evaluation_type = 'special_ability_assessment', TRUE), TRUE)
    ] AS demands
FROM spoken
