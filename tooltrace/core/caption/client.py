"""What an agent that others wrote did, in a sentence."""

from __future__ import annotations

from tooltrace.core.caption.words import Words, name, said, sentence
from tooltrace.core.model import client_events as c
from tooltrace.core.model import events as e
from tooltrace.core.model.snapshot import Snapshot

__all__ = ["asked", "attached", "delivered", "ended", "left", "sent"]

Before = Snapshot | None


def attached(record: e.Record, event: c.ClientAttached, before: Before, after: Snapshot) -> Words:
    """Whose run it is."""
    if not event.argv:
        return sentence("The run is one of an agent that was started by hand.")
    return sentence("The run is one of the agent ", said(" ".join(event.argv), 60), ".")


def asked(record: e.Record, event: c.RequestCame, before: Before, after: Snapshot) -> Words:
    """A request of it."""
    return sentence("The agent sent a request to ", name(event.path), ".")


def sent(record: e.Record, event: c.RequestSent, before: Before, after: Snapshot) -> Words:
    """Its request, edited."""
    return sentence("The request went on with what a person changed in it.")


def delivered(record: e.Record, event: c.ReplyDelivered, before: Before, after: Snapshot) -> Words:
    """The answer."""
    return sentence("The agent was given the answer, with status ", name(str(event.status)), ".")


def left(record: e.Record, event: c.ClientLeft, before: Before, after: Snapshot) -> Words:
    """It did not wait."""
    why = sentence(": ", said(event.why, 60)) if event.why else ()
    return sentence("The agent went away before it had its answer", why, ".")


def ended(record: e.Record, event: c.ClientEnded, before: Before, after: Snapshot) -> Words:
    """It is over."""
    if event.code < 0:
        return sentence("The agent was ended by signal ", name(str(-event.code)), ".")
    return sentence("The agent ended with exit code ", name(str(event.code)), ".")
