"""The command palette: every action of the registry by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tooltrace.tui.keys.keymap import action, key_label, palette

__all__ = ["Actions"]


class Actions(Provider):
    """Offers the actions of the screen below the palette."""

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        async for title, help_text, run in self._entries():
            yield DiscoveryHit(title, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        async for title, help_text, run in self._entries():
            score = matcher.match(f"{title} {help_text}")
            if score > 0:
                yield Hit(score, title, run, help=help_text)

    async def _entries(self) -> AsyncIterator[tuple[str, str, partial[Coroutine[Any, Any, None]]]]:
        for title, help_text, ident in palette():
            if hasattr(self.screen, f"action_{ident}"):
                key = key_label(action(ident).keys[0])
                run = partial(self.screen.run_action, ident)
                yield f"{title}  ({key})", help_text, run
