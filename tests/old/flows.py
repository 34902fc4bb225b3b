"""The workflows of the old files, for going on with them: text in many scripts, and every kind of
call. They must stay as they were when ``tests/old/*.jsonl`` were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tooltrace import Move, On, Seen, State, Workflow, call, say, tool

NAMES = {"Jürgen Groß": "München", "李雷": "北京", "مريم": "القاهرة", "👩‍👩‍👧": "🏝️"}


@tool(read_only=True)
def find_customer(name: str) -> dict[str, Any]:
    """Finde eine Kundin oder einen Kunden.

    Args:
        name: der ganze Name, wie er geschrieben wird («李雷»).
    """
    city = NAMES.get(name, "Überall")
    return {"name": name, "city": city, "größe": 1.0, "half": "\ud83d", "bell": "\x07", "n": 10**20}


@tool(read_only=True)
def quote(city: str, speed: Literal["schnell", "gemütlich"] = "gemütlich") -> dict[str, Any]:
    """Was der Versand kostet."""
    return {"city": city, "preis": 4.5, "währung": "€", "speed": speed, "zero": -0.0}


@tool(critical=True, open_world=False)
def book(city: str, preis: float) -> str:
    """Buche den Versand."""
    return f"gebucht nach {city} für {preis} €"


@tool(idempotent=True, after=["book"])
def tell(name: str, text: str) -> list[str]:
    """Sag es ihnen."""
    return [name, text, "✓"]


@dataclass
class Parcel:
    kunde: dict[str, Any] | None = None
    preis: float | None = None
    notiz: str = "—"


def _parcels(seen: Seen) -> Move:
    known = seen.context
    match seen.state:
        case "suchen":
            return say("Ich schaue nach …", call("find_customer", name=seen.input))
        case "rechnen":
            return call("quote", city=(known["kunde"] or {}).get("city", "?"), speed="schnell")
        case "buchen":
            if seen.turn > 8:
                return say("Ich gebe auf.")
            return call("book", city="北京", preis=known["preis"])
        case "sagen":
            return say("", call("tell", name="مريم", text=f"Fertig: {known['notiz']}"))
        case _:
            return say("Fertig. 完成 ✓" if seen.state == "fertig" else "Leider nicht.")


parcels = Workflow(
    "parcels",
    tools=[find_customer, quote, book, tell],
    system="Du bist freundlich. 请用中文回答。",
    context=Parcel,
    policy=_parcels,
    input="Jürgen Groß",
    states=[
        State("suchen", [find_customer], hint="Finde zuerst, wer es ist."),
        State("rechnen", [quote]),
        State("buchen", [book]),
        State("sagen", [tell]),
        State("fertig", terminal=True),
        State("schade", terminal=True, failure=True),
    ],
    transitions=[
        On(find_customer, "suchen", "rechnen", save={"kunde": "result"}),
        On(quote, "rechnen", "buchen", when="result.preis < 10", save={"preis": "result.preis"}),
        On(quote, "rechnen", "schade", when="result.preis >= 10", save={"notiz": "result.city"}),
        On(book, "buchen", "sagen", save={"notiz": "result"}),
        On(tell, "sagen", "fertig"),
    ],
    critical_to="schade",
)


def _side_by_side(seen: Seen) -> Move:
    if seen.turn == 0:
        both = [call("find_customer", name=name) for name in NAMES]
        return say("Alle zugleich.", *both, call("quote", city="Zürich"))
    if seen.turn == 1:
        wrong = call("quote", city="Köln", speed="überschnell")
        return say(
            "", call("tell", name="李雷", text="您好"), call("book", city="Bern", preis=1), wrong
        )
    return say(f"{seen.result('book')} · {seen.failed('quote')}")


side_by_side = Workflow(
    "side_by_side",
    tools=[find_customer, quote, book, tell],
    policy=_side_by_side,
    input="Los geht’s!",
)
