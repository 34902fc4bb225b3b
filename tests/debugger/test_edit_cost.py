"""What an edit costs before it is sent: cached tokens read anew, thinking that may be refused."""

from __future__ import annotations

from tests.core.given import Given, call
from tests.models.asked import answered, shop
from tooltrace.core.model import events as e
from tooltrace.debugger.edit.request_cost import EditCost, edit_cost, pending_edit


def asked(written: int = 1200, **settings: object) -> Given:
    given = answered(shop(**settings), call("fetch_order", order_id="1001"), written=written)
    return given.returns("fetch_order", {"id": "1001"}).moves("validating")


def cost(given: Given, event: e.Event) -> EditCost:
    given.append(event, "edited")
    return edit_cost(given.tree, given.at)


def test_nothing_is_said_where_nothing_is_lost() -> None:
    given = asked()
    assert not pending_edit(given.tree, given.at)
    # What is added behind all that is cached costs nothing.
    assert str(cost(given, e.MessageAdded(4, "user", [{"type": "text", "text": "x"}]))) == ""
    assert pending_edit(given.tree, given.at)
    assert str(cost(asked(written=0), e.SystemEdited("Other."))) == ""
    assert str(cost(asked(model="scripted"), e.SystemEdited("Other."))) == ""


def test_the_earlier_the_edit_the_more_is_read_anew() -> None:
    first = cost(asked(), e.ToolEdited("fetch_order", "Other."))
    then = cost(asked(), e.SystemEdited("Other."))
    last = cost(asked(), e.MessageEdited(2, [{"type": "text", "text": "Other."}]))
    assert 1200 >= first.tokens > then.tokens > last.tokens > 0
    assert str(first).startswith("≈ 1,2") or str(first).startswith("≈ 1,1")


def test_another_model_reads_all_of_it_anew() -> None:
    given = asked()
    other = e.Settings(model="claude-haiku-5-5")
    assert cost(given, e.SettingsChanged(other)).tokens == 1200


def test_a_cache_whose_time_is_over_loses_nothing() -> None:
    given = asked()
    much_later = "2099-01-01T00:00:00+00:00"
    number = given.tree.last_id + 1
    given.tree.add(e.Record(number, given.at, much_later, "edited", e.SystemEdited("Other.")))
    assert edit_cost(given.tree, number).tokens == 0


def test_thinking_that_is_unbound_is_named() -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    given = answered(shop(), thought, call("fetch_order", order_id="1001"))
    given.returns("fetch_order", {"id": "1001"}).moves("validating")
    told = str(cost(given, e.SystemEdited("Other.")))
    assert told == (
        "the API may refuse the thinking in reply #4: the system prompt or the tools were changed"
    )
