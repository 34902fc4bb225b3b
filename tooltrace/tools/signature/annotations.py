"""What ``Annotated`` and ``= Field(…)`` say about a value: words for the model, and limits.

Understood are plain strings, ``Doc``, ``msgspec.Meta``, ``annotated_types``, pydantic's ``Field``.
A library that a person's file has not imported cannot be in its annotations, so each is looked up
among the modules that are loaded and never imported from here.
"""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from tooltrace.core.text.sanitize import one_line

__all__ = [
    "LIMITS",
    "AnnotationFacts",
    "BadAnnotation",
    "Check",
    "field_default",
    "field_defaults",
    "is_field",
    "is_fields_mark",
    "is_pydantic",
    "loaded",
    "peeled",
]

LIMITS = (
    *("ge", "gt", "le", "lt", "multiple_of"),
    *("min_length", "max_length", "pattern", "tz"),
)
"""What may limit a value, in the words of ``msgspec.Meta``, pydantic and ``annotated_types``."""


class BadAnnotation(Exception):
    """An annotation that cannot be kept; the text says what to write instead."""


class Check(Struct, frozen=True):
    """A test that a value has to pass, in words and as code; one without a name is not told."""

    text: str
    holds: Callable[[Any], Any]
    told: bool = True


class AnnotationFacts(Struct, eq=False):
    """What the metadata of one annotation says.

    ``theirs`` means that only pydantic knows what some of it means. ``default`` gives the value of
    an argument that is left out, and ``shown`` is that value where it is always the same, else
    UNSET.
    """

    texts: list[str] = []
    extra: dict[str, Any] = {}
    limits: dict[str, Any] = {}
    checks: list[Check] = []
    theirs: bool = False
    default: Callable[[], Any] | None = None
    shown: Any = UNSET

    def words(self) -> dict[str, Any]:
        """What is told to the model beside the type and its limits."""
        text = {"description": " ".join(self.texts)} if self.texts else {}
        return {**text, **self.extra}

    def hear(self, metadata: Iterable[Any]) -> AnnotationFacts:
        """Take in metadata, in its order; what nobody here knows says nothing. Raises Unusable."""
        for item in metadata:
            self._hear(item)
        return self

    def _hear(self, item: Any) -> None:
        if isinstance(item, str):
            self._tell(item)
        elif isinstance(item, msgspec.Meta):
            self._meta(item)
        elif isinstance(item, AnnotationFacts):
            self.texts += item.texts
            for name, limit in item.limits.items():
                self._bind(name, limit)
            self.checks += item.checks
        elif is_field(item):
            self._field(item)
        elif _is(item, "typing_extensions", "Doc") or _is(item, "typing", "Doc"):
            self._tell(item.documentation)
        elif _is(item, "annotated_types", "BaseMetadata"):
            self._limit(item)
        elif _is(item, "annotated_types", "GroupedMetadata"):
            self.hear(item)
        else:
            self.theirs = self.theirs or _is_pydantics_own(item)

    def _tell(self, text: object) -> None:
        said = text.strip() if isinstance(text, str) else ""
        if said and said not in self.texts:
            self.texts.append(said)

    def _meta(self, item: msgspec.Meta) -> None:
        self._tell(item.description)
        for name in ("title", "examples"):
            if (value := getattr(item, name)) is not None:
                self.extra[name] = value
        self.extra.update(item.extra_json_schema or {})
        for name in LIMITS:
            if (value := getattr(item, name)) is not None:
                self._bind(name, value)

    def _bind(self, name: str, limit: Any) -> None:
        """Keep a limit, the narrower one if there are two."""
        there = self.limits.get(name, limit)
        if there == limit:
            self.limits[name] = limit
        elif name in ("ge", "gt", "min_length"):
            self.limits[name] = max(there, limit)
        elif name in ("le", "lt", "max_length"):
            self.limits[name] = min(there, limit)
        else:
            raise BadAnnotation(f"{name} is said twice: {there!r} and {limit!r}; keep one")

    def _field(self, item: Any) -> None:
        for name in ("alias", "validation_alias"):
            if getattr(item, name, None) is not None:
                raise BadAnnotation(f"Field({name}=…) names another argument; rename the parameter")
        self._tell(item.description)
        for name in ("title", "examples", "deprecated"):
            if (value := getattr(item, name, None)) is not None:
                self.extra[name] = value
        more = item.json_schema_extra
        if isinstance(more, dict):
            self.extra.update(more)
        elif more is not None:
            self.theirs = True
        if getattr(item, "discriminator", None) is not None:
            self.theirs = True
        self.hear(item.metadata)
        found = field_default(item)
        if found is not None:
            self.default, self.shown = found

    def _limit(self, item: Any) -> None:
        kind = type(item).__name__
        match kind:
            case "Ge" | "Gt" | "Le" | "Lt" | "MultipleOf" | "MinLen" | "MaxLen":
                name = _NAMES.get(kind, kind.lower())
                self._bind(name, getattr(item, name))
            case "Predicate":
                self.checks.append(_predicate(item.func))
            case "Timezone":
                if item.tz is not None and item.tz is not ...:
                    raise BadAnnotation(
                        f"Timezone({item.tz!r}) cannot be told: use ... for any zone"
                    )
                self._bind("tz", item.tz is not None)
            case "Unit":
                self._tell(f"In {item.unit}.")
            case _:
                self._general(item)

    def _general(self, item: Any) -> None:
        """Pydantic's own metadata: a pattern is known everywhere, and strict is what we are."""
        fields: dict[str, Any] = getattr(item, "__dict__", {"unknown": item})
        said = {name: value for name, value in fields.items() if value is not None}
        pattern = said.pop("pattern", None)
        if pattern is not None:
            self._bind("pattern", getattr(pattern, "pattern", pattern))
        if said.get("strict") is True:
            del said["strict"]
        said.pop("allow_inf_nan", None)
        self.theirs = self.theirs or (bool(said) and _is_pydantics_own(item))


_MARKS = frozenset(
    {
        ("dataclasses", "Field"),
        ("msgspec._core", "Field"),
        ("attr._make", "_CountingAttr"),
        ("pydantic.fields", "ModelPrivateAttr"),
    }
)
_NAMES = {"MultipleOf": "multiple_of", "MinLen": "min_length", "MaxLen": "max_length"}


def _predicate(function: Any) -> Check:
    inner = getattr(function, "func", function)
    name = one_line(str(getattr(inner, "__name__", "<none>")))
    if "<" in name:
        return Check("does not satisfy its Predicate", function, told=False)
    negated = "not " if inner is not function else ""
    return Check(f"must satisfy {negated}{name}", function)


def loaded(module: str, name: str) -> Any:
    """Something of a module, if the module is loaded; None otherwise."""
    return getattr(sys.modules.get(module), name, None)


def _is(item: object, module: str, name: str) -> bool:
    kind = loaded(module, name)
    return isinstance(kind, type) and isinstance(item, kind)


def _is_pydantics_own(item: object) -> bool:
    if sys.modules.get("pydantic") is None:
        return False
    home = type(item).__module__
    return home.split(".")[0] == "pydantic" or hasattr(item, "__get_pydantic_core_schema__")


def is_pydantic(kind: object) -> bool:
    """Whether pydantic, and only it, knows how to make a value of this class."""
    if sys.modules.get("pydantic") is None or not isinstance(kind, type):
        return False
    own = ("__get_pydantic_core_schema__", "__pydantic_validator__")
    return any(hasattr(kind, name) for name in own)


def is_field(value: object) -> bool:
    """Whether this is what pydantic's ``Field(…)`` gives."""
    return _is(value, "pydantic.fields", "FieldInfo")


def is_fields_mark(value: object) -> bool:
    """Whether this marks a field of a class, for a library that reads it there and nowhere else."""
    kind = type(value)
    return (kind.__module__, kind.__name__) in _MARKS


def field_default(value: object) -> tuple[Callable[[], Any], Any] | None:
    """How a ``Field(…)`` gives its default, and the default itself if it is always the same.

    None for a field without one, and for what is no ``Field``.
    """
    if not is_field(value):
        return None
    field: Any = value
    if field.is_required():
        return None
    fixed = field.default if field.default_factory is None else UNSET
    return lambda: field.get_default(call_default_factory=True), fixed


def field_defaults(function: Callable[..., Any]) -> dict[str, Callable[[], Any]]:
    """What gives the defaults of the parameters that have a ``Field(…)`` for one, by name."""
    try:
        parameters = inspect.signature(function).parameters.items()
    except (TypeError, ValueError):
        return {}
    found = ((name, field_default(parameter.default)) for name, parameter in parameters)
    return {name: default[0] for name, default in found if default is not None}


def peeled(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """An annotation without its ``Annotated``, and the metadata, innermost first."""
    if typing.get_origin(kind) is not typing.Annotated:
        return kind, ()
    base, metadata = peeled(kind.__origin__)
    return base, (*metadata, *kind.__metadata__)
