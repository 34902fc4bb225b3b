"""The command palette: every action of the registry by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tooltrace.tui.input.offers_keys import OffersKeys

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
        if not isinstance(self.screen, OffersKeys):
            return
        for entry in self.screen.keys_here():
            run = partial(self.screen.do, entry.action.id)
            yield f"{entry.action.label.capitalize()}  ({entry.key})", entry.action.help, run
