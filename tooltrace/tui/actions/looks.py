"""Keys that look: copying, the request, panes, help."""

from __future__ import annotations

from tooltrace.core.compare.json_diff import MISSING
from tooltrace.core.model.errors import ToolTraceError
from tooltrace.core.text.exact_json import JsonValue, pretty
from tooltrace.tui import safe_text
from tooltrace.tui.actions.edit_targets import block_of, media_of, value_of
from tooltrace.tui.actions.group import ActionGroup
from tooltrace.tui.actions.part_edits import PartEdits
from tooltrace.tui.input.marked import copy_marked
from tooltrace.tui.panes.pane_shares import Way
from tooltrace.tui.rows.inspector.rows import InspectorRow, copied
from tooltrace.tui.rows.request.request_places import place_at, requests_of
from tooltrace.tui.screens import dialogs
from tooltrace.tui.services import CopyBlock, OpenBlock

__all__ = ["LookActions"]


class LookActions(ActionGroup):
    """Nothing here changes the session."""

    def context(self) -> None:
        """The request that was made at or before the cursor, or that goes out next."""
        view = self.debugger.view()
        record = self.panes.selected().record
        here = view.head if record is None or record not in view.tree else record
        places = requests_of(view)
        if not places:
            self.tell("the model was not asked on this branch", "warning")
            return
        edits = PartEdits(self.controller)
        self.show(dialogs.RequestScreen(view.tree, places, place_at(view, places, here), edits))

    def copy(self) -> None:
        """Copy the text marked with the mouse, or else the selected value, whole, as it is."""
        if copy_marked(self.controller.screen.app):
            return
        view, selected = self.debugger.view(), self.panes.selected()
        if self.panes.focused() == "inspector" and selected.block is None:
            row = self.panes.pane("inspector").selected
            value = copied(row) if isinstance(row, InspectorRow) else MISSING
            if value is not MISSING:
                self._copy(value)
                return
        if (block := block_of(view, selected)) is not None:
            self.controller.screen.post_message(CopyBlock(block))
            return
        try:
            value = value_of(view, selected)
        except ToolTraceError as error:
            self.tell(str(error), "warning")
            return
        self._copy(value)

    def _copy(self, value: JsonValue) -> None:
        text = value if isinstance(value, str) else pretty(value)
        safe_text.copy(self.controller.screen.app, text)

    def open_outside(self) -> None:
        """Open the selected block in the person's own program, or the only one of what is."""
        found = media_of(self.debugger.view(), self.panes.selected())
        if len(found) == 1:
            self.controller.screen.post_message(OpenBlock(found[0]))
        elif found:
            self.tell(f"there are {len(found)}: go to one of them in pane 1", "warning")
        else:
            self.tell("select a picture or a document to open it outside", "warning")

    # -- panes and help ---------------------------------------------------------------------

    def pane_1(self) -> None:
        """To the conversation."""
        self.controller.look_behind("conversation")
        self.panes.go_to("conversation")

    def pane_2(self) -> None:
        """To the workflow; before an audience back to the stage, which has it."""
        self.controller.look_behind("")
        self.panes.go_to("workflow")

    def pane_3(self) -> None:
        """To the tool calls."""
        self.controller.look_behind("calls")
        self.panes.go_to("calls")

    def pane_4(self) -> None:
        """To the inspector; from there back to the pane that it is about."""
        self.controller.look_behind("inspector")
        if self.panes.focused() != "inspector":
            self.panes.go_to("inspector")
        elif not self.panes.leave_inspector():
            self.panes.go_to(self.panes.source())

    def next_pane(self) -> None:
        """To the next pane."""
        self.panes.go_to(self.panes.after(self.panes.focused()))

    def markdown(self) -> None:
        """Lay Markdown out, or show it as it was written."""
        rows = self.controller.rows
        self.panes.pane("conversation").set_items(*rows.lay_out(not rows.rendered))
        self.tell("Markdown is laid out" if rows.rendered else "Markdown as it was written")

    def zoom(self) -> None:
        """One pane over the whole screen, and back."""
        self.panes.zoom_or_back(self.panes.focused())

    def border_left(self) -> None:
        """The border beside the pane goes left."""
        self._move("left")

    def border_right(self) -> None:
        """The border beside the pane goes right."""
        self._move("right")

    def border_up(self) -> None:
        """The border above or below the pane goes up."""
        self._move("up")

    def border_down(self) -> None:
        """The border above or below the pane goes down."""
        self._move("down")

    def _move(self, way: Way) -> None:
        by = 1 if way in ("up", "down") else 2
        if not self.panes.box.move(self.panes.focused(), way, by):
            self.tell("this pane has no border there to move")

    def even_out(self) -> None:
        """Every pane has its own size again."""
        if not self.panes.box.even_out():
            self.tell("no border was moved")

    def help(self) -> None:
        """The keys and words for this pane."""
        self.show(dialogs.HelpScreen(self.panes.focused()))

    def command_palette(self) -> None:
        """Every action by name."""
        self.controller.screen.app.action_command_palette()
