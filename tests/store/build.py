"""Records to write, and what is asserted of a session read back."""

from __future__ import annotations

from pathlib import Path

from tests.store.memory import Memory
from tooltrace.core.model.events import Record, RunStarted, Unknown, UserSaid
from tooltrace.core.model.notes import NOTES
from tooltrace.core.model.workflow import StateSpec, ToolSpec, Transition, WorkflowSpec
from tooltrace.store import Journal
from tooltrace.store.lines import encode

PATH = Path("/refund.jsonl")
AT = "2026-11-23T13:00:00.000000Z"
WORKFLOW = WorkflowSpec(
    "refund",
    tools=(ToolSpec("fetch_order", schema={"type": "object"}, read_only=True, after=("a",)),),
    states=(StateSpec("pending", ("fetch_order",)), StateSpec("done", terminal=True)),
    initial="pending",
    rows=(Transition(("fetch_order",), "pending", "done", save={"order": "result"}),),
)


def root(number: int = 1) -> Record:
    return Record(number, None, AT, "live", RunStarted(WORKFLOW, session="s"))


def said(number: int, text: str = "", parent: int | None = None) -> Record:
    text = text or f"what was said in {number}"
    return Record(number, number - 1 if parent is None else parent, AT, "live", UserSaid(text))


def history(count: int) -> list[Record]:
    return [root(), *(said(number) for number in range(2, count + 1))]


def write(path: Path, records: list[Record]) -> list[bytes]:
    """Write a session by hand; its lines, newlines included."""
    lines = [encode(record) for record in records]
    path.write_bytes(b"".join(lines))
    return lines


def whole(journal: Journal) -> list[Record]:
    """The records that were read, placeholders left out."""
    return [r for r in journal.records if not is_placeholder(r)]


def is_placeholder(record: Record) -> bool:
    return isinstance(record.event, Unknown) and record.event.type == "damaged"


def assert_tree(records: list[Record]) -> None:
    """Ids ascend, and every parent came before."""
    seen: set[int] = set()
    for record in records:
        assert not seen or record.id > max(seen)
        assert record.parent is None or record.parent in seen or record.event.name in NOTES
        seen.add(record.id)


def last_place(records: list[Record]) -> int:
    """The last record that another one can follow."""
    return next(r.id for r in reversed(records) if r.event.name not in NOTES)


def problems(journal: Journal) -> list[str]:
    return [str(problem) for problem in journal.problems]


def opened(data: bytes) -> Journal:
    """Open the bytes, add a record, open again: what was read must be the same."""
    disk = Memory(data)
    journal = Journal.open(PATH, writable=True, files=disk)
    assert disk.after_kill() == data
    assert_tree(journal.records)
    number = journal.next_id
    if number < 2**53:
        journal.append(said(number, parent=last_place(journal.records)))
        again = Journal.open(PATH, files=Memory(disk.after_kill()))
        assert again.records[-1].id == number
        assert_tree(again.records)
        if not is_placeholder(again.records[-2]):
            assert again.records[:-1] == journal.records
            # The newline that was missing is written before anything else is.
            assert problems(again) == [p for p in problems(journal) if "no newline" not in p]
    return journal


def lines_of(records: list[Record]) -> list[bytes]:
    return [encode(record) for record in records]
