"""The commands. Each parses, calls one function of the pipeline, prints, and picks an exit code."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from toolkit import __version__
from toolkit.cli import options as opt
from toolkit.cli.chinese import ChineseCommand, ChineseGroup
from toolkit.cli.console import answer, emit_json, say, some_workbooks, stages, talk

app = typer.Typer(
    name="xxgk",
    cls=ChineseGroup,
    help="报表收发、核对、汇总和成文：用一个表样生成 Excel 模板，核对收回的表，汇总并写出报告。",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="显示版本号。")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="每一步都说，出错时写出全部细节。")] = False,
) -> None:
    """报表收发、核对、汇总和成文：用一个表样生成 Excel 模板，核对收回的表，汇总并写出报告。."""
    if verbose:
        talk()
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
def forms_command(output: opt.TextOrJson = opt.Format.TEXT) -> int:
    """List the installed forms."""
    from toolkit.instrument.catalogue import DEFAULT_FORM, known_forms
    from toolkit.io.json import keyed

    found = [kind.form for kind in known_forms()]
    marks = {DEFAULT_FORM: "（默认）"}
    lines = [f"{f.id}  第 {f.version} 版  {f.name}{marks.get(f.id, '')}  依据：{f.basis or '—'}" for f in found]
    return answer(output, lambda: [keyed(form, "id version name basis") for form in found], partial(say, *lines))


@app.command(cls=ChineseCommand, name="explain", help="用文字解释一条规则或一个编号。")
def explain_command(
    rule: Annotated[str, typer.Argument(metavar="编号", help="规则编号，例如 BAL-01、VAL-01、FMLA-02。")],
    form: opt.Form = "",
    output: opt.TextOrJson = opt.Format.TEXT,
) -> int:
    """Explain a rule or a built-in code."""
    from toolkit.instrument.catalogue import load
    from toolkit.io.json import keyed
    from toolkit.pipeline.explain import explain

    found = explain(load(form), rule)
    lines = [f"{found.code}  {found.title}", *(f"  {line}" for line in found.lines)]
    return answer(output, lambda: keyed(found, "rule=code title lines"), partial(say, *lines))


@app.command(cls=ChineseCommand, name="schema", help="给其他程序：JSON Schema，表样的 Table Schema、数据字典。")
def schema_command(
    document: Annotated[opt.Schema, typer.Argument(metavar="哪一种", help="表样的哪个文件，或程序的哪种输出。")],
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
) -> int:
    """Compare two definitions; 1 where something breaks."""
    from toolkit.instrument.catalogue import load
    from toolkit.io.json import as_json
    from toolkit.pipeline.explain import change_lines, compare_forms

    found = compare_forms(load(old), load(new))
    lines = change_lines(found) or ["没有不同。"]
    return answer(output, lambda: as_json(found), partial(say, *lines), int(any(one.breaks for one in found)))


@app.command(cls=ChineseCommand, name="template", help="生成一份空白模板。")
def template_command(
    form: opt.Form = "", period: opt.Period = "", unit: opt.Unit = "", output: opt.OutputFile = None
) -> None:
    """Write one blank workbook."""
    from toolkit.pipeline.round.sending.distribute import template

    say(f"已生成：{template(form, period, unit, output)}")


@app.command(cls=ChineseCommand, name="page", help="生成自查网页，给填报单位发出之前自己查。")
def page_command(
    form: opt.Form = "", period: opt.Period = "", unit: opt.Unit = "", output: opt.OutputFile = None
) -> None:
    """Write the self-check page."""
    from toolkit.pipeline.round.sending.distribute import page

    say(f"已生成：{page(form, period, unit, output)}")


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
) -> int:
    """Verify workbooks and folders of them."""
    from toolkit.cli.show import emit_document, show_verdicts
    from toolkit.pipeline.verify import figures_in_texts, seen_cells, verify

    found, prior = some_workbooks(files), None
    if previous:
        from toolkit.pipeline.round.prior import prior_returns

        prior = prior_returns(previous, form)
    seen = partial(seen_cells, form=form) if as_seen else None
    figures = partial(figures_in_texts, form=form) if texts else None
    with stages() as begin:
        verdicts = verify(found, form, jobs or 0, begin("核对", len(found)), prior, runner.at(scheduler))
        if output is opt.VerifyFormat.TEXT:
            tally = show_verdicts(verdicts, [path.name for path in found], seen, figures)
        else:
            tally = emit_document(verdicts, output, seen, figures)
    return tally.exit_code(fail_on)


@app.command(cls=ChineseCommand, name="annotate", help="在单位自己的工作簿里标出错处，附意见，供修改。")
def annotate_command(
    files: opt.Files,
    target: opt.OutputFolder = None,
    form: opt.Form = "",
    output: opt.TextOrJson = opt.Format.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
) -> int:
    """Write annotated copies of faulty workbooks."""
    from toolkit.io.json import keyed
    from toolkit.io.tally import Tally
    from toolkit.pipeline.annotate import annotate_files
    from toolkit.pipeline.round.open import refuse_rounds, refuse_target_in_round

    for folder in (path for path in files if path.is_dir()):
        refuse_rounds(folder)
    refuse_target_in_round(target)
    with stages() as begin:
        begin("核对和标注", 0)
        done = annotate_files(some_workbooks(files), target, form)
    lines = [f"{source.name}：已标注 → {path}" for source, path in done.written.items()]
    lines += [f"{source.name}：没有标注（{reason}）" for source, reason in done.left.items()]
    told = f"共 {len(done.verdicts)} 个文件：标注 {len(done.written)}，没有标注 {len(done.left)}。"
    code = Tally.of(done.verdicts).exit_code(fail_on)
    return answer(output, lambda: keyed(done, "returns=verdicts written left"), partial(say, *lines, told), code)


@app.command(cls=ChineseCommand, name="lint", help="检查表样的定义：矛盾、多余、从不起作用的规则。")
def lint_command(
    form: Annotated[str, typer.Argument(metavar="表样", help="表样名称或定义文件夹，默认检查全部。")] = "",
    output: opt.TextOrJson = opt.Format.TEXT,
) -> int:
    """Check one definition, or all that are installed."""
    from toolkit.io.json import as_json
    from toolkit.pipeline.explain import lint_forms

    found, marks, lines = lint_forms(form), {"error": "错误", "hint": "提示"}, list[str]()
    for name, advice in found.items():
        lines.append(f"{name}：{'没有发现问题。' if not advice else ''}")
        lines += [f"  {marks[one.level]} {one.where} {one.message}。" for one in advice]
    faults = any(one.level == "error" for advice in found.values() for one in advice)
    return answer(output, lambda: as_json(found), partial(say, *lines), int(faults))
