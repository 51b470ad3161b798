"""The commands of a collection round."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli import options as opt
from toolkit.cli.app import app
from toolkit.cli.chinese import ChineseCommand
from toolkit.cli.console import answer, say, some_workbooks, stages
from toolkit.collection.folder import command, is_round
from toolkit.errors import UsageError

Reason = Annotated[str, typer.Option("--reason", metavar="原因", help="为什么这样决定，记入台账。")]
UnitName = Annotated[str, typer.Argument(metavar="单位", help="单位的编码、全称或简称。")]
Number = Annotated[int, typer.Argument(metavar="第几版", min=1, help="见 xxgk log。")]
Place = Annotated[Path, typer.Argument(metavar="文件夹", help="轮次的文件夹，默认为当前文件夹所在的那一轮。")]


@app.command(cls=ChineseCommand, name="start", help="建立一轮收集的文件夹，放进名册。")
def start_command(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="新建在哪里。")],
    period: Annotated[str, typer.Option("--period", metavar="期间", help="统计期间，例如 2025。")],
    roster: Annotated[Path | None, typer.Option("--roster", metavar="名册", help="单位名册，.xlsx 或 .csv。")] = None,
    form: opt.Form = "",
    previous: Annotated[Path | None, typer.Option("--previous", metavar="文件夹", help="上一轮，或上年的表。")] = None,
    name: Annotated[str, typer.Option("--name", metavar="名称", help="汇总报告的名称，例如“某某区人民政府”。")] = "",
    deadline: Annotated[str, typer.Option("--deadline", metavar="日期", help="截止日期，例如 1月26日。")] = "",
    office: Annotated[str, typer.Option("--office", metavar="名称", help="收表单位，写在退回通知里。")] = "",
    phone: Annotated[str, typer.Option("--phone", metavar="电话", help="收表单位的电话。")] = "",
    controls: Annotated[bool, typer.Option("--controls", help="模板里加“手工合计”表，用来找填错的格。")] = False,
    details: opt.AllDetails = False,
) -> None:
    """Start a round; without a roster an empty one is made to be filled in."""
    from toolkit.cli.show_round import MOST, first
    from toolkit.instrument.catalogue import load
    from toolkit.pipeline.round.start import blank, start

    if roster is None:
        made, bodies = blank(folder, form), "、".join(load(form).form.bodies)
        kinds = f"“机关类别”可填 {bodies}，也可以空着。" if bodies else ""
        again = f"xxgk start {folder} --period {period} --roster {made}"
        raise UsageError(f"没有给名册。已生成空白名册 {made}。{kinds}填好后运行：{again}")
    who = {"office": office, "phone": phone}
    done = start(
        folder, period, roster, form=form, prior=previous, name=name, deadline=deadline, office=who, controls=controls
    )
    say(f"已建立一轮收集：{folder}（{done.units} 个单位报送）。")
    if previous:
        say(f"其中 {done.carried} 个单位有上年数，发放时会填好并锁定。")
    say(*(f"提示：{line.rstrip('。')}。" for line in (done.told if details else first(done.told, MOST - 5))))
    say(f"请备份 {done.folder.key}：发出的表用它签名，丢了就认不出自己发的表。")
    say(f"下一步：xxgk distribute {folder}")


@app.command(cls=ChineseCommand, name="distribute", help="给每个单位生成一份填好名称、上年数的工作簿。")
def distribute_command(folder: Place = Path(), details: opt.AllDetails = False) -> None:
    """Write a workbook for every unit."""
    from toolkit.cli.show_round import MOST, first
    from toolkit.pipeline.round.open import open_round
    from toolkit.pipeline.round.sending.distribute import distribute

    with open_round(folder, asked="xxgk distribute") as round_, stages() as begin:
        done = distribute(round_, begin)
    kept = f"，另有 {done.kept} 份已经生成、没有变化" if done.kept else ""
    say(*(f"提示：{line.rstrip('。')}。" for line in (done.told if details else first(done.told, MOST - 3))))
    say(f"已生成 {len(done.written)} 份{kept}：{done.listing.parent}")
    say(f"清单（单位、联系人、文件、截止日期）：{done.listing}")
    if done.strays:
        say(f"提示：有 {len(done.strays)} 份不属于名册里的单位，请核对：{'、'.join(p.name for p in done.strays[:5])}")


@app.command(cls=ChineseCommand, name="collect", help="把“收件”里的文件收进台账并核对。")
def collect_command(
    folder: Place = Path(),
    files: Annotated[list[Path] | None, typer.Argument(metavar="文件...", help="先复制到“收件”的文件。")] = None,
    sources: Annotated[
        list[str] | None, typer.Option("--from", metavar="地址", help="先从存储取到“收件”，例如 s3://桶/2025。")
    ] = None,
    received: Annotated[str, typer.Option("--received", metavar="日期", help="这一批实际收到的日期，补录时用。")] = "",
    output: opt.TextOrJson = opt.Format.TEXT,
    fail_on: opt.Fail = opt.FailOn.ERROR,
    jobs: opt.Jobs = None,
    runner: opt.Engine = opt.RunnerName.LOCAL,
    scheduler: opt.Scheduler = "",
    details: opt.AllDetails = False,
) -> int:
    """Take what lies in the inbox into the ledger."""
    from toolkit.cli.show_round import finish
    from toolkit.collection.settings import given_date
    from toolkit.pipeline.round.collect import collect, take_from, take_in
    from toolkit.pipeline.round.open import open_round
    from toolkit.pipeline.round.status import take_stock

    place = runner.at(scheduler)
    with open_round(folder, asked="xxgk collect") as round_:
        take_in(round_, files or [])
        missed = [told for source in sources or () if (told := take_from(round_, source))]
        for told in missed:
            say(told, error=True)
        with stages() as begin:
            day = given_date("--received", received, until=round_.moment.date())
            done = collect(round_, jobs or 0, begin, day, place)
        run = take_stock(round_, done)
    run = replace(run, unread=True) if missed else run
    return finish(run, folder, output, fail_on, details=details)


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
) -> int:
    """Consolidate a round, or a folder of workbooks."""
    from toolkit.cli.show_round import finish
    from toolkit.pipeline.consolidate import SumRequest, consolidate_folder
    from toolkit.pipeline.round.consolidate import consolidate_round
    from toolkit.pipeline.round.open import find_round, open_round

    wanted = SumRequest(target, name, form, node, whole, reports, parquet, jobs or 0, runner.at(scheduler))
    if find_round(folder) is None:
        some_workbooks([folder])
        with stages() as begin:
            run = consolidate_folder(folder, wanted, begin)
    else:
        with open_round(folder) as round_, stages() as begin:
            run = consolidate_round(round_, wanted, begin)
    return finish(run, folder, output, fail_on, details=details)


@app.command(cls=ChineseCommand, name="status", help="谁报了、谁没报（催报）、谁要修改、哪些待认领。")
def status_command(
    folder: Place = Path(),
    output: opt.TextOrJson = opt.Format.TEXT,
    fail_on: opt.Fail = opt.FailOn.NEVER,
    details: opt.AllDetails = False,
) -> int:
    """Show how the round stands."""
    from toolkit.cli.show_round import finish
    from toolkit.pipeline.round.open import open_round
    from toolkit.pipeline.round.status import progress

    with open_round(folder, alone=False, asked="xxgk status") as round_:
        run = progress(round_)
    return finish(run, folder, output, fail_on, details=details)


@app.command(cls=ChineseCommand, name="check", help="查台账：原件、记录、汇总数是否对得上。")
def check_command(
    folder: Place = Path(), output: opt.TextOrJson = opt.Format.TEXT, fail_on: opt.Fail = opt.FailOn.ERROR
) -> int:
    """Hold the books of a round to themselves."""
    from toolkit.cli.show import finding_line
    from toolkit.io.json import as_json
    from toolkit.io.tally import exit_code
    from toolkit.pipeline.round.check import check_books
    from toolkit.pipeline.round.open import open_round

    with open_round(folder, alone=False, asked="xxgk check") as round_:
        found = check_books(round_)
    told = f"台账有 {len(found)} 处要看。" if found else "台账没有问题：原件、签名、记录和汇总数都对得上。"
    document = {"findings": as_json(found), "summary": {"findings": len(found)}}
    code = exit_code(fail_on, {one.severity for one in found})
    return answer(output, lambda: document, partial(say, *map(finding_line, found), told), code)


@app.command(cls=ChineseCommand, name="log", help="一个单位的经过：各版文件、意见、作过的决定。")
def log_command(unit: UnitName, folder: Place = Path(), output: opt.TextOrJson = opt.Format.TEXT) -> None:
    """Show a unit's history."""
    from toolkit.cli.show_round import history_json, show_history
    from toolkit.pipeline.round.history import history
    from toolkit.pipeline.round.open import open_round

    with open_round(folder, alone=False, asked=_as_typed("xxgk log", unit, folder)) as round_:
        found = history(round_, unit)
    answer(output, lambda: history_json(found), lambda: show_history(found))


@app.command(cls=ChineseCommand, name="claim", help="写明认不出的文件是哪个单位交的，或与本轮无关。")
def claim_command(
    file: Annotated[str, typer.Argument(metavar="文件", help="“待认领”里列出的名称，或“收件”里的路径。")],
    unit: Annotated[str, typer.Argument(metavar="单位", help="单位的编码、全称或简称；与本轮无关的写：无关。")],
    folder: Place = Path(),
) -> None:
    """Say whose a file is that could not be attributed."""
    from toolkit.pipeline.round.open import open_round
    from toolkit.pipeline.round.standing import claim, standings

    with open_round(folder, asked=f'xxgk claim "{file}" {unit}') as round_:
        meant, whose = claim(round_, file, unit)
        found = [one for one in standings(round_) if whose and one.code == whose.code]
    say(f"已记下：“{meant}”{f'是{whose.name}交的' if whose else '与本轮无关，不再列出'}。")
    say(*(f"{one.name}现在：{one.label}。写出给它的通知，请运行 {command('consolidate', folder)}" for one in found))


@app.command(cls=ChineseCommand, name="pin", help="指定采用一个单位的某一版。")
def pin_command(unit: UnitName, revision: Number, reason: Reason, folder: Place = Path()) -> None:
    """Let a certain revision count."""
    _decide(folder, "pin", unit, revision, reason)


@app.command(cls=ChineseCommand, name="unpin", help="取消指定，恢复采用通过核对的最新一版。")
def unpin_command(unit: UnitName, reason: Reason, folder: Place = Path()) -> None:
    """Let the rule decide again."""
    _decide(folder, "unpin", unit, 0, reason)


@app.command(cls=ChineseCommand, name="withdraw", help="撤回一个单位的某一版，不再采用。")
def withdraw_command(unit: UnitName, revision: Number, reason: Reason, folder: Place = Path()) -> None:
    """Let a revision count no more."""
    _decide(folder, "withdraw", unit, revision, reason)


def _as_typed(command: str, unit: str, folder: Path, number: str = "", rest: str = "") -> str:
    """The command with its unit, to put a folder behind; UsageError where the folder stands in the unit's place."""
    if is_round(Path(unit)):
        named = "单位 第几版" if number else "单位" if folder == Path() else str(folder)
        example = f"{command} {named}{rest} {unit}"
        raise UsageError(f"“{unit}”是一轮收集的文件夹，不是单位。请先写单位，再写文件夹，例如 {example}")
    return f"{command} {unit}{number}{rest}"


def _decide(folder: Path, kind: str, text: str, revision: int, reason: str) -> None:
    from toolkit.pipeline.round.open import open_round
    from toolkit.pipeline.round.standing import decide, standings

    asked = _as_typed(f"xxgk {kind}", text, folder, f" {revision}" if revision else "", f" --reason {reason}")
    with open_round(folder, asked=asked) as round_:
        unit = round_.roster.find(text)
        decide(round_, kind, unit, revision, reason)
        one = next(one for one in standings(round_) if one.code == unit.code)
    say(f"已记下。{one.name}现在：{one.label}" + (f"，采用第 {one.revision} 版。" if one.state.counts else "。"))
