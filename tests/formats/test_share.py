"""A share: secrets go, and are listed; ids, signatures and everything else stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import call
from tests.formats.branches import RECORDINGS, branches_of, made, text, turn, use
from tests.formats.test_html import exported
from tooltrace.core.model import events as e
from tooltrace.core.model.notes import BranchNamed
from tooltrace.core.text.redact import Redactor, SecretNumbers
from tooltrace.formats import BranchData
from tooltrace.formats.share import shared

KEY = "sk-ant-api03-" + "Zq8xW2vB7nM4kL9pR6tY" * 4
SIGNED = "Eq" + "sk-ant-api03-" + "Ab1Cd2Ef3Gh4Ij5Kl6Mn" * 4
VALUE = "correct-horse-battery-81"


def hide() -> Redactor:
    return Redactor([("SHOP_PASSWORD", VALUE)], SecretNumbers())


def branch() -> BranchData:
    thought = {"type": "thinking", "thinking": f"with {VALUE}", "signature": SIGNED}
    sealed = {"type": "redacted_thinking", "data": SIGNED}
    reply = {
        "id": SIGNED,
        "role": "assistant",
        "content": [thought, sealed, text(KEY), use({"id": KEY, "p": VALUE}, ident=SIGNED)],
        "stop_reason": "tool_use",
    }
    ref = e.CallRef(4, 0)
    return made(
        e.UserSaid(f"The password is {VALUE}."),
        e.ModelCalled("d" * 64),
        e.ModelReplied(reply, request_id=SIGNED),
        e.ToolStarted(ref, "look", key=SIGNED),
        e.ToolReturned(ref, {"api_key": KEY, "rows": [VALUE]}),
    )


def test_secrets_are_listed_and_gone_everywhere() -> None:
    data = branch()
    data._tree.add(e.Record(7, None, "2026-01-01T00:00:07Z", "live", BranchNamed(1, VALUE)))
    tree, found = shared(data._tree, hide())
    named = {each.mark: each.records for each in found}
    assert named["[secret SHOP_PASSWORD #1]"] == (2, 4, 6, 7)
    assert len(named) == 2 and (4, 6) in named.values()
    page = exported(BranchData.of(tree, 6))
    assert VALUE not in page and KEY not in page
    assert exported(data).count(VALUE) > 3


def test_ids_and_signatures_stay_where_the_api_put_them_and_nowhere_else() -> None:
    tree, _ = shared(branch()._tree, hide())
    event = tree[4].event
    assert isinstance(event, e.ModelReplied)
    thought, sealed, said, asked = event.reply["content"]
    assert (event.reply["id"], event.request_id) == (SIGNED, SIGNED)
    assert (thought["signature"], sealed["data"], asked["id"]) == (SIGNED, SIGNED, SIGNED)
    assert thought["thinking"] == "with [secret SHOP_PASSWORD #1]"
    assert KEY not in said["text"] and "[secret" in said["text"]
    assert KEY not in str(asked["input"]) and VALUE not in str(asked["input"])
    started = tree[5].event
    assert isinstance(started, e.ToolStarted) and started.key == SIGNED


def test_a_session_without_secrets_is_the_same_one() -> None:
    for file in RECORDINGS:
        for data in branches_of(file):
            tree, found = shared(data._tree, hide())
            if not found:
                assert exported(BranchData.of(tree, data.tip, file)) == exported(data)
                assert tree.branches() == data._tree.branches()


def test_what_others_recorded_is_cleaned_too_and_marks_of_before_are_not_told_again() -> None:
    data = made(e.UserSaid(f"{VALUE} [secret OLD #1]"), *turn(3, "a"))
    tree, found = shared(data._tree, hide())
    assert [each.records for each in found] == [(2,)]
    event = tree[2].event
    assert isinstance(event, e.UserSaid)
    assert event.text.startswith("[secret SHOP_PASSWORD #")


def test_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    session = tmp_path / "refund.jsonl"
    session.write_bytes(RECORDINGS[0].read_bytes())
    who = "Ines Duarte"
    if who.encode() not in session.read_bytes():
        session.write_bytes(
            next(f for f in RECORDINGS if who.encode() in f.read_bytes()).read_bytes()
        )
    before = session.read_bytes()
    said = call(capsys, "export", session, "--to", "html")
    assert said.code == 0 and said.err.startswith("no secrets found")
    assert who in said.out
    monkeypatch.setenv("SHOP_TOKEN", who)
    for options in (["--to", "html"], ["--to", "otlp"], ["--to", "markdown", "--share"]):
        said = call(capsys, "export", session, *options)
        assert said.code == 0 and who not in said.out and "[secret SHOP_TOKEN #1]" in said.out
        assert said.err.startswith("taken out: [secret SHOP_TOKEN #1] in #")
        assert who not in said.err
    said = call(capsys, "export", session, "--to", "html", "--no-share")
    assert said.err == "" and who in said.out
    assert session.read_bytes() == before
