"""The reasons not to let a file in: a permanent code each, in the words of a clerk; and what is no .xlsx.

The other kinds of files are told by their content; they, and their advice, stand in ``kinds.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from toolkit.model.codes import Code
from toolkit.model.finding import Statement
from toolkit.model.sentences import worded
from toolkit.text import shortened

_LONGEST = 100
_ZIP, _OLD_OFFICE = b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Refused(Exception):  # noqa: N818 - a verdict on a file, not a fault of ours
    """A file that is not let in: a permanent code, what is wrong, what to do.

    It travels between processes, so it is made of nothing but its arguments.
    """

    def __init__(self, code: Code, told: Statement, where: str = "") -> None:
        super().__init__(code, told, where)
        self.code, self.told, self.where = code, told, where
        self.message, self.remedy = told.message, told.remedy

    def __str__(self) -> str:
        """One line for a person."""
        return f"[{self.code}] {self.told.line}"


def refusal(code: Code, detail: str = "", remedy: str = "") -> Refused:
    """Word the refusal of a file, with where or what it is; ``remedy`` where that of its code does not fit.

    ``detail`` may hold text from the file, which is shown escaped and cut.
    """
    shown = shortened(detail, _LONGEST)
    told = worded(code, "detail", detail=shown) if shown else worded(code)
    return Refused(code, told._replace(remedy=remedy or told.remedy), detail)


def remedy_for_roster(refused: Refused) -> str:
    """What to do with a file that was refused, where it is not a return but a roster."""
    return worded(refused.code, "roster").remedy


class _Kind(NamedTuple):
    code: str
    is_: str = ""
    remedy: str = ""
    begins: str = ""
    streams: Sequence[str] = ()
    parts: Collection[str] = ()

    @property
    def refusal(self) -> Refused:
        return refusal(next(code for code in Code if code == self.code), self.is_, self.remedy)


@cache
def _kinds() -> Sequence[_Kind]:
    told = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text(encoding="utf-8"))
    return [_Kind(is_=one.pop("is", ""), **one) for one in told["kind"]]


def require_zip(data: bytes) -> None:
    """Refuse what is no zip, or one of another kind by its first bytes: FILE-08 to FILE-18, FILE-46."""
    if data.startswith(_OLD_OFFICE):
        names = [(data.find(name.encode("utf-16-le")), one) for one in _kinds() for name in one.streams]
        found = [(one.code != Code.FILE_08, at, one) for at, one in names if at >= 0]
        raise min(found)[-1].refusal if found else refusal(Code.FILE_09)
    if data.startswith(_ZIP) and not data.startswith(b"mimetype", 30):
        return
    head = data[:512].lstrip(b"\xef\xbb\xbf \r\n")
    for kind in _kinds():
        if kind.begins and re.match(kind.begins.encode(), head, re.IGNORECASE):
            raise kind.refusal
    if not data.startswith(_ZIP):
        raise refusal(Code.FILE_18 if b"\0" in data[:4096] else Code.FILE_13)


def require_no_other(names: Collection[str]) -> None:
    """Refuse a zip that is another kind of file, by the names in it, in small letters: FILE-14 to FILE-16."""
    for kind in _kinds():
        if not set(names).isdisjoint(kind.parts):
            raise kind.refusal
