"""Put the page together: one file that loads nothing, and in which nothing recorded can run.

All that was recorded stands in two data blocks as JSON, with each ``<`` as an escape, so that
nothing in them ends the block or begins a comment in it (HTML Living Standard, "Restrictions for
contents of script elements"). The page's script makes text of it and never markup. Should it err,
the policy still lets only the script and the style run whose digests it names, and nothing load.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files

from tooltrace.core.text.exact_json import DEEPEST, plain
from tooltrace.formats.html_page.page_data import PageData, array_of

__all__ = ["page", "policy"]

_PARTS = (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    '<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    '<meta name="referrer" content="no-referrer">\n',
    "<title>tooltrace</title>\n<style>{style}</style>\n</head>\n<body>\n{body}",
)


def page(data: PageData) -> Iterator[str]:
    """The page in pieces."""
    for part in _PARTS:
        yield part.format(policy=policy(), style=_file("page.css"), body=_file("page.html"))
    yield '<script type="application/json" id="head">'
    yield f"{_safe(plain(data.head, DEEPEST))}</script>\n"
    yield '<script type="application/json" id="steps">[\n'
    yield from map(_safe, array_of(data.lines))
    yield f"]</script>\n<script>{_file('page.js')}</script>\n</body>\n</html>\n"


def policy() -> str:
    """The Content-Security-Policy: our script and our style by their digests, and nothing else."""
    script, style = _digest(_file("page.js")), _digest(_file("page.css"))
    rules = ("default-src 'none'", f"script-src {script}", f"style-src {style}")
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


@cache
def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _safe(json: str) -> str:
    """JSON that says the same, in which no tag and no comment can begin."""
    return json.replace("<", "\\u003c")
