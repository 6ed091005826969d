"""Chinese sentences of the policybook: problems of policy files, refusals, outcomes."""

PROBLEMS: dict[str, str] = {
    # reading YAML
    "yaml_broken": "YAML 无法解析：{reason}。请检查缩进、冒号与引号。",
    "file_not_text": "文件不是 UTF-8 文本：{reason}。请另存为 UTF-8。",
    "file_empty": "文件没有内容。请补全内容或删除该文件。",
    "duplicate_key": "键“{key}”重复出现（第 {first} 行已有）。请只保留一个。",
    "bare_boolean_key": '键 {key} 未加引号，YAML 会把它读成真假值。请写成 "{key}"。',
    "unknown_key": "不认识的键“{key}”。此处可用：{allowed}。",
    "key_missing": "缺少键“{key}”。",
    "wrong_type": "“{key}”应为{wanted}，现为 {value}。",
    "bare_boolean": '“{key}”写成了未加引号的 {value}，YAML 会把它读成真假值。请加引号："{value}"。',
    "code_unquoted": '“{key}”的代码 {value} 没有加引号，可能被读成另一个数。请写成 "{value}"。',
    "decimal_unquoted": '“{key}”的小数 {value} 没有加引号。请写成 "{value}"。',
    "octal_number": "“{key}”的数 {value} 以 0 开头，会被读成八进制。数字请去掉前导 0，代码请加引号。",
    "place_malformed": "“{value}”不是行政区划代码。请写六位数字并加引号，全国写 CN。",
    "not_one_of": "“{key}”不能是“{value}”。可用：{allowed}。",
    "list_empty": "“{key}”不能为空列表。",
    "period_backwards": "期间倒置：{start} 起，{end} 止。止日（不含）须晚于起日。",
    # documents
    "document_id_and_file": "文件名应与文件编号一致：编号为 {id}，文件名为 {file_name}。",
    "clause_id_foreign": "条款编号“{clause}”应以“{document}-”开头。",
    "kind_principle_alone": "principle 只能单独使用，不能与其他类别并列。",
    "clauses_missing": "已收录全文的文件应至少列出一个条款；仅被引用的文件请写 held: false。",
    # identity
    "duplicate_id": "编号“{id}”已在 {other} 使用。编号永久且唯一，请另取编号。",
    "rule_id_malformed": "规则编号“{id}”应为三个大写字母、连字符、三位数字，如 REG-003。",
    "rule_id_and_file": "文件名应以规则编号“{id}”开头，现为 {file_name}。",
    # parameters
    "value_malformed": (
        "参数值 {value} 不合要求：应为整数、加引号的小数、文字列表或日期（单位为 text 时可为文字）。"
    ),
    "values_overlap": "{place} 的两个值在 {day} 重叠（另一处在第 {other} 行）。请为前一个值写明 to。",
    "parameter_unknown": "没有参数“{parameter}”。请在 policy/parameters 中定义，或改正编号。",
    "parameter_gap": "参数“{parameter}”在 {place} 自 {day} 起没有取值，而规则在该日施行。",
    "clause_unknown": "没有条款“{clause}”。请在 policy/documents 中登记，或改正编号。",
    # facts
    "fact_unknown": "事实“{fact}”没有在 policy/facts.yaml 中登记（或不是该列表的字段）。",
    "fact_reserved": "事实名“{fact}”由系统占用（day、place），请另取名称。",
    "fact_fields_missing": "rows 类型的事实“{fact}”应列出 fields。",
    "fact_fields_needless": "只有 rows 类型的事实可以有 fields 或 key，“{fact}”是 {type}。",
    "fact_key_unknown": "key“{key}”不是“{fact}”的字段。",
    "fact_value_malformed": "案例中“{fact}”的值 {value} 不合其类型，应为{wanted}。",
    # rules
    "rule_unknown": "没有规则“{rule}”。",
    "condition_malformed": "条件写法不明。一个条件只能是 all、any、not、fact、count、each、predicate 之一。",
    "against_malformed": "比较对象应恰好写一个：{allowed}。",
    "against_needless": "“{operator}”不需要比较对象，请删去 {key}。",
    "operator_and_type": "“{operator}”不能用于 {type} 类型的“{fact}”。",
    "types_differ": "“{fact}”是 {type}，比较对象却是 {other}。",
    "wording_silent": (
        "参数“{parameter}”的原文“{wording}”没有写明（或写了多个）比较方式，规则不能用 as_worded，请写明。"
    ),
    "wording_contradicted": (
        "规则用“{operator}”，但参数“{parameter}”的原文是“{wording}”，含不含本数与此不符。"
    ),
    "as_worded_needs_parameter": "as_worded 只能与 parameter 同用。",
    "predicate_unknown": "没有名为“{predicate}”的判断函数。现有：{known}。",
    "predicate_arguments": "判断函数“{predicate}”的参数不符。应为：{wanted}。",
    "catalogue_unknown": "判断函数“{predicate}”需要目录 {catalogue}.csv，policy/catalogues 中没有。",
    "span_unit": "参数“{parameter}”的单位是“{unit}”，条件按“{wanted}”计算，不一致。",
    "named_days_differ": (
        "问题“{question}”的规则依据不同的日：本规则为 {day}，{other} 为 {other_day}。请统一。"
    ),
    "placeholder_unknown": "文案中的 {{{name}}} 不是本规则读取的事实，也不是 limit。",
    "placeholder_malformed": "文案中的占位符“{name}”只能写成 {{名称}}，不能带格式或属性。",
    "review_missing": "状态为 {status} 的规则应写明 reviewed（by、on）。",
    "retired_without_end": "停用的规则应在 in_force 写明 to。",
    "cases_missing": "规则应至少有三个案例：恰好符合、恰好不符合、未施行或不适用；现有 {count} 个。",
    "case_duplicate": "案例“{case}”重名，请改名。",
    "case_expects_other": "规则不符合时的结果是“{outcome}”，案例却期待“{expect}”。",
    "case_fails": "案例“{case}”期待 {expect}，实际为 {actual}。",
    # catalogues and screens
    "catalogue_columns": "目录列名应为：{wanted}；现为：{found}。",
    "catalogue_cell": "目录第 {row} 行“{column}”的值“{value}”不合要求：{wanted}。",
    "catalogue_key_repeated": "目录键“{key}”重复。",
}

REFUSALS: dict[str, str] = {
    "policybook.policy_invalid": "政策文件有问题，未能载入。请逐条改正后重试。",
    "policybook.parameter_unknown": "没有名为“{parameter}”的参数。请核对编号。",
    "policybook.no_value_known": (
        "参数“{parameter}”在 {place}、{on} 没有取值。请核对地区与日期，或补录依据文件。"
    ),
    "policybook.question_unknown": "没有规则回答“{question}”。可问：{known}。",
    "policybook.rule_unknown": "没有规则“{rule}”。请核对编号。",
    "policybook.catalogue_unknown": "政策库中没有目录“{catalogue}”。",
    "policybook.fact_undeclared": "事实“{fact}”没有在 policy/facts.yaml 中登记。请核对名称。",
    "policybook.fact_malformed": "事实“{fact}”的值 {value} 不合要求，应为{wanted}。",
    "policybook.waiver_not_allowed": "规则“{rule}”不是“原则上”的要求，不能豁免。",
    "policybook.waiver_pointless": "规则“{rule}”在本次判定中没有不符合，无需豁免。",
    "policybook.waiver_reason_missing": "豁免规则“{rule}”应写明理由。",
    "policybook.penalty_days": "行为日 {conduct_on} 晚于决定日 {decision_on}。请核对两个日期。",
    "policybook.verdict_unreadable": "存档的判定无法读取：{reason}。",
    "policybook.snapshot_unreadable": "存档的规则快照 {address} 无法读取：{reason}。请核对数据库备份。",
}

WANTED: dict[str, str] = {
    "whole": "整数",
    "decimal": "整数或加引号的小数",
    "text": "文字",
    "flag": "true 或 false",
    "day": "日期（如 2020-08-17）",
    "texts": "文字列表",
    "rows": "若干行，每行为“字段: 值”",
}

OUTCOMES: dict[str, str] = {
    "pass": "符合",
    "note": "提示",
    "warn": "警示",
    "refuse": "不符合",
    "unknown": "无法判定（资料不全）",
    "not_applicable": "不适用",
    "no_rule_known": "没有已知规则",
    "waived": "已豁免",
}

PENALTY_DAYS: dict[str, str] = {"conduct_day": "行为日", "decision_day": "决定日"}

PENALTY_GROUNDS: dict[str, str] = {
    "same": "两日的规定轻重相同，适用行为日的规定",
    "milder_outcome": "这一日的结论较轻",
    "milder_sanctions": "两日结论相同，这一日要求的最重处理较轻",
    "fewer_sanctions": "两日结论和最重的处理相同，这一日要求的处理较少",
    "facts_missing": "资料不全，还不能比较轻重，请先补充事实",
}

OPERATORS: dict[str, str] = {
    "at_least": "不少于",
    "more_than": "超过",
    "at_most": "不超过",
    "less_than": "少于",
    "equal": "等于",
    "not_equal": "不等于",
    "in": "属于",
    "not_in": "不属于",
    "yes": "为是",
    "no": "为否",
    "includes_all": "应包括",
    "includes_none": "不得包括",
    "inside": "位于",
    "within": "在期间内",
}

UNITS: dict[str, str] = {
    "person": "人",
    "person_time": "人次",
    "workstation": "个",
    "assessor": "人",
    "year": "年",
    "month": "个月",
    "day": "天",
    "working_day": "个工作日",
    "hour": "小时",
    "occupation": "个",
    "share": "",
    "point": "分",
    "text": "",
    "code": "",
}

MISSING = "未提供"
FLAGS = {True: "是", False: "否"}
UNKNOWN_DEFAULT = "缺少判定所需的资料：{missing}。请补充后再判定。"
