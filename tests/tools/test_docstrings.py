"""What a docstring instructs reaches the model, in whichever style it is written."""

from __future__ import annotations

import inspect

import pytest

from tooltrace.tools.signature.docstrings import read_docstring

GOOGLE = """Pay back.

Only once.

Args:
    amount: how much,
        in euros.
    reason (str): why

Raises:
    ValueError: when it is too much.

Returns:
    dict: the receipt.

Note:
    Never twice.

Warnings:
    Costs money.

Examples:
    >>> pay(1)
    2

Call it last.
"""

NUMPY = """Pay back.

Only once.

Parameters
----------
amount : int
    how much,
    in euros.
reason : str, optional
    why

Returns
-------
dict
    the receipt.

Raises
------
ValueError
    when it is too much.

Notes
-----
Never twice.

Warnings
--------
Costs money.

Examples
--------
>>> pay(1)
2

Call it last.
"""

REST = """Pay back.

Only once.

:param amount: how much,
    in euros.
:param str reason: why
:raises ValueError: when it is too much.
:returns: the receipt.
:rtype: dict

.. note:: Never twice.

.. warning::
    Costs money.

Example::

    >>> pay(1)
    2

Call it last.
"""


@pytest.mark.parametrize("doc", [GOOGLE, NUMPY, REST])
def test_every_section_is_heard(doc: str) -> None:
    read = read_docstring(inspect.cleandoc(doc))
    assert read.arguments == {"amount": "how much,\nin euros.", "reason": "why"}
    assert read.text.startswith("Pay back.\n\nOnly once.\n\nReturns the receipt.\n\nRaises")
    for words in (
        *("ValueError", "when it is too much.", "Note", "Never twice.", "Warning"),
        *("Costs money.", "Example", ">>> pay(1)\n", "Call it last."),
    ):
        assert read.text.count(words) == 1, words
    for mark in ("---", "..", "Args", "Parameters", ":param", "rtype"):
        assert mark not in read.text.replace("...", "")


def test_sections_before_the_arguments_are_heard_once() -> None:
    read = read_docstring("Pay.\n\nNote:\n    Once.\n\nArgs:\n    a: first\n\nTip:\n    Late.")
    assert read.text == "Pay.\n\nNote:\n    Once.\n\nTip:\n    Late."
    assert read.arguments == {"a": "first"}


@pytest.mark.parametrize(
    ("doc", "text"),
    [
        ("", ""),
        ("Pay.", "Pay."),
        ("Pay.\n\nCareful: this is text.\nNote: so is this.", None),
        ("Pay.\n\nArgs:\n    a: first\n\nReturns:\n    it", "Pay.\n\nReturns it"),
        ("Pay.\n\n@param a: first\n@raise ValueError: bad", "Pay.\n\nRaise ValueError: bad"),
    ],
)
def test_what_has_no_such_sections_stays_as_it_was(doc: str, text: str | None) -> None:
    assert read_docstring(doc).text == (doc if text is None else text)
