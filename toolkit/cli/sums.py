"""The commands that add up and write reports, of a round or of a plain folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli import options as opt
from toolkit.cli.app import app
from toolkit.cli.chinese import ChineseCommand
from toolkit.cli.console import answer, emit_json, say, some_workbooks, stages

if TYPE_CHECKING:
    from toolkit.pipeline.consolidate import SumRequest


@app.command(cls=ChineseCommand, name="consolidate", help="收件、核对、退回、汇总、写报告，一次做完。")
def consolidate_command(
    folder: opt.Folder = Path(),
    target: opt.OutputFolder = None,
    name: Annotated[str, typer.Option("--name", metavar="名称", help="汇总报告的名称，例如“某某区人民政府”。")] = "",
    form: opt.Form = "",
    whole: Annotated[bool, typer.Option("--all", help="没有通过的也计入（每页都会注明）。")] = False,
    node: Annotated[str, typer.Option("--node", metavar="单位", help="轮次里只汇总名册上的这一级。")] = "",
    reports: Annotated[bool, typer.Option("--reports/--no-reports", help="轮次里是否写各单位的报告。")] = True,
    parquet: Annotated[bool, typer.Option("--parquet", help="明细另写 Parquet（要装 scale 组件）。")] = False,
    output: opt.TextOrJson = opt.Format.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
    jobs: opt.Jobs = None,
    runner: opt.Engine = opt.RunnerName.LOCAL,
    scheduler: opt.Scheduler = "",
    details: opt.Details = False,
) -> None:
    """Consolidate a round, or a folder of workbooks."""
    from toolkit.cli.show_json import round_up_json
    from toolkit.pipeline.consolidate import SumRequest
    from toolkit.pipeline.round.open import find_round, open_round

    wanted = SumRequest(target, name, form, node, whole, reports, parquet, jobs or 0, runner.at(scheduler))
    if find_round(folder) is None:
        raise typer.Exit(_of_folder(folder, wanted, output, fail_on.value))
    from toolkit.cli.show import tell_left
    from toolkit.cli.show_round import show_round_up
    from toolkit.pipeline.round.consolidate import consolidate_round

    with open_round(folder) as round_, stages() as begin:
        done = consolidate_round(round_, wanted, begin)
    answer(output, lambda: round_up_json(done), lambda: show_round_up(done, folder, details=details))
    tell_left(done.left)
    raise typer.Exit(done.exit_code(fail_on.value))


def _of_folder(folder: Path, wanted: SumRequest, output: opt.Format, fail_on: str) -> int:
    from toolkit.cli.show import show_sum, show_tally, show_verdict, tell_left
    from toolkit.cli.show_json import folder_json
    from toolkit.pipeline.consolidate import consolidate_folder

    some_workbooks([folder])
    with stages() as begin:
        done = consolidate_folder(folder, wanted, begin)
    if output is opt.Format.JSON:
        emit_json(folder_json(done))
    else:
        for verdict in done.verdicts:
            show_verdict(verdict)
        show_tally(done.tally)
        show_sum(done.consolidation, done.findings)
        for path in done.files:
            say(f"  已写出 {path}")
    tell_left(done.left, done.faults)
    return done.exit_code(fail_on)


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
) -> None:
    """Write the narrative report of one return, or of a folder's sum."""
    if trace:
        _print_trace(source, name, form)
        return
    from toolkit.cli.show import show_tally, show_verdict, tell_left
    from toolkit.pipeline.report import write_up
    from toolkit.report.word.gate import read_word

    own = read_word(template) if template else None
    with stages() as begin:
        begin("写报告", 0)
        done = write_up(source, to, target, name=name, form=form, template=own)
    for verdict in done.verdicts:
        if verdict.findings:
            show_verdict(verdict)
    if len(done.verdicts) > 1:
        show_tally(done.tally)
    if done.scope:
        say(done.scope)
    for path in done.files:
        say(f"已写出 {path}")
    tell_left(done.left)
    if any(path.suffix == ".pdf" for path in done.files):
        _tell_fonts()
    raise typer.Exit(done.tally.exit_code(fail_on.value))


def _tell_fonts() -> None:
    """Say which fonts stand in for those of an official document that this machine lacks."""
    from toolkit.report.render.pdf import stand_ins

    found = stand_ins()
    if found:
        told = "、".join(f"{font}（用 {other or '别的字体'}）" for font, other in found.items())
        say(f"PDF 里代替了本机没有的公文字体：{told}。装上这些字体再写，就用原来的字体。", style="dim")


def _print_trace(source: Path, name: str, form: str) -> None:
    """Each generated sentence, and under it each figure with its cells."""
    from toolkit.pipeline.report import traced
    from toolkit.pipeline.word import written_from

    draft = written_from(source, name=name, form=form)
    for sentence, figures in traced(draft.kind, draft.document).items():
        say(sentence)
        for text, places in figures:
            say(f"  {text} ← {places}")
