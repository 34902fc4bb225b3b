"""Every screen's foot says keys that act there: each is bound, and does something."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import tooltrace.tui.dialog
import tooltrace.tui.screens
from tooltrace.tui.dialog.dialog import Dialog
from tooltrace.tui.dialog.list_dialog import ListDialog
from tooltrace.tui.input.offers_keys import OffersKeys
from tooltrace.tui.keys.keymap import in_scope


def subclasses(of: type) -> Iterator[type]:
    below: list[type] = of.__subclasses__()
    for each in below:
        yield each
        yield from subclasses(each)


def screens() -> list[type[OffersKeys]]:
    for package in (tooltrace.tui.dialog, tooltrace.tui.screens):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = {each for each in subclasses(OffersKeys) if each.__module__.startswith("tooltrace.")}
    leaves = found - {Dialog, ListDialog}
    return sorted(leaves, key=lambda each: each.__name__)


SCREENS = screens()


def bound(screen: type[OffersKeys]) -> dict[str, set[str]]:
    """The keys of a screen and of what it is made of, each with the actions it is bound to."""
    found: dict[str, set[str]] = {}
    for base in screen.__mro__:
        for binding in vars(base).get("BINDINGS", ()):
            for key in binding.key.split(","):
                found.setdefault(key.strip(), set()).add(binding.action.removeprefix("app."))
    return found


def test_all_screens_are_looked_at() -> None:
    names = {screen.__name__ for screen in SCREENS}
    assert {"EditorScreen", "PickerScreen", "ConfirmScreen", "RequestScreen", "HomeScreen"} <= names
    assert len(names) > 12


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_each_key_that_a_foot_may_say_is_bound_and_does_something(
    screen: type[OffersKeys],
) -> None:
    keys = bound(screen)
    entries = [entry for scope in (screen.SCOPE, *screen.ALSO) for entry in in_scope(scope)]
    assert entries
    for entry in entries:
        assert any(entry.id in actions for actions in keys.values()), entry.id
        if screen.SCOPE != "app":  # The session's screen makes its own from the registry.
            assert callable(getattr(screen, f"action_{entry.id}", None)), entry.id


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_what_a_screen_calls_otherwise_is_a_key_of_it(screen: type[OffersKeys]) -> None:
    entries = {entry.id for scope in (screen.SCOPE, *screen.ALSO) for entry in in_scope(scope)}
    assert set(getattr(screen, "LABELS", {})) <= entries
