"""What was left lying in the inbox and somebody has to look at: pictures, scans, mails, documents.

The ledger counts workbooks; of these files it keeps only what the last run saw.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from toolkit.boundary import guarded
from toolkit.collection.archives import Item
from toolkit.collection.inbox import Ended
from toolkit.errors import UsageError
from toolkit.io.machine import local
from toolkit.model.codes import BUSY, Code
from toolkit.model.finding import Finding, Severity, Statement, Status
from toolkit.model.returns import FiledVerdict
from toolkit.text import name_key
from toolkit.workbook.intake.gate import Refused, admit_bytes
from toolkit.workbook.intake.refusals import refusal

#: Where the ledger keeps them.
LYING = "lying"
_SHOWN = 3
_DISGUISED = "内容是工作簿，文件名的后缀却不是 .xlsx"


class Lying(NamedTuple):
    """A file that was left lying: its name and key as of its item, its hash, and what is said of it.

    ``since`` is when it was first seen (UTC, ISO 8601).
    """

    name: str
    key: str
    sha256: str
    since: str
    code: str
    message: str
    remedy: str

    @property
    def verdict(self) -> FiledVerdict:
        """What is said of it, as of a file that cannot be read."""
        told = Statement(self.code, Severity.FATAL, self.message, self.remedy)
        return FiledVerdict(file=self.name, status=Status.UNREADABLE, findings=(Finding.at(told),), sha256=self.sha256)


def parsed_lying(text: str) -> list[Lying]:
    """The files that a ledger keeps under `LYING`."""
    return [Lying(*told) for told in json.loads(text or "[]")]


def lying_text(ended: Sequence[Ended], before: Sequence[Lying], at: str) -> str:
    """The files to keep under `LYING`: those left lying at ``at``; what lay there ``before`` stays as it is."""
    known = {(one.key, one.sha256): one for one in before}
    return json.dumps(list(_lying(ended, known, at)))


def _lying(ended: Sequence[Ended], known: dict[tuple[str, str], Lying], at: str) -> Iterator[Lying]:
    for one in ended:
        if one.item is None:
            continue
        data = guarded(lambda item=one.item: _loaded(item), lambda _: refusal(Code.FILE_07))  # type: ignore[misc]
        if isinstance(data, Refused) and data.code in BUSY:
            yield from (before for before in known.values() if before.name == one.name)
            continue
        key = os.fsdecode(one.item.key)
        sha256 = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else ""
        if (before := known.get((key, sha256))) is not None:
            yield before
            continue
        told = data if isinstance(data, Refused) else guarded(lambda data=data: _refused(data), _odd)  # type: ignore[misc]
        yield Lying(one.name, key, sha256, at, told.code.value, told.message, told.remedy)


def _loaded(item: Item) -> bytes | Refused:
    try:
        return item.load()
    except Refused as refused:
        return refused


def _refused(data: bytes) -> Refused:
    try:
        admit_bytes(data)
    except Refused as refused:
        return refused
    return refusal(Code.FILE_18, _DISGUISED)


def _odd(_: object) -> Refused:
    return refusal(Code.FILE_18)


def day_of(stamp: str) -> str:
    """The day of a moment of the ledger, as it is here."""
    return f"{local(stamp):%Y-%m-%d}"


def file_meant(typed: str, names: Sequence[str], inbox: str) -> str:
    """The file that somebody means: by its name as it is listed, by its path, or by the last part where it is the only.

    UsageError, naming what is near, where there is none, or several.
    """
    plain = name_key(typed.replace("\\", "/")).removeprefix("./")
    plain = plain.rpartition(f"{name_key(inbox)}/")[2]
    found = list(dict.fromkeys(name for name in names if name_key(name) == plain))
    found = found or list(dict.fromkeys(name for name in names if name_key(name).rpartition("/")[2] == plain))
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"“{typed}”有 {len(found)} 个：{'、'.join(found[:_SHOWN])}。请写全名称。")
    keys = {key: name for name in names for key in (name_key(name).rpartition("/")[2], name_key(name))}
    near = list(dict.fromkeys(keys[key] for key in difflib.get_close_matches(plain, keys, _SHOWN)))
    told = f"是不是“{'”“'.join(near)}”？" if near else "待认领的文件见 xxgk status。"
    raise UsageError(f"“收件”里没有待认领的文件“{typed}”。{told}")
