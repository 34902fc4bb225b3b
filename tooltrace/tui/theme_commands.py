"""The command palette: every theme by its name."""

from __future__ import annotations

from functools import partial
from typing import Protocol, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tooltrace.tui.theme_colors import OURS, theme_names

__all__ = ["Themes"]

_HELP = "draw in these colours from now on"


class _Dressed(Protocol):
    def dress(self, name: str) -> None: ...


class Themes(Provider):
    """Offers our themes before anything is typed, and all that there are by name."""

    async def discover(self) -> Hits:
        """Ours."""
        for name in OURS:
            yield DiscoveryHit(f"Theme: {name}", self._dress(name), help=_HELP)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for name in theme_names():
            title = f"Theme: {name}"
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, title, self._dress(name), help=_HELP)

    def _dress(self, name: str) -> partial[None]:
        return partial(cast(_Dressed, self.app).dress, name)
