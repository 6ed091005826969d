"""Sentences for people (Chinese), by code: what happened, the value, what to do next."""

from collections.abc import Mapping

from zhiping.core.sieve.running import Obstacle
from zhiping.core.sieve.snapshot import Problem
from zhiping.kernel.errors import DomainError

MESSAGES: Mapping[str, str] = {
    "sieve.refused": "筛查不能进行。",
    "sieve.folder_unknown": "文件夹“{folder}”不存在，或其中没有任何一张约定的表。"
    "请运行 zhiping screen tables 查看表名，文件应命名为“表名.parquet”“表名.csv”或“表名.xlsx”。",
    "sieve.snapshot_changed": "筛查期间文件“{file}”被改动，结果不可信，已放弃。请等文件不再变动后重新筛查。",
    "sieve.supplied_table_broken": "平台自带的表“{table}”不符合约定。请检查 policy/ 后重试。",
    "sieve.parameter_unusable": "参数“{key}”在地区 {place} 的值“{value}”不能用于筛查："
    "应为整数，且同一地区的期间不得重叠。"
    "请改正 policy/parameters。",
    "sieve.screens_broken": "筛查规则有误，共 {count} 处，全部列在下面。请逐处改正。",
    "sieve.screen_unknown": "没有编号为“{screen}”的筛查规则。请运行 zhiping screen list 查看编号。",
    "sieve.screen_misbehaved": "筛查规则 {screen} 的结果不合规矩（{misbehaviour}）。请改正其 query.sql。",
    "sieve.truth_unreadable": "真值文件“{file}”无法读取或缺少列：{missing}。"
    "应有 screen_id、key、is_violation 三列。",
    "sieve.findings_unreadable": "文件夹“{folder}”中没有一次完整筛查的结果。请先运行 zhiping screen。",
    "sieve.output_unwritable": "结果无法写入“{folder}”：{message}。请换一个可写且有空间的文件夹。",
    "sieve.engine_failed": "计算中断：{message}。请检查磁盘空间，或放宽 --memory 后重试。",
    # why a table was refused
    "file_ambiguous": "同一张表有多个文件：{value}。请只留一个。",
    "file_unreadable": "文件无法读取：{value}。请重新导出。",
    "column_absent": "缺少列“{column}”。请补上该列，没有值的可以留空（若约定允许）。",
    "column_type": "列“{column}”的类型是 {value}，不能无损读成约定的类型。请按文本或约定类型导出。",
    "value_missing": "第 {row} 行“{column}”没有填写。请补填。",
    "value_unreadable": "第 {row} 行“{column}”的值“{value}”读不出来。请按约定的写法填写，"
    "如日期写作 2024-05-01。",
    "value_not_allowed": "第 {row} 行“{column}”的值“{value}”不在允许的取值内。"
    "请运行 zhiping screen tables 查看取值。",
    "value_form": "第 {row} 行“{column}”的值“{value}”写法不对。请对照约定改正。",
    "period_backwards": "第 {row} 行的截止“{value}”早于起始。请核对两个日期。",
    "key_repeated": "第 {row} 行的主键“{value}”与前面的行重复。请删除重复行。",
    "reference_unknown": "第 {row} 行“{column}”的值“{value}”在所指的表中不存在。请补上该行或改正。",
    # why a screen could not run
    "table_refused": "表“{name}”不符合约定，已拒收",
    "table_absent": "没有表“{name}”",
    "parameter_unknown": "参数“{name}”在所涉地区没有任何已知的值",
    # what is wrong with a screen's files
    "unreadable": "文件缺失或读不出来",
    "not_a_mapping": "头文件不是键值结构",
    "field_unknown": "不认识的字段",
    "field_absent": "缺少字段",
    "field_type": "字段类型不对",
    "id_malformed": "编号应为 SCR- 加三位数字",
    "id_twice": "编号重复",
    "folder_name": "文件夹名应以编号和短横开头",
    "severity_unknown": "严重程度应为 high、medium 或 low",
    "status_unknown": "状态应为 trial、in_use 或 retired",
    "key_empty": "没有写明发现的主键",
    "clauses_empty": "没有写明条款",
    "reasons_empty": "没有写明原因代码",
    "false_alarms_unstated": "没有写明可能的误报",
    "bodies_not_looked_at": "looks_at 必须包含 bodies",
    "promotion_unproven": "转为 in_use 须写明 promoted 的 run 和 reviewer",
    "clause_malformed": "条款编号写法不对",
    "table_unknown": "不认识的表",
    "parameter_malformed": "参数名写法不对",
    "column_not_in_evidence": "该列不在 evidence 中",
    "columns_not_evidence": "query.sql 给出的列与 evidence 不一致",
    "syntax": "SQL 语法错误",
    "not_a_select": "只能是一条查询语句",
    "function_not_allowed": "方言不允许的函数",
    "wrong_number_of_arguments": "宏的参数个数不对",
    "star": "不要写 *，请逐列写出",
    "cast_not_allowed": "只能转换为 DATE 或 VARCHAR",
    "construct_not_allowed": "方言不允许的写法",
    "literal_day": "不要写死日期，请用参数或 $as_of",
    "literal_number": "不要写死数字，请从参数表按地区和日期取值",
    "cross_join": "连接缺少条件",
    "join_without_equality": "连接条件中没有两列相等",
    "table_function": "只能读取约定的表",
    "step_hides_table": "步骤名与表名相同",
    "value_never_occurs": "该列不会出现这个值",
    "column_unknown": "列名不存在或有歧义",
    "types_differ": "比较两边的类型不同",
    "engine_refuses": "引擎拒绝执行",
    "key_missing": "主键为空",
    "key_twice": "同一主键出现两次",
    "reason_undeclared": "给出了没有声明的原因代码",
}
"""Every code of the sieve."""


class _Facts(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return f"〔{name}〕"


def sentence(error: DomainError) -> str:
    """Return the sentence for a refusal of the sieve."""
    facts = _Facts(error.facts)
    problems = facts.get("problems")
    if isinstance(problems, tuple):
        facts["count"] = len(problems)
    if "misbehaviour" in facts:
        facts["misbehaviour"] = MESSAGES.get(str(facts["misbehaviour"]), facts["misbehaviour"])
    return MESSAGES.get(error.code, error.code).format_map(facts)


def problem_sentence(problem: Problem) -> str:
    """Return the sentence for one breach of the contract."""
    return MESSAGES[problem.code].format(
        column=problem.column, row=problem.row, value=problem.value, table=problem.table
    )


def obstacle_sentence(obstacle: Obstacle) -> str:
    """Return why a screen could not run."""
    return MESSAGES[obstacle.code].format(name=obstacle.name)
