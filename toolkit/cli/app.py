"""The commands. Each parses, calls one function of the pipeline, prints, and picks an exit code."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from toolkit import __version__
from toolkit.cli import options as opt
from toolkit.cli.chinese import ChineseCommand, ChineseGroup
from toolkit.cli.console import emit_json, say, some_workbooks, stages

app = typer.Typer(
    name="xxgk",
    cls=ChineseGroup,
    help="报表收发、核对、汇总和成文：用一个表样生成 Excel 模板，核对收回的表，汇总并写出报告。",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(version: Annotated[bool, typer.Option("--version", help="显示版本号。")] = False) -> None:
    """报表收发、核对、汇总和成文：用一个表样生成 Excel 模板，核对收回的表，汇总并写出报告。."""
    if version:
        say(f"xxgk {__version__}")
        raise typer.Exit


@app.command(cls=ChineseCommand, name="demo", help="用样例走一遍全过程，结果放在一个新文件夹里。")
def demo_command(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="结果放在哪里。")] = Path("xxgk-demo"),
) -> None:
    """Run the demo; always 0, for its samples are faulty on purpose."""
    from toolkit.cli.show_round import show_demo
    from toolkit.pipeline.demo import CITY, DISTRICT, demo

    show_demo(demo(folder, say), folder / DISTRICT, folder / CITY)


@app.command(cls=ChineseCommand, name="open", help="在浏览器里打开收报台，用鼠标办完一轮。")
def open_command(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="一轮收集的文件夹，或要新建一轮的地方。")] = Path(),
) -> None:
    """Keep the desk open until it is closed in the browser or with Ctrl-C."""
    from toolkit.desk.app import open_desk

    open_desk(folder, say)


@app.command(cls=ChineseCommand, name="forms", help="列出已有的表样。")
def forms_command(output: opt.TextOrJson = opt.Format.TEXT) -> None:
    """List the installed forms."""
    from toolkit.instrument.catalogue import DEFAULT_FORM, known_forms

    found = [kind.form for kind in known_forms()]
    if output is opt.Format.JSON:
        emit_json([{"id": f.id, "version": f.version, "name": f.name, "basis": f.basis} for f in found])
        return
    for form in found:
        mark = "（默认）" if form.id == DEFAULT_FORM else ""
        say(f"{form.id}  第 {form.version} 版  {form.name}{mark}  依据：{form.basis or '—'}")


@app.command(cls=ChineseCommand, name="explain", help="用文字解释一条规则或一个编号。")
def explain_command(
    rule: Annotated[str, typer.Argument(metavar="编号", help="规则编号，例如 BAL-01、VAL-01、FMLA-02。")],
    form: opt.Form = "",
    output: opt.TextOrJson = opt.Format.TEXT,
) -> None:
    """Explain a rule or a built-in code."""
    from toolkit.instrument.catalogue import load
    from toolkit.pipeline.explain import explain

    found = explain(load(form), rule)
    if output is opt.Format.JSON:
        emit_json({"rule": found.code, "title": found.title, "lines": list(found.lines)})
        return
    say(f"{found.code}  {found.title}")
    for line in found.lines:
        say(f"  {line}")


@app.command(cls=ChineseCommand, name="schema", help="给程序用的 JSON 是什么样子（JSON Schema）。")
def schema_command(
    document: Annotated[opt.Schema, typer.Argument(metavar="哪一种", help="verify、collect 或 sums。")],
) -> None:
    """Print the JSON Schema of a document."""
    from toolkit.io.json import schema

    emit_json(schema(document.value))


@app.command(cls=ChineseCommand, name="template", help="生成一份空白模板。")
def template_command(
    form: opt.Form = "", period: opt.Period = "", unit: opt.Unit = "", output: opt.OutputFile = None
) -> None:
    """Write one blank workbook."""
    from toolkit.pipeline.round.sending.distribute import template

    say(f"已生成：{template(form, period, unit, output)}")


@app.command(cls=ChineseCommand, name="verify", help="核对工作簿：结构、公式、数值、规则。")
def verify_command(
    files: opt.Files,
    form: opt.Form = "",
    previous: opt.Prior = None,
    output: Annotated[opt.VerifyFormat, typer.Option("--format", help="输出格式。")] = opt.VerifyFormat.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
    jobs: opt.Jobs = None,
    runner: opt.Engine = opt.RunnerName.LOCAL,
    scheduler: opt.Scheduler = "",
    as_seen: opt.AsSeen = False,
    texts: opt.Texts = False,
) -> None:
    """Verify workbooks and folders of them."""
    from toolkit.cli.show import show_verdicts
    from toolkit.io.tally import Tally
    from toolkit.pipeline.verify import figures_in_texts, seen_cells, verify

    found, prior = some_workbooks(files), None
    if previous:
        from toolkit.pipeline.round.prior import prior_returns

        prior = prior_returns(previous, form)
    tally = Tally()
    seen = partial(seen_cells, form=form) if as_seen else None
    figures = partial(figures_in_texts, form=form) if texts else None
    with stages() as begin:
        verdicts = verify(found, form, jobs or 0, begin("核对", len(found)), prior, runner.at(scheduler))
        if output is opt.VerifyFormat.TEXT:
            show_verdicts(verdicts, tally, [path.name for path in found], seen, figures)
        else:
            from toolkit.cli.show_json import emit_document

            emit_document(verdicts, tally, output.value, seen, figures)
    raise typer.Exit(tally.exit_code(fail_on.value))


@app.command(cls=ChineseCommand, name="lint", help="检查表样的定义：矛盾、多余、从不起作用的规则。")
def lint_command(
    form: Annotated[str, typer.Argument(metavar="表样", help="表样名称或定义文件夹，默认检查全部。")] = "",
    output: opt.TextOrJson = opt.Format.TEXT,
) -> None:
    """Check one definition, or all that are installed."""
    from toolkit.pipeline.explain import lint_forms

    found = lint_forms(form)
    faults = sum(one.level == "error" for advice in found.values() for one in advice)
    if output is opt.Format.JSON:
        emit_json({name: [asdict(one) for one in advice] for name, advice in found.items()})
    else:
        for name, advice in found.items():
            say(f"{name}：{'没有发现问题。' if not advice else ''}")
            for one in advice:
                say(f"  {'错误' if one.level == 'error' else '提示'} {one.where} {one.message}。")
    raise typer.Exit(1 if faults else 0)
