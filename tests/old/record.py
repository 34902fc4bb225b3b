"""How the old files were made, each a story that a person lives through at the debugger.

``tests/old/*.jsonl`` and ``verdicts.json`` are what version 0.1.0 wrote when it went through them.
They are never made anew; today's code goes through the same stories to see that its own files hold
what those do.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from tests.debugger.sitting import Sitting
from tests.loopback import KEY, Loopback, Step, fault, reply, text, tool_use
from tests.old.flows import parcels, side_by_side
from tooltrace import Workflow
from tooltrace.assemble import Code, new_run
from tooltrace.core.model import events as e
from tooltrace.debugger.debugger import Debugger
from tooltrace.models.anthropic.port import AnthropicModel

HERE = Path(__file__).parent
MODEL = "claude-sonnet-5-5"
SECRET = "gANZ-geheim-0123456789"
WAIT = 20.0

Story = Callable[[Path], None]


class Person:
    """Somebody at the debugger over one file, through the parts that the app is made of."""

    def __init__(
        self,
        path: Path,
        workflow: Workflow,
        said: str | None = None,
        settings: e.Settings | None = None,
    ) -> None:
        code = Code(f"tests.old.flows:{workflow.name}", workflow)
        self.debugger: Debugger = new_run(code, path, settings or e.Settings(), said)

    def do(self, command: str, *args: Any, **named: Any) -> str:
        """One command; what it ended with."""
        stop = attrgetter(command)(self.debugger.submit)(*args, **named).result(WAIT)
        assert stop.kind != "error", stop
        return str(stop.kind)

    def last(self, kind: type[e.Event], nth: int = -1) -> int:
        """The record of that kind on the way, the last one unless told."""
        view = self.debugger.view()
        found = [r for r in view.path if isinstance(view.tree[r].event, kind)]
        return found[nth]

    @property
    def tip(self) -> int:
        """Where the branch ends."""
        return self.debugger.view().tip


def linear(path: Path) -> None:
    person = Person(path, parcels)
    person.do("go")
    person.debugger.close()


def forked(path: Path) -> None:
    person = Person(path, parcels, "李雷")
    person.do("go")
    whole = person.tip
    person.do("goto", person.last(e.ToolReturned, 1))
    person.do("edit.fork", "nochmal-再来")
    person.do("edit.force", "schade", "weil’s nicht geht")
    person.do("go")
    person.do("switch", whole)
    person.do("goto", person.last(e.ToolReturned, 0))
    person.do("edit.fork", "", ("quote",))
    person.do("step")
    person.debugger.close(remember=True)


def edited(path: Path) -> None:
    person = Person(path, parcels, "مريم")
    person.do("go")
    whole = person.tip
    price = person.last(e.ToolReturned, 1)
    person.do("edit.result", price, {"city": "Ödön", "preis": 99, "währung": "¥"})
    person.do("go")
    person.do("switch", whole)
    person.do("edit.result", person.last(e.ToolReturned, 0), "nur Text: Ä\ud800 \x1b[31m", True)
    person.do("step")
    person.do("switch", whole)
    said = {
        "role": "assistant",
        "content": [
            {"type": "text", "text": "Von Hand: ß"},
            {"type": "tool_use", "id": "hand", "name": "quote", "input": {"city": "Görlitz"}},
        ],
        "stop_reason": "tool_use",
    }
    person.do("edit.reply", person.last(e.ModelReplied, 1), said)
    person.do("go")
    person.do("switch", whole)
    person.do("edit.said", person.last(e.UserSaid), "👩‍👩‍👧")
    person.do("go")
    person.do("switch", whole)
    person.do("goto", person.last(e.ToolReturned, 1))
    person.do("edit.context", "notiz", {"größe": ["ü", 2**70]})
    person.do("step")
    person.debugger.close()


def faults(path: Path) -> None:
    person = Person(path, parcels)
    person.do("faults.inject", "http-529")
    person.do("edit.undo")
    person.do("faults.inject", "cut-stream")
    person.do("ask_again", 9000)
    person.do("faults.inject", "empty")
    person.do("go")
    person.do("goto", 2)
    person.do("go")
    person.do("goto", person.last(e.ModelReplied, 1))
    for wrong in ("timeout", "truncated", "instructing", "wrong-type"):
        person.do("faults.inject", wrong)
        person.do("step")
        person.do("edit.undo")
    person.debugger.close()


def parallel(path: Path) -> None:
    person = Person(path, side_by_side)
    person.do("step")
    person.do("step")
    person.do("go")
    person.do("replay.start", True)
    person.do("go")
    person.debugger.close()


def replayed(path: Path) -> None:
    person = Person(path, parcels)
    person.do("go")
    person.do("replay.start", True)
    person.do("go")
    person.do("goto", person.last(e.ToolReturned, 0))
    person.do("replay.start", False)
    person.do("go")
    person.debugger.close()


def killed(path: Path) -> None:
    """The process is gone while a tool runs, and the next record was half written."""
    linear(path)
    lines = path.read_bytes().splitlines(keepends=True)
    started = [at for at, line in enumerate(lines) if b'"type":"tool_started"' in line][2]
    path.write_bytes(b"".join(lines[: started + 1]) + lines[started + 1][:40])


def tampered(path: Path) -> None:
    """Somebody changed a recorded price by hand."""
    linear(path)
    path.write_bytes(path.read_bytes().replace(b'"preis":4.5,"w', b'"preis":5.5,"w'))


def limited(path: Path) -> None:
    """Past a limit and past a stuck verdict, and something said after the end."""
    person = Person(path, parcels, "👩‍👩‍👧", e.Settings(max_turns=2))
    person.do("go")
    person.do("go_past", 20)
    person.do("go")
    person.do("edit.say", "Danke! 谢谢 — und jetzt?")
    person.do("go")
    person.debugger.close()


@contextmanager
def _secret() -> Any:
    os.environ["KUNDEN_TOKEN"] = SECRET
    try:
        yield
    finally:
        del os.environ["KUNDEN_TOKEN"]


def secrets(path: Path) -> None:
    with _secret():
        person = Person(path, parcels, f"Jürgen mit {SECRET}")
        person.do("go")
        person.debugger.close()


class Live(Sitting):
    """A session of a live model, whose server is on this machine."""

    def __init__(self, path: Path, workflow: Workflow, server: Loopback) -> None:
        self._named = path
        model = AnthropicModel(MODEL, base_url=server.url)
        settings = e.Settings(model=MODEL)
        folder = path.parent / path.stem
        folder.mkdir()
        super().__init__(folder, workflow, "Größe?", settings=settings, model=model)

    def keep(self) -> None:
        """Leave, with the file where it was wanted."""
        self.close()
        self._named.write_bytes(self.file.read_bytes())


def _live(path: Path, *script: Step, go: int = 1) -> None:
    with Loopback(*script, key=None) as server:
        live = Live(path, side_by_side, server)
        for _ in range(go):
            live.do("go")
        live.keep()


def counted_ids(path: Path) -> None:
    """A server that counts its calls from 1 in each reply; it takes them back as they are."""
    _live(
        path,
        reply(text("Eins …"), tool_use("call_1", "quote", city="Köln")),
        reply(tool_use("call_1", "quote", city="北京"), tool_use("call_2", "quote", city="Ürümqi")),
        reply(tool_use("call_1", "book", city="Köln", preis=4)),
        reply(text("Fertig.")),
    )


def equal_ids(path: Path) -> None:
    """Two calls of one reply have one id: the tools run, and the next request cannot be sent."""
    same = [tool_use("t1", "quote", city="Köln"), tool_use("t1", "quote", city="Bern")]
    _live(path, reply(text("Zwei."), *same), reply(text("Nie.")))


def odd_names(path: Path) -> None:
    """A tool name that the API refuses, and a call without an id."""
    wrong = [tool_use("t1", "Größe?", city="Köln"), tool_use("", "quote", city="Bern")]
    _live(path, reply(*wrong), reply(text("Nie.")))


def retried(path: Path) -> None:
    """Busy, cut, refused, then answered; thinking beside a call."""
    thought = {"type": "thinking", "thinking": "Hm, ö …", "signature": "c2ln"}
    _live(
        path,
        fault(529, "overloaded_error", "Überlastet"),
        reply(thought, tool_use("toolu_1", "quote", city="Köln")),
        reply(text("Die ersten Wor"), stop_reason="max_tokens"),
        go=2,
    )


STORIES: dict[str, Story] = {
    "linear": linear,
    "forked": forked,
    "edited": edited,
    "faults": faults,
    "parallel": parallel,
    "replayed": replayed,
    "killed": killed,
    "limited": limited,
    "tampered": tampered,
    "secrets": secrets,
    "counted-ids": counted_ids,
    "equal-ids": equal_ids,
    "odd-names": odd_names,
    "retried": retried,
}


def record(name: str, folder: Path) -> Path:
    """Go through a story; the file that it leaves."""
    path = folder / f"{name}.jsonl"
    before = os.environ.get("ANTHROPIC_API_KEY")
    os.environ["ANTHROPIC_API_KEY"] = KEY
    try:
        STORIES[name](path)
    finally:
        if before is None:
            del os.environ["ANTHROPIC_API_KEY"]
        else:
            os.environ["ANTHROPIC_API_KEY"] = before
    return path
