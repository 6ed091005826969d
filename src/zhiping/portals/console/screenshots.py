"""`zhiping screenshots`: every main page of the running demonstration at 1440 and 390 px."""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zhiping.portals.console.browser import find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

WIDTHS = {"1440": (1440, 900), "390": (390, 844)}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
)

PUBLIC = (
    "/",
    "/verify",
    "/bodies/",
    "/notices/",
    "/notices/results/",
    "/law/",
    "/law/rules/",
    "/law/coverage/",
    "/law/coverage/?document=GD18",
    "/law/tensions/",
    "/law/here/?place=440600&on=2023-11-30",
    "/law/here/questions/employer_filing/?place=440600&on=2023-11-30",
    "/law/here/values/?place=440600&on=2023-11-30",
    "/law/compare/",
    "/law/opinion/",
    "/catalogues/",
    "/complaints/",
    "/guide/",
    "/about/",
    "/sign-in/",
)
DESK = (
    "/desk/",
    "/desk/filings/",
    "/desk/bodies/",
    "/desk/plans/",
    "/desk/sittings/",
    "/desk/sittings/today/",
    "/desk/certificates/",
    "/desk/people/",
    "/desk/screening/runs/",
    "/desk/screening/findings/",
    "/desk/journal/",
    "/desk/reference/",
    "/desk/reference/calendar/",
    "/desk/law/",
    "/desk/law/proofs/",
    "/desk/drafts/",
)
BODY = (
    "/body/",
    "/body/profile/",
    "/body/filings/",
    "/body/staff/",
    "/body/assessors/",
    "/body/venues/",
    "/body/plans/",
    "/body/sittings/",
)
FOLLOWED = 1
"""Of every list, so many first links are followed into the page of one thing."""


@click.command()
@click.option("--base", default="http://127.0.0.1:8000", show_default=True, help="运行中的平台地址。")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path(".zhiping/screenshots"), show_default=True
)
def screenshots(*, base: str, out: Path) -> None:
    """为公众、主管部门、机构三个门户的主要页面截图（1440 与 390 像素）；须先 make run."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (only in the development group)

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        for width, size in WIDTHS.items():
            for portal, account, paths in _visits():
                with _page(browser, size) as page:
                    if account:
                        _sign_in(page, base, account)
                    for number, path in enumerate(_with_followed(page, base, paths), start=1):
                        page.goto(base + path, wait_until="load")
                        target = out / f"{portal}-{number:02d}{_slug(path)}-{width}.png"
                        page.screenshot(path=str(target), full_page=True)
                        click.echo(f"{target}  {path}")
        browser.close()


def _visits() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    return (
        ("public", "", PUBLIC),
        ("desk", "city-handler-440600", DESK),
        ("body", "body-00001", BODY),
        ("applicant", "applicant-01", ("/body/", "/body/filings/")),
    )


@contextmanager
def _page(browser: "Browser", size: tuple[int, int]) -> "Iterator[Page]":
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    page = context.new_page()
    yield page
    context.close()


def _sign_in(page: "Page", base: str, username: str) -> None:
    page.goto(f"{base}/sign-in/")
    page.locator(f'button[name="username"][value="{username}"]').click()
    page.wait_for_load_state("load")


def _with_followed(page: "Page", base: str, paths: tuple[str, ...]) -> list[str]:
    """Return the paths, each list followed by its first thing's own page."""
    found: list[str] = []
    for path in paths:
        found.append(path)
        page.goto(base + path, wait_until="load")
        links = page.locator("main table a[href]").evaluate_all(
            "nodes => nodes.map(n => n.getAttribute('href'))"
        )
        inside = [
            link
            for link in links
            if link and link.startswith(path) and link.rstrip("/") != path.rstrip("/") and "?" not in link
        ]
        found.extend(dict.fromkeys(inside[:FOLLOWED]))
    return list(dict.fromkeys(found))


def _slug(path: str) -> str:
    return "-" + path.strip("/").replace("/", "-") if path.strip("/") else "-home"
