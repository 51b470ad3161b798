"""Options and arguments that commands share, so that no help text stands twice."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from toolkit.errors import UsageError

#: How results are printed; how those of ``verify`` are; from which severity on the exit code is 1.
Format = StrEnum("Format", "TEXT JSON")
VerifyFormat = StrEnum("VerifyFormat", "TEXT JSON SARIF JUNIT")
FailOn = StrEnum("FailOn", "ERROR VERIFY NEVER")


class RunnerName(StrEnum):
    """Where files are judged."""

    LOCAL = "local"
    DASK = "dask"

    def at(self, scheduler: str) -> str:
        """The address of the scheduler, empty for this machine; UsageError where one is given without the other."""
        if bool(scheduler) is not (self is RunnerName.DASK):
            raise UsageError("--runner dask 和 --scheduler 地址 要一起写。")
        return scheduler


#: What a form is for other programs: Table Schema, data dictionary in Markdown and as CSV; then what has a JSON Schema.
Schema = StrEnum("Schema", "table dictionary csv form report words bodies shares verify collect sums")
Form = Annotated[str, typer.Option("--form", metavar="表样", help="表样名称或文件夹，见 xxgk forms。")]
Period = Annotated[str, typer.Option("--period", metavar="期间", help="统计期间，例如 2025。")]
Unit = Annotated[str, typer.Option("--unit", metavar="名称", help="单位名称。")]
OutputFile = Annotated[Path | None, typer.Option("-o", "--output", metavar="文件", help="写到哪个文件。")]
OutputFolder = Annotated[Path | None, typer.Option("-o", "--output", metavar="文件夹", help="写到哪个文件夹。")]
Files = Annotated[list[Path], typer.Argument(metavar="文件或文件夹...", help="要核对的工作簿，或装着工作簿的文件夹。")]
Prior = Annotated[Path | None, typer.Option("--previous", metavar="文件夹", help="与上年的表或上一轮收集比较。")]
Folder = Annotated[Path, typer.Argument(metavar="文件夹", help="装着各单位工作簿的文件夹，默认为当前文件夹。")]
Texts = Annotated[bool, typer.Option("--texts", help="列出文字里的每个数，与表中哪个数核对过。")]
Details = Annotated[bool, typer.Option("-v", "--details", help="逐项列出：每条意见、每个单位、每个文件。")]
AllDetails = Annotated[bool, typer.Option("-v", "--all", "--details", help="逐项列出：每条意见、每个单位、每个文件。")]
Jobs = Annotated[int | None, typer.Option("--jobs", min=1, metavar="N", help="同时用几个进程；不写就看文件多少。")]
Engine = Annotated[RunnerName, typer.Option("--runner", help="在哪里核对：本机，或 Dask 的几台机器。")]
Scheduler = Annotated[
    str, typer.Option("--scheduler", metavar="地址", help="Dask 调度程序的地址，如 tls://主机:8786。")
]
Fail = Annotated[FailOn, typer.Option("--fail-on", help="从哪一级起以退出码 1 结束。")]
TextOrJson = Annotated[Format, typer.Option("--format", help="输出给人看的文字，或给程序用的 JSON。")]
AsSeen = Annotated[bool, typer.Option("--as-seen", help="列出看见的与存的不同的格（格式、合并、隐藏、放不下）。")]
