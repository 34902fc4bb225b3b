"""Content blocks below a heading: texts as they are, what stands for a picture or a document.

Each block that is no leading text is an entry of its own, so that a cursor can stand on it. Bytes
are never laid out: an entry has the place of its block, and what stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tooltrace.core.model.content_blocks import MEDIA_KINDS, content_texts, placeholder
from tooltrace.tui.rows.conversation.entry import Entry, part_key
from tooltrace.tui.rows.conversation.part import Part
from tooltrace.tui.rows.lines import Line
from tooltrace.tui.rows.markdown.markdown_lines import has_markdown

__all__ = ["Sections", "block_sections", "with_blocks"]

Sections = list[tuple[Line, tuple[Part, ...], int | None]]


def block_sections(blocks: object, part: Part) -> tuple[tuple[Part, ...], Sections]:
    """The texts that blocks begin with, and each that follows: heading, parts, its place.

    ``part`` says how texts are laid out.
    """
    first: list[Part] = []
    rest: Sections = []
    pad = " " * part.indent
    listed = blocks if isinstance(blocks, list) else []
    for index, (block, text) in enumerate(zip(listed, content_texts(listed), strict=True)):
        if isinstance(block, dict) and block.get("type") in MEDIA_KINDS:
            rest.append((((f"{pad}{placeholder(block)}", "block"),), (), index))
        elif not text.strip():
            continue
        elif rest:
            rest.append((((f"{pad}…", "dim"),), (_said(part, text),), index))
        else:
            first.append(_said(part, text))
    return tuple(first), rest


def _said(part: Part, text: str) -> Part:
    told = part.style == "text" and has_markdown(text)
    return Part(text, part.style, part.most, part.indent, part.stroke, told)


def with_blocks(entry: Entry, blocks: object, part: Part) -> Sequence[Entry]:
    """An entry and its blocks: the texts they begin with below its heading, then one for each."""
    first, rest = block_sections(blocks, part)
    found = [entry.with_parts((*first, *entry.parts))]
    for heading, parts, index in rest:
        key = part_key(entry.record, index or 0)
        found.append(Entry(key, entry.record, heading, parts, entry.ref, wraps=True, block=index))
    return found
