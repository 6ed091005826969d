"""`zhiping certificate`: look a certificate up from the command line (核验证书)."""

import json as json_text
import os
from importlib import import_module
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from zhiping.apps.certificates.lookups import LookUp

NOT_FOUND = 1
"""Exit status when no certificate fits what was given."""


@click.group()
def certificate() -> None:
    """核验证书."""


@certificate.command()
@click.argument("number", metavar="证书编号")
@click.option("--name", metavar="姓名", help="持证人姓名；与证书不符时视为未查到。")
@click.option("--last-four", metavar="后四位", help="证件号码后四位；与证书不符时视为未查到。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出，字段与查询接口相同。")
def verify(*, number: str, name: str | None, last_four: str | None, as_json: bool) -> None:
    """按编号查询数据库中的证书：载明事项、状态、机构当日情况."""
    found = _find(number, name, last_four)
    if found is None:
        click.echo(f"没有查到与所填内容一致的证书（编号“{number}”）。请逐字核对后再查。", err=True)
        raise click.exceptions.Exit(NOT_FOUND)
    if as_json:
        click.echo(json_text.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    for term, text in _lines(found):
        if text:
            click.echo(f"{term}：{text}")


def _find(number: str, name: str | None, last_four: str | None) -> "LookUp | None":
    """Read under the plain role, as the public pages do."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiping.config.settings")
    import_module("django").setup()
    queries = import_module("zhiping.apps.certificates.queries")
    walls = import_module("zhiping.apps.authorities.walls")
    today = import_module("zhiping.portals.clock").current_clock().today()
    found: LookUp | None
    with walls.reaching(("",)):
        if name or last_four:
            found = queries.look_up(number, name=name, last_four=last_four, today=today)
        else:
            found = queries.read_certificate(number, today=today)
    return found


def _lines(found: "LookUp") -> list[tuple[str, str]]:
    scores = (
        ("理论", found.theory_score),
        ("技能", found.practical_score),
        ("综合", found.comprehensive_score),
    )
    shown = found.to_json()
    issuer = shown["issuer"]
    standings = []
    if isinstance(issuer, dict):
        for when in ("at_issue", "now"):
            one = issuer[when]
            standings.append(f"{one['day']} {one['standing_label']}，{one['in_scope_label']}")
    return [
        ("证书编号", found.number),
        ("状态", f"{found.state_label}（自 {found.since}）"),
        ("状态原因", found.reason),
        ("依据", found.clause),
        ("姓名", found.holder_name),
        (found.paper_kind, found.number_masked),
        ("职业", f"{found.occupation_name}（{found.occupation_code}）"),
        ("工种", found.work_type),
        ("等级", found.level_name),
        ("成绩", "，".join(f"{label} {score}" for label, score in scores if score is not None)),
        ("发证日期", str(found.issued_on)),
        ("评价机构", f"{found.body_name}（{found.body_credit_code}）"),
        ("机构情况", "；".join(standings)),
    ]
