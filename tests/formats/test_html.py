"""``html``: one file in which all that was recorded is data, and no larger than it has to be."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.formats.branches import RECORDINGS, branches_of, made, turn
from tests.formats.test_markdown import HOSTILE, everywhere
from tooltrace.core.model import events as e
from tooltrace.formats import BranchData
from tooltrace.formats.registry import export, exporter

ATTACKS = [
    *HOSTILE,
    "</script><script>window.hit = 1</script>",
    "<!--<script>",
    "]]><svg onload=window.hit=1>",
    '"><iframe src="https://example.com">',
    "javascript:window.hit=1",
    "\u202eevil\u2066\u200b\ufeff\x00\x1b[31m\x85\u2028",
    "{policy} {style} {body}",
    "__proto__",
    "constructor",
]


def exported(branch: BranchData) -> str:
    return b"".join(export(branch, exporter("html"))).decode()


class Parts(HTMLParser):
    """What a page is made of: its tags with their attributes, and the text of its scripts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: list[str] = []
        self._inside = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = tag if tag in ("script", "style") else ""
        if self._inside:
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.blocks[-1] += data


def data_of(page: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The head and the steps, as JSON says them."""
    _, head, steps, _ = Parts(page).blocks
    return json.loads(head), json.loads(steps)


def test_the_page_is_the_same_whatever_was_recorded() -> None:
    tame = Parts(exported(everywhere("x"))).tags
    for words in ATTACKS:
        page = exported(everywhere(words))
        found = Parts(page)
        assert found.tags == tame
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]", page)
        steps = data_of(page)[1]
        assert {"text": words, "content": []} in [step["content"] for step in steps]


def test_only_our_script_and_style_may_run_and_nothing_is_loaded() -> None:
    found = Parts(exported(made(e.UserSaid("Go."))))
    style, _, _, script = found.blocks
    rules = next(a["content"] for tag, a in found.tags if a.get("http-equiv"))
    digests = [b64encode(sha256(each.encode()).digest()).decode() for each in (script, style)]
    assert rules == (
        f"default-src 'none'; script-src 'sha256-{digests[0]}'; style-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    named = {name for _, attributes in found.tags for name in attributes}
    assert not {"src", "href", "action", "style", "srcdoc"} & named
    assert not [name for name in named if name.startswith("on")]
    assert "http" not in script and "url(" not in style and "@import" not in style


def test_numbers_are_written_as_they_were_recorded() -> None:
    page = exported(made(e.UserSaid("Go."), *turn(3, [12345678901234567890, 1.0, -0.0, 1e300])))
    assert "[12345678901234567890,1.0,-0.0,1e+300]" in page


def test_branches_share_their_steps() -> None:
    branch = made(e.UserSaid("Go."), *turn(3, "first"))
    tree, returned = branch._tree, branch.records[-1]
    for number in range(8, 108):
        event = e.ToolReturned(e.CallRef(4, 0), number)
        tree.add(e.Record(number, returned.parent, "2026-01-01T00:00:07Z", "edited", event))
    head, steps = data_of(exported(BranchData.of(tree, 107)))
    assert len(steps) == 4 + 100
    assert head["shown"] == 100
    assert [b["shared"] for b in head["branches"]] == [0, *[3] * 100]
    assert all(len(b["own"]) == 1 for b in head["branches"][1:])
    assert [step["edit"] for step in steps[4:7]] == [["first", 8], [8, 9], [9, 10]]


def test_what_a_step_changed_in_the_context_stands_with_it() -> None:
    branch = made(e.UserSaid("Go."), (e.ContextEdited("n", 1), "edited"), e.ContextEdited("n", 1.0))
    steps = data_of(exported(branch))[1]
    assert [step.get("context") for step in steps] == [
        None,
        None,
        [["n", [], [1]]],
        [["n", [1], [1.0]]],
    ]


def test_each_step_says_what_it_did_and_why_the_next_follows() -> None:
    branch = made(e.UserSaid("Go."), *turn(3, "first"))
    for step in data_of(exported(branch))[1]:
        assert step["told"] == str(branch.caption(step["record"]))


@pytest.mark.parametrize("file", RECORDINGS, ids=lambda file: file.stem)
def test_every_recording_has_a_page_of_bounded_size(file: Path) -> None:
    for branch in branches_of(file):
        page = exported(branch)
        head, steps = data_of(page)
        orders: list[list[int]] = []
        for each in head["branches"]:
            elder = [] if each["elder"] is None else orders[each["elder"]]
            orders.append(elder[: each["shared"]] + each["own"])
        shown = [steps[number]["record"] for number in orders[head["shown"]]]
        assert shown == [step.record for step in branch.steps]
        assert len(page.encode()) < 100_000 + 3 * file.stat().st_size
