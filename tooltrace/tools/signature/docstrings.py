"""A docstring as what the model reads: a description, and a text for each argument.

The parser knows the parameters of all the usual styles, but drops or misplaces what stands after
them: notes, warnings, examples, errors. Those often say how a tool may be used, so they are cut out
before it parses, and follow the description as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import docstring_parser
from docstring_parser import DocstringStyle
from msgspec import Struct

__all__ = ["Docs", "read_docstring"]


class Docs(Struct, frozen=True):
    """What was read; ``arguments`` are texts by parameter name."""

    text: str
    arguments: dict[str, str]


_GOOGLE_KEPT = re.compile(r"(?:Arguments|Args|Parameters|Params|Attribute|Attributes|Returns):\s*")
_GOOGLE_LOST = re.compile(r"(?:Raises|Exceptions|Except|Examples?|Yields):\s*")
_FIELD_KEPT = re.compile(
    r"[:@](?:param|parameter|arg|argument|attribute|key|keyword|type|returns?|rtype)\b[^:]*:"
)
_FIELD_LOST = re.compile(r"[:@](\w+)\b\s*([^:]*):\s?")
_DIRECTIVE = re.compile(r"\.\.\s+([A-Za-z-]+)::\s*")
_UNDERLINE = re.compile(r"-{3,}\s*")
_NUMPY_KEPT = re.compile(
    r"(?:(?:Other |Receives )?(?:Parameters|Params|Arguments|Args)|Attributes|Returns)\s*"
)


def read_docstring(doc: str) -> Docs:
    """The description and the arguments of a docstring whose indentation is cleaned.

    Never raises: what cannot be parsed is a description as it is.
    """
    try:
        whole = docstring_parser.parse(doc)
        rest, lost = _split(doc, whole.style)
        parsed = docstring_parser.parse(rest) if lost else whole
    except docstring_parser.ParseError:
        return Docs(doc, {})
    described = [part for part in (whole.short_description, whole.long_description) if part]
    known = _words("\n\n".join(described))
    if parsed.returns is not None and parsed.returns.description:
        described.append(f"Returns {parsed.returns.description}")
    more = "\n".join(text for text in lost if _words(text) not in known)
    if more.strip():
        described.append(re.sub(r"\n{3,}", "\n\n", more))
    arguments = {
        found.arg_name.lstrip("*"): found.description
        for found in parsed.params
        if found.description
    }
    return Docs("\n\n".join(part.strip() for part in described), arguments)


def _words(text: str) -> str:
    return " ".join(text.split())


def _split(doc: str, style: DocstringStyle | None) -> tuple[str, list[str]]:
    """The docstring without what the parser would lose, and that, as the model may read it."""
    if style is DocstringStyle.NUMPYDOC:
        blocks, kept, lost = _numpy_blocks(doc), _NUMPY_KEPT.fullmatch, None
    elif style is DocstringStyle.GOOGLE:
        blocks, kept, lost = _blocks(doc), _GOOGLE_KEPT.fullmatch, _GOOGLE_LOST.fullmatch
    else:
        blocks, kept, lost = _blocks(doc), _FIELD_KEPT.match, _FIELD_LOST.match
    return _divided(blocks, kept, lost)


_Matches = Callable[[str], object]


def _divided(
    blocks: Iterator[list[str]], kept: _Matches, lost: _Matches | None
) -> tuple[str, list[str]]:
    """What comes before the first section stays, and so do the sections that are kept."""
    rest: list[str] = []
    others: list[str] = []
    begun = False
    for block in blocks:
        stays = bool(kept(block[0]))
        ends = bool(rest) if lost is None else bool(lost(block[0]))
        begun = begun or stays or ends
        if stays or not begun:
            rest += block
        else:
            others.append("\n".join(_plainly(block)))
    return "\n".join(rest), others


def _blocks(doc: str) -> Iterator[list[str]]:
    """Each line that is not indented, with the indented and blank ones below it."""
    block: list[str] = []
    for line in doc.splitlines():
        if block and line and not line[0].isspace():
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _numpy_blocks(doc: str) -> Iterator[list[str]]:
    """What stands before the first underlined title, then each title with all below it."""
    lines = doc.splitlines()
    begins = [at for at in range(len(lines) - 1) if _UNDERLINE.fullmatch(lines[at + 1])]
    begins = [at for at in begins if lines[at].strip()]
    for begin, end in zip([0, *begins], [*begins, len(lines)], strict=True):
        if begin < end:
            yield lines[begin:end]


def _plainly(block: list[str]) -> list[str]:
    """The lines without the marks of a docstring's style."""
    first = block[0]
    if len(block) > 1 and _UNDERLINE.fullmatch(block[1]):
        return [f"{first.strip()}:", *block[2:]]
    if (found := _DIRECTIVE.match(first)) is not None:
        head = f"{found[1].capitalize()}: {first[found.end() :]}".rstrip()
        return [head, *block[1:]]
    if first[:1] in ":@" and (found := _FIELD_LOST.match(first)) is not None:
        of = f" {found[2]}" if found[2] else ""
        return [f"{found[1].capitalize()}{of}: {first[found.end() :]}".rstrip(), *block[1:]]
    return block
