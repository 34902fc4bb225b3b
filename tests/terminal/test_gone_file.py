"""What the exit code says of a session's file that was deleted while it was open."""

from __future__ import annotations

from pathlib import Path

from tests.cli.calling import spawn
from tests.terminal.pty_app import PtyApp

DELETING = """
from pathlib import Path
from tooltrace import Workflow, call, say, tool

@tool
def pay() -> str:
    "Pay."
    Path("s.jsonl").unlink()
    return "paid once"

flow = Workflow(
    "flow", tools=[pay], policy=lambda s: say("Done.") if s.result("pay") else call("pay"),
    input="Pay.",
)
"""


def test_headless_it_is_saved_beside_and_the_code_is_2(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(DELETING)
    said = spawn("run", "flow.py", "--headless", "--session", "s.jsonl", cwd=tmp_path)
    assert said.code == 2
    assert "s.jsonl was deleted while it was open: saved as s-saved.jsonl · " in said.err
    assert "s-saved.jsonl" in said.out.splitlines()[-1]
    shown = spawn("show", "s-saved.jsonl", cwd=tmp_path)
    assert shown.code == 0 and "paid once" in shown.out


def test_in_the_app_it_is_2_unless_another_name_was_given(tmp_path: Path) -> None:
    for saved in (True, False):
        file = tmp_path / f"{saved}.jsonl"
        with PtyApp("run", "refund", "--session", str(file), cwd=tmp_path) as app:
            app.wait("step 1 ")
            app.step(2)
            file.unlink()
            app.wait("was deleted while it was open")
            app.press("enter" if saved else "escape")
            app.wait(lambda text: "was deleted while" not in text or "saved as" in text)
            app.press("q")
            app.ended(0 if saved else 2)
            app.assert_restored()
            said = bytes(app.raw).decode(errors="replace")
            assert (f"{saved}-saved.jsonl" in said) == saved or not saved
        assert (tmp_path / f"{saved}-saved.jsonl").exists() == saved
