"""A long text is read in the ways that show something of their own."""

from __future__ import annotations

import pytest

from tooltrace.tui.rows.inspector.text_views import ways_of

PLAIN = "without escapes"


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("plain", {}),
        ("[1, 2", {}),
        ('{"a": [1, 2.50]}', {"as JSON": '{\n  "a": [\n    1,\n    2.5\n  ]\n}'}),
        (
            "\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b\\ \x1b(B",
            {PLAIN: "red link "},
        ),
        ("\x9b2Jgone\x1b", {PLAIN: "gone\x1b"}),
        ("[" * 5000, {}),
    ],
)
def test_ways(text: str, ways: dict[str, str]) -> None:
    first, *others = ways_of(text)
    assert first == ("", text) and dict(others) == ways


def test_escapes_that_never_end_take_no_time() -> None:
    assert len(ways_of("\x1b]" * 300_000)) == 2
