"""Given what a server said, expect whether and when to ask again."""

from __future__ import annotations

import pytest

from tooltrace.models.live.retry_after import lost, retry_after, retryable

NOW = 1_795_000_000.0  # Wed, 18 Nov 2026 11:06:40 GMT


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": " 3 "}, 3.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "Wed, 18 Nov 2026 12:06:40 GMT"}, 3600.0),
        ({"retry-after": "Wed, 18 Nov 2026 12:06:40 -0000"}, 3600.0),
        ({"retry-after": "Wed, 18 Nov 2026 13:06:40 +0100"}, 3600.0),
        ({"retry-after": "Wed, 18 Nov 1926 12:06:40 GMT"}, 0.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        *(
            ({"retry-after": text}, None)
            for text in ("", "-1", "+1", "1e9", "1_000", "NaN", "-inf", "Infinity", "0x10", "٣")
        ),
        *(
            ({"retry-after": text}, None)
            for text in (
                "9" * 5_000,
                "Wed, 18 Nov 99999 12:06:40 GMT",
                "Wed",
                "\x00",
                "1;2",
                "99:99",
            )
        ),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


def test_the_server_decides_first() -> None:
    assert [retryable(status, {}) for status in (400, 404, 408, 409, 413, 422, 429)] == [
        False, False, True, True, False, False, True,
    ]  # fmt: skip
    assert all(retryable(status, {}) for status in (500, 502, 503, 504, 529, 599))
    assert retryable(400, {"x-should-retry": "true"})
    assert not retryable(529, {"x-should-retry": "false"})
    assert retryable(529, {"x-should-retry": "maybe"})


def test_what_may_pass() -> None:
    named = {name: type(name, (Exception,), {}) for name in ("ConnectError", "UnsupportedProtocol")}
    assert lost(named["ConnectError"]("refused"))
    assert lost(ExceptionGroup("all", [named["ConnectError"]("refused")]))
    assert not lost(named["ConnectError"]("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"))
    assert not lost(named["UnsupportedProtocol"]("ftp"))
    assert not lost(None)
