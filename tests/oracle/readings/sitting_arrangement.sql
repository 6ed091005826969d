-- Are rooms and times as the national standards have them? No text of the five says it; a caution, never a refusal.
SELECT
    id,
    [
        -- 监考人员与考生 1:15
        caution([], standards, TRUE, every(list_transform(rooms, lambda room : room.candidates_per_monitor <= 15))),
        -- 每个考场监考人员不少于2名
        caution([], standards, TRUE, every(list_transform(rooms, lambda room : room.monitors >= 2))),
        -- 理论知识考试不少于90分钟
        caution([], standards, TRUE, theory_minutes >= 90),
        -- 技能考核不少于60分钟
        caution([], standards, TRUE, practical_minutes >= 60),
        -- 综合评审(技师、高级技师)不少于15分钟
        caution([], standards, level IN ('2', '1'), comprehensive_minutes >= 15)
    ] AS demands
FROM spoken
