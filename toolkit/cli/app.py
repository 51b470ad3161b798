"""The commands. Each parses, calls one function of the pipeline, prints, and picks an exit code."""

from __future__ import annotations

import json
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


@app.command(cls=ChineseCommand, name="schema", help="给其他程序：JSON Schema，表样的 Table Schema、数据字典。")
def schema_command(
    document: Annotated[
        opt.Schema, typer.Argument(metavar="哪一种", help=f"可写 {'、'.join(one.value for one in opt.Schema)}。")
    ],
    form: opt.Form = "",
) -> None:
    """Print the JSON Schema of a document or of a file of a form, or a form for other programs."""
    from toolkit.instrument.catalogue import load
    from toolkit.instrument.key_schema import key_schemas
    from toolkit.io.json import schema
    from toolkit.io.templates import pages

    if document.value in {"table", "dictionary", "csv"}:
        template = pages("toolkit.pipeline").get_template(f"export.{document.value}.j2")
        say(template.render(kind=load(form), dumps=json.dumps))
    else:
        emit_json(key_schemas().get(document.value) or schema(document.value))


forms = typer.Typer(cls=ChineseGroup, help="起草表样，比较两个表样。", no_args_is_help=True)
app.add_typer(forms, name="form")


@forms.command(cls=ChineseCommand, name="new", help="从一张印好的空表起草表样。")
def form_new_command(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="新表样放在哪里，末一段就是它的代号。")],
    source: Annotated[Path, typer.Option("--from", metavar="表.xlsx", help="印好的空表，取第一张工作表。")],
) -> None:
    """Draft a definition."""
    from toolkit.pipeline.explain import draft_form

    say(f"已起草：{draft_form(folder, source)}。请核对，写上规则，再用 xxgk lint {folder} 检查。")


@forms.command(cls=ChineseCommand, name="diff", help="比较两个表样：改了什么，哪些会受影响。")
def form_diff_command(
    old: Annotated[str, typer.Argument(metavar="原表样", help="表样名称或文件夹。")],
    new: Annotated[str, typer.Argument(metavar="新表样", help="表样名称或文件夹。")],
    output: opt.TextOrJson = opt.Format.TEXT,
) -> None:
    """Compare two definitions; 1 where something breaks."""
    from toolkit.instrument.catalogue import load
    from toolkit.pipeline.explain import change_lines, compare_forms

    found = compare_forms(load(old), load(new))
    if output is opt.Format.JSON:
        emit_json([one._asdict() for one in found])
    for line in (change_lines(found) or ["没有不同。"]) if output is opt.Format.TEXT else ():
        say(line)
    raise typer.Exit(1 if any(one.breaks for one in found) else 0)


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
