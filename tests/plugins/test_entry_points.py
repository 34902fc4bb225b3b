"""Entry points of other packages: found by name, imported only when named, refused in one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.plugins.installed import install, installed
from tooltrace.core.model.errors import BadPlugin
from tooltrace.plugins.entry_points import (
    check_there,
    load_plugin,
    plugin_named,
    plugin_names,
)

SOURCE = "thing = object()\n"


def test_a_package_adds_what_its_entry_points_say(tmp_path: Path) -> None:
    with installed(tmp_path / "site", "toyone", SOURCE, models="toy = toyone:thing"):
        assert plugin_names("tooltrace.models") == ["toy"]
        check_there("tooltrace.models", "toy")
        assert "toyone" not in sys.modules
        found = load_plugin("tooltrace.models", "toy")
        assert found is sys.modules["toyone"].thing
        assert plugin_names("tooltrace.tools") == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("raise RuntimeError('boom\\x1b[2J')", r"RuntimeError: boom\\u\{1b\}\[2J"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import no_such_module_at_all", "ModuleNotFoundError"),
        ("x = = 1", "SyntaxError"),
        ("other = 1", "AttributeError"),
    ],
)
def test_what_cannot_be_loaded_is_one_line(tmp_path: Path, source: str, words: str) -> None:
    with (
        installed(tmp_path / "site", "toytwo", source, tools="toy = toytwo:thing"),
        pytest.raises(BadPlugin, match=words) as caught,
    ):
        load_plugin("tooltrace.tools", "toy")
    assert str(caught.value).isprintable()
    assert "toy of tooltrace.tools (toytwo:thing)" in str(caught.value)


def test_a_name_that_nobody_adds_lists_those_that_there_are(tmp_path: Path) -> None:
    with (
        installed(tmp_path / "site", "toythree", SOURCE, formats="toml = toythree:thing"),
        pytest.raises(BadPlugin, match=r"there are: toml$"),
    ):
        check_there("tooltrace.formats", "x\x1b[2J")
    with pytest.raises(BadPlugin, match=r"adds '\(empty\)' .* there are: none"):
        load_plugin("tooltrace.models", "")


def test_a_name_that_two_packages_add_is_nobodys(tmp_path: Path) -> None:
    install(tmp_path / "site", "toyfour", SOURCE, models="toy = toyfour:thing")
    with (
        installed(tmp_path / "site", "toyfive", SOURCE, models="toy = toyfive:thing"),
        pytest.raises(BadPlugin, match="toyfive:thing, toyfour:thing; uninstall all but one"),
    ):
        check_there("tooltrace.models", "toy")


def test_a_broken_file_of_entry_points_is_one_line(tmp_path: Path) -> None:
    with installed(tmp_path / "site", "toysix", SOURCE, models="toy = "):
        with pytest.raises(BadPlugin):
            load_plugin("tooltrace.models", "toy")
        with pytest.raises(BadPlugin):
            load_plugin("tooltrace.models", "other")


def test_only_a_name_with_the_prefix_names_a_plugin() -> None:
    assert plugin_named("plugin:toy") == "toy"
    assert plugin_named("claude-opus-4-8") is None
