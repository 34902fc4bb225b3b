"""Ask the model the same several times, with and without an edit: a fix, or luck?

Every request that goes out is recorded before its answer comes, on a branch of its own that is out
of view, because it costs money. The head stays where it is, no tool runs, and nothing is asked
again by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import astuple

from tooltrace.core.compare.edit_words import edits_named
from tooltrace.core.decide.budgets import dollars
from tooltrace.core.decide.next_action import asks_model, model_called, next_action, request_at
from tooltrace.core.model import events as e
from tooltrace.core.model.errors import BadCommand, NotSaved, ReadOnly
from tooltrace.core.model.notes import BranchPruned
from tooltrace.core.model.ports import Divergence, ModelAnswer
from tooltrace.core.model.snapshot import Usage, replace
from tooltrace.debugger.edit.edits import free_name
from tooltrace.debugger.sampling.baseline import pending
from tooltrace.debugger.sampling.samples import Budget, Sample, Samples, Side
from tooltrace.debugger.session.session import Session
from tooltrace.engine.engine import Ports

__all__ = ["AT_ONCE", "MOST", "Sampler"]

MOST = 50
"""Requests for each side, at most."""

AT_ONCE = 5
"""Requests that may be on their way at the same time."""

_BY_YOU = "stopped by you"
_GRACE = 0.3
"""Seconds that replies get to be hung up on, before they are dropped."""


class _Ask(Struct, frozen=True):
    """A request on its way: its number, its branch, and the record of the request itself."""

    number: int
    name: str
    side: Side
    begin: int
    called: int


class Sampler:
    """Asks ``k`` times for each side, on the debugger's loop.

    ``found`` are the latest samples, complete or as far as they have come; ``doing`` says in words
    what goes on now, and is empty when nothing does. ``changes`` grows with both; all
    three may be looked at from anywhere.
    """

    def __init__(self, session: Session, ports: Ports, pausing: Callable[[], bool]) -> None:
        self._session = session
        self.ports = ports
        self._pausing = pausing
        self._running: dict[asyncio.Task[Sample], _Ask] = {}
        self._stopped = ""
        self._asked: tuple[int, int | None, int | None, int | None] | None = None
        self._paid, self._spent = 0, Usage()
        self.found: Samples | None = None
        self.doing = ""
        self.changes = 0

    async def ask(self, k: int, budget: Budget) -> Samples:
        """Ask; stopped by a budget or by a person, it gives what came until then.

        Raises BadCommand, ReadOnly or NotSaved.
        """
        self._check(k, budget)
        self.found = self._begun(k, budget)
        self._stopped = ""
        sides = self.found.sides
        # In turns, so that wherever it is stopped both sides have been asked as often.
        todo = [side for _ in range(k) for side in sides]
        try:
            await self._all(todo, budget)
        except NotSaved as error:
            self._stopped = str(error)
            raise
        finally:
            await self._end()
        return self.found

    def _begun(self, k: int, budget: Budget) -> Samples:
        """Nothing yet, or the answers that were paid when the same was asked here before."""
        other = pending(self._session.tree, self._session.head)
        new = Samples(
            k,
            self._session.head,
            other.edit,
            other.without,
            other.why,
            due=other.due,
            edits=other.edits,
            edited=edits_named(self._session.tree, other.edits) if other.edits else "",
            form=self._session.snapshot.form,
        )
        before, asked = self.found, (new.head, new.edit, new.without, budget.reply_tokens)
        if before is None or asked != self._asked:
            before = Samples(0, new.head)
        self._asked, self._paid, self._spent = asked, len(before.samples), before.usage
        return replace(new, k=before.k + k, samples=before.samples, usage=before.usage)

    def _check(self, k: int, budget: Budget) -> None:
        session = self._session
        if session.read_only:
            raise ReadOnly(session.read_only)
        if not 1 <= k <= MOST:
            raise BadCommand(f"ask between 1 and {MOST} times, not {k}")
        if any(limit is not None and limit <= 0 for limit in astuple(budget)):
            raise BadCommand("a budget is above 0")
        if not asks_model(next_action(session.snapshot)):
            raise BadCommand(
                f"#{session.head} is not before a model call: stand where the model is asked next"
            )

    async def _all(self, todo: list[Side], budget: Budget) -> None:
        assert self.found is not None
        wanted, sides = len(todo), self.found.sides
        todo.reverse()
        while True:
            # One answer of each side shows what an answer costs, and fills the provider's cache.
            known = all(self.found.of(side) for side in sides)
            room = AT_ONCE if known else max(1, len(sides) - len(self.found.samples))
            while todo and len(self._running) < room and self._may_ask(budget):
                self._begin(todo.pop(), budget.reply_tokens)
            if not self._running:
                return
            self._say(
                f"asking the model {wanted}×: {len(self.found.samples) - self._paid} answered"
            )
            await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
            self._take_in()

    def _may_ask(self, budget: Budget) -> bool:
        """Whether one more request may go out; where not, it is said why."""
        if not self._stopped and self._pausing():
            self._stopped = _BY_YOU
        self._stopped = self._stopped or self._over(budget) or self._hopeless()
        return not self._stopped

    def _over(self, budget: Budget) -> str:
        """Which budget the next request would break, as far as the answers so far tell."""
        assert self.found is not None
        s, spent = self._session.snapshot, self.found.usage
        known = len(self.found.samples)
        more = (len(self._running) + 1) / known if known else 0.0
        ours = (spent.tokens - self._spent.tokens, spent.cost - self._spent.cost)
        all_of_it = (s.usage.tokens + spent.tokens, s.usage.cost + spent.cost)
        for name, tokens, cost, before, (used, paid) in (
            ("the budget", budget.tokens, budget.cost, Usage(), ours),
            ("the session's budget", s.max_tokens, s.max_cost, s.usage, all_of_it),
        ):
            least = "at least " if spent.estimated or before.estimated else ""
            if tokens is not None and used + more * spent.tokens > tokens:
                return f"stopped by {name}: {least}{used:,} of {tokens:,} tokens"
            if cost is not None and spent.unpriced:
                return f"stopped by {name}: an answer had no known price"
            if cost is not None and paid + more * spent.cost > cost:
                return f"stopped by {name}: {least}{dollars(paid)} of {dollars(cost)}"
        return ""

    def _hopeless(self) -> str:
        """After first requests that failed and would fail again, no more are sent."""
        assert self.found is not None
        fresh = (sample for sample in self.found.samples if sample.number > self._paid)
        answers = [sample.answer for sample in fresh]
        if not answers:
            return ""
        lost = all(isinstance(a, e.ModelFailed) and not a.retryable for a in answers)
        return "stopped: the first requests failed, and would again" if lost else ""

    def _begin(self, side: Side, reply_tokens: int | None) -> None:
        """Record a request on a branch of its own, and send it."""
        assert self.found is not None
        session, source = self._session, self.ports.source
        place, due = self.found.head, self.found.due
        if side == "with" or self.found.without is None:
            due = ()
        else:
            place = self.found.without
        name = free_name(session, "sample")
        begin = session.append_aside(place, e.Forked(name), source)
        session.note(BranchPruned(begin.id))
        last = begin
        for transition in due:
            last = session.append_aside(last.id, transition, source)
        settings = session.tree.snapshot_at(place).settings
        if reply_tokens is not None and reply_tokens != settings.max_tokens:
            changed = e.SettingsChanged(replace(settings, max_tokens=reply_tokens))
            last = session.append_aside(last.id, changed, source)
        s = session.tree.snapshot_at(last.id)
        called = session.append_aside(last.id, model_called(s), source)
        number = len(self.found.samples) + len(self._running) + 1
        ask = _Ask(number, name, side, begin.id, called.id)
        self._running[asyncio.ensure_future(self._answer(ask))] = ask

    async def _answer(self, ask: _Ask) -> Sample:
        request = request_at(self._session.tree.snapshot_at(ask.called))
        try:
            answer = await self.ports.model.ask(request)
        except asyncio.CancelledError:
            return self._cancelled(ask)
        if isinstance(answer, Divergence):
            wrong = e.ModelFailed("this model only repeats a recording")
            return self._sample(ask, wrong, self.ports.source)
        return self._sample(ask, answer.event, answer.source)

    def _cancelled(self, ask: _Ask) -> Sample:
        gone = e.ModelFailed("cancelled by you", kind="cancelled")
        return self._sample(ask, gone, self.ports.source)

    def _sample(self, ask: _Ask, answer: ModelAnswer, source: e.Source) -> Sample:
        try:
            owed = self._session.owe(ask.called, answer, source)
            record: int | None = self._session.pay(owed).id
        except NotSaved as error:
            record, self._stopped = None, self._stopped or str(error)
        return Sample(ask.number, ask.name, ask.side, ask.begin, record, answer, source)

    def _take_in(self) -> None:
        """Count the answers that have come."""
        assert self.found is not None
        found = self.found
        done = {task: ask for task, ask in self._running.items() if task.done()}
        fresh, faults = [], []
        for task, ask in done.items():
            del self._running[task]
            if task.cancelled():  # Before it was even sent.
                fresh.append(self._cancelled(ask))
            elif (fault := task.exception()) is not None:
                faults.append(fault)
            else:
                fresh.append(task.result())
        used = found.usage
        for one in fresh:
            used = used.answered(one.answer)
        samples = sorted((*found.samples, *fresh), key=lambda one: one.number)
        self.found = replace(found, samples=tuple(samples), usage=used)
        for fault in faults:
            raise fault

    def stop(self) -> bool:
        """Give up the requests that are on their way and send no more; False if there are none."""
        if not self._running:
            return False
        self._stopped = self._stopped or _BY_YOU
        tasks = tuple(self._running)

        def cut() -> None:
            for task in tasks:
                task.cancel()

        # A port that can hang up says what had come until then; it may know of one reply only.
        if self.ports.model.cancel():
            asyncio.get_running_loop().call_later(_GRACE, cut)
        else:
            cut()
        return True

    async def _end(self) -> None:
        """However it ended: nothing is left on its way, and all that came is counted and saved."""
        session = self._session
        if self._running:
            self.stop()
            await asyncio.wait(self._running)
            self._take_in()
        assert self.found is not None
        interrupted = self._stopped == _BY_YOU
        self.found = replace(self.found, stopped=self._stopped, interrupted=interrupted)
        self._say("")
        if self.found.samples:
            # Whoever opens the session again stands here, not on the newest sample.
            session.stand()
            session.sync()

    def _say(self, doing: str) -> None:
        self.doing = doing
        self.changes += 1

    def taken(self, number: int) -> Sample:
        """Put a sample into view, so that one can go on from it. Raises BadCommand or NotSaved."""
        sample = None if self.found is None else self.found.sample(number)
        if sample is None:
            raise BadCommand(f"there is no sample {number} here: ask first (M)")
        if sample.record is None:
            raise BadCommand(f"{sample.name} could not be saved: ask again (M)")
        self._session.note(BranchPruned(sample.branch, pruned=False))
        return sample
