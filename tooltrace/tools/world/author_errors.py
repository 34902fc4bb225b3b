"""What the author's own code raises is theirs: said with their line, never as a fault of ours."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tooltrace.core.model.errors import BadWorld, ToolTraceError
from tooltrace.core.text.error_origin import authors_line
from tooltrace.core.text.sanitize import one_line
from tooltrace.tools.functions.exceptions import failure

if TYPE_CHECKING:
    from tooltrace.tools.world.folder import Folder
    from tooltrace.tools.world.world import World

__all__ = ["made_world", "theirs"]


@contextmanager
def theirs(what: str) -> Iterator[None]:
    """Turn what the author's code raises into a BadWorld that says ``what``, why, and their line.

    What is raised before any code of theirs is reached passes, as does what is meant for people.
    What cannot be called as it has to be is theirs as well.
    """
    try:
        yield
    except (ToolTraceError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # Whatever it is, it came out of their code.
        line = authors_line(error)
        if line is None and not _is_about_the_call(error):
            raise
        at = f" ({_shown(line[0])}:{line[1]})" if line is not None else ""
        raise BadWorld(one_line(f"{what}: {failure(error)[0]}{at}")) from error


def _is_about_the_call(error: BaseException) -> bool:
    """Whether a call itself was refused, where it was made: other arguments were wanted."""
    here = error.__traceback__
    made = here.tb_next if here is not None else None
    return isinstance(error, TypeError) and made is not None and made.tb_next is None


def _shown(file: str) -> str:
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file


def made_world(
    factory: Callable[[Path], World],
    folder: Folder,
    apart: Collection[str] = (),
    what: str = "the world",
) -> World:
    """The world that the author's factory makes in a folder that no link leads out of.

    ``apart`` names what is in the folder and not the world's. A world in the folder is held to it;
    one that is somewhere else is the author's business. ``what`` is what it is called. Raises
    BadWorld, OSError, or ValueError for a link that leads out.
    """
    from tooltrace.tools.world.tree_copy import check_links
    from tooltrace.tools.world.world import World, hold

    check_links(folder, apart)
    with theirs(f"{what} cannot be made"):
        world: object = factory(folder.path)
    if isinstance(world, type) or not isinstance(world, World):
        where = getattr(getattr(factory, "__code__", None), "co_filename", None)
        at = f" ({_shown(where)}:{factory.__code__.co_firstlineno})" if where else ""
        kind = f"the class {world.__name__}" if isinstance(world, type) else type(world).__name__
        raise BadWorld(one_line(f"{what} cannot be made: {kind} is not a World{at}"))
    hold(world, folder)
    return world
