"""The outcome of a check as JUnit XML, which CI systems show as tests: a branch is a test case.

The standard library writes it: what the libraries for it add is classes for the same few elements,
and none of them keeps out the characters that XML 1.0 cannot hold. ``visible`` spells them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from tooltrace.cli.check.one import CheckResult
from tooltrace.core.model.ports import Divergence
from tooltrace.core.text.sanitize import one_line, visible
from tooltrace.debugger.replay.divergence import as_text

__all__ = ["write_junit"]

_MOST = 4000


def write_junit(path: Path, results: Sequence[CheckResult]) -> None:
    """Write the file, UTF-8. Raises OSError."""
    root = Element("testsuites", name="tooltrace check")
    suite = SubElement(root, "testsuite", name="tooltrace check")
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for found in results:
        for case, kind in _cases(suite, found):
            counts["tests"] += 1
            if kind:
                counts[kind] += 1
            case.set("time", f"{found.seconds / max(1, len(found.checked)):.3f}")
    seconds = f"{sum(found.seconds for found in results):.3f}"
    for element in (root, suite):
        for name, count in counts.items():
            element.set(name, str(count))
        element.set("time", seconds)
    indent(root)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _cases(suite: Element, found: CheckResult) -> list[tuple[Element, str]]:
    if found.skipped:
        case = _case(suite, found.file, "session")
        SubElement(case, "skipped", message=one_line(found.why or ""))
        return [(case, "skipped")]
    if found.why is not None:
        case = _case(suite, found.file, "session")
        SubElement(case, "error", type="unchecked", message=one_line(found.why))
        return [(case, "errors")]
    cases = []
    for one in found.checked:
        case = _case(suite, found.file, one.branch)
        if one.divergence is not None:
            failure = SubElement(
                case, "failure", type=one_line(one.divergence.what), message=one_line(one.text)
            )
            failure.text = _details(one.divergence)
        cases.append((case, "failures" if one.divergence else ""))
    return cases


def _case(suite: Element, file: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=one_line(file), name=one_line(name))


def _details(found: Divergence) -> str:
    where = f"step {found.step}, record {found.record}, {found.what}: {found.field}"
    then, now = (as_text(value)[:_MOST] for value in (found.recorded, found.now))
    return visible(f"{where}\nrecorded: {then}\nnow:      {now}")
