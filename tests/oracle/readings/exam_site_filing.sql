-- May this unit become a site of special-ability assessment? WH21 三(二): ... 等 leaves the list open. 五(三) takes a
-- standing away and names no time in which it may not be sought again.
SELECT
    id,
    [
        -- 职业技能鉴定机构以及具备条件的企业、院校、培训评价机构等; 市人力资源公共服务中心评估遴选
        demand(['WH21-3.2'], wh21, TRUE, evaluated_by_city_centre),
        -- another kind of unit stands under 等: a person says whether it may
        caution(['WH21-3.2'], wh21, TRUE, site_kind <> 'other'),
        demand(['WH21-3.2'], wh21, site_kind <> 'appraisal_body', site_meets_conditions)
    ] AS demands
FROM spoken
