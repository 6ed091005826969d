"""What a person is told when the launcher refuses."""

SENTENCES = {
    "postgres.binaries_missing": (
        "没有找到 PostgreSQL {floor} 或更高版本的服务程序（来源：{source}）。请运行：{line}；"
        "或用 ZHIPING_DATABASE_URL 指定已有的数据库。"
    ),
    "postgres.source_unknown": (
        "ZHIPING_POSTGRES_SOURCE 的值“{value}”无效，可用的值是 {allowed}；不设则自动选择。"
    ),
    "postgres.server_too_old": (
        "ZHIPING_DATABASE_URL 指定的 PostgreSQL 版本是 {version}，需要 {floor} 或更高版本。"
        "请升级该数据库，或取消该变量以使用自带的数据库。"
    ),
    "postgres.server_unreachable": (
        "连接不上 ZHIPING_DATABASE_URL 指定的数据库（{place}）：{reason}。请检查地址、账号和数据库是否存在。"
    ),
    "postgres.app_role_missing": (
        "数据库中没有可用的应用角色 {role}，当前账号无权创建。请由数据库管理员执行：{statements}；"
        "或用 ZHIPING_APP_DATABASE_URL 给出应用角色的连接地址。"
    ),
    "postgres.server_user_missing": (
        "以 root 运行时数据库服务需要一个普通用户，没有找到 {tried}。请运行：{line}；或改用普通用户运行。"
    ),
    "postgres.command_failed": "数据库命令 {command} 失败（返回 {status}）：{said}。完整日志见 {log}。",
    "postgres.not_ready": "数据库在 {seconds} 秒内没有就绪：{said}。完整日志见 {log}，处理后重新运行。",
}
