-- May this qualification be made a condition of that? JL17 一, 二.
SELECT
    id,
    [
        -- 一 已公布取消的, 不得作为行政审批、项目审批、资质审核及开工、开业许可、行业准入等事项的前置条件
        demand(
            ['JL17-1c'], jl17, is_cancelled_on_day,
            precondition_of NOT IN (
                'administrative_approval', 'project_approval', 'credential_review', 'work_start_permit',
                'business_opening_permit', 'market_entry', 'other_administrative_matter'
            )
        ),
        -- 一 水平评价类的, 不得将取得证书与从事相关职业强制挂钩
        demand(['JL17-1c'], jl17, qualification_type = 'level', precondition_of <> 'taking_up_job'),
        -- 二 清单之内除准入类职业资格外一律不得与就业创业挂钩
        demand(
            ['JL17-2a'], jl17, on_provincial_list_on_day,
            qualification_type = 'access' OR precondition_of NOT IN ('employment_or_business', 'taking_up_job')
        ),
        -- 二 清单之外一律不得开展: 清单公布以后, 清单之外的更不得挂钩
        demand(
            ['JL17-2a'], jl17,
            NOT on_provincial_list_on_day AND precondition_of IN ('employment_or_business', 'taking_up_job'),
            NOT provincial_list_published
        )
    ] AS demands
FROM spoken
