"""Which provider is asked for a model, where its requests go, and which key goes there."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tooltrace
from tests.loopback.openai_rules import KEY
from tests.models.openai_live import keyed
from tooltrace.core.model.errors import BadCommand
from tooltrace.core.model.events import Settings
from tooltrace.core.model.request_settings import RequestSettings
from tooltrace.models.openai.host import Host
from tooltrace.models.providers import provider_names, split_model
from tooltrace.models.registry import check_model

__all__ = ["keyed"]


@pytest.mark.parametrize(
    ("model", "protocol", "name"),
    [
        ("claude-sonnet-5-5", "messages", "claude-sonnet-5-5"),
        ("anthropic:claude-sonnet-5-5", "messages", "claude-sonnet-5-5"),
        ("openai:gpt-5.6", "responses", "gpt-5.6"),
        ("chat:qwen3:8b", "chat", "qwen3:8b"),
        ("qwen3:8b", "messages", "qwen3:8b"),
        ("chat", "messages", "chat"),
        ("Chat:x", "messages", "Chat:x"),
        ("chat:openai:x", "chat", "openai:x"),
    ],
)
def test_only_the_prefix_of_a_provider_counts(model: str, protocol: str, name: str) -> None:
    provider, found = split_model(model)
    assert (provider.protocol, found) == (protocol, name)


def test_a_provider_is_a_file() -> None:
    assert provider_names() == ("anthropic", "chat", "openai")


@pytest.mark.parametrize(
    ("url", "official"),
    [
        (None, True),
        ("https://api.openai.com/v1", True),
        ("https://api.openai.com/v1/", True),
        ("http://api.openai.com/v1", False),
        ("https://api.openai.com.evil.example/v1", False),
        ("https://evil.example/api.openai.com", False),
        ("https://api.openai.com@evil.example/v1", False),
        ("http://localhost:11434/v1", False),
    ],
)
def test_the_providers_own_key_goes_to_its_own_host_alone(
    url: str | None, official: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    host = Host.of(url, None)
    assert host.official is official
    assert (host.key == KEY) is official


def test_a_named_variable_is_for_the_host_that_is_named_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-own")
    monkeypatch.setenv("ROUTER", KEY)
    assert Host.of("https://openrouter.ai/api/v1", "ROUTER").key == KEY
    assert Host.of("https://openrouter.ai/api/v1", None).key is None
    assert Host.of(None, "ROUTER").key == KEY


def test_the_sdks_variable_names_a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://proxy.example/v1")
    assert (Host.of(None, None).where, Host.of(None, None).key) == (
        "https://proxy.example/v1",
        None,
    )


def test_a_password_is_not_shown() -> None:
    host = Host.of("https://me:hush-hush@proxy.example:8443/v1", None)
    assert host.where == "https://proxy.example:8443/v1"
    assert "hush-hush" in host.secrets


REFUND = tooltrace.load("refund")


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (Settings("openai:gpt-5.6"), "No API key: set OPENAI_API_KEY"),
        (Settings("chat:gpt-5.6"), "No API key: set OPENAI_API_KEY"),
        (Settings("chat:"), "names no model"),
        (Settings("chat:x", "http://h/v1", key_env="NONE_SUCH"), "NONE_SUCH is not set"),
        (Settings("m", "http://h", key_env="NONE_SUCH"), "NONE_SUCH is not set"),
        (Settings("chat:x", "localhost:11434"), "--base-url has to be as http://localhost"),
        (Settings("chat:x", "http://h/v1", key_env="ODD"), "ODD has characters that none has"),
        (
            Settings("chat:x", "http://h/v1", request=RequestSettings(betas=("b",))),
            "a setting is not taken by chat:x: betas",
        ),
    ],
)
def test_what_could_never_answer_is_refused_before_there_is_a_file(
    settings: Settings, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ODD", "sk-\n")
    with pytest.raises(BadCommand) as caught:
        check_model(REFUND, settings)
    assert why in str(caught.value)


def test_a_server_in_the_next_room_may_need_no_key() -> None:
    check_model(REFUND, Settings("chat:x", "http://192.168.1.5:11434/v1"))


def test_looking_for_a_key_imports_no_http_library() -> None:
    code = (
        "import sys\n"
        "from tooltrace.core.model.events import Settings\n"
        "from tooltrace.models.providers import split_model\n"
        "for model in ('openai:m', 'chat:m'):\n"
        "    provider, name = split_model(model)\n"
        "    provider.keyless(name, Settings(model))\n"
        "    provider.port(name, Settings(model))\n"
        "print([m for m in ('httpx2', 'anthropic', 'genai_prices') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
