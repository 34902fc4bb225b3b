"""Which keys of the registry the tests press: each says so, and one test asks for all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tooltrace.tui.keys.keymap import action

__all__ = ["PRESSED", "each", "presses"]

Test = Callable[..., Awaitable[None]]
PRESSED: set[tuple[str, str]] = set()


def presses(ident: str, *keys: str) -> Callable[[Test], Test]:
    """Says which keys a test presses; without any, all keys of the action."""
    known = action(ident).keys
    assert set(keys) <= set(known)
    PRESSED.update((ident, key) for key in keys or known)
    return lambda test: test


def each(ident: str) -> pytest.MarkDecorator:
    """A test that is run once for every key of an action."""
    presses(ident)
    return pytest.mark.parametrize("key", action(ident).keys)
