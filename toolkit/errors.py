"""The reasons to stop: what is wrong with a definition, a setting or the machine; never what is wrong with data."""

from __future__ import annotations

import copyreg
import errno
import tomllib
from collections.abc import Sequence
from pathlib import Path

_TOLD: dict[str, str] = tomllib.loads(Path(__file__).with_name("errors.toml").read_text(encoding="utf-8"))
_CAUSES = {getattr(errno, name): words for name, words in _TOLD.items()}


def cause_of(error: OSError) -> str:
    """What the system says of a file, in the words of its user."""
    return _CAUSES.get(error.errno or 0, f"系统错误 {error.errno}")


class ToolkitError(Exception):
    """The tool cannot go on. ``exit_code`` follows the command contract."""

    exit_code = 4

    def __reduce__(self) -> tuple[object, ...]:
        # Between processes it travels with its sentence, not with what its class makes one of.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class UsageError(ToolkitError):
    """What was asked for cannot be done: a wrong option, a missing file."""

    exit_code = 2


class DefinitionError(ToolkitError):
    """A form's definition is faulty; ``problems`` holds all of them, each as ``path: what``."""

    exit_code = 2

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = "\n".join(f"  {p}" for p in self.problems)
        super().__init__(f"表样定义“{source}”有 {len(self.problems)} 处问题，请逐条改正：\n{lines}")


class UnknownFormError(UsageError):
    """No form of that name is installed."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"没有名为“{name}”的表样。现有：{'、'.join(known) or '（无）'}。可用 xxgk forms 查看。")


class OutputError(ToolkitError):
    """A result could not be written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}：写不进去（{why}）。请关闭正在打开它的程序，或检查磁盘空间和文件夹权限后重试。")


class ReportError(ToolkitError):
    """A report could not be made: a spoilt document template, a character no font has.

    ``written`` are the files of its other formats, which are there.
    """

    written: tuple[Path, ...] = ()


class FormatMissingError(ReportError):
    """A report cannot be had in one format: the library that makes it is absent or does not load."""


class WordFileError(ReportError):
    """A Word file that was handed in cannot be used: a spoilt template, a damaged report."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting of a round is faulty; ``problems`` holds all of them."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  {p}" for p in self.problems)
        super().__init__(f"{source} 有 {len(self.problems)} 处问题，请改正后重试：\n{lines}")


class ProgramError(ToolkitError):
    """The program fails on so many files that the fault cannot be theirs; ``names`` are some of the files."""

    def __init__(self, names: Sequence[str], failed: int, files: int) -> None:
        super().__init__(
            f"程序在 {failed} 个文件上出错（共 {files} 个），已停止。"
            "这是程序的问题，不是填报单位的问题，没有记在它们名下；"
            f"请把这些文件发给维护人员，换用改好的程序后重新运行：{'、'.join(names)}"
            f"{' 等' if failed > len(names) else ''}"
        )


class UnreachableError(ToolkitError):
    """What was asked for lies on another machine, which does not answer or does not do it."""

    exit_code = 3


class LockedError(ToolkitError):
    """Another run is at work in the same round."""


class LedgerError(ToolkitError):
    """The ledger cannot be read or written."""


def sentence_of(error: Exception) -> str:
    """Why a run stopped, whatever stopped it, in the words of its user."""
    if isinstance(error, ToolkitError):
        return str(error)
    if isinstance(error, MemoryError):
        return "内存不够。请关闭其他程序，或把文件分几个文件夹处理。"
    if isinstance(error, OSError):
        return f"{error.filename or ''}：{cause_of(error)}。请检查磁盘空间和文件夹权限后重试。"
    told = f"程序内部出错（{type(error).__name__}：{error}）"
    return f"{told}。没有改动任何收到的文件；请把这一行告诉维护人员。"
