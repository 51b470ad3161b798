"""Runs a command and ends it by the contract: no traceback ever reaches a user."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from toolkit.boundary import DEBUG
from toolkit.cli import rounds, word
from toolkit.cli.app import app
from toolkit.cli.chinese import USAGE_ERROR, usage_sentence
from toolkit.cli.console import say, tame
from toolkit.errors import ToolkitError, sentence_of

#: The commands register themselves where they stand.
COMMANDS = (rounds, word)
#: Set by a shell that asks what could be typed next.
COMPLETE = "_XXGK_COMPLETE"
_USAGE, _TOOL, _INTERRUPTED = 2, 4, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of ``xxgk``; exits the process."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code."""
    tame(sys.stdout, sys.stderr)
    if COMPLETE in os.environ:
        from typer import completion

        completion.completion_init()  # type: ignore[attr-defined]
    try:
        code = app(args=list(arguments) if arguments is not None else None, prog_name="xxgk", standalone_mode=False)
        sys.stdout.flush()
    except typer.Exit as done:
        return done.exit_code
    except (typer.Abort, KeyboardInterrupt):
        say("已停下。台账是完整的，收下的都在，写完的文件也是完整的；再运行一次同样的命令，就接着做完。", error=True)
        return _INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone (head, a closed window), which click ends with SystemExit; what follows
        # would have nowhere to go.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: every failure ends in a sentence
        return _failed(error)
    return code if isinstance(code, int) else 0


def _failed(error: Exception) -> int:
    if os.environ.get(DEBUG):
        raise error
    if type(error).__name__ == "NoArgsIsHelpError":
        return 0
    if isinstance(error, USAGE_ERROR):
        say(f"{usage_sentence(error)} 用法见 xxgk --help。", error=True)
        return _USAGE
    say(sentence_of(error), error=True)
    return error.exit_code if isinstance(error, ToolkitError) else _TOOL
