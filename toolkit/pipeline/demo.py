"""A whole round on the samples: template, distribution, returns, collection, verification, sums, reports, board."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.signature import Keyring
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import data_folder
from toolkit.io.files import ensure_folder
from toolkit.model.returns import Verdict
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.reports.documents import ALL_FORMATS, return_document, write_document
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import Clock, open_round
from toolkit.pipeline.round.sending.distribute import distribute, template
from toolkit.pipeline.round.start import start
from toolkit.pipeline.round.status import Run
from toolkit.pipeline.verify import verify

REAL = ("xingqing-kejigongxin-2023.xlsx", "suqian-2023.xlsx", "hongze-2023.xlsx")
DISTRICT, CITY = "云岭区2025", "宿迁市2023"
#: What came as one mail, packed.
_PACKED, _ARCHIVE = ("云麓街道.xlsx", "石桥镇.xlsx", "竹溪乡.xlsx"), "镇街报送.zip"


class Demo(NamedTuple):
    """What the demo made: an invented district's round, a real city's members added up, three real reports."""

    district: Run
    city: Run
    real: tuple[Verdict, ...]
    left: tuple[str, ...]


def demo(folder: Path, tell: Callable[[str], None]) -> Demo:
    """Run the demo in ``folder``, which must be new or empty; ``tell`` gets a line for each step."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}：已有同名的文件或文件夹，里面有内容。请另给一个文件夹名，或先删除它。")
    samples = data_folder("samples")
    blank = template("", "2025", "", ensure_folder(folder) / "2025空白模板.xlsx")
    tell(f"空白模板：{blank}")
    district = _district(samples, folder / DISTRICT, tell)
    city = _city(samples, folder / CITY, tell)
    real = tuple(verify([samples / name for name in REAL]))
    left = dict.fromkeys((*district.left, *city.left))
    for verdict in real:
        kind, document = return_document(verdict)
        written = write_document(kind, document, ALL_FORMATS, folder / "报告示例")
        left |= dict.fromkeys(written.left)
    tell(f"三份真实年报的数字做成的报告（Word、网页、PDF、Markdown）：{folder / '报告示例'}")
    return Demo(district=district, city=city, real=real, left=tuple(left))


def _district(samples: Path, root: Path, tell: Callable[[str], None]) -> Run:
    office = {"office": "云岭区政务公开办公室", "phone": "0000-8630100"}
    started = start(
        root,
        "2025",
        samples / "yunling-roster.csv",
        name="云岭区人民政府",
        deadline=date(2026, 1, 26),
        office=office,
        keyring=_key(samples),
        clock=_day(2025, 12, 15),
    )
    tell(f"建立一轮收集：{root}（名册里 {started.units} 个单位报送）")
    files = sorted((samples / "yunling-2025").glob("*.xlsx"))
    with open_round(root, clock=_day(2025, 12, 15)) as round_:
        issued = distribute(round_)
        tell(f"发放：{len(issued.written)} 份工作簿和清单，在 {round_.folder.issued}")
    with open_round(root, clock=_day(2026, 1, 20)) as round_:
        _send(files, round_.folder.inbox)
        collect(round_)
        tell(f"各单位报回（改了文件名的、重复的、坏的都有）：{round_.folder.inbox}")
    with open_round(root, clock=_day(2026, 1, 28)) as round_:
        shutil.copyfile(samples / _ARCHIVE, round_.folder.inbox / _ARCHIVE)
        tell(f"截止以后又来了一个压缩包：{_ARCHIVE}")
        done = consolidate_round(round_)
        tell(f"收件、核对、退回、汇总、写报告：{round_.folder.results}；退回的在 {round_.folder.returned}")
        return done


def _city(samples: Path, root: Path, tell: Callable[[str], None]) -> Run:
    start(root, "2023", samples / "suqian-2023-roster.csv", name="宿迁市", keyring=_key(samples))
    with open_round(root, clock=_day(2024, 3, 1)) as round_:
        for path in sorted((samples / "suqian-2023-members").glob("*.xlsx")):
            shutil.copyfile(path, round_.folder.inbox / path.name)
        done = consolidate_round(round_, SumRequest(reports=False))
    tell(f"宿迁市2023年：十一个成员按市本级、县区、功能区汇总：{root}")
    return done


def _day(year: int, month: int, day: int) -> Clock:
    """The samples' own calendar: the demo is the same whenever it is run."""
    moment = datetime(year, month, day, 10, 0).astimezone()
    return lambda: moment


def _key(samples: Path) -> Keyring:
    """The samples are signed with a key that everybody knows; a real round makes its own."""
    return Keyring.parse((samples / "sample.key").read_text(encoding="utf-8"))


def _send(files: Sequence[Path], inbox: Path) -> None:
    """Put the returns into the inbox as they come in life: renamed, twice, packed, with a lock file between."""
    for path in files:
        if path.name not in _PACKED:
            shutil.copyfile(path, inbox / path.name)
    (inbox / "教育局.xlsx").rename(inbox / "新建 Microsoft Excel 工作表.xlsx")
    shutil.copyfile(inbox / "统计局.xlsx", inbox / "统计局(1).xlsx")
    (inbox / "~$统计局.xlsx").write_bytes(b"\0" * 165)
