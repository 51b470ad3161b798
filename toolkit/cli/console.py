"""What differs between consoles, in one place: encodings that lack a character, terminals that are none."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, TextIO

from toolkit.boundary import DEBUG
from toolkit.errors import UsageError
from toolkit.text import visible

if TYPE_CHECKING:
    from toolkit.io.json import Json
    from toolkit.pipeline.verify import Stages

_BEYOND = re.compile("[^\x00-\x7f]")


def tame(*streams: TextIO) -> None:
    """Make streams print ``?`` for a character that the console lacks; none may end a run."""
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def say(*lines: str, error: bool = False, style: str = "") -> None:
    """Print lines for a person; control and direction marks in strangers' texts are shown, never obeyed."""
    stream = sys.stderr if error else sys.stdout
    for line in map(visible, lines):
        if style and stream.isatty():
            from rich.console import Console
            from rich.text import Text

            Console(file=stream, highlight=False, soft_wrap=True).print(Text(line, style=style))
        else:
            stream.write(line + "\n")


def tell(template: str, **words: object) -> None:
    """Print the lines that a template of this room makes of the words."""
    from toolkit.io.templates import pages

    say(*pages(__package__).get_template(f"{template}.txt.j2").render(words).removesuffix("\n").split("\n"))


def emit_json(document: Json) -> None:
    """One JSON document on stdout and nothing else; escaped where the console is not UTF-8, so that it stays whole."""
    from toolkit.io.json import json_text

    text = json_text(document)
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8":
        text = _BEYOND.sub(lambda found: json.dumps(found[0])[1:-1], text)
    sys.stdout.write(text + "\n")


def answer(output: str, document: Callable[[], Json], lines: Callable[[], None], code: int = 0) -> int:
    """The end of a command: what it found as one JSON document, or as lines for a person; gives its exit code."""
    if output == "json":
        emit_json(document())
    else:
        lines()
    return code


#: Seconds after which a stage is told of where nobody can see a bar.
_LONG = 1.0


def talk() -> None:
    """Tell of every stage at once, and of a failure all that is known."""
    global _LONG  # noqa: PLW0603 - what a console shows is one setting of the process
    _LONG = 0.0
    os.environ[DEBUG] = "1"


@contextmanager
def stages() -> Iterator[Stages]:
    """Stages on standard error: a bar each on a terminal, elsewhere a line for each that takes its time."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield lambda title, total: partial(progress.advance, progress.add_task(title, total=total or None))
        return
    begun = [Timer(0, say)]

    def begin(title: str, total: int) -> Callable[[int], None]:
        begun[0].cancel()
        begun[0] = Timer(_LONG, say, (f"正在{title}{f'（{total} 项）' if total else ''}……",), {"error": True})
        begun[0].daemon = True
        begun[0].start()
        return lambda _: None

    try:
        yield begin
    finally:
        begun[0].cancel()


_SHOWN = 5


def some_workbooks(paths: list[Path]) -> list[Path]:
    """The workbooks named or in the folders named; what else lies there is told: nothing disappears without a word.

    UsageError where there are none.
    """
    from toolkit.pipeline.read_return import inputs, not_spreadsheets

    found, left = inputs(paths), not_spreadsheets(paths)
    if left:
        shown = "、".join(file.name for file in left[:_SHOWN]) + ("……" if len(left) > _SHOWN else "")
        say(f"另有 {len(left)} 个文件不是工作簿，没有读取：{shown}。压缩包请先解开。", error=True)
    if not found:
        raise UsageError("没有找到工作簿。请检查文件夹里是否有 .xlsx 文件。")
    return found
