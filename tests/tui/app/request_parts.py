"""Going to the parts of a request on the screen, and writing into the editor, for tests."""

from __future__ import annotations

from typing import Any

from tests.core.given import Given, call
from tests.models.asked import answered, shop
from tests.models.live import MODEL, alone  # noqa: F401 - no key or profile of the machine's own
from tests.tui.app.driven import Driven
from tests.tui.app.of_given import debugger_of
from tests.tui.app.test_request import parts
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger
from tooltrace.tui.rows.request.part_rows import PartRow, SectionRow
from tooltrace.tui.widgets.inputs import ValueArea


def twice() -> Given:
    """Two turns with a result each, where the model is asked next."""
    given = answered(shop(), call("fetch_order", order_id="1001"), written=1200)
    given.returns("fetch_order", {"id": "1001", "total": 59.9})
    given.moves("validating")
    answered(given, call("check_policy", order_id="1001"), read=1200, written=150)
    return given.returns("check_policy", {"eligible": True}).moves("crediting")


def at_request(given: Given) -> Debugger:
    return debugger_of(given)


async def to_part(d: Driven, section: str, name: str = "", nth: int = 0) -> PartRow | SectionRow:
    """Put the cursor on a part; on the section's heading without a name."""
    found = [at for at, item in enumerate(parts(d).items) if _is(item, section, name)]
    parts(d).cursor_to(found[nth])
    await d.settled()
    item = parts(d).selected
    assert isinstance(item, PartRow | SectionRow)
    return item


def _is(item: Any, section: str, name: str) -> bool:
    if isinstance(item, SectionRow):
        return not name and item.section == section
    there = isinstance(item, PartRow) and item.report.verdict != "gone"
    return there and (item.report.part.section, item.report.part.name) == (section, name)


async def write(d: Driven, value: str, *, replace: tuple[str, str] | None = None) -> None:
    """Put a text into the editor, and take it."""
    assert d.dialog == "EditorScreen", d.note
    area = d.app.screen.query_one(ValueArea)
    area.load_text(area.text.replace(*replace) if replace else value)
    await d.settled()
    await d.press("ctrl+s")


def head(d: Driven) -> e.Event:
    return d.view.tree[d.view.head].event
