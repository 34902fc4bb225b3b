"""Opens the editor on a target, and gives the debugger what comes out of it."""

from __future__ import annotations

from tooltrace.core.text.exact_json import pretty
from tooltrace.debugger.stop import Stop
from tooltrace.tui.actions.edit_targets import Target
from tooltrace.tui.actions.group import OnSession, Then
from tooltrace.tui.screens import dialogs

__all__ = ["open_editor"]


def open_editor(
    on: OnSession,
    target: Target,
    draft: str | None = None,
    *,
    same: bool = False,
    then: Then | None = None,
) -> None:
    """Edit a value; ``then`` is called when it was taken. ``draft`` is text to begin with.

    What is refused after all comes back as a draft.
    """

    def edited(answer: dialogs.Edited | None) -> None:
        if answer is None:
            return
        value = answer.value

        def ended(stop: Stop) -> None:
            if stop.kind == "error" and target.final is not None:
                open_editor(on, target, pretty(value), same=same, then=then)
            elif then is not None:
                then(stop)

        on.ask(target.take(value), ended)

    title = target.title[:1].upper() + target.title[1:] if target.drafted else target.title
    on.show(
        dialogs.EditorScreen(
            target.value,
            title=title if target.drafted and target.final else f"Edit {target.title}",
            hint=target.hint,
            check=target.check,
            final=target.final,
            draft=draft,
            as_text=target.as_text,
            allow_same=same,
            stdio=on.controller.stdio,
        ),
        edited,
    )
