"""Where things lie in the folder of a round, and what every file and folder is called that a run writes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from toolkit.io.machine import extended

SETTINGS = "round.toml"
ISSUED, INBOX, RETURNED, OUTBOX, RESULTS, BOOKS = "发放", "收件", "退回", "待发送", "成果", "台账"
ROSTER, ISSUED_LIST = "名册", "发放清单.csv"
#: Below 退回: how annotated copies begin outside a round, how files end in a round, where settled ones are put.
RETURNED_PREFIX, UNUSABLE_ENDING, RETURNED_ENDING, SETTLED = "退回-", "文件不能用", "退回修改", "已处理"
#: How a workbook ends that holds figures to be confirmed, read out of a file that cannot be used.
CONFIRM_ENDING = "请确认"
#: Below 待发送: what is in the folder of a unit beside its workbook; whom to phone.
MESSAGE, DRAFT, CALLS = "消息.txt", "邮件.eml", "电话名单.csv"
#: What every sum results in.
SUM_BOOK, SUM_TABLE, SUM_FIGURES, SUM_PARQUET = "汇总表.xlsx", "汇总明细.csv", "汇总数.json", "汇总明细.parquet"
SUM_FILES = (SUM_BOOK, SUM_TABLE, SUM_FIGURES, SUM_PARQUET)
#: What a run results in, whether or not there is anything to add up.
CHECKED, PROGRESS, BOARD = "校验结果.json", "收报情况.csv", "board.html"
#: Folders below the results of a round.
UNIT_REPORTS, AREAS, OLD, INTERNAL = "各单位报告", "分级汇总", "已作废", "内部查看（含未通过）"
#: How documents are called: an office's own template, the page to paste into a web site, the digest of units' texts,
#: the list of units that belongs to an area's report.
WORD_TEMPLATE, WEB_FRAGMENT = "报告模板.docx", "（网站粘贴用）.html"
DIGEST, ANNEX = "各单位情况和文字摘编", "附：单位名单"


class Folder:
    """The paths of a round; nothing is made or looked at here.

    ``books`` is the office's own: ledger, originals and key. It is not for sending.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        #: What the clerk may change: deadline, name of the area, roster.
        self.settings = root / SETTINGS
        #: The workbooks to send out; what came back, as it came; the annotated copies to send back.
        self.issued, self.inbox, self.returned = root / ISSUED, root / INBOX, root / RETURNED
        #: For each unit from which something is still to come, what to send it.
        self.outbox = root / OUTBOX
        #: Consolidated workbook, data, reports, board.
        self.results = root / RESULTS
        self.books = root / BOOKS
        #: An SQLite file.
        self.ledger = self.books / "ledger.sqlite"
        #: The ledger as it was on the last days.
        self.copies = self.books / "副本"
        #: Every workbook taken in, by its SHA-256.
        self.originals = self.books / "originals"
        #: The reports that were submitted, approved and published, each by its SHA-256.
        self.manuscripts = self.books / "manuscripts"
        #: The definitions that workbooks were issued by, each in a folder called by the template's fingerprint.
        self.forms = self.books / "forms"
        #: The key that signs.
        self.key = self.books / "office.key"
        #: What was run, and how it ended: for whoever helps the clerk.
        self.log = self.books / "运行记录.txt"
        #: Held by the run that is at work.
        self.lock = self.books / "run.lock"

    def original(self, sha256: str) -> Path:
        """Where the workbook of that hash is kept; the first letters keep folders small."""
        return extended((self.originals / sha256[:2] / sha256[2:4] / f"{sha256}.xlsx").absolute())

    def manuscript(self, sha256: str) -> Path:
        """Where the report of that hash is kept."""
        return extended((self.manuscripts / f"{sha256}.docx").absolute())


def is_round(place: Path) -> bool:
    """Whether somebody started a round in this folder."""
    return os.path.isfile(place / SETTINGS)  # noqa: PTH113 - False, not an error, where nobody may look


#: A path that every shell takes as it stands.
_BARE = re.compile(r"[\w./\\:~-]+")


def command(words: str, place: Path) -> str:
    """What is to be typed to run a command on a round, named as it was named: ``xxgk status 2025年报``."""
    told = str(place) if _BARE.fullmatch(str(place)) else f'"{place}"'
    return f"xxgk {words}" + (f" {told}" if place != Path() else "")


def round_around(place: Path) -> Path | None:
    """The round in whose folder a place lies, the nearest one; by the path as written, then as links lead."""
    written = Path(os.path.abspath(place))  # noqa: PTH100 - resolve() follows links, and 收件 may be one
    above = (*written.parents, *place.resolve().parents)
    return next((parent for parent in above if is_round(parent)), None)


def rounds_in(place: Path, depth: int | None = None) -> Iterator[Path]:
    """The rounds in the folders of a place, so many levels down; what lies in a round is part of it."""
    for root, folders, _ in os.walk(place):
        here = Path(root)
        rounds = [name for name in folders if is_round(here / name)]
        yield from (here / name for name in sorted(rounds))
        deep = depth is not None and len(here.relative_to(place).parts) + 1 >= depth
        folders[:] = [] if deep else sorted(f for f in folders if not f.startswith(".") and f not in rounds)
