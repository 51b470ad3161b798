"""The commands about reports: to write them, an office's own template, and a report that an editor polished."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli import options as opt
from toolkit.cli.app import app
from toolkit.cli.chinese import ChineseCommand
from toolkit.cli.console import answer, say, stages, tell
from toolkit.cli.rounds import Place
from toolkit.errors import UsageError

if TYPE_CHECKING:
    from toolkit.pipeline.reports.word import ReadBack

Report = Annotated[Path, typer.Argument(metavar="报告.docx", help="在 Word 或 WPS 里改过的报告。")]
Source = Annotated[Path, typer.Option("--with", metavar="文件或文件夹", help="报告所据的工作簿、文件夹或一轮收集。")]
Name = Annotated[str, typer.Option("--name", metavar="名称", help="汇总报告的名称。")]
#: So many lines are told of findings and of changes without -v: all that is said stays on the screen.
_FINDINGS, _BESIDE, _CHANGES = 5, 4, 11
_CELLS = 3


@app.command(cls=ChineseCommand, name="report", help="写一份表或一个文件夹汇总后的年度报告。")
def report_command(
    source: Annotated[Path, typer.Argument(metavar="文件或文件夹", help="一份填好的工作簿，或一个文件夹。")],
    to: Annotated[str, typer.Option("--to", metavar="格式", help="格式，用逗号隔开。")] = "docx,html,pdf,md",
    target: opt.OutputFolder = None,
    name: Annotated[str, typer.Option("--name", metavar="名称", help="汇总报告的名称。")] = "",
    template: Annotated[Path | None, typer.Option("--template", metavar="文件", help="自己的 Word 模板。")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="只列出每句里的数来自哪个单元格。")] = False,
    form: opt.Form = "",
    fail_on: opt.Fail = opt.FailOn.ERROR,
) -> int:
    """Write the narrative report of one return, or of a folder's sum."""
    if trace:
        _print_trace(source, name, form)
        return 0
    from toolkit.cli.show import show_tally, show_verdict, tell_left
    from toolkit.io.tally import Tally
    from toolkit.pipeline.reports.report import write_up
    from toolkit.report.word.gate import read_word

    own = read_word(template) if template else None
    with stages() as begin:
        begin("写报告", 0)
        done = write_up(source, to, target, name=name, form=form, template=own)
    for verdict in done.verdicts:
        if verdict.findings:
            show_verdict(verdict)
    if len(done.verdicts) > 1:
        show_tally(Tally.of(done.verdicts))
    say(*([done.total.scope] if done.total else []), *(f"已写出 {path}" for path in done.files))
    tell_left(done.left)
    if any(path.suffix == ".pdf" for path in done.files):
        _tell_fonts()
    return done.exit_code(fail_on)


def _tell_fonts() -> None:
    """Say which fonts stand in for those of an official document that this machine lacks."""
    from toolkit.report.render.pdf import stand_ins

    found = stand_ins()
    if found:
        told = "、".join(f"{font}（用 {other or '别的字体'}）" for font, other in found.items())
        say(f"PDF 里代替了本机没有的公文字体：{told}。装上这些字体再写，就用原来的字体。", style="dim")


def _print_trace(source: Path, name: str, form: str) -> None:
    """Each generated sentence, and under it each figure with its cells."""
    from toolkit.pipeline.reports.report import traced
    from toolkit.pipeline.reports.word import written_from

    draft = written_from(source, name=name, form=form)
    for sentence, figures in traced(draft.kind, draft.document).items():
        say(sentence, *(f"  {text} ← {places}" for text, places in figures))


@app.command(cls=ChineseCommand, name="word-template", help="写出报告的 Word 模板，或检查改过的。")
def word_template_command(
    form: opt.Form = "",
    output: opt.OutputFile = None,
    check: Annotated[Path | None, typer.Option("--check", metavar="文件", help="检查改过的模板。")] = None,
) -> None:
    """Write the template out, or check one; 2 where it cannot be used."""
    from toolkit.pipeline.reports.word import check_word_template, word_template

    if check is None:
        say(f"已写出 {word_template(form, output)}")
        return
    faults = check_word_template(check, form)
    if not faults:
        say(f"{check.name}：可以使用。")
        return
    say(f"{check.name}：有 {len(faults)} 处要改：", *(f"  {fault}" for fault in faults))
    raise typer.Exit(2)


@app.command(cls=ChineseCommand, name="readback", help="核对改过的报告，并写出网页、PDF。")
def readback_command(
    report: Report,
    source: Source,
    target: opt.OutputFolder = None,
    to: Annotated[str, typer.Option("--to", metavar="格式", help="写出哪些格式，用逗号隔开。")] = "html,pdf,md",
    name: Name = "",
    form: opt.Form = "",
    output: opt.TextOrJson = opt.Format.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
    anyway: Annotated[str, typer.Option("--anyway", metavar="原因", help="没解决的也照样写出；原因记入台账。")] = "",
    details: opt.Details = False,
) -> int:
    """Read a polished report again; with ``-o`` the other formats are written from its words, if nothing is open."""
    from toolkit.cli.show import tell_left
    from toolkit.io.json import keyed
    from toolkit.io.tally import exit_code
    from toolkit.pipeline.reports.word import read_back

    done = read_back(report, source, target, to=to, name=name, form=form, anyway=anyway.strip())
    told = partial(_show_readback, report, source, done, anyway if target else None, details=details)
    found = {"file": str(report), **keyed(done, "findings texts=figures files held")}
    found |= {"anyway": anyway, **keyed(done, "approved differs")}
    withheld = bool(target and done.held and not done.files)
    code = max(int(withheld), exit_code(fail_on, (one.severity for one in done.findings)))
    code = answer(output, lambda: found, told, code)
    tell_left(done.left)
    return code


def _show_readback(report: Path, source: Path, done: ReadBack, anyway: str | None, *, details: bool) -> None:
    """What came of it; ``anyway``: why it is written though something is open, None where nothing is to be."""
    from toolkit.cli.show import finding_line, show_figures
    from toolkit.collection.folder import is_round

    say(*_first(list(map(finding_line, done.findings)), _FINDINGS, details=details))
    show_figures(done.figures, details=details)
    changes = _changes(done.differs, details=details, most=_BESIDE)
    tell("readback", report=report, done=done, anyway=anyway, changes=changes, in_round=is_round(source))


@app.command(cls=ChineseCommand, name="refresh", help="按现在的数更新改过的报告，改处标出。")
def refresh_command(
    report: Report, source: Source, output: opt.OutputFile = None, name: Name = "", details: opt.Details = False
) -> None:
    """Write the editor's report with today's figures."""
    from toolkit.pipeline.reports.word import refresh

    path, done = refresh(report, source, output, name=name)
    changes = _changes(done.changes, details=details)
    tell("refresh", path=path, done=done, changes=changes, most=len(done.cells) if details else _CELLS)


@app.command(cls=ChineseCommand, name="submit", help="送审：记下送审稿，和它与程序写的稿不同的地方。")
def submit_command(report: Report, folder: Place = Path(), details: opt.Details = False) -> None:
    """Note a report as submitted for approval."""
    _hand_in(report, folder, details=details)


@app.command(cls=ChineseCommand, name="approve", help="签发：记下公布稿是哪一份、谁签发的。")
def approve_command(
    report: Report,
    by: Annotated[str, typer.Option("--by", metavar="姓名", help="谁签发的。")],
    folder: Place = Path(),
    details: opt.Details = False,
) -> None:
    """Note a report as approved."""
    if not by.strip():
        raise UsageError("--by：请写明签发人的姓名。")
    _hand_in(report, folder, by.strip(), details=details)


def _hand_in(report: Path, folder: Path, by: str = "", *, details: bool) -> None:
    from toolkit.pipeline.reports.word import hand_in

    one = hand_in(report, folder, by)
    say(*_changes(one.changes, details=details))
    say(f"{one.file}：{one.told}，已记入台账。与{'送审稿' if by else '程序写的稿'}相比 {len(one.changes)} 处不同。")
    say(f"SHA-256 {one.sha256}")


def _changes(changes: Sequence[tuple[str, str]], *, details: bool, most: int = _CHANGES) -> list[str]:
    from toolkit.report.readback.changes import told_changes

    return _first(told_changes(changes), most, details=details)


def _first(lines: Sequence[str], most: int, *, details: bool) -> list[str]:
    """The lines, or with how many there are besides as many of them as stay on the screen."""
    shown = lines if details else lines[:most]
    more = [f"……另有 {len(lines) - most} 处，加 -v 看全部。"] if len(shown) < len(lines) else []
    return [f"  {line}" for line in (*shown, *more)]
