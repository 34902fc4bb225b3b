"""Damage at random: no line that was left alone is lost, and nothing is silent."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.store.build import history, lines_of, opened, whole
from tooltrace.core.model.errors import BadSession

LINES = lines_of(history(14))


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_bit_flips_cost_at_most_the_line_they_hit(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(LINES) - 1))
    line = bytearray(LINES[at])
    bit = data.draw(st.integers(0, 8 * (len(line) - 1) - 1))
    line[bit // 8] ^= 1 << (bit % 8)
    journal = opened(b"".join([*LINES[:at], bytes(line), *LINES[at + 1 :]]))
    expected = history(14)
    found = {r.id: r for r in whole(journal)}
    for index, record in enumerate(expected):
        if index != at:
            assert found[record.id] == record
    assert any(p.line == at + 1 for p in journal.problems)


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_mutilated_files_lose_no_line_that_was_left_alone(seed: int) -> None:
    draw = random.Random(seed)
    lines = [(index, line) for index, line in enumerate(LINES)]
    for _ in range(draw.randint(1, 5)):
        at = draw.randrange(len(lines))
        index, line = lines[at]
        match draw.randrange(7) if index >= 0 else 5:
            case 0:
                lines.insert(draw.randrange(len(lines)), (index, line))
            case 1:
                lines[at] = (-1, line[: draw.randint(1, len(line) - 9)] + b"\n")
            case 2:
                lines.insert(at, (-1, draw.randbytes(draw.randint(4, 90)) + b"\n"))
            case 3 if at + 1 < len(lines):
                lines[at : at + 2] = [(-1, line[:-1] + lines[at + 1][1])]
            case 4:
                lines.insert(at, lines.pop(draw.randrange(len(lines))))
            case 5:
                del lines[at]
            case _:
                lines[at] = (-1, line[:20] + b"\xff" + draw.randbytes(2) + line[23:])
        lines = lines or [(0, LINES[0])]
    left = {index for index, _ in lines if index >= 0}
    try:
        journal = opened(b"".join(line for _, line in lines))
    except BadSession:
        assert not left
        return
    found = {r.id: r for r in whole(journal)}
    expected = history(14)
    for index in left:
        assert found[index + 1] == expected[index]
    data = b"".join(line for _, line in lines).rstrip(b"\n")
    assert journal.problems or data == b"".join(LINES[: len(lines)])[:-1]
