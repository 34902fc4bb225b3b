"""One content block of a streamed message, from its first event to its last.

Text is collected in parts and joined when it is read, so that a long block costs what is new. The
input of a tool call is parsed once, strictly, when the block is closed: until then it is text. An
input of which some part may be elsewhere, or that says two things at once, is none.
"""

from __future__ import annotations

from typing import Any, Literal

from tooltrace.core.text.exact_json import canonical, loads
from tooltrace.core.text.sanitize import clip, one_line

__all__ = ["ContentBlock"]

Kind = Literal["text", "thinking", "input", "other"]

_FIELDS: dict[object, tuple[str, Kind]] = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "thinking"),
    "citations_delta": ("citation", "text"),
    "input_json_delta": ("partial_json", "input"),
}
"""What each known delta brings, and to which kind of block."""


class ContentBlock:
    """A block that began as ``fields``; ``wrong`` says why its input is none."""

    def __init__(self, fields: dict[str, Any]) -> None:
        kind, name = fields.get("type"), fields.get("name")
        self.open = True
        self.wrong: str | None = None
        self._fields = fields
        self._parts: dict[str, list[str]] = {}
        self.kind: Kind = "other"
        self.name = kind if isinstance(kind, str) else ""
        if kind == "text":
            self.kind = "text"
        elif kind == "thinking":
            self.kind = "thinking"
        elif "input" in fields and isinstance(name, str):
            self.kind, self.name = "input", name

    @property
    def text(self) -> str:
        """What of its text came with its beginning."""
        text = self._fields.get(self.kind)
        return text if self.kind in ("text", "thinking") and isinstance(text, str) else ""

    def add(self, delta: dict[str, Any]) -> str | None:
        """Take a delta: the text to show for it, or None when it is not known here.

        Raises ValueError when it is known and does not fit.
        """
        kind = delta.get("type")
        known = _FIELDS.get(kind) if isinstance(kind, str) else None
        if known is None:
            self.doubt(f"a delta of unknown kind, {clip(one_line(str(kind)), 60)}, came with it")
            return None
        field, of = known
        more = delta.get(field)
        if self.kind not in (of, "other"):
            raise ValueError(f"{kind} is for another kind of block than {clip(self.name, 60)}")
        if field == "citation":
            cited = self._fields.get("citations")
            self._fields["citations"] = [*(cited if isinstance(cited, list) else []), more]
            return ""
        if not isinstance(more, str):
            raise ValueError(f"{kind} has no {field}")
        if field == "signature":
            self._fields["signature"] = more
            return ""
        self._parts.setdefault(field, []).append(more)
        return more

    @property
    def is_call(self) -> bool:
        """Whether it has an input, which something is done with."""
        return self.kind == "input" or self._fields.get("type") == "tool_use"

    def doubt(self, why: str) -> None:
        """Its input, if it has one, is wrong for this reason, whatever else comes of it."""
        if self.is_call and self.wrong is None:
            self.wrong = f"the input of {self._call} may not be all of it: {why}"

    @property
    def _call(self) -> str:
        return f"tool call {clip(self.name, 60)}"

    def close(self) -> None:
        """No more of it comes. An input that is not a JSON object is wrong from here on."""
        self.open = False
        text = self._unparsed()
        if not text or self.wrong is not None:
            return
        try:
            value = loads(text, once=True)
        except ValueError as error:
            self.wrong = f"the input of {self._call} is not valid JSON: {error}"
            return
        if not isinstance(value, dict):
            self.wrong = f"the input of {self._call} is not an object"
            return
        begun = self._fields.get("input")
        if begun and canonical(begun) != canonical(value):
            self.doubt("it came twice, and not the same")
            return
        self._fields["input"] = value

    def value(self) -> dict[str, Any]:
        """The block as the Messages API shapes it, as far as it came."""
        made = dict(self._fields)
        for field, parts in self._parts.items():
            if field != "partial_json":
                begun = made.get(field)
                made[field] = (begun if isinstance(begun, str) else "") + "".join(parts)
        text = self._unparsed()
        if (self.kind == "input" or text) and (self.open or self.wrong):
            begun = made.pop("input", None)
            made["partial_json"] = text or (canonical(begun) if begun else "")
        return made

    def _unparsed(self) -> str:
        return "".join(self._parts.get("partial_json", ()))
