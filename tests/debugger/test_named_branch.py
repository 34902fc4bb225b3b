"""A branch is found by its name or by a record, the same from Python and on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

import tooltrace
from tooltrace.cli.record_refs import branch_at
from tooltrace.core.model.errors import BadCommand
from tooltrace.debugger.session.named_branch import branch_named, tip_named


def test_it_is_found_by_its_name_or_by_a_record_of_it(tmp_path: Path) -> None:
    with tooltrace.debug("refund", session=str(tmp_path / "s.jsonl")) as d:
        d.turn()
        fork = d.edit.fork("two")
        assert fork.kind == "step", fork
        d.turn()
        tree = d.session.tree
        main, two = d.branches
        assert (main.name, two.name) == ("main", "two")
        for said in ("two", "2", "#2", 2, "main"):
            by_text = branch_named(tree, said, typed=True)
            assert by_text == (two if said == "two" else main), said
        assert tip_named(tree, "two") == two.tip != tip_named(tree, 2) == 2
        assert branch_at("s.jsonl@#2", d.session, "#2") == main
        for said, typed, words in (
            ("#2", False, "unknown branch '#2'"),
            ("mian", False, "did you mean 'main'?"),
            ("#999", True, "no record or branch '#999'"),
            (999, False, "there is no record #999"),
            ("x\x1b[2J", True, "no record or branch"),
        ):
            with pytest.raises(BadCommand) as caught:
                branch_named(tree, said, typed)
            assert words in str(caught.value) and str(caught.value).isprintable()
