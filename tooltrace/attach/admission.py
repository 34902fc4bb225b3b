"""Who may ask the proxy, and for what; a request that may not is refused by name, with a reason.

A page in a browser can reach any port of this machine, so a port alone protects nothing: the path
begins with a token that only the client was given, the host has to be this one by number or by
name, and a request that a page of another site makes says so.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import get_args

from msgspec import Struct

from tooltrace.attach.endpoint import Family
from tooltrace.attach.headers import Headers, by_name

__all__ = ["Admitted", "Refused", "admitted"]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_TARGET = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*(?:\?[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?")
_ODD = re.compile(r"//|/\.{1,2}(?:/|$)|%(?:2[ef]|5c|0|1|7f)|%(?![0-9a-f]{2})", re.IGNORECASE)
_RUN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Refused(Exception):
    """A request that is not answered: ``name`` says which rule it breaks."""

    def __init__(self, status: int, name: str, why: str) -> None:
        super().__init__(why)
        self.status, self.name, self.why = status, name, why


class Admitted(Struct, frozen=True):
    """Where a request goes: ``path`` is what follows the base URL of its family, query included."""

    family: Family
    path: str
    run: str = ""


def admitted(method: str, target: str, headers: Headers, port: int, token: str) -> Admitted:
    """Where a request of the client goes. Raises Refused."""
    _check_origin(method, headers, port)
    if method not in _METHODS:
        raise Refused(405, "method", f"only {', '.join(_METHODS)} are passed on")
    if not target.startswith("/"):
        raise Refused(400, "absolute-target", "this is no proxy for other hosts")
    path, _, query = target.partition("?")
    if not _TARGET.fullmatch(target) or _ODD.search(path):
        raise Refused(400, "odd-path", "its path is none that a client of an API asks for")
    first, _, rest = path[1:].partition("/")
    if not secrets.compare_digest(first.encode(), token.encode()):
        raise Refused(404, "token", "its path does not begin with the token of this run")
    run = ""
    if rest.startswith("s/"):
        run, _, rest = rest[2:].partition("/")
        if not _RUN.fullmatch(run):
            raise Refused(404, "run", "the name of a run is letters, digits, - and _, 64 at most")
    named, slash, rest = rest.partition("/")
    family = next((one for one in get_args(Family) if one == named), None)
    if family is None:
        raise Refused(404, "family", f"after the token comes {' or '.join(get_args(Family))}")
    return Admitted(family, f"{slash}{rest}" + (f"?{query}" if query else ""), run)


def _check_origin(method: str, headers: Headers, port: int) -> None:
    said = by_name(headers)
    names = [name.lower() for name, _ in headers]
    ours = (f"127.0.0.1:{port}", f"localhost:{port}")
    if names.count(b"host") != 1 or said["host"].lower() not in ours:
        raise Refused(421, "host", "it was sent to another host than this one")
    if said.get("origin", f"http://{ours[0]}").lower() not in [f"http://{one}" for one in ours]:
        raise Refused(403, "origin", "it comes from a page of another site")
    if said.get("sec-fetch-site", "none").lower() not in ("none", "same-origin"):
        raise Refused(403, "cross-site", "it comes from a page of another site")
    if method == "OPTIONS":
        raise Refused(403, "preflight", "no other site may ask here")
    if "upgrade" in said:
        raise Refused(404, "upgrade", "websockets and other protocols are not passed on: use HTTP")
    _check_framing(names, said.get("transfer-encoding"))


def _check_framing(names: Sequence[bytes], coding: str | None) -> None:
    if coding is not None and b"content-length" in names:
        raise Refused(400, "two-lengths", "it says its length in two ways")
    if names.count(b"content-length") > 1 or names.count(b"transfer-encoding") > 1:
        raise Refused(400, "two-lengths", "it says its length twice")
