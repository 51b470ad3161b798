"""The command that looks at forms themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from toolkit.cli import options as opt
from toolkit.cli.app import app
from toolkit.cli.chinese import Command
from toolkit.cli.console import emit_json
from toolkit.cli.console import say


@app.command(cls=Command, name="lint", help="检查报表定义：矛盾、多余、永远不会不成立的规则，没有规则核对的格。")
def lint_command(
    form: Annotated[str, typer.Argument(metavar="表样", help="表样名称或定义文件夹，默认检查全部。")] = "",
    output: opt.TextOrJson = opt.Format.TEXT,
) -> None:
    """Check one definition, or all that are installed."""
    from toolkit.pipeline.lint import lint_forms

    found = lint_forms(form)
    faults = sum(one.level == "error" for advice in found.values() for one in advice)
    if output is opt.Format.JSON:
        emit_json(
            {
                name: [{"level": one.level, "where": one.where, "message": one.message} for one in advice]
                for name, advice in found.items()
            }
        )
        raise typer.Exit(1 if faults else 0)
    for name, advice in found.items():
        say(f"{name}：{'没有发现问题。' if not advice else ''}")
        for one in advice:
            say(f"  {'错误' if one.level == 'error' else '提示'} {one.where} {one.message}。")
    raise typer.Exit(1 if faults else 0)
