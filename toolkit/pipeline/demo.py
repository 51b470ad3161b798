"""A whole round on the samples, from the blank template to the area's report."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from toolkit.errors import UsageError
from toolkit.forms.catalogue import data_folder
from toolkit.model.returns import Verdict
from toolkit.pipeline.consolidate import ALL_FORMATS
from toolkit.pipeline.consolidate import Outcome
from toolkit.pipeline.consolidate import consolidate
from toolkit.pipeline.files import INBOX
from toolkit.pipeline.files import RESULTS
from toolkit.pipeline.files import ensure_folder
from toolkit.pipeline.report import return_document
from toolkit.pipeline.report import write_document
from toolkit.pipeline.template import template
from toolkit.pipeline.verify import verify

DISTRICT, DISTRICT_NAME, PERIOD = "yunling-2025", "云岭区", "2025"
REAL = ("xingqing-kejigongxin-2023.xlsx", "suqian-2023.xlsx", "hongze-2023.xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What the demo made."""

    template: Path
    outcome: Outcome
    real: tuple[Verdict, ...]
    reports: tuple[Path, ...]


def demo(folder: Path, tell: Callable[[str], None]) -> Demo:
    """Run the demo in ``folder``; ``tell`` gets a line for each step."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}：已有同名文件。请另给一个文件夹名。")
    samples = data_folder("samples")
    blank = template("", PERIOD, "", ensure_folder(folder) / f"{PERIOD}空白模板.xlsx")
    tell(f"生成空白模板：{blank}")
    inbox = ensure_folder(folder / INBOX)
    for file in sorted((samples / DISTRICT).glob("*.xlsx")):
        shutil.copyfile(file, inbox / file.name)
    tell(f"收到 {DISTRICT_NAME} 各单位报送的表：{inbox}")
    outcome = consolidate(inbox, folder / RESULTS, name=f"{DISTRICT_NAME}人民政府")
    tell(f"核对并汇总：{folder / RESULTS}")
    real = tuple(verify([samples / name for name in REAL]))
    reports: list[Path] = []
    for verdict in real:
        kind, document = return_document(verdict)
        reports += write_document(kind, document, ALL_FORMATS, folder / "报告示例").files.values()
    tell(f"三份真实年报的数字做成的报告（Word、网页、PDF、Markdown）：{folder / '报告示例'}")
    return Demo(template=blank, outcome=outcome, real=real, reports=tuple(reports))
