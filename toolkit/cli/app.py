"""The commands. Each parses, calls one function of the pipeline, prints, and picks an exit code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toolkit import __version__
from toolkit.cli import options as opt
from toolkit.cli.chinese import Command
from toolkit.cli.chinese import Group
from toolkit.cli.chinese import speak_chinese
from toolkit.cli.console import bar
from toolkit.cli.console import emit_json
from toolkit.cli.console import emit_text
from toolkit.cli.console import say
from toolkit.cli.inbox import workbooks
from toolkit.model.returns import Verdict
from toolkit.pipeline.exchange import Tally
from toolkit.pipeline.instruments import DEFAULT_FORM

speak_chinese()
app = typer.Typer(
    name="xxgk",
    cls=Group,
    help="报表收发、核对、汇总和成文：用一个表样生成 Excel 模板，核对收回的表，汇总并写出报告。",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="显示版本号。")] = False,
) -> None:
    """报表收发、核对、汇总和成文：用一个表样生成 Excel 模板，核对收回的表，汇总并写出报告。."""
    if version:
        say(f"xxgk {__version__}")
        raise typer.Exit


@app.command(cls=Command, name="demo", help="用样例走一遍全过程：模板、发放、收件、核对、退回、汇总、报告。")
def demo_command(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="结果放在哪里。")] = Path("xxgk-demo"),
) -> None:
    """Run the demo; always 0, for its samples are faulty on purpose."""
    from toolkit.cli.show_round import show_demo
    from toolkit.pipeline.demo import demo

    show_demo(demo(folder, say))


@app.command(cls=Command, name="forms", help="列出已有的表样。")
def forms_command(output: opt.TextOrJson = opt.Format.TEXT) -> None:
    """List the installed forms."""
    from toolkit.pipeline.instruments import known_forms

    found = [kind.form for kind in known_forms()]
    if output is opt.Format.JSON:
        emit_json([{"id": f.id, "version": f.version, "name": f.name, "basis": f.basis} for f in found])
        return
    for form in found:
        mark = "（默认）" if form.id == DEFAULT_FORM else ""
        say(f"{form.id}  第 {form.version} 版  {form.name}{mark}  依据：{form.basis or '—'}")


@app.command(cls=Command, name="explain", help="用文字解释一条规则或一个编号。")
def explain_command(
    rule: Annotated[str, typer.Argument(metavar="编号", help="规则编号，例如 BAL-01、VAL-01、FMLA-02。")],
    form: opt.Form = "",
    output: opt.TextOrJson = opt.Format.TEXT,
) -> None:
    """Explain a rule or a built-in code."""
    from toolkit.pipeline.explain import explain
    from toolkit.pipeline.instruments import instrument

    found = explain(instrument(form), rule)
    if output is opt.Format.JSON:
        emit_json({"rule": found.code, "title": found.title, "lines": list(found.lines)})
        return
    say(f"{found.code}  {found.title}")
    for line in found.lines:
        say(f"  {line}")


@app.command(cls=Command, name="template", help="生成一份空白模板。")
def template_command(
    form: opt.Form = "",
    period: opt.Period = "",
    unit: opt.Unit = "",
    output: opt.OutputFile = None,
) -> None:
    """Write one blank workbook."""
    from toolkit.pipeline.template import template

    say(f"已生成：{template(form, period, unit, output)}")


@app.command(cls=Command, name="verify", help="核对工作簿：结构、公式、数值、规则。")
def verify_command(
    files: opt.Files,
    form: opt.Form = "",
    output: Annotated[opt.VerifyFormat, typer.Option("--format", help="输出格式。")] = opt.VerifyFormat.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
    jobs: opt.Jobs = 1,
) -> None:
    """Verify workbooks and folders of them."""
    from toolkit.pipeline.verify import verify

    found = workbooks(files)
    if not found:
        say("没有找到工作簿。请检查文件夹里是否有 .xlsx 文件。", error=True)
        raise typer.Exit(2)
    tally = Tally()
    with bar("核对", len(found)) as progress:
        verdicts = verify(found, form, jobs, progress)
        if output is opt.VerifyFormat.TEXT:
            _print_verdicts(verdicts, tally, [path.name for path in found])
        else:
            _print_document(verdicts, tally, output)
    raise typer.Exit(tally.exit_code(fail_on.value))


def _print_verdicts(verdicts: object, tally: Tally, names: list[str]) -> None:
    from collections import Counter
    from collections.abc import Iterable
    from typing import cast

    from toolkit.cli.show import show_tally
    from toolkit.cli.show import show_verdict

    times = Counter(names)
    for verdict in cast("Iterable[Verdict]", verdicts):
        tally.add(verdict)
        show_verdict(verdict, folder=times[Path(verdict.file).name] > 1)
    show_tally(tally)


def _print_document(verdicts: object, tally: Tally, output: opt.VerifyFormat) -> None:
    from collections.abc import Iterable
    from dataclasses import replace
    from typing import cast

    from toolkit.pipeline import exchange

    kept: list[Verdict] = []
    for verdict in cast("Iterable[Verdict]", verdicts):
        tally.add(verdict)
        kept.append(replace(verdict, content=None))
    if output is opt.VerifyFormat.JSON:
        emit_json(exchange.document_json([exchange.verdict_json(v) for v in kept], tally))
    elif output is opt.VerifyFormat.SARIF:
        emit_json(exchange.document_sarif(kept))
    else:
        emit_text(exchange.document_junit(kept).decode())


@app.command(
    cls=Command, name="consolidate", help="收件、核对、退回、汇总、写报告。也可以汇总一个装着工作簿的普通文件夹。"
)
def consolidate_command(
    folder: opt.Folder = Path(),
    target: opt.OutputFolder = None,
    name: Annotated[str, typer.Option("--name", metavar="名称", help="汇总报告的名称，例如“某某区人民政府”。")] = "",
    form: opt.Form = "",
    everything: Annotated[bool, typer.Option("--all", help="没有通过的也计入（每页都会注明）。")] = False,
    node: Annotated[str, typer.Option("--node", metavar="单位", help="轮次里只汇总名册上的这一级。")] = "",
    reports: Annotated[bool, typer.Option("--reports/--no-reports", help="轮次里是否写各单位的报告。")] = True,
    output: opt.TextOrJson = opt.Format.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
    jobs: opt.Jobs = 1,
) -> None:
    """Consolidate a round, or a folder of workbooks."""
    from toolkit.pipeline.files import is_round

    if is_round(folder):
        from toolkit.cli.rounds import consolidate_round

        wanted = opt.RoundUp(node=node, everything=everything, reports=reports, jobs=jobs)
        raise typer.Exit(consolidate_round(folder, target, wanted, output, fail_on.value))
    from toolkit.cli.show import show_sum
    from toolkit.cli.show import show_tally
    from toolkit.cli.show import show_verdict
    from toolkit.pipeline import exchange
    from toolkit.pipeline.consolidate import consolidate

    with bar("核对", len(workbooks([folder]))) as progress:
        done = consolidate(folder, target, name=name, form=form, everything=everything, jobs=jobs, progress=progress)
    if output is opt.Format.JSON:
        document = exchange.document_json([exchange.verdict_json(v) for v in done.verdicts], done.tally)
        emit_json(
            {
                **document,
                "sum": {name: exchange.number(value) for name, value in done.consolidation.sums.items()},
                "sum_findings": [exchange.finding_json(f) for f in done.findings],
                "coverage": list(done.consolidation.coverage),
                "files": [str(path) for path in done.files],
            }
        )
    else:
        for verdict in done.verdicts:
            show_verdict(verdict)
        show_tally(done.tally)
        show_sum(done.consolidation, done.findings)
        for path in done.files:
            say(f"  已写出 {path}")
    raise typer.Exit(done.exit_code(fail_on.value))


@app.command(cls=Command, name="report", help="写出一份表（或一个文件夹汇总后）的年度报告：Word、网页、PDF、Markdown。")
def report_command(
    source: Annotated[Path, typer.Argument(metavar="文件或文件夹", help="一份填好的工作簿，或一个文件夹。")],
    to: Annotated[str, typer.Option("--to", metavar="格式", help="格式，用逗号隔开。")] = "docx,html,pdf,md",
    target: opt.OutputFolder = None,
    name: Annotated[str, typer.Option("--name", metavar="名称", help="汇总报告的名称。")] = "",
    form: opt.Form = "",
    fail_on: opt.Fail = opt.FailOn.ERROR,
) -> None:
    """Write the narrative report of one return, or of a folder's sum."""
    from toolkit.cli.show import show_tally
    from toolkit.cli.show import show_verdict
    from toolkit.pipeline.write_up import write_up

    done = write_up(source, to, target, name=name, form=form)
    for verdict in done.verdicts:
        if verdict.findings:
            show_verdict(verdict)
    if len(done.verdicts) > 1:
        show_tally(done.tally)
    if done.scope:
        say(done.scope)
    for path in done.files:
        say(f"已写出 {path}")
    raise typer.Exit(done.tally.exit_code(fail_on.value))
