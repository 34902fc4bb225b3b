"""How an agent is made to ask the proxy: the variables to set and to clear, and what to add to its
command.

Which client reads which variable was measured (Claude Code 2.1, Codex 0.171, and the SDKs of 2026);
a client that reads none of them goes round the proxy, so each recipe says what else to look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from msgspec import Struct

__all__ = ["RECIPES", "Launch", "Recipe", "launch", "named", "recipe_for"]

_LOCAL = "127.0.0.1,localhost"


class Recipe(Struct, frozen=True):
    """For the commands of these names: ``{anthropic}`` and ``{openai}`` stand for base URLs.

    ``cleared`` are variables by which the client would go elsewhere; ``arguments`` come right
    behind the command; ``silent`` is what to look at when nothing arrives.
    """

    name: str
    about: str
    commands: tuple[str, ...]
    variables: Mapping[str, str]
    cleared: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    silent: str = ""


class Launch(Struct, frozen=True):
    """A command with the environment that it is started in."""

    argv: list[str]
    environment: dict[str, str]


_ANTHROPIC = {"ANTHROPIC_BASE_URL": "{anthropic}"}
_ELSEWHERE = (
    "ANTHROPIC_BEDROCK_BASE_URL",
    "ANTHROPIC_VERTEX_BASE_URL",
    "CLAUDE_CODE_USE_BEDROCK",
    "CLAUDE_CODE_USE_VERTEX",
)
_CODEX_PROVIDER = (
    'model_providers.tooltrace={name="tooltrace",wire_api="responses",base_url="{openai}",'
    'env_key="OPENAI_API_KEY"}'
)
_CODEX = ("-c", "model_provider=tooltrace", "-c", _CODEX_PROVIDER)

RECIPES = (
    Recipe(
        "claude",
        "Claude Code",
        ("claude",),
        _ANTHROPIC,
        _ELSEWHERE,
        silent="it may be set to Bedrock or Vertex in its settings.json",
    ),
    Recipe(
        "codex",
        "Codex, with OPENAI_API_KEY",
        ("codex",),
        {},
        arguments=_CODEX,
        silent="signed in with an account it asks another server: set OPENAI_API_KEY",
    ),
    Recipe(
        "any",
        "the SDKs of Anthropic and OpenAI, and what is built on them",
        (),
        {**_ANTHROPIC, "OPENAI_BASE_URL": "{openai}", "OPENAI_API_BASE": "{openai}"},
        _ELSEWHERE,
        silent="it may take its base URL from a file or from code: give it one, or name the "
        "variable that it reads with --env NAME={anthropic} or --env NAME={openai}",
    ),
)
"""From the most special to the one for all others."""


def named(name: str) -> Recipe | None:
    """The recipe of that name."""
    return next((recipe for recipe in RECIPES if recipe.name == name), None)


def recipe_for(argv: Sequence[str]) -> Recipe:
    """The recipe for a command, by the name of its program."""
    program = PurePath(argv[0]).name.lower().removesuffix(".exe") if argv else ""
    return next((recipe for recipe in RECIPES if program in recipe.commands), RECIPES[-1])


def launch(
    argv: Sequence[str],
    recipe: Recipe,
    urls: Mapping[str, str],
    environment: Mapping[str, str],
    more: Mapping[str, str],
) -> Launch:
    """The command as it is started; ``more`` are variables that a person named, "" clears one.

    A proxy for the network that the environment names is not asked for this machine.
    """
    made = dict(environment)
    for name in recipe.cleared:
        made.pop(name, None)
    for name, text in {**recipe.variables, **more}.items():
        made[name] = _filled(text, urls)
        if not text:
            del made[name]
    for name in ("no_proxy", "NO_PROXY"):
        made[name] = ",".join(filter(None, [made.get(name, ""), _LOCAL]))
    arguments = [_filled(argument, urls) for argument in recipe.arguments]
    return Launch([*argv[:1], *arguments, *argv[1:]], made)


def _filled(text: str, urls: Mapping[str, str]) -> str:
    for name, url in urls.items():
        text = text.replace(f"{{{name}}}", url)
    return text
