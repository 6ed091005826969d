-- Where and when each text speaks. Places as in GB/T 2260: a province binds its cities, a city its districts,
-- and no city another. Periods are half-open.
CREATE VIEW spoken AS
SELECT
    *,
    -- 佛山市: dated 2020-08-17, names no other first day and no last one.
    place LIKE '4406__' AND day >= DATE '2020-08-17' AS fs20,
    -- 辽宁省: dated 2024-09-30, "自本文印发之日起".
    place LIKE '21____' AND day >= DATE '2024-09-30' AS ln24,
    -- 广东省: "本通知于2018年12月1日实施，有效期5年": the last day is 2023-11-30.
    place LIKE '44____' AND day >= DATE '2018-12-01' AND day < DATE '2023-12-01' AS gd18,
    -- 吉林省: dated 2017-07-14.
    place LIKE '22____' AND day >= DATE '2017-07-14' AS jl17,
    -- 威海市: dated 2021-02-04.
    place LIKE '3710__' AND day >= DATE '2021-02-04' AS wh21,
    -- The nation's frame: the texts at hand cite it and do not hold it; its first days are as the policy book dates them.
    -- Standards under the drafting rules of 2018, and of 2023; supervisors of quality; the 22 places of a number.
    day >= DATE '2018-03-07' AS standards,
    day >= DATE '2023-01-01' AS standards_of_2023,
    day >= DATE '2020-09-01' AS quality_supervision,
    day >= DATE '2019-01-01' AS numbering,
    -- What no text states and the product asks for as its own dated setting.
    day >= DATE '2018-01-01' AS own_settings
FROM cases;
