-- May this be recognised as a vocational qualification? GD18 二; JL17 一, 二; LN24 (二).
SELECT
    id,
    [
        -- GD18 二 严禁在目录之外开展职业资格许可和认定工作: what the nation approves, it lists
        demand(['GD18-2a'], gd18, TRUE, on_directory_on_day),
        -- GD18 二 坚决防止已取消的职业资格死灰复燃
        demand(['GD18-2a'], gd18, TRUE, NOT is_cancelled_on_day),
        caution(['GD18-2a'], gd18, TRUE, NOT resembles_cancelled_item),
        -- JL17 二 清单之外一律不得开展许可和认定: once there is a list
        demand(['JL17-2a'], jl17, provincial_list_published, on_provincial_list_on_day),
        -- JL17 一 坚决杜绝已取消的职业资格许可和认定事项变相恢复
        demand(['JL17-1d', 'JL17-1c', 'JL17-1a'], jl17, TRUE, NOT is_cancelled_on_day),
        caution(['JL17-1d'], jl17, TRUE, NOT resembles_cancelled_item),
        -- LN24 (二) 职业资格评价按照人力资源社会保障部公布的现行《国家职业资格目录》…实施
        demand(['LN24-2.2a'], ln24, TRUE, on_directory_on_day)
    ] AS demands
FROM spoken
