"""Agents as others write them: whole programs, each with one tool, each asking until it is done."""

from __future__ import annotations

__all__ = ["AGENTS"]

_ANTHROPIC = """
import anthropic
client = anthropic.Anthropic(auth_token="{key}")
tools = [{"name": "look", "description": "Look up.", "input_schema": {
    "type": "object", "properties": {"n": {"type": "integer"}}}}]
messages = [{"role": "user", "content": "Refund 1001."}]
while True:
    reply = client.messages.create(
        model="claude-sonnet-5-5", max_tokens=99, tools=tools, messages=messages)
    messages.append({"role": "assistant", "content": reply.content})
    calls = [block for block in reply.content if block.type == "tool_use"]
    if not calls:
        break
    messages.append({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": c.id, "content": f"found {c.input['n']}"}
        for c in calls]})
print(reply.content[0].text)
"""
_RUNNER = """
import anthropic
from anthropic import beta_tool

@beta_tool
def look(n: int) -> str:
    '''Look up.

    Args:
        n: the number
    '''
    return f"found {n}"

client = anthropic.Anthropic(auth_token="{key}")
runner = client.beta.messages.tool_runner(
    model="claude-sonnet-5-5", max_tokens=99, tools=[look], thread=False,
    messages=[{"role": "user", "content": "Refund 1001."}])
print(runner.until_done().content[0].text)
"""
_STREAM = _ANTHROPIC.replace("client.messages.create(", "client.messages.stream(").replace(
    "messages=messages)", "messages=messages).__enter__().get_final_message()"
)
_CHAT = """
import json
import openai
client = openai.OpenAI(api_key="{key}")
tools = [{"type": "function", "function": {"name": "look", "description": "Look up.",
    "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}}]
messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Refund 1001."}]
while True:
    said = client.chat.completions.create(
        model="gpt-5.6", tools=tools, messages=messages).choices[0].message
    messages.append(said.model_dump(exclude_none=True))
    for call in said.tool_calls or ():
        n = json.loads(call.function.arguments)["n"]
        messages.append({"role": "tool", "tool_call_id": call.id, "content": f"found {n}"})
    if not said.tool_calls:
        break
print(said.content)
"""
_RESPONSES = """
import json
import openai
client = openai.OpenAI(api_key="{key}")
tools = [{"type": "function", "name": "look", "description": "Look up.", "strict": False,
    "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}]
said, after = [{"role": "user", "content": "Refund 1001."}], None
while True:
    reply = client.responses.create(
        model="gpt-5.6", tools=tools, input=said, previous_response_id=after)
    calls = [item for item in reply.output if item.type == "function_call"]
    if not calls:
        break
    after = reply.id
    said = [{"type": "function_call_output", "call_id": c.call_id,
        "output": f"found {json.loads(c.arguments)['n']}"} for c in calls]
print(reply.output_text)
"""
_AGENTS_SDK = """
import agents
agents.set_tracing_disabled(True)
{api}

@agents.function_tool
def look(n: int) -> str:
    '''Look up.'''
    return f"found {n}"

agent = agents.Agent(name="a", instructions="Be kind.", tools=[look], model="gpt-5.6")
print(agents.Runner.run_sync(agent, "Refund 1001.").final_output)
"""
_PYDANTIC = """
from pydantic_ai import Agent
agent = Agent("{model}", instructions="Be kind.")

@agent.tool_plain
def look(n: int) -> str:
    '''Look up.'''
    return f"found {n}"

print(agent.run_sync("Refund 1001.").output)
"""

_LANGGRAPH = """
from langgraph.prebuilt import create_react_agent
from langchain_core.tools import tool
{make}

@tool
def look(n: int) -> str:
    '''Look up.'''
    return f"found {n}"

agent = create_react_agent(model, [look], prompt="Be kind.")
said = agent.invoke({"messages": [{"role": "user", "content": "Refund 1001."}]})
print(said["messages"][-1].text)
"""
_LITELLM = """
import json
import litellm
tools = [{"type": "function", "function": {"name": "look", "description": "Look up.",
    "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}}]
messages = [{"role": "user", "content": "Refund 1001."}]
while True:
    said = litellm.completion(
        model="{model}", tools=tools, messages=messages).choices[0].message
    messages.append(said.model_dump(exclude_none=True))
    for call in said.tool_calls or ():
        n = json.loads(call.function.arguments)["n"]
        messages.append({"role": "tool", "tool_call_id": call.id, "content": f"found {n}"})
    if not said.tool_calls:
        break
print(said.content)
"""
_STRANDS = """
from strands import Agent, tool
{make}

@tool
def look(n: int) -> str:
    '''Look up.

    Args:
        n: the number
    '''
    return f"found {n}"

said = Agent(model=model, tools=[look], callback_handler=None)("Refund 1001.")
print(str(said).strip())
"""
_INSPECT = """
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.solver import generate, use_tools
from inspect_ai.tool import tool

@tool
def look():
    async def execute(n: int):
        '''Look up.

        Args:
            n: the number
        '''
        return f"found {n}"
    return execute

task = Task([Sample("Refund 1001.")], solver=[use_tools(look()), generate()])
log, = eval(task, model="{model}", display="none", log_dir="logs")
print(log.samples[0].output.completion)
"""
_LLM = """
import llm
from llm.default_plugins.openai_models import Chat

def look(n: int) -> str:
    '''Look up.'''
    return f"found {n}"

model = Chat("gpt-5.6", model_name="gpt-5.6", supports_tools=True)
print(model.chain("Refund 1001.", tools=[look], key="{key}").text())
"""
_OPENAI_CHAT = """
from langchain_openai import ChatOpenAI
model = ChatOpenAI(model="gpt-5.6")
"""
_OPENAI_RESPONSES = """
from langchain_openai import ChatOpenAI
model = ChatOpenAI(model="gpt-5.6", use_responses_api=True)
"""
_LANGCHAIN_ANTHROPIC = """
from langchain_anthropic import ChatAnthropic
model = ChatAnthropic(model="claude-sonnet-5-5")
"""
_STRANDS_OPENAI = """
from strands.models.openai import OpenAIModel
model = OpenAIModel(model_id="gpt-5.6")
"""
_STRANDS_ANTHROPIC = """
from strands.models.anthropic import AnthropicModel
model = AnthropicModel(model_id="claude-sonnet-5-5", max_tokens=99)
"""

AGENTS = {
    "anthropic": ("messages", "anthropic", _ANTHROPIC),
    "anthropic, streamed": ("messages", "anthropic", _STREAM),
    "anthropic tool runner": ("messages", "anthropic", _RUNNER),
    "openai chat": ("chat", "openai", _CHAT),
    "openai responses": ("responses", "openai", _RESPONSES),
    "openai-agents responses": ("responses", "agents", _AGENTS_SDK.replace("{api}", "")),
    "openai-agents chat": (
        "chat",
        "agents",
        _AGENTS_SDK.replace("{api}", 'agents.set_default_openai_api("chat_completions")'),
    ),
    "pydantic-ai chat": (
        "chat",
        "pydantic_ai",
        _PYDANTIC.replace("{model}", "openai-chat:gpt-5.6"),
    ),
    "pydantic-ai responses": (
        "responses",
        "pydantic_ai",
        _PYDANTIC.replace("{model}", "openai-responses:gpt-5.6"),
    ),
    "pydantic-ai anthropic": (
        "messages",
        "pydantic_ai",
        _PYDANTIC.replace("{model}", "anthropic:claude-sonnet-5-5"),
    ),
    "langgraph chat": ("chat", "langgraph", _LANGGRAPH.replace("{make}", _OPENAI_CHAT)),
    "langgraph responses": (
        "responses",
        "langgraph",
        _LANGGRAPH.replace("{make}", _OPENAI_RESPONSES),
    ),
    "langgraph anthropic": (
        "messages",
        "langgraph",
        _LANGGRAPH.replace("{make}", _LANGCHAIN_ANTHROPIC),
    ),
    "litellm chat": ("chat", "litellm", _LITELLM.replace("{model}", "openai/gpt-5.6")),
    "strands chat": ("chat", "strands", _STRANDS.replace("{make}", _STRANDS_OPENAI)),
    "strands anthropic": ("messages", "strands", _STRANDS.replace("{make}", _STRANDS_ANTHROPIC)),
    "inspect-ai anthropic": (
        "messages",
        "inspect_ai",
        _INSPECT.replace("{model}", "anthropic/claude-sonnet-5-5"),
    ),
    "llm chat": ("chat", "llm", _LLM),
}
"""By name: the protocol that it speaks, the package that it needs, its program."""
