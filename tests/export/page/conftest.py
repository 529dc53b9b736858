"""A browser without a network for the tests of the page."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium; without one the tests are skipped, and the line that says so is hard to overlook."""
    if CHROMIUM is None:
        pytest.skip("NO BROWSER: the page is not tested. On Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield launched
        launched.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line that cannot be overlooked where there is no browser."""
    if CHROMIUM is None:
        terminalreporter.write_line(
            "NOT TESTED in a browser: the page's tests were skipped. On Debian: apt-get install chromium",
            yellow=True,
            bold=True,
        )


class Opened:
    """A page that was opened from the file system, with what went wrong on it and what it asked the network for."""

    def __init__(self, browser: Any, build: Path, **options: Any) -> None:
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.page = browser.new_context(**options).new_page()
        self.page.on("console", lambda message: self.problems.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto((build / "report" / "index.html").resolve().as_uri())

    def search(self, text: str) -> list[str]:
        """Types into the box and waits for the answer: the lines of what is found."""
        self.page.fill("#query", text)
        self.page.wait_for_function("document.body.dataset.asked === document.getElementById('query').value")
        found: list[str] = self.page.locator("#results a").all_inner_texts()
        return [" ".join(each.split()) for each in found]

    def open_first(self) -> str:
        """Enter: the text of the first code that was found."""
        self.page.focus("#query")
        self.page.keyboard.press("Enter")
        first = self.page.locator("#results a").first.get_attribute("href")
        return self.opened(first.removeprefix("#"))

    def opened(self, code: str) -> str:
        """The text of the page of a code, `system/code`, once it is there."""
        self.page.wait_for_selector(f"#detail[data-code='{code}']:not([hidden])")
        return " ".join(self.page.inner_text("#detail").split())

    def text_of(self, selector: str) -> str:
        """The text of an element on one line."""
        return " ".join(self.page.inner_text(selector).split())

    def close(self) -> None:
        """Closes the window."""
        self.page.context.close()
