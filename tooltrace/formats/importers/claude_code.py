"""``claude_code``: session files of Claude Code, ``~/.claude/projects/FOLDER/SESSION.jsonl``.

The format is not documented; this follows real files of versions 1.0 and 2.1. One reply stands on
several lines with the same ``message.id``, each of which repeats its usage. ``parentUuid`` has two
children also where calls were only made side by side, so that a branch begins only where it leads
back behind a whole reply or a person's words. Subagents are runs of their own, and so is what
follows when the conversation was compacted.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from typing import Any

from tooltrace.core.model.events import Record
from tooltrace.core.model.workflow import ToolSpec
from tooltrace.formats.import_registry import Importer
from tooltrace.formats.imported.claude_code_chain import Chain, said_by
from tooltrace.formats.imported.recorder import Recorder
from tooltrace.formats.source.json_parts import decode
from tooltrace.formats.source.source_file import PAUSE, SourceFile

__all__ = ["IMPORTER"]

_Line = dict[str, Any]
_LINES_LOOKED_AT = 25
_CALL = b'"tool_use"'
_NAME = re.compile(rb'"tool_use",\s*"id":\s*"[^"\\]*",\s*"name":\s*"([^"\\]{1,200})"')


def sniff(source: SourceFile) -> bool:
    """Whether one of the first lines is a message in Claude Code's envelope."""
    if source.head.lstrip().startswith(b'{"loglines"') or b'"loglines":' in source.head[:200]:
        return True
    for line in source.head.split(b"\n")[:_LINES_LOOKED_AT]:
        if line.startswith(b'{"id":') or not line.startswith(b"{"):
            continue
        if b'"sessionId":' in line and b'"type":' in line:
            return True
        if b'"summary"' in line and b'"leafUuid":' in line:
            return True
    return False


def read(source: SourceFile, out: Recorder, follow: bool) -> Iterator[Record | None]:
    """The main conversation, then its subagents and what was compacted, each a run of its own."""
    reader = _Reader(source, out, tools=_tools(source))
    for line in _lines(source, follow):
        if line is PAUSE:
            yield from reader.pause(source.quiet)
            yield None
        else:
            yield from reader.take(line)
    yield from reader.end()


def _tools(source: SourceFile) -> tuple[ToolSpec, ...]:
    """The tools that the file calls, by a look through it; one that is missed is declared later.

    The file does not say which tools there were.
    """
    names: dict[str, None] = {}
    for chunk in source.chunks():
        at = chunk.find(_CALL)
        while at >= 0:
            if found := _NAME.match(chunk, at):
                names.setdefault(found[1].decode("utf-8", "replace"))
            at = chunk.find(_CALL, at + 1)
    source.problems.clear()  # They come again when it is read.
    return tuple(map(ToolSpec, names))


def _lines(source: SourceFile, follow: bool) -> Iterator[bytes]:
    if b'"loglines"' not in source.head[:200]:
        yield from source.lines(follow)
        return
    for part in source.parts(("loglines",)):
        if part.element:
            yield part.data


class _Reader:
    """Hands each line to the conversation that it belongs to.

    In a subagent's own file, ``of`` is that subagent's: all lines of it are marked as aside there.
    """

    def __init__(
        self,
        source: SourceFile,
        out: Recorder,
        of: Chain | None = None,
        tools: tuple[ToolSpec, ...] = (),
    ) -> None:
        self._source, self._out, self._tools = source, out, tools
        self._main = of or Chain(out, tools)
        self._aside = of is not None
        self._chains: dict[str, Chain] = {}
        """By the uuid of a line: whose it is, if it is a subagent's."""
        self.agents: dict[str, str] = {}
        """Subagents with files of their own, and what is known of the call that began them."""
        self._by_prompt: dict[str, str] = {}
        self._all = [self._main]
        self._compactions = 0

    def take(self, data: bytes) -> Iterator[Record]:
        """One more line of the file."""
        try:
            line = decode(data)
        except (ValueError, RecursionError) as error:
            self._out.counts.damaged += 1
            text = data.decode("utf-8", "replace")
            yield from self._main.keep("damaged_line", text, None, str(error) or "no JSON")
            return
        if not isinstance(line, dict):
            yield from self._main.keep("line", line, None, "it is no object")
            return
        known = len(self._all)
        chain = self._chain(line)
        if len(self._all) > known:
            yield from self._main.begin()
        kind, message = line.get("type"), line.get("message")
        if kind == "assistant" and isinstance(message, dict):
            yield from chain.replied(line, message)
            self._note_calls(message)
        elif kind == "user" and isinstance(message, dict):
            if line.get("isCompactSummary") and chain.began:
                chain = yield from self._compacted(chain)
            yield from chain.user(line, message)
            self._note_agent(line, message)
        else:
            yield from chain.keep(str(kind or "line"), line, line.get("timestamp"))

    def _chain(self, line: _Line) -> Chain:
        if self._aside or not line.get("isSidechain"):
            return self._main
        parent, uuid = line.get("parentUuid"), line.get("uuid")
        chain = self._chains.get(parent) if isinstance(parent, str) else None
        if chain is None:
            about = self._by_prompt.pop(said_by(line), "")
            told = f"the subagent of {about}" if about else "a subagent: its call is not told"
            chain = Chain(self._out, self._tools, f"subagent {len(self._all)}", told)
            self._all.append(chain)
        if isinstance(uuid, str):
            self._chains[uuid] = chain
        return chain

    def _compacted(self, chain: Chain) -> Generator[Record, None, Chain]:
        """What follows stands in a request that no longer has what came before: another run."""
        yield from chain.end()
        self._compactions += 1
        told = f"goes on after the conversation was compacted at #{chain.tip}"
        fresh = Chain(self._out, self._tools, f"compacted {self._compactions}", told)
        self._all[self._all.index(chain)] = fresh
        if chain is self._main:
            self._main = fresh
        for uuid in [uuid for uuid, one in self._chains.items() if one is chain]:
            self._chains[uuid] = fresh
        return fresh

    def _note_calls(self, message: _Line) -> None:
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            match block:
                case {"type": "tool_use", "name": str(name), "input": {"prompt": str(prompt)}}:
                    described = block["input"].get("description")
                    what = f": {described}" if isinstance(described, str) else ""
                    self._by_prompt[prompt] = f"the call {name} {block.get('id')}{what}"

    def _note_agent(self, line: _Line, message: _Line) -> None:
        match line.get("toolUseResult"), message.get("content"):
            case {"agentId": str(agent)}, [{"tool_use_id": ident}, *_]:
                self.agents.setdefault(agent, f"the call {ident}")

    def pause(self, quiet: bool) -> Iterator[Record]:
        """There is no more for now; where nobody writes, a reply waits for no more lines."""
        for chain in self._all:
            yield from chain.pause(quiet)

    def end(self) -> Iterator[Record]:
        """All was read; the files of subagents come last."""
        for chain in self._all:
            yield from chain.end()
        done: set[str] = set()
        while waiting := [agent for agent in self.agents if agent not in done]:
            for agent in waiting:
                done.add(agent)
                yield from self._agent(agent, self.agents[agent])

    def _agent(self, agent: str, call: str) -> Iterator[Record]:
        name = f"agent-{agent}.jsonl"
        file = self._source.beside(name) or self._source.beside(
            self._source.path.stem, "subagents", name
        )
        if file is None:
            return
        chain = Chain(
            self._out, self._tools, f"subagent {agent}", f"the subagent of {call}, in {name}"
        )
        inner = _Reader(file, self._out, chain, self._tools)
        for data in file.lines():
            yield from inner.take(data)
        for one in inner._all:
            yield from one.end()
        for other, its_call in inner.agents.items():
            self.agents.setdefault(other, its_call)
        self._source.problems += file.problems


IMPORTER = Importer("claude_code", "session files of Claude Code", sniff, read, follows=True)
