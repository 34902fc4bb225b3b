from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from textual.events import MouseScrollDown
from textual.pilot import Pilot
from textual.strip import Strip

from tests.tui.app.driven import until
from tests.tui.test_layout import Block, Prose
from tests.tui.tui_support import BATCHES, Host, assert_clean, screen_lines, screen_text
from tooltrace.tui import theme, theme_colors
from tooltrace.tui.panes.rows_pane import RowsPane
from tooltrace.tui.rows.lines import Item, Row


class Panes(Host):
    """A host of one pane that notes what the pane says."""

    def __init__(self, items: Sequence[Item], dark: bool = True) -> None:
        def make() -> RowsPane:
            pane = RowsPane(empty="nothing yet")
            pane.set_items(items)
            return pane

        super().__init__(make, dark)
        self.highlighted: list[int | None] = []
        self.chosen: list[int] = []

    def on_rows_pane_highlighted(self, event: RowsPane.Highlighted) -> None:
        self.highlighted.append(None if event.item is None else event.item.key)

    def on_rows_pane_chosen(self, event: RowsPane.Chosen) -> None:
        self.chosen.append(event.item.key)

    @property
    def pane(self) -> RowsPane:
        return self.query_one(RowsPane)


def rows(count: int, deaf: Callable[[int], bool] = lambda _: False) -> list[Item]:
    return [Row(i, ((f"row {i}.", "text"),), not deaf(i)) for i in range(count)]


def seen(app: Host) -> list[str]:
    """The lines inside the border."""
    return [line[1:-2].rstrip() for line in screen_lines(app)[1:-1]]


async def press(pilot: Pilot[object], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
    await pilot.pause()


async def test_keys_move_the_cursor_and_the_view() -> None:
    app = Panes(rows(100))
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.focus()
        await press(pilot, "home")
        assert (app.pane.cursor, app.pane.follow) == (0, False)
        assert seen(app)[:2] == ["▌row 0.", " row 1."]
        await press(pilot, "down", "down", "up")
        assert app.pane.cursor == 1
        await press(pilot, "pagedown")
        assert seen(app)[0] == "▌row 9."
        await press(pilot, "end")
        assert (app.pane.cursor, app.pane.follow) == (99, True)
        assert seen(app)[-1] == "▌row 99."
        await press(pilot, "enter")
        assert app.chosen == [99]
        assert app.highlighted[-1] == 99
        assert_clean(app)


async def test_the_cursor_passes_over_what_cannot_be_selected() -> None:
    app = Panes(rows(9, deaf=lambda i: i % 3 != 1))
    async with app.run_test(size=(40, 20)) as pilot:
        app.pane.focus()
        await press(pilot, "home")
        assert app.pane.cursor == 1
        await press(pilot, "down")
        assert app.pane.cursor == 4
        app.pane.cursor_to(8)
        assert app.pane.cursor == 7
        app.pane.cursor_to(0)
        assert app.pane.cursor == 1
        app.pane.cursor_to(4)
        assert app.pane.cursor == 4


async def test_new_items_are_followed_only_from_the_last() -> None:
    items = rows(50)
    app = Panes(items)
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.focus()
        await pilot.pause()
        assert seen(app)[-1] == "▌row 49."
        items.append(Row(50, (("row 50.", "text"),)))
        app.pane.set_items(items, 50)
        await pilot.pause()
        assert app.pane.cursor == 50
        assert seen(app)[-1] == "▌row 50."
        await press(pilot, "up", "up")
        items.append(Row(51, (("row 51.", "text"),)))
        app.pane.set_items(items, 51)
        await pilot.pause()
        assert app.pane.cursor == 48
        assert seen(app)[-1] == " row 50."


async def test_the_cursor_stays_on_its_item_when_others_come_before_it() -> None:
    app = Panes(rows(20))
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.cursor_to(5)
        new = [Row(100 + i, (("new", "text"),)) for i in range(3)]
        app.pane.set_items([*new, *rows(20)], 0)
        await pilot.pause()
        assert app.pane.selected is not None
        assert (app.pane.cursor, app.pane.selected.key) == (8, 5)
        app.pane.set_items(new, 3)
        assert app.pane.cursor == 2


async def test_going_back_and_forth_never_leaves_a_stale_line() -> None:
    app = Panes(rows(8))
    async with app.run_test(size=(40, 12)) as pilot:
        for count in (8, 3, 0, 5, 30, 2):
            app.pane.set_items(rows(count), min(count, 2))
            await pilot.pause()
            want = [f"row {i}." for i in range(count)][-10:]
            got = [line[1:] for line in seen(app) if line.strip()]
            assert got == (want or ["nothing yet"]) or [g.strip() for g in got] == ["nothing yet"]


async def test_an_item_taller_than_the_pane_is_read_line_by_line() -> None:
    app = Panes([Block(0, 1), Block(1, 30), Block(2, 1)])
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.focus()
        await press(pilot, "home", "down")
        assert seen(app)[0] == "▌1.0"
        await press(pilot, "down")
        assert seen(app)[0] == "▌1.1"
        for _ in range(19):
            app.pane.action_cursor_down()
        await pilot.pause()
        assert (app.pane.cursor, seen(app)[-1]) == (1, "▌1.29")
        await press(pilot, "down")
        assert app.pane.cursor == 2
        await press(pilot, "up", "up")
        assert app.pane.cursor == 1


async def test_the_mouse_selects_chooses_and_scrolls() -> None:
    app = Panes(rows(100))
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.cursor_to(0)
        await pilot.pause()
        await pilot.click(RowsPane, offset=(5, 4))
        assert app.pane.cursor == 3
        assert app.chosen == []
        await pilot.click(RowsPane, offset=(5, 5), times=2)
        assert app.chosen == [4]
        await pilot._post_mouse_events([MouseScrollDown], RowsPane)
        await pilot.pause()
        assert app.pane.scroll_offset.y > 0
        assert app.pane.cursor == 4


async def test_wrapped_items_are_laid_out_again_at_another_width() -> None:
    app = Panes([Prose(i, "the mug was broken " * 4) for i in range(30)])
    async with app.run_test(size=(60, 20)) as pilot:
        wide = app.pane.total
        await pilot.resize_terminal(30, 20)
        await until(lambda: app.pane.total > wide)
        await pilot.pause()
        assert all(cell_len(line) == 30 for line in screen_lines(app))


async def test_finding_goes_round_and_marks_every_match_in_sight() -> None:
    app = Panes(
        [Row(i, ((f"row {i}", "text"), (" odd" if i % 2 else " even", "dim"))) for i in range(6)]
    )
    match = theme.style("match").bgcolor
    async with app.run_test(size=(40, 12)) as pilot:
        pane = app.pane
        pane.cursor_to(0)
        assert pane.find("odd")
        assert pane.cursor == 1
        assert pane.find("odd")
        assert pane.find("odd")
        assert pane.find("odd")
        assert pane.cursor == 1
        assert pane.find("odd", -1)
        assert pane.cursor == 5
        assert not pane.find("no such text")
        assert pane.cursor == 5
        assert pane.find("row 5", here=True)
        assert pane.cursor == 5
        pane.find("odd")
        await pilot.pause()
        marked = [
            segment.text
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None and segment.style.bgcolor == match
        ]
        assert marked == ["odd"] * 3
        assert not pane.find("")
        await pilot.pause()
        assert not any(
            segment.style is not None and segment.style.bgcolor == match
            for strip in app.screen._compositor.render_strips()
            for segment in strip
        )


async def test_the_border_says_number_title_and_detail_and_focus_is_not_told_by_colour_alone() -> (
    None
):
    app = Panes(rows(3))
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.heading(1, "Conversation [/]", "/x[")
        app.screen.set_focus(None)
        await pilot.pause()
        top, bottom = screen_lines(app)[0], screen_lines(app)[-1]
        assert "1 Conversation [/]" in top
        assert "/x[" in bottom
        blurred = top[-1] + bottom[0]
        app.pane.focus()
        await pilot.pause()
        assert screen_lines(app)[0][-1] + screen_lines(app)[-1][0] != blurred


def noting_lines(pane: RowsPane) -> list[int]:
    """The lines that the pane is asked for from now on."""
    drawn: list[int] = []
    original = pane.render_line

    def render_line(y: int) -> Strip:
        drawn.append(y)
        return original(y)

    pane.render_line = render_line  # type: ignore[method-assign]
    return drawn


async def test_moving_the_cursor_draws_two_lines_not_the_pane() -> None:
    app = Panes(rows(10_000))
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.focus()
        app.pane.cursor_to(5)
        await pilot.pause()
        drawn = noting_lines(app.pane)
        await press(pilot, "down")
        assert len(set(drawn)) == 2


async def test_an_append_out_of_sight_draws_nothing_and_lays_out_nothing() -> None:
    items = rows(10_000)
    app = Panes(items)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.cursor_to(5)
        await pilot.pause()
        drawn = noting_lines(app.pane)
        items.append(Row(10_000, (("last", "text"),)))
        app.pane.set_items(items, 10_000)
        await pilot.pause()
        assert app.pane.total == 10_001
        assert drawn == []
        app.pane.action_cursor_last()
        await pilot.pause()
        assert "last" in screen_text(app)


async def test_hostile_text_in_a_pane() -> None:
    app = Panes([])
    async with app.run_test(size=(80, 24)) as pilot:
        for text in BATCHES.values():
            line = ((text, "text"), (text, "no such style"))
            app.pane.set_items([Row(0, line), Prose(1, text), Row(2, line)])
            app.pane.heading(2, text, text)
            app.pane.find(text[:50])
            for move in ("first", "down", "down", "last"):
                getattr(app.pane, f"action_cursor_{move}")()
                await pilot.pause()
                assert_clean(app)
                assert all(cell_len(shown) == 80 for shown in screen_lines(app))
            app.pane.set_items([])
            await pilot.pause()
            assert_clean(app)


async def test_the_theme_can_change_while_the_pane_is_there() -> None:
    app = Panes(rows(3))
    async with app.run_test(size=(40, 12)) as pilot:
        app.theme = "tooltrace-light"
        await pilot.pause()
        strip = app.screen._compositor.render_strips()[1]
        colors = {s.style.color.name for s in strip if s.style and s.style.color}
        assert theme_colors.LIGHT.text in colors
