"""Help and usage errors in Chinese."""

from __future__ import annotations

import difflib
import os
from enum import EnumType
from functools import partial
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

#: The exceptions that say that the command line was wrong.
USAGE_ERROR = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")

#: What is said of a number that does not fit, by the words of one release of the library or another.
_REMARKS = {
    "greater than or equal to": "应是不小于 1 的整数。",
    "range x>=": "应是不小于 1 的整数。",
    "valid integer": "应是整数。",
}


class _Chinese:
    """Puts the few English words of a help page into Chinese."""

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401 - the context's type moved between releases of typer
        text: str = super().get_usage(ctx)  # type: ignore[misc]
        words = {"Usage:": "用法：", "COMMAND [ARGS]...": "命令 [参数]...", "[OPTIONS]": "[选项]"}
        for english, chinese in words.items():
            text = text.replace(english, chinese)
        return text

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示这一页说明。"
        return option

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        # What draws the page takes long to load.
        from rich.text import Text
        from typer import rich_utils

        vars(rich_utils).update(
            ARGUMENTS_PANEL_TITLE="参数",
            OPTIONS_PANEL_TITLE="选项",
            COMMANDS_PANEL_TITLE="命令",
            DEFAULT_STRING="[默认：{}]",
            REQUIRED_LONG_STRING="[必填]",
            # Chinese has no blanks to break a line at; what does not fit goes on below, where it would be cut.
            Columns=Text(" ", overflow="fold").join,
        )
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_params(self, ctx: Any) -> Any:  # noqa: ANN401
        """The parameters, without the English names of their types and without a converter where none is needed."""
        params = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if hasattr(param, "display_type_rich"):
                param.display_type_rich = partial(_type_shown, param, type(param).display_type_rich)
            if hasattr(param, "type_descriptor"):
                param.process_value = partial(_taken, param, type(param).process_value)
        return params


class ChineseCommand(_Chinese, TyperCommand):
    """A command whose help is Chinese."""


#: Every command, in the order and under the headings of the first page of help; the first panel is numbered.
PANELS = {
    "一轮收集，五步": ("start", "distribute", "consolidate", "status", "readback"),
    "文字成稿": ("report", "refresh", "submit", "approve", "word-template"),
    "核对和更正": ("collect", "verify", "annotate", "template", "log", "check", "claim", "pin", "unpin", "withdraw"),
    "收报台、表样、样例": ("open", "page", "forms", "form", "lint", "explain", "schema", "demo"),
}


class ChineseGroup(_Chinese, TyperGroup):
    """The program, whose help is Chinese."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """The commands by panels."""
        known = super().list_commands(ctx)
        order = {name: panel for panel, names in PANELS.items() for name in names}
        for name, command in self.commands.items():
            command.rich_help_panel = order.get(name, "其他")  # type: ignore[attr-defined]
        steps = [name for name in next(iter(PANELS.values())) if name in self.commands]
        for number, name in enumerate(steps, 1):
            self.commands[name].short_help = f"{number}. {self.commands[name].help}"
        return sorted(known, key=lambda name: [*order, name].index(name))


def _type_shown(param: Any, named: Any, ctx: Any) -> str | None:  # noqa: ANN401
    """What stands in the column of types: an option's Chinese word, or the words to choose from."""
    shown = named(param, ctx)
    word = getattr(param, "metavar", None) if getattr(param, "param_type_name", "") == "option" else None
    return shown if word or "|" in (shown or "") else None


def _taken(param: Any, processed: Any, ctx: Any, value: Any) -> Any:  # noqa: ANN401
    """A value as its command takes it; typer, which takes long to load what it judges by, is asked in doubt only."""
    kind = param.type_descriptor.annotation
    if kind == list[Path] and value and all(os.access(one, os.R_OK) for one in value):
        return [Path(one) for one in value]
    if kind is Path and value and os.access(value, os.R_OK):
        return Path(value)
    if isinstance(kind, EnumType) and value in tuple(kind):
        return kind(value)
    if (kind in (str, int) and isinstance(value, kind)) or (value is None and not param.required):
        return value
    return processed(param, ctx, value)


def usage_sentence(error: BaseException) -> str:
    """A wrong command line, in a sentence."""
    kind, said = type(error).__name__, str(error)
    name = _name(getattr(error, "param", None)) or getattr(error, "param_hint", "") or ""
    option, near = getattr(error, "option_name", ""), getattr(error, "possibilities", None)
    if kind == "NoSuchCommand" or "No such command" in said:
        name = said.split(chr(39))[1] if chr(39) in said else said
        close = difflib.get_close_matches(name, [one for names in PANELS.values() for one in names], 1)
        return f"没有这个命令：{name}。{f'是不是 {close[0]}？' if close else ''}"
    known = {
        "NoSuchOption": f"没有选项 {option}{f'，是不是 {near[0]}？' if near else '。'}",
        "MissingParameter": f"缺少参数 {name}。",
        "BadOptionUsage": f"选项 {option} 后面要写一个值。",
        "BadParameter": f"{name} 的值不对：{_value(said)}",
    }
    many = "unexpected extra argument" in said
    left = f"多了参数：{said.rpartition('(')[2].rstrip(').')}。" if many else f"命令写得不对：{error}"
    return known.get(kind, left)


def _name(param: object) -> str:
    options = [o for o in getattr(param, "opts", []) if str(o).startswith("-")]
    return "/".join(options) or str(getattr(param, "metavar", "") or getattr(param, "name", "") or "").upper()


def _value(text: str) -> str:
    """The rest of a value error: which value, and which are allowed."""
    quoted = text.split("'")
    if "is not one of" in text:
        return f"“{quoted[1]}”，只能是 {'、'.join(quoted[3::2])}。"
    if "does not exist" in text:
        return f"没有“{quoted[-2] if len(quoted) > 2 else text}”。"  # noqa: PLR2004
    if len(quoted) > 1:
        return f"“{quoted[1]}”。"
    return next((chinese for english, chinese in _REMARKS.items() if english in text), text)
