"""Frames as a cast and as an SVG: what a player and a viewer see, and that nothing in them acts."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from xml.etree import ElementTree

import pyte
import pytest
from msgspec.structs import replace

from tests.formats.branches import made
from tests.formats.test_html import ATTACKS
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadExport
from tooltrace.formats.frames.cast_events import cast_lines
from tooltrace.formats.frames.frame import Drawn, DrawnBranch, DrawnText, Frame, Look, merged
from tooltrace.formats.frames.moving_svg import svg_pieces
from tooltrace.formats.registry import export, exporter

PLAIN, LOUD = Look("#e8ecf2", "#12161d"), Look("#f2d479", "#1a2029", bold=True)
SVG = "{http://www.w3.org/2000/svg}"


def row(text: str, look: Look = PLAIN, column: int = 0) -> Drawn:
    return (DrawnText(column, len(text), text, look),)


def drawn(
    *screens: tuple[str, ...], told: str = "It did something.", pace: float = 2
) -> DrawnBranch:
    frames = tuple(Frame(tuple(map(row, screen)), told) for screen in screens)
    return DrawnBranch("refund · main", 20, 3, pace, PLAIN, frames)


def events(drawing: DrawnBranch) -> list[tuple[float, str, str]]:
    _, *lines = map(json.loads, cast_lines(drawing))
    return [(at, kind, data) for at, kind, data in lines]


def screen_after(drawing: DrawnBranch, count: int) -> list[str]:
    """What a terminal shows when so many events were played."""
    screen = pyte.Screen(drawing.columns, drawing.rows)
    stream = pyte.Stream(screen)
    for _, kind, data in events(drawing)[:count]:
        if kind == "o":
            stream.feed(data)
    return [line.rstrip() for line in screen.display]


def svg(drawing: DrawnBranch) -> ElementTree.Element:
    return ElementTree.fromstring("".join(svg_pieces(drawing)))


THREE = drawn(("one", "same", "x"), ("two", "same"), ("two", "same", "three"))


def test_a_cast_has_a_marker_at_the_end_of_each_frame() -> None:
    header = json.loads(next(iter(cast_lines(THREE))))
    assert (header["version"], header["width"], header["height"]) == (2, 20, 3)
    assert header["title"] == "refund · main"
    found = [(at, kind) for at, kind, _ in events(THREE)]
    assert found == [
        *[(0, "o"), (1.999, "m"), (2, "o"), (3.999, "m"), (4, "o"), (5.999, "m"), (6, "o")]
    ]
    assert {data for _, kind, data in events(THREE) if kind == "m"} == {"It did something."}


def test_a_terminal_shows_each_frame_whole() -> None:
    assert screen_after(THREE, 1) == ["one", "same", "x"]
    assert screen_after(THREE, 3) == ["two", "same", ""]
    assert screen_after(THREE, 5) == ["two", "same", "three"]


def test_only_rows_that_differ_are_sent() -> None:
    sent = [data for _, kind, data in events(THREE) if kind == "o"]
    assert "same" in sent[0]
    assert "same" not in sent[1] and "same" not in sent[2] and "two" not in sent[2]


def test_what_is_wide_does_not_move_what_comes_after_it() -> None:
    pieces = (DrawnText(0, 4, "漢字", PLAIN), DrawnText(4, 1, "|", LOUD))
    drawing = DrawnBranch("t", 20, 1, 1, PLAIN, (Frame((pieces,), "x"),))
    sent = events(drawing)[0][2]
    assert re.search("漢字\x1b\\[1;5H", sent)


def test_an_svg_has_each_row_once_and_moves_by_css() -> None:
    root = svg(THREE)
    rows = root.findall(f"{SVG}defs/{SVG}g")
    texts = ["".join(text.text or "" for text in row.iter(f"{SVG}text")) for row in rows]
    assert texts == ["one", "same", "x", "two", "three"]
    frames = root.findall(f"{SVG}svg/{SVG}g/{SVG}g")
    shown = [[use.get("href") for use in frame.iter(f"{SVG}use")] for frame in frames]
    assert shown == [["#r0", "#r1", "#r2"], ["#r3", "#r1"], ["#r3", "#r1", "#r4"]]
    style = root.findtext(f"{SVG}style") or ""
    assert "animation:frames 6s step-end infinite" in style
    assert "prefers-reduced-motion" in style
    places = [float(at) for at in re.findall(r"%\{transform:translateX\((-?\d+)px\)\}", style)]
    assert [a - b for a, b in pairwise(places)] == [192, 192, 0]
    assert root.findtext(f"{SVG}title") == "refund · main"
    assert root.findtext(f"{SVG}desc") == " ".join(["It did something."] * 3)


def test_the_look_of_a_text_is_in_both() -> None:
    frame = Frame((row("loud", LOUD, column=2),), "x")
    drawing = DrawnBranch("t", 20, 1, 1, PLAIN, (frame,))
    assert "\x1b[0;1;38;2;242;212;121;48;2;26;32;41mloud" in events(drawing)[0][2]
    root = svg(drawing)
    text = next(root.iter(f"{SVG}text"))
    assert (text.get("class"), text.get("x")) == ("k0", "16.8")
    assert ".k0{fill:#f2d479;font-weight:bold}" in (root.findtext(f"{SVG}style") or "")
    ground = next(root.iter(f"{SVG}defs")).find(f"{SVG}g/{SVG}rect")
    assert ground is not None and ground.get("fill") == "#1a2029"


def test_pieces_that_look_the_same_are_one() -> None:
    found = merged([*row("ab"), *row("cd", column=2), *row("e", LOUD, 4), *row("f", LOUD, 6)])
    assert [piece.text for piece in found] == ["abcd", "e", "f"]


@pytest.mark.parametrize("words", ATTACKS, ids=lambda words: ascii(words)[:30])
def test_nothing_from_outside_acts(words: str) -> None:
    frame = Frame((row(words), row("after")), words)
    drawing = DrawnBranch(words, 40, 2, 1, PLAIN, (frame, frame))
    document = "".join(svg_pieces(drawing))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", document)
    tags = {each.tag.removeprefix(SVG) for each in ElementTree.fromstring(document).iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "defs", "g", "text", "use"}
    links = re.findall(r'(?:href|src|on\w+)="([^"]*)"', re.sub(r"&quot;", "", document))
    assert all(re.fullmatch(r"#r\d+", link) for link in links)
    for _, kind, data in events(drawing):
        ours = re.compile(r"\x1b\[(?:\?25l|2J|[\d;]*[mH])")
        left = ours.sub("", data) if kind == "o" else data
        assert left.isprintable(), data


def test_the_same_frames_give_the_same_bytes() -> None:
    for write in (cast_lines, svg_pieces):
        assert "".join(write(THREE)) == "".join(write(THREE))


@pytest.mark.parametrize("name", ["cast", "svg"])
def test_a_branch_that_nobody_drew_is_refused(name: str) -> None:
    with pytest.raises(BadExport, match=f"{name} needs the drawing of a branch"):
        list(export(made(e.UserSaid("Go.")), exporter(name)))


def test_a_picture_holds_so_many_frames_and_a_cast_any() -> None:
    many = drawn(*[(str(number),) for number in range(501)])
    branch = replace(made(e.UserSaid("Go.")), draw=lambda tree, tip: many)
    with pytest.raises(BadExport, match="it has 501 frames, and a picture holds 500: cast takes"):
        list(export(branch, exporter("svg")))
    assert b"".join(export(branch, exporter("cast"))).count(b'"m"') == 501
