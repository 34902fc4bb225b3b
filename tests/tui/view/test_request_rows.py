"""A request as rows, its summary, the context bar, and which request a record is about."""

from __future__ import annotations

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from tests.core.given import Given, call
from tests.models.asked import answered, edited_early, shop
from tests.tui.view.build import HOSTILE, any_session, flat, see, to_credit, widest
from tooltrace.core.fold.steps import Steps
from tooltrace.core.model import events as e
from tooltrace.models.request_report import RequestReport, request_report
from tooltrace.tui.cells import cell_len
from tooltrace.tui.rows.branches.timeline import timeline
from tooltrace.tui.rows.lines import plain
from tooltrace.tui.rows.request.context_bar import ContextUse, context_bar, context_use
from tooltrace.tui.rows.request.part_rows import PartRow, part_rows, share_words
from tooltrace.tui.rows.request.request_places import place_at, requests_of
from tooltrace.tui.rows.request.request_summary import request_summary


def of(given: Given, at: int | None = None) -> RequestReport:
    report = request_report(given.tree, given.head if at is None else at)  # type: ignore[arg-type]
    assert report is not None
    return report


def told(report: RequestReport, width: int = 200) -> list[str]:
    return [plain(line) for line in request_summary(report, width)]


def test_a_request_line_by_line() -> None:
    lines = flat(part_rows(of(edited_early(), 12)), 100)
    assert [line.split("  ")[0] for line in lines if line[0] in "›⌄"] == [
        "⌄ settings",
        "⌄ tools",
        "⌄ system prompt",
        "⌄ messages",
    ]
    assert lines[-1].startswith(" › + 4 system text")
    assert "⊣ cached to here  [workflow]" in lines[-1] and lines[-1].endswith("#12")
    assert lines[-2].split("  ")[-2:] == ['{"id":"1001","total":1}', "#10"]
    assert "tools  ≈ " in lines[5] and lines[5].endswith("· 4 tools")


def test_folded_sections_and_open_parts() -> None:
    report = of(shop())
    assert len(part_rows(report, (), ("tools", "messages"))) == 9
    place = next(at for at, each in enumerate(report.parts) if each.part.section == "tools")
    lines = flat(part_rows(report, {place}), 60)
    at = next(index for index, line in enumerate(lines) if "fetch_order" in line)
    assert lines[at].startswith(" ⌄ ")
    assert lines[at + 1 : at + 3] == ["    Look an order up.", "    input_schema"]
    assert lines[at + 3].strip() == "{"


def test_a_changed_part_shows_what_was_there() -> None:
    given = answered(shop(), call("fetch_order", order_id="1001"))
    given.append(e.SettingsChanged(e.Settings(model="claude-opus-5-5", max_tokens=9)))
    report = of(given.returns("fetch_order", 1).moves("validating"))
    rows = [row for row in part_rows(report, range(3)) if isinstance(row, PartRow)]
    assert flat(rows[:1], 60)[1:] == [
        "    before",
        "    claude-sonnet-5-5",
        "    now",
        "    claude-opus-5-5",
    ]


def test_the_summary_says_what_the_cache_gave_and_who_ended_it() -> None:
    assert told(of(shop()))[0].startswith("tokens   ≈ ")
    assert told(of(shop()))[1] == "since    it is the first request on this branch"
    size, since, beside = told(of(edited_early(), 12))
    assert size == (
        "tokens   1,372 · 0.1 % of 1,000,000 · 1,200 from the cache, 160 written to it · "
        "1 cache breakpoint"
    )
    assert since == "since    #3: 3 new, nothing before changed"
    assert beside.startswith("beside   #8 on another branch: 2 changed · the first 8 parts, ≈ ")
    assert beside.endswith(
        "then message 3 (user tool_result) changed: an edited result, #10 · "
        "150 cached tokens not read"
    )


@pytest.mark.parametrize(
    ("base_url", "at", "why"),
    [
        (None, "2026-11-23T09:07:00.000Z", "7 minutes had passed, and it was cached for 5"),
        (None, "2026-11-23T09:02:00.000Z", "no record tells why"),
        (None, "no time at all", "no record tells why"),
        (
            "http://h",
            "2026-11-23T09:02:00.000Z",
            "the other request asked for nothing to be cached",
        ),
    ],
)
def test_a_cache_that_gave_nothing_though_nothing_changed(
    base_url: str | None, at: str, why: str
) -> None:
    given = answered(shop(base_url=base_url), call("fetch_order", order_id="1001"), written=1200)
    given.returns("fetch_order", 1).moves("validating")
    parent = given.head
    record = e.Record(given.tree.last_id + 1, parent, at, "live", e.ModelCalled("d", "now"))
    given.tree.add(record)
    given.head = record.id
    report = of(answered(given, "Hm.", fresh=1300), record.id)
    assert told(report)[1].endswith(f"nothing before changed · 1,200 cached tokens not read: {why}")


@any_of(any_session(), st.integers(1, 120))
def test_nothing_is_wider_than_it_may_be(given: Given, width: int) -> None:
    for record in list(given.tree.records.values()):
        if not isinstance(record.event, e.ModelCalled):
            continue
        report = of(given, record.id)
        rows = part_rows(report, range(len(report.parts)))
        assert widest(line for row in rows for line in row.lines(width)) <= width
        assert all(row.height(width) == len(row.lines(width)) for row in rows)
        assert max(cell_len(line) for line in told(report, width)) <= max(width, 29)


def test_hostile_text_stays_text() -> None:
    given = Given(shop().snapshot.workflow, e.Settings(model="m")).user(HOSTILE)
    lines = flat(part_rows(of(given), range(20)), 80)
    assert not any("\x1b" in line or "\u202e" in line for line in lines)
    assert any("\\u{1b}[2J" in line for line in lines)


@pytest.mark.parametrize(
    ("tokens", "window", "words"),
    [
        (0, 100, "0.0 %"),
        (1, 10_000, "< 0.1 %"),
        (45_200, 1_000_000, "4.5 %"),
        (300, 200, "150.0 %"),
        (5, None, ""),
        (None, 5, ""),
    ],
)
def test_shares(tokens: int | None, window: int | None, words: str) -> None:
    assert share_words(tokens, window) == words


@pytest.mark.parametrize(
    ("use", "window", "width", "bar"),
    [
        (None, 1000, 120, ""),
        (ContextUse(5, 0, False), None, 120, ""),
        (ContextUse(45_200, 44_000, False), 1_000_000, 80, "45.2k/1M · 44k cached"),
        (ContextUse(45_200, 0, True), 200_000, 80, "≥ 45.2k/200k"),
        (
            ContextUse(45_200, 44_000, False),
            200_000,
            120,
            "context ██▓░░░░░░░ 45.2k/200k 23 % · 44k cached",
        ),
        (ContextUse(812, 0, False), 1_000_000, 120, "context ▓░░░░░░░░░ 812/1M < 1 %"),
        (ContextUse(900, 900, False), 600, 120, "context ██████████ 900/600 150 % · 900 cached"),
    ],
)
def test_the_context_bar(use: ContextUse | None, window: int | None, width: int, bar: str) -> None:
    assert plain(context_bar(use, window, width)) == bar


def test_the_bar_stands_at_the_end_of_the_timeline() -> None:
    given = edited_early()
    assert given.head is not None
    assert context_use(given.tree, given.head) == ContextUse(1412, 1200, False)
    assert context_use(given.tree, 2) is None
    view = see(given)
    for width in (40, 58, 78, 118):
        first = plain(timeline(view, Steps(), width, 1_000_000)[0])
        assert cell_len(first) <= width
        assert first.endswith("1.4k/1M · 1.2k cached") or width >= 100
        assert "‖" in first
    without = plain(timeline(view, Steps(), 78)[0])
    assert "/" not in without


def test_which_request_is_meant() -> None:
    given = edited_early()
    view = see(given)
    places = requests_of(view)
    assert places == [3, 12]
    meant = [places[place_at(view, places, record)] for record in (1, 3, 4, 10, 12, 13)]
    assert meant == [3, 3, 3, 3, 12, 12]
    pending = see(edited_early(asked=False))
    assert requests_of(pending) == [3, 11]
    assert place_at(pending, [3, 11], 11) == 1
    assert place_at(pending, [3, 11], 4) == 0
    back = see(given, 11)
    assert requests_of(back) == [3, 12]
    assert place_at(back, [3, 12], 11) == 1
    assert requests_of(see(to_credit().back_to(1))) == []
