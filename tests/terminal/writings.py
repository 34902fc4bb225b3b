"""A session that holds text in every place of which terminals do not agree how wide it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zlib import crc32

__all__ = ["WRITINGS", "written"]

WRITINGS = {
    "tones": "👍🏽 👋🏿🤞🏻 ☝🏽",
    "families": "👨\u200d👩\u200d👧 🏳\ufe0f\u200d🌈 👩🏽\u200d💻",
    "flags": "🇩🇪🇮🇳 🇫 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "keycaps": "1\ufe0f\u20e3 #\ufe0f\u20e3 2\u20e3",
    "styles": "❤\ufe0f ☎\ufe0e ⌚\ufe0e ™\ufe0f a\ufe0f",
    "devanagari": "क्षि नमस्ते हिन्दी क्\u200dष",
    "tamil, telugu": "கொண்டு తెలుగు",
    "bengali, khmer": "কোথায় ខ្មែរ မြန်မာ",
    "thai": "ที่นี่ น้ำ",
    "arabic": "مَرْحَبًا می\u200cخواهم",
    "hebrew": "שָׁלוֹם",
    "jamo": "\u1112\u1161\u11ab\u1100\u1173\u11af \u1161 \u3164",
    "joiners": "a\u200db \u200d \u200c\u200c",
    "piled": "e" + "\u0301\u0330" * 20 + " Z" + "\u0489" * 9,
    "wide": "漢字かな 한글 ｶﾅ ①§",
    "hidden": "a\u034fb \u00ad \U0001f3fd",
}
_TEXTS = {"text", "customer", "reason", "item", "subject", "body", "email"}
_NAMES = {
    "processing_credit": "credit_👍🏽हिन्दी👨\u200d👩\u200d👧",
    "sending_email": "कि❤\ufe0f_mail",
    "fetch_order": "fetch_हिन्दी🇩🇪",
}


def written(recorded: Path) -> Path:
    """That session with such text as what was said, called, returned and named."""
    texts = list(WRITINGS.values())
    lines = []
    for at, line in enumerate(recorded.read_text().splitlines()):
        record = json.loads(line)
        del record["crc"]
        turned = texts[at % len(texts) :] + texts[: at % len(texts)]
        record["event"] = _rewritten(record["event"], turned)
        text = json.dumps(record)[:-1]
        lines.append(f'{text},"crc":"{crc32(text.encode()):08x}"}}')
    path = recorded.with_name("written.jsonl")
    path.write_text("\n".join(lines) + "\n")
    return path


def _rewritten(value: Any, texts: list[str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {
            _named(name): _rewritten(inner, texts[at % 7 :], name)
            for at, (name, inner) in enumerate(value.items())
        }
    if isinstance(value, list):
        return [_rewritten(inner, texts, key) for inner in value]
    if not isinstance(value, str):
        return value
    if key in _TEXTS and value not in _NAMES:
        return " ".join(texts[:6]) if key == "text" else "".join(texts[:3])
    return _named(value)


def _named(text: str) -> str:
    for name, other in _NAMES.items():
        text = text.replace(name, other)
    return text
