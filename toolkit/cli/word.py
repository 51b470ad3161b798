"""The commands about Word files: an office's own template, and a report that an editor polished."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import options as opt
from toolkit.cli.app import app
from toolkit.cli.chinese import ChineseCommand
from toolkit.cli.console import emit_json, say


@app.command(cls=ChineseCommand, name="word-template", help="写出报告的 Word 模板，或检查改过的。")
def word_template_command(
    form: opt.Form = "",
    output: opt.OutputFile = None,
    check: Annotated[Path | None, typer.Option("--check", metavar="文件", help="检查改过的模板。")] = None,
) -> None:
    """Write the template out, or check one; 2 where it cannot be used."""
    from toolkit.pipeline.word import check_word_template, word_template

    if check is None:
        say(f"已写出 {word_template(form, output)}")
        return
    faults = check_word_template(check, form)
    if not faults:
        say(f"{check.name}：可以使用。")
        return
    say(f"{check.name}：有 {len(faults)} 处要改：")
    for fault in faults:
        say(f"  {fault}")
    raise typer.Exit(2)


@app.command(cls=ChineseCommand, name="readback", help="核对改过的报告，并写出网页、PDF。")
def readback_command(
    report: Annotated[Path, typer.Argument(metavar="报告.docx", help="在 Word 或 WPS 里改过的报告。")],
    source: Annotated[Path, typer.Option("--with", metavar="文件或文件夹", help="报告所据的数据。")],
    target: opt.OutputFolder = None,
    to: Annotated[str, typer.Option("--to", metavar="格式", help="写出哪些格式，用逗号隔开。")] = "html,pdf,md",
    name: Annotated[str, typer.Option("--name", metavar="名称", help="汇总报告的名称。")] = "",
    form: opt.Form = "",
    output: opt.TextOrJson = opt.Format.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
) -> None:
    """Read a polished report again; with ``-o`` the other formats are written from its words."""
    from toolkit.cli.show import finding_line, show_figures, tell_left
    from toolkit.cli.show_json import readback_json
    from toolkit.io.tally import exit_code
    from toolkit.pipeline.word import read_back

    done = read_back(report, source, target, to=to, name=name, form=form)
    if output is opt.Format.JSON:
        emit_json(readback_json(report, done))
    else:
        for one in done.findings:
            say(f"  {finding_line(one)}")
        show_figures(done.figures)
        told = f"{len(done.findings)} 处与数据不同或需要看一看。" if done.findings else "与数据一致。"
        say(f"{report.name}：{told}")
        for path in done.files.values():
            say(f"已写出 {path}")
    tell_left(done.left)
    raise typer.Exit(exit_code(fail_on.value, (one.severity for one in done.findings)))
