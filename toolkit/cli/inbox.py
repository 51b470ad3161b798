"""What a command is given to read, and a word about what it leaves lying."""

from __future__ import annotations

from pathlib import Path

from toolkit.cli.console import say
from toolkit.pipeline.files import inputs
from toolkit.pipeline.files import skipped

_SHOWN = 5


def workbooks(paths: list[Path]) -> list[Path]:
    """The workbooks named or in the folders named; what else lies there is told: nothing disappears without a word."""
    found, left = inputs(paths), skipped(paths)
    if left:
        shown = "、".join(file.name for file in left[:_SHOWN]) + ("……" if len(left) > _SHOWN else "")
        say(f"另有 {len(left)} 个文件不是工作簿，没有读取：{shown}。压缩包请先解开。", error=True)
    return found
