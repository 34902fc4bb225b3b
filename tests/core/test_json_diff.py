"""Secrets that were taken out compare as the values did, as far as their numbers can say."""

from __future__ import annotations

import pytest

from tooltrace.core.compare.json_diff import Pairs, alike, differences, first_difference, unnumbered


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("x [secret K #1]", "x [secret K #1]", True),
        ("x [secret K #1]", "x [secret K #2]", False),
        ("x [secret K]", "x [secret K #2]", True),
        ("[secret K #7] y", "[secret K] y", True),
        ("[secret K]", "[secret L #1]", False),
        ("[secret K]", "plain", False),
        ("[secret #1]", "[secret]", True),
        ("a [secret K] b", "a [secret K #1] c", False),
        ("[secret K] [secret K]", "[secret K #1] [secret K #2]", True),
        ("[secret", "[secret", True),
    ],
)
def test_within_a_file_numbers_count_and_an_old_file_has_none(
    old: str, new: str, same: bool
) -> None:
    assert alike(old, new) is same
    assert (first_difference({"a": [old]}, {"a": [new]}) is None) is same


def test_across_numberings_one_stands_for_one() -> None:
    pairs = Pairs()
    assert list(differences(["[secret K #4]"], ["[secret K #1]"], pairs=pairs)) == []
    assert list(differences(["[secret K #4]"], ["[secret K #1]"], pairs=pairs)) == []
    assert first_difference("[secret K #4]", "[secret K #2]", pairs=pairs) is not None
    assert first_difference("[secret K #5]", "[secret K #1]", pairs=pairs) is not None
    assert first_difference("[secret K]", "[secret K #9]", pairs=pairs) is None


def test_without_numbers() -> None:
    assert unnumbered("a [secret K #12] [secret #1] #3") == "a [secret K] [secret] #3"
