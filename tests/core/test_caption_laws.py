"""What holds for every caption, whatever a session holds."""

from __future__ import annotations

import unicodedata

from hypothesis import given as holds

from tests.core.given import AT
from tests.core.nasty import SEEDS, Nasty
from tooltrace.core.caption.beats import beat_at, beat_caption, beats
from tooltrace.core.caption.caption import caption, caption_at
from tooltrace.core.caption.words import MOST, bounded, plain_words, sentence
from tooltrace.core.fold.tree import Tree
from tooltrace.core.model.events import (
    Diverged,
    DivergenceAccepted,
    Event,
    MessageAdded,
    MessageEdited,
    ModelFailed,
    Record,
    RunFinished,
    Settings,
    SettingsChanged,
    Source,
    SystemEdited,
    ToolEdited,
    Transitioned,
    WentOn,
)
from tooltrace.core.text.sanitize import one_line


def people(nasty: Nasty, tree: Tree) -> Tree:
    """The tree with more of what people change and replays meet, each at some record of it."""
    r = nasty.random
    texts = ["", "\ud800", "\u2028", "\x1b[2J", "x" * 5000, "two\nlines"]
    for _ in range(12):
        text, number, value = r.choice(texts), r.randint(-1, tree.last_id + 1), nasty.json()
        event: Event = r.choice(
            [
                SystemEdited(text, [{"type": text}] if r.random() < 0.5 else []),
                ToolEdited(r.choice(["a", text]), r.choice([None, text]), {"a": value}),
                MessageEdited(number, r.choice([None, [], [{"type": "text", "text": text}]])),
                MessageAdded(number, "user", [{"type": "text", "text": text}]),
                SettingsChanged(Settings(text, text, max_turns=number, cost_budget=1e-9)),
                Diverged(text, text, value, nasty.json(), missing=r.choice(["", "recorded"])),
                DivergenceAccepted(),
                RunFinished("stuck", text),
                ModelFailed(text, kind="incomplete", retryable=True, retry_after=1e300),
                Transitioned("end", None, number, text),
                WentOn("limit", number, number, 1e300),
            ]
        )
        parent = r.choice(list(tree.records))
        source: Source = r.choice(["live", "edited", "injected", "recorded", "forced"])
        tree.add(Record(tree.last_id + 1, parent, AT, source, event))
    return tree


def sentences(tree: Tree) -> list[str]:
    found = []
    for record_id in tree.records:
        told = caption_at(tree, record_id)
        found += [plain_words(told.happened), plain_words(told.then)]
    return found


@holds(SEEDS)
def test_every_record_has_two_sentences_that_any_screen_can_show(seed: int) -> None:
    nasty = Nasty(seed)
    for text in sentences(people(nasty, nasty.tree())):
        assert text.strip()
        shown = one_line(text)
        assert len(shown) <= MOST
        assert "\n" not in shown
        assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in shown)


@holds(SEEDS)
def test_a_caption_is_short_and_the_same_however_it_is_reached(seed: int) -> None:
    nasty = Nasty(seed)
    tree = people(nasty, nasty.tree())
    for record_id, record in tree.records.items():
        before = None if record.parent is None else tree.snapshot_at(record.parent)
        told = caption(record, before, tree.snapshot_at(record_id))
        assert told == caption_at(tree, record_id)
        assert len(str(told)) < 300


def kinds(event: type[Event]) -> set[type[Event]]:
    below = set(event.__subclasses__())
    return below.union(*map(kinds, below))


def test_every_event_has_its_own_sentence() -> None:
    from tooltrace.core.caption.caption import _HAPPENED
    from tooltrace.core.model.events import Unknown
    from tooltrace.core.model.notes import NOTES

    told = {kind for kind in kinds(Event) if kind.__module__.startswith("tooltrace.")}
    assert {kind for kind in told if kind.name not in NOTES} - {Unknown} == set(_HAPPENED)


def test_the_longest_names_and_values_give_way_and_the_sentence_keeps_its_end() -> None:
    words = sentence("We ", ("n" * 40, "name"), " and ", ("v" * 60, "value"), ".")
    assert bounded(words, 110) == words
    cut = bounded(words, 60)
    assert len(plain_words(cut)) == 60
    assert plain_words(cut).endswith("v….")
    assert [kind for _, kind in cut] == [kind for _, kind in words]


def test_a_sentence_of_our_own_that_is_too_long_is_cut_at_its_end() -> None:
    assert plain_words(bounded(sentence("We and ", ("others", "name"), " as well."), 10)) == (
        "We and ot…"
    )
    assert plain_words(bounded(sentence("We", " and"), 2)) == "We…"


def test_a_number_of_thousands_of_digits_is_no_error() -> None:
    from tests.core.free import free

    given = free().step("look", {"n": 10**5000})
    assert "n = a number too long to show" in str(caption_at(given.tree, given.at))
    assert isinstance(given.tree[given.at], Record)


@holds(SEEDS)
def test_beats_part_every_branch_without_a_gap(seed: int) -> None:
    nasty = Nasty(seed)
    tree = people(nasty, nasty.tree())
    for branch in tree.branches():
        path = [record.id for record in tree.path(branch.tip)]
        found = list(beats(tree, branch.tip))
        places = [path.index(beat.record) for beat in found]
        assert places == sorted(set(places))
        assert places[-1] == len(path) - 1
        assert [path.index(beat.first) for beat in found] == [0, *(at + 1 for at in places[:-1])]
        for beat in found:
            assert beat_at(tree, beat.record) == beat
            assert len(plain_words(beat_caption(tree, beat).happened)) <= MOST
