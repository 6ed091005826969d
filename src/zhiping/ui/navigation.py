"""The public portal's navigation, used where a page gives none of its own."""

from zhiping.ui.shapes import NavItem

PUBLIC = (
    NavItem(label="首页", url="/"),
    NavItem(label="证书查询", url="/verify"),
    NavItem(label="机构目录", url="/bodies/"),
    NavItem(label="公示公告", url="/notices/"),
    NavItem(label="政策依据", url="/law/"),
    NavItem(label="投诉渠道", url="/complaints/"),
)


def is_current(item: NavItem, path: str) -> bool:
    """Tell whether the page at the path belongs to the item; the home page only to itself."""
    if item.url == "/":
        return path == "/"
    return path == item.url or path.startswith(item.url.rstrip("/") + "/")
