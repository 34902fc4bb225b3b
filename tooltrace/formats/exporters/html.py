"""``html``: the session as one page that opens from a disk, with the branch shown first."""

from __future__ import annotations

from collections.abc import Iterator

from tooltrace.formats.branch_data import BranchData
from tooltrace.formats.html_page.page import page
from tooltrace.formats.html_page.page_data import PageData
from tooltrace.formats.registry import Exporter

__all__ = ["EXPORTER"]


def write(branch: BranchData) -> Iterator[str]:
    """The whole page; every other branch of the session is on it, too."""
    yield from page(PageData(branch))


EXPORTER = Exporter(
    "html",
    ".html",
    write,
    about="the session as a page for a browser, in one file",
    shares=True,
)
