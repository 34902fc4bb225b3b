#!/usr/bin/env python3
"""Run the tests on each Python that is installed, and with the oldest and the newest packages.

python scripts/matrix.py [RUN ...] [-- PYTEST ARGUMENTS]

A RUN is 3.11, 3.12, 3.13, 3.14, oldest or newest; without any, all of them. Those whose Python is
not installed are named and left out. `oldest` has the lower bound of each package that we name
(on the oldest Python), `newest` the latest of each, whatever our upper bounds say (on the newest
Python); both need uv. Each run has an environment of its own, which is removed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
RUNS = (*VERSIONS, "oldest", "newest")
PYTEST = ("-n", "auto", "--dist", "worksteal")


def python_of(version: str) -> str | None:
    """The interpreter of that version, from the PATH, pyenv or uv."""
    places = [shutil.which(f"python{version}")]
    places += sorted(map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python")))
    if shutil.which("uv"):
        command = ["uv", "python", "find", "--no-python-downloads", version]
        places.append(subprocess.run(command, capture_output=True, text=True).stdout.strip())
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    for place in filter(None, places):
        told = subprocess.run([place, "-c", ask], capture_output=True, text=True)
        if told.stdout.strip() == version:
            return place
    return None


def install(python: str, run: str, folder: Path) -> Path:
    """An environment with what the run needs; its interpreter."""
    inside = folder / "venv" / "bin" / "python"
    target = f"{ROOT}[dev]"
    if not shutil.which("uv"):
        subprocess.run([python, "-m", "venv", str(folder / "venv")], check=True)
        pip = [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "-e", target], check=True)
        return inside
    subprocess.run(["uv", "venv", "--quiet", "--python", python, str(folder / "venv")], check=True)
    more: list[str] = []
    if run == "oldest":
        more = ["--resolution", "lowest-direct"]
    elif run == "newest":
        unbound = folder / "unbound.txt"
        unbound.write_text("".join(f"{name}\n" for name in run_time_packages()))
        more = ["--upgrade", "--override", str(unbound)]
    pip = ["uv", "pip", "install", "--quiet", "--python", str(inside)]
    subprocess.run([*pip, *more, "-e", target], check=True)
    return inside


def run_time_packages() -> list[str]:
    """The names of the packages that the product needs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [re.split(r"[<>=!~ \[;]", wanted)[0] for wanted in project["dependencies"]]


def packages_of(python: Path) -> str:
    """What of the packages that the product needs is installed, with versions."""
    ask = (
        "import sys, importlib.metadata as m; "
        "print(*(f'{name} {m.version(name)}' for name in sys.argv[1:]), sep=', ')"
    )
    command = [str(python), "-c", ask, *run_time_packages()]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def try_run(run: str, python: str, arguments: list[str]) -> str:
    """Do one run; how it ended."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tooltrace-matrix-") as name:
        try:
            inside = install(python, run, Path(name))
            print(f"\n== {run}: {packages_of(inside)}", flush=True)
        except (subprocess.CalledProcessError, OSError) as error:
            return f"NOT INSTALLED: {error}"
        command = [str(inside), "-m", "pytest", "-p", "no:cacheprovider", *PYTEST, *arguments]
        code = subprocess.run(command, cwd=ROOT).returncode
    return f"{'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s"


def main() -> int:
    """Do the runs that were named; 1 when one of them failed."""
    given = sys.argv[1:]
    cut = given.index("--") if "--" in given else len(given)
    runs, arguments = given[:cut] or list(RUNS), given[cut + 1 :]
    if set(runs) - set(RUNS):
        print(__doc__, file=sys.stderr)
        return 2
    pythons = {version: python_of(version) for version in VERSIONS}
    there = [version for version in VERSIONS if pythons[version]]
    if not there:
        print(f"none of {', '.join(VERSIONS)} is installed", file=sys.stderr)
        return 2
    pythons |= {"oldest": pythons[there[0]], "newest": pythons[there[-1]]}
    ends = {}
    for run in runs:
        python = pythons[run]
        if python is None:
            ends[run] = "not there"
        elif run in ("oldest", "newest") and not shutil.which("uv"):
            ends[run] = "left out: there is no uv"
        else:
            ends[run] = try_run(run, python, arguments)
    print()
    for run, end in ends.items():
        print(f"{run:<7} {pythons[run] or '':<50} {end}")
    return 1 if any(end.startswith(("FAILED", "NOT")) for end in ends.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
