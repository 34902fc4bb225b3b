"""Whoever speaks Chat Completions: ``chat:MODEL``, such as Ollama, vLLM, LM Studio or OpenRouter.

Without another host, OpenAI is asked.
"""

from __future__ import annotations

from tooltrace.models.openai.api import CHAT
from tooltrace.models.providers.openai import OpenAIProvider

__all__ = ["PROVIDER"]

PROVIDER = OpenAIProvider(CHAT)
