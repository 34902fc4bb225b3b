"""Who is let in, by what a request says of itself."""

from __future__ import annotations

import pytest

from tooltrace.cli.serve.access import Access, PageRequest

HOST = "127.0.0.1:8000"


def refused(access: Access, **given: object) -> str | None:
    asked = {"host": HOST, "origin": f"http://{HOST}", "token": None, "cookie": access.cookie}
    return access.refusal(PageRequest(**{**asked, "socket": True, **given}))  # type: ignore[arg-type]


def test_our_own_page_with_its_cookie_is_let_in() -> None:
    access = Access()
    assert refused(access) is None
    assert refused(access, origin=None, socket=False) is None
    for host in ("localhost:8000", "LOCALHOST:9000", "[::1]:8000", "127.0.0.1"):
        assert refused(access, host=host, origin=f"http://{host}") is None


def test_the_token_shows_the_page_and_presses_no_keys() -> None:
    access = Access()
    assert refused(access, cookie=None, token=access.token, origin=None, socket=False) is None
    assert refused(access, cookie=None, token=access.token) is not None
    assert refused(access, cookie=access.token) is not None


@pytest.mark.parametrize(
    "host",
    [
        *(None, "", "evil.example:8000", "127.0.0.1.evil.example", "127.0.0.2:8000"),
        *("0.0.0.0:8000", "localhost:8000@evil.example", "localhost:", "localhost:8000/"),
        *("x\n127.0.0.1", "127.0.0.1\n"),
    ],
)
def test_another_name_of_this_machine_is_refused(host: str | None) -> None:
    assert "by the name of this machine" in str(refused(Access(), host=host, origin=None))


@pytest.mark.parametrize(
    "origin",
    [
        *(None, "null", "", "http://evil.example", "http://127.0.0.1:3000", "file://"),
        *("https://127.0.0.1:8000", "http://localhost:8000", "http://127.0.0.1:8000.evil.example"),
    ],
)
def test_another_page_presses_no_keys(origin: str | None) -> None:
    access = Access()
    assert refused(access, origin=origin) is not None
    if origin is not None:
        assert refused(access, origin=origin, token=access.token, socket=False) is not None


@pytest.mark.parametrize("given", [None, "", "x", "ü" * 32, "\ud800"])
def test_without_the_secret_nothing_is_shown(given: str | None) -> None:
    access = Access()
    assert "the address that tooltrace serve printed" in str(
        refused(access, cookie=given, token=given, socket=False)
    )


def test_no_two_servers_have_a_secret_in_common() -> None:
    one, other = Access(), Access()
    assert len({one.token, one.cookie, other.token, other.cookie}) == 4
    assert min(map(len, (one.token, one.cookie))) >= 32
