"""`zhiping wording`: check one text for forbidden words, measure both guards on the labelled lists."""

import json
import sys
from datetime import date

import click

from zhiping.core.wording import (
    CertificateKind,
    Hit,
    IssuerKind,
    TextKind,
    WordingOutcome,
    WordingVerdict,
    guard_in_force,
)
from zhiping.core.wording.measure import Figures, Mistake, Rates, measure
from zhiping.core.wording.messages import OUTCOMES, hit_sentence, shown, verdict_sentences
from zhiping.kernel.place import Place, PlaceMalformedError

EXIT_CODES = {
    WordingOutcome.LAWFUL: 0,
    WordingOutcome.REFUSED: 1,
    WordingOutcome.NEEDS_PERSON: 3,
    WordingOutcome.NO_RULE_KNOWN: 3,
}
EXIT_TOO_LOW = 1
_JSON = click.option("--json", "as_json", is_flag=True, help="输出 JSON（键名稳定）。")


def _place(_context: click.Context, _parameter: click.Parameter, value: str) -> Place:
    try:
        return Place(value)
    except PlaceMalformedError as error:
        raise click.BadParameter(f"“{value}”不是行政区划代码，应为六位数字或 CN。") from error


def _day(_context: click.Context, _parameter: click.Parameter, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter(f"“{value}”不是日期，应写成 2020-08-17。") from error


@click.group(name="wording")
def wording() -> None:
    """用字检查和变相恢复检查：检查一段文字、测量准确率和召回率."""


@wording.command()
@click.argument("text")
@click.option("--place", callback=_place, required=True, help="行政区划代码，如 440600。")
@click.option("--on", callback=_day, required=True, help="判定依据日，如 2020-08-17。")
@click.option(
    "--kind",
    type=click.Choice([one.value for one in TextKind]),
    default=TextKind.CERTIFICATE_NAME.value,
    show_default=True,
    help="文字类别：证书名称、版式文字、机构名称、图案、招生宣传。",
)
@click.option(
    "--certificate",
    type=click.Choice([one.value for one in CertificateKind]),
    default=CertificateKind.UNSTATED.value,
    show_default=True,
    help="文字所在证书的类别；有的字样只有某类证书可以使用。",
)
@click.option(
    "--issuer",
    type=click.Choice([one.value for one in IssuerKind]),
    default=None,
    help="发证主体；不写则适用约束任何主体的规则。",
)
@click.option(
    "--registered", "registered", multiple=True, help="登记的法定名称，可写多次；其中的字样转人工判断。"
)
@_JSON
def check(  # one parameter for each option of the command
    text: str,
    place: Place,
    on: date,
    kind: str,
    certificate: str,
    issuer: str | None,
    registered: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """检查一段文字：列出每处禁用字样的位置、依据和下一步.

    退出码：0 未发现；1 不得使用；2 用法有误；3 需人工判断，或没有已知规则。
    """
    verdict = guard_in_force().check(
        text,
        kind=TextKind(kind),
        place=place,
        on=on,
        registered_names=registered,
        certificate=CertificateKind(certificate),
        issuer=IssuerKind(issuer) if issuer else None,
    )
    if as_json:
        _print_json(_verdict_json(verdict))
    else:
        click.echo(f"{OUTCOMES[verdict.outcome]}：{shown(verdict.text)}")
        for sentence in verdict_sentences(verdict):
            click.echo(f"  {sentence}")
    sys.exit(EXIT_CODES[verdict.outcome])


@wording.command(name="measure")
@click.option(
    "--at-least",
    "at_least",
    type=click.FloatRange(0, 1),
    default=None,
    help="任一准确率或召回率（全部样本）低于此数时退出码为 1。",
)
@_JSON
def measure_command(at_least: float | None, *, as_json: bool) -> None:
    """在标注样本上测量两项检查的准确率和召回率，分调试用、留出和全部三组."""
    figures = measure()
    if as_json:
        _print_json(_figures_json(figures))
    else:
        _print_figures(figures)
    low = [figures.wording["all"], figures.revival["all"]]
    if at_least is not None and any(min(one.precision, one.recall) < at_least for one in low):
        sys.exit(EXIT_TOO_LOW)


# printing ----------------------------------------------------------------------------------------

_SETS = {"tuning": "调试用", "held_out": "留出", "all": "全部"}


def _print_figures(figures: Figures) -> None:
    for title, of_sets in (("用字检查", figures.wording), ("变相恢复检查", figures.revival)):
        click.echo(title if of_sets is figures.wording else f"{title}（比对 {figures.items} 个样本项目）")
        for name, rates in of_sets.items():
            click.echo(
                f"  {_SETS[name]}：样本 {rates.examples} 个，准确率 {rates.precision:.3f}，"
                f"召回率 {rates.recall:.3f}，误报 {rates.false_alarms}，漏报 {rates.misses}，"
                f"结论和字词完全一致 {rates.exact} 个"
            )
    for mistake in figures.mistakes:
        click.echo(
            f"不一致 {mistake.file}:{mistake.line}（{_SETS[mistake.set]}）{shown(mistake.text)}："
            f"应为 {mistake.wanted or '不提示'}，实为 {mistake.got or '不提示'}"
        )


def _print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def _verdict_json(verdict: WordingVerdict) -> dict[str, object]:
    return {
        "text": verdict.text,
        "kind": verdict.kind,
        "place": verdict.place.code,
        "on": verdict.on.isoformat(),
        "certificate": verdict.certificate,
        "outcome": verdict.outcome,
        "hits": [_hit_json(hit, verdict.kind) for hit in verdict.hits],
        "rules_out_of_force": [
            {"word": rule.word, "clause": rule.clause, "place": rule.place.code}
            for rule in verdict.rules_out_of_force
        ],
        "sentences": list(verdict_sentences(verdict)),
    }


def _hit_json(hit: Hit, kind: TextKind) -> dict[str, object]:
    return {
        "word": hit.word,
        "found": hit.found,
        "start": hit.start,
        "end": hit.end,
        "folded": hit.folded,
        "disguises": sorted(hit.disguises),
        "outcome": hit.outcome,
        "reason": hit.reason,
        "context": hit.context,
        "rules": [
            {
                "clause": rule.clause,
                "wording": rule.wording,
                "place": rule.place.code,
                "from": rule.period.start.isoformat(),
                "to": rule.period.end.isoformat() if rule.period.end else None,
                "certainty": rule.certainty,
            }
            for rule in hit.rules
        ],
        "message": hit_sentence(hit, kind),
    }


def _figures_json(figures: Figures) -> dict[str, object]:
    return {
        "wording": {name: _rates_json(rates) for name, rates in figures.wording.items()},
        "revival": {name: _rates_json(rates) for name, rates in figures.revival.items()},
        "items": figures.items,
        "mistakes": [_mistake_json(one) for one in figures.mistakes],
    }


def _rates_json(rates: Rates) -> dict[str, object]:
    return {
        "examples": rates.examples,
        "precision": round(rates.precision, 4),
        "recall": round(rates.recall, 4),
        "hits": rates.hits,
        "false_alarms": rates.false_alarms,
        "misses": rates.misses,
        "exact": rates.exact,
    }


def _mistake_json(mistake: Mistake) -> dict[str, object]:
    return {
        "file": mistake.file,
        "line": mistake.line,
        "set": mistake.set,
        "text": mistake.text,
        "wanted": mistake.wanted,
        "got": mistake.got,
    }


if __name__ == "__main__":
    wording()
