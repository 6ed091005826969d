-- Is what is owed to a candidate of a cancelled qualification done? JL17 四.
SELECT
    id,
    [
        -- 国务院公布取消前已发布公告或受理报名: 根据考生意愿, 或继续鉴定考试, 或退费
        demand(
            ['JL17-4'], jl17,
            cancelled_by = 'state_council' AND stage_at_cancellation IN ('announced', 'registering'),
            CASE candidate_choice
                WHEN 'sit' THEN examination_continued
                WHEN 'refund' THEN fee_refunded
                WHEN 'not_asked' THEN FALSE
            END
        ),
        -- 已组织完成鉴定考试: 证书发放
        demand(
            ['JL17-4'], jl17, stage_at_cancellation = 'examined' AND results_passed_before, certificate_granted
        ),
        -- 按双证书招生: 毕业时授予
        demand(['JL17-4'], jl17, is_dual_certificate_student AND has_graduated, dual_certificates_granted),
        -- 调整、整合的, 按有关规定实施
        demand(['JL17-4'], jl17, item_was_adjusted, follows_adjusted_rules),
        -- 取消前取得的证书, 继续作为能力水平的证明
        demand(['JL17-4'], jl17, certificate_obtained_before_cancellation, accepted_as_proof_of_ability),
        -- 分类妥善处理: it speaks of every candidate, and where none of the above is owed, nothing is
        demand(['JL17-4'], jl17, TRUE, TRUE)
    ] AS demands
FROM spoken
