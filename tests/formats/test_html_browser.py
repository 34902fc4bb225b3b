"""The page in a real browser: what it shows, that nothing recorded acts in it, and how long it
takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.formats.branches import ROOT, branches_of, made, turn
from tests.formats.browser import Browser, browser
from tests.formats.test_html import ATTACKS, exported
from tests.formats.test_markdown import everywhere
from tests.timing import at_most
from tooltrace.core.model import events as e
from tooltrace.core.text.sanitize import visible
from tooltrace.formats import BranchData

pytestmark = pytest.mark.long

EDITED = ROOT / "sessions/demo-refund-edited.jsonl"


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def opened(chrome: Browser, tmp_path: Path) -> Iterator[Opened]:
    yield Opened(chrome, tmp_path / "page.html")


class Opened:
    """A branch's page, opened."""

    def __init__(self, chrome: Browser, page: Path) -> None:
        self.chrome, self.page = chrome, page

    def __call__(self, branch: BranchData, fragment: str = "") -> Browser:
        self.page.write_text(exported(branch), encoding="utf-8")
        self.chrome.open(self.page, fragment)
        return self.chrome


def main_of(file: Path) -> BranchData:
    return next(branches_of(file))


def titles(chrome: Browser) -> list[str]:
    found = chrome.run("[...document.querySelectorAll('.step > summary b')].map(n => n.innerText)")
    assert isinstance(found, list)
    return found


def test_the_steps_can_be_read_and_folded(opened: Opened) -> None:
    chrome = opened(main_of(EDITED))
    assert titles(chrome)[:4] == [
        "The run began",
        "The person",
        "State fetching_order",
        "The model calls fetch_order",
    ]
    assert chrome.run("document.title") == "demo-refund-edited.jsonl · main"
    shown = "document.querySelectorAll('.step[open]').length"
    assert chrome.run(shown) == 16
    chrome.run("document.getElementById('shut').click()")
    assert chrome.run(shown) == 0
    chrome.run("document.querySelectorAll('.step')[4].firstElementChild.click()")
    assert chrome.run("document.querySelector('.step[open] pre').innerText").startswith("{\n")
    chrome.run("document.getElementById('open').click()")
    assert chrome.run(shown) == 17
    assert chrome.requests == [opened.page.as_uri()]
    assert chrome.said == []


def test_a_branch_is_switched_to_and_shows_what_the_edit_changed(opened: Opened) -> None:
    chrome = opened(main_of(EDITED))
    chrome.run("[...document.querySelectorAll('#branches button')][1].click()")
    chrome.run("new Promise(done => setTimeout(done))")
    assert chrome.run("document.title") == "demo-refund-edited.jsonl · too-late"
    assert chrome.run("document.querySelector('.marked .badge').innerText") == "edited by a person"
    lines = chrome.run("[...document.querySelectorAll('.diff > *')].map(n => n.innerText)")
    assert '-   "eligible": true,' in lines and '+   "eligible": false,' in lines
    assert "failed" in chrome.run("document.getElementById('facts').innerText")


def test_the_states_are_drawn_with_the_ways_that_were_taken(opened: Opened) -> None:
    chrome = opened(main_of(EDITED))
    names = "[...document.querySelectorAll('.machine a')].map(n => n.textContent)"
    entered = chrome.run(names)
    assert entered[:2] == ["pending", "fetching_order"] and "complete" in entered
    told = "[...document.querySelectorAll('.machine path.taken title')].map(n => n.textContent)"
    assert any(line.startswith("fetching_order → validating_refund: ") for line in chrome.run(told))
    assert chrome.run("document.querySelectorAll('.machine path:not(.taken)').length") > 1
    chrome.run("document.querySelectorAll('.machine a')[1].click()")
    chrome.run("new Promise(done => setTimeout(done, 20))")
    where = "document.activeElement.closest('.step').querySelector('b').innerText"
    assert chrome.run(where) == "State fetching_order"
    ways = chrome.run("[...document.querySelectorAll('#states .entered')].map(n => n.textContent)")
    assert any(line.endswith(", taken once") for line in ways)
    assert chrome.said == []


def test_a_link_leads_to_its_record(opened: Opened) -> None:
    branch = made(*[e.UserSaid(f"word {number}") for number in range(3000)])
    chrome = opened(branch, "#b0r2000")
    where = "document.activeElement.closest('.step').dataset.record"
    assert chrome.run(where) == "2000"
    top = chrome.run("document.activeElement.getBoundingClientRect().top")
    assert 0 <= top < 200
    assert len(titles(chrome)) < 400
    chrome.run("location.hash = 'b0r5'; new Promise(done => setTimeout(done, 0))")
    assert chrome.run(where) == "5"
    for odd in ("#b9r9999999", "#r0", "#%00", "#b0r99999999999999999999"):
        opened(branch, odd)
    assert chrome.said == []


def test_what_is_searched_is_found_in_values_and_not_in_our_own_names(opened: Opened) -> None:
    branch = made(e.UserSaid("Go."), *turn(3, {"total": "<b>12</b> Euro"}, "other"))
    chrome = opened(branch)
    count = "document.getElementById('count').innerText"
    for words, found in (("<B>12", 1), ("is_error", 0), ("euro", 1), ("total", 1), ("call of", 2)):
        chrome.run(f"document.getElementById('find').value = {words!r}")
        chrome.run("document.getElementById('find').dispatchEvent(new Event('input'))")
        chrome.run("new Promise(done => setTimeout(done, 200))")
        assert chrome.run(count) == f"{found} of 5 steps", words
    assert chrome.run("document.querySelector('.step mark').innerText") == "Call of"
    chrome.run("document.getElementById('find').value = ''")
    chrome.run("document.getElementById('kind').value = 'call'")
    chrome.run("document.getElementById('kind').dispatchEvent(new Event('change'))")
    assert titles(chrome) == ["Call of look", "Call of look"]


@pytest.mark.parametrize("words", ATTACKS, ids=lambda words: ascii(words)[:30])
def test_nothing_recorded_acts(opened: Opened, words: str) -> None:
    chrome = opened(everywhere(words))
    chrome.run("document.getElementById('open').click()")
    chrome.run("document.querySelectorAll('.raw > summary').forEach(n => n.click())")
    chrome.run("new Promise(done => setTimeout(done, 20))")
    assert chrome.run("window.hit") is None
    assert chrome.requests == [opened.page.as_uri()]
    assert chrome.said == []
    tags = chrome.run(
        "[...new Set([...document.body.querySelectorAll('*')]"
        ".filter(n => !n.closest('#states svg')).map(n => n.tagName))]"
    )
    drawn = chrome.run("[...new Set([...document.querySelectorAll('svg *')].map(n => n.tagName))]")
    assert {*drawn} <= {"path", "title"}
    assert not {"IMG", "SVG", "IFRAME", "svg"} & set(tags)
    links = chrome.run("[...document.querySelectorAll('[href]')].map(n => n.getAttribute('href'))")
    assert all(link.startswith("#b0r") for link in links)
    text = chrome.run(
        "[...document.querySelectorAll('header, main')].map(n => n.textContent).join()"
    )
    assert visible(text) == text


def test_the_policy_holds_against_a_mistake_of_ours(opened: Opened) -> None:
    chrome = opened(made(e.UserSaid("Go.")))
    chrome.run(
        "document.body.insertAdjacentHTML('beforeend', '<img src=https://example.com/x.png"
        ' onerror="window.hit = 1"><p style="color:red">\')'
    )
    chrome.run(
        "let s = document.createElement('script'); s.textContent = 'window.hit = 2';"
        " document.body.append(s)"
    )
    chrome.run("new Promise(done => setTimeout(done, 50))")
    assert chrome.run("window.hit") is None
    assert len(chrome.said) >= 2 and all("Content Security Policy" in each for each in chrome.said)


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_it_fits_a_phone_and_a_desk(opened: Opened, width: int) -> None:
    opened.chrome.size(width, 800)
    chrome = opened(everywhere("long" * 200))
    chrome.run("document.getElementById('open').click()")
    assert chrome.run("document.documentElement.scrollWidth") <= width


def test_it_is_light_or_dark_as_the_reader_prefers(opened: Opened) -> None:
    colours = []
    for dark in (False, True):
        opened.chrome.size(1200, 800, dark)
        chrome = opened(made(e.UserSaid("Go.")))
        colours.append(chrome.run("getComputedStyle(document.body).backgroundColor"))
    assert colours == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_all_of_it_is_printed(opened: Opened) -> None:
    chrome = opened(made(*[e.UserSaid(f"word {number}") for number in range(1000)]))
    assert len(titles(chrome)) < 200
    chrome.run("dispatchEvent(new Event('beforeprint'))")
    assert len(titles(chrome)) == 1001
    chrome.run("dispatchEvent(new Event('afterprint'))")
    assert len(titles(chrome)) < 200


@pytest.mark.timed
@pytest.mark.parametrize(("records", "seconds"), [(5_000, 1.0), (50_000, 2.0)])
def test_long_sessions_open_at_once(opened: Opened, records: int, seconds: float) -> None:
    events: list[e.Event] = [e.UserSaid("Go.")]
    while len(events) < records:
        events += turn(len(events) + 2, {"rows": ["value " * 20] * 5})
    chrome = opened(made(*events))
    took = float(chrome.run("document.documentElement.dataset.ready")) / 1000
    at_most(seconds, took)
    assert len(titles(chrome)) < 200
    assert opened.page.stat().st_size < 100_000 + 3 * sum(800 for _ in events)
