"""A real server, a real browser, and a clock that can be moved: what every story needs."""

import os
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests import builders
from zhiping.portals.console.screenshots import FLAGS

# The browser's driver keeps a loop running in this thread; the stories read the database beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all stories."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield launched
        launched.close()


class Walker:
    """Somebody at a browser: signs in, reads, fills, clicks; fails on any page that breaks."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.base = base
        self.context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "response",
            lambda answer: (
                self.errors.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None
            ),
        )

    def sign_in(self, username: str) -> "Walker":
        """Sign in as anybody from the builders, by name and password."""
        self.open("/sign-in/")
        self.page.locator('input[name="username"]').fill(username)
        self.page.locator('input[name="password"]').fill(builders.PASSWORD)
        self.page.get_by_role("button", name="登录", exact=True).click()
        self.page.wait_for_load_state("load")
        return self

    def open(self, path: str) -> "Walker":
        """Open a page of the platform."""
        self.page.goto(self.base + path, wait_until="load")
        return self

    def press(self, name: str, *, exact: bool = True) -> "Walker":
        """Press a button by its words."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.page.wait_for_load_state("load")
        return self

    def submit(self) -> "Walker":
        """Press the last button of the page's form, whatever it is called."""
        self.page.locator('main button[type="submit"]').last.click()
        self.page.wait_for_load_state("load")
        return self

    def follow(self, name: str, *, exact: bool = False) -> "Walker":
        """Follow a link by its words."""
        self.page.locator("main").get_by_role("link", name=name, exact=exact).first.click()
        self.page.wait_for_load_state("load")
        return self

    def fill(self, **fields: object) -> "Walker":
        """Fill fields by their names; True ticks a box, bytes-free text goes into the rest."""
        for name, value in fields.items():
            field = self.page.locator(f'[name="{name}"]').first
            if value is True:
                field.check()
            elif field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(str(value))
            else:
                field.fill(str(value))
        return self

    @property
    def text(self) -> str:
        """What the page says."""
        return self.page.locator("body").inner_text()

    def sees(self, *words: str) -> "Walker":
        """Fail unless the page says all of the words."""
        assert not self.errors, self.errors
        shown = self.text
        for word in words:
            assert word in shown, f"“{word}” is not on {self.page.url}:\n{shown}"
        return self

    def leave(self) -> None:
        """Close the browser's window."""
        assert not self.errors, self.errors
        self.context.close()


@pytest.fixture
def at_browser(browser: Browser, live_server, settings) -> Iterator:
    """Open windows for as many people as a story has."""
    settings.DEMO = True
    settings.ALLOWED_HOSTS = ["*"]
    windows: list[Walker] = []

    def somebody(username: str = "") -> Walker:
        window = Walker(browser, live_server.url)
        windows.append(window)
        return window.sign_in(username) if username else window

    yield somebody
    for window in windows:
        window.leave()


@pytest.fixture
def move_clock(settings) -> Iterator:
    """Move the demonstration's clock; it is put back afterwards."""
    from zhiping.portals.clock import move_demo_clock

    settings.DEMO = True

    def move(year: int, month: int, day: int) -> None:
        move_demo_clock(date(year, month, day))

    yield move
    move_demo_clock(None)
