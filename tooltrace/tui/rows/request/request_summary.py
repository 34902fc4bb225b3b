"""What is to be known of a request before its parts are read: size, what is new, and the cache."""

from __future__ import annotations

from tooltrace.core.compare.part_diff import PartChange
from tooltrace.core.compare.request_parts import RequestPart
from tooltrace.models.request_change import RequestChange
from tooltrace.models.request_report import RequestReport
from tooltrace.tui.rows.lines import Line, wrap
from tooltrace.tui.rows.request.part_rows import share_words

__all__ = ["answered_words", "change_words", "part_name", "request_summary", "request_title"]

_NAME = 8


def request_title(report: RequestReport) -> str:
    """Which request it is."""
    return "The next request" if report.called is None else f"Request #{report.called}"


def answered_words(report: RequestReport) -> str:
    """Who was asked, or will be."""
    match report.answers, report.called:
        case "model", None:
            return f"goes out next, to {report.model}"
        case "model", _:
            return f"sent to {report.model}"
        case "recording", _:
            return "answered from a recording: nothing was sent"
        case "script", _:
            return "a script answers: this is what a model would be sent"
        case _:
            return f"{report.model} answers: this is what the Messages API would be sent"


def request_summary(report: RequestReport, width: int, cost: str = "") -> list[Line]:
    """The lines above the parts, each at most ``width`` cells; ``cost`` is that of an edit."""
    told = [("tokens", _size(report), "text")]
    for name, where, change in (
        ("since", "", report.before),
        ("beside", " on another branch", report.elsewhere),
    ):
        if change is not None:
            text, style = change_words(change)
            told.append((name, f"#{change.other}{where}: {text}", style))
    if report.before is None and report.elsewhere is None:
        told.append(("since", "it is the first request on this branch", "text"))
    if cost:
        told.append(("edited", cost, "warn"))
    if report.system_from:
        text = (
            f"{report.system_from}, a function of the author's, says it when the request goes out"
        )
        told.append(("system", text, "warn"))
    lines: list[Line] = []
    for name, text, style in told:
        for index, part in enumerate(wrap(text, max(20, width - _NAME - 1))):
            label = name if index == 0 else ""
            lines.append(((f"{label:<{_NAME}} ", "dim"), (part, style)))
    return lines


def _size(report: RequestReport) -> str:
    told = [f"{'' if report.counted else '≈ '}{report.tokens:,}"]
    if share := share_words(report.tokens, report.window):
        told.append(f"{share} of {report.window:,}")
    used = report.usage
    if used is not None and (used.cache_read or used.cache_written):
        told.append(f"{used.cache_read:,} from the cache, {used.cache_written:,} written to it")
    marks = sum(each.part.cache is not None for each in report.parts)
    told.append(f"{marks or 'no'} cache breakpoint{'' if marks == 1 else 's'}")
    return " · ".join(told)


def change_words(change: RequestChange) -> tuple[str, str]:
    """What is new since the other request, what a cache that holds it gives of this one and why no
    more; and the style of it."""
    counts = [(change.count(verdict), verdict) for verdict in ("new", "changed", "gone")]
    counted = ", ".join(f"{count:,} {verdict}" for count, verdict in counts if count)
    text, prefix, end = counted or "the same request again", change.prefix, change.prefix.end
    if end is None:
        text += ", nothing before changed" if counted else ""
        return (
            (f"{text} · {_lost(change)}: {_why(change)}", "warn") if change.lost else (text, "ok")
        )
    kept = f"the first {prefix.parts:,} parts, ≈ {change.prefix_tokens:,} tokens, are the same"
    text += f" · {kept if prefix.parts else 'nothing at the front is the same'}, then {_end(end)}"
    text += f": {change.cause}" if change.cause is not None else ""
    return (f"{text} · {_lost(change)}" if change.lost else text), "warn"


def _lost(change: RequestChange) -> str:
    return f"{change.lost:,} cached tokens not read"


def _end(end: PartChange) -> str:
    verb = {"changed": "changed", "new": "came in", "gone": "is gone"}[end.verdict]
    return f"{part_name(end.either)} {verb}"


def part_name(part: RequestPart) -> str:
    """A part in a sentence."""
    match part.section:
        case "tools":
            return f"the tool {part.name}"
        case "system":
            return "the system prompt"
        case "settings":
            return f"the setting {part.name}"
        case _:
            number = part.path[1] if len(part.path) > 1 else 0
            return f"message {number} ({part.role} {part.name})"


def _why(change: RequestChange) -> str:
    """Why a cache gave less than it held, where nothing of what it held has changed."""
    kept, passed = change.cached_for, change.seconds
    if kept is None:
        return "the other request asked for nothing to be cached"
    if passed is not None and passed > kept:
        return f"{passed / 60:,.0f} minutes had passed, and it was cached for {kept // 60}"
    return "no record tells why"
