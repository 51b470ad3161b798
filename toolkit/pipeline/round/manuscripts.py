"""The lives of a round's report: handed in for approval, approved, published. Each is an event in the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from toolkit.collection.ledger.rows import Event
from toolkit.io.files import write
from toolkit.io.machine import local
from toolkit.pipeline.round.open import Round
from toolkit.report.readback.parse import lines_of_docx
from toolkit.report.word.gate import of_word_file, read_word
from toolkit.text import shortened

SUBMITTED, APPROVED, PUBLISHED = "submit", "approve", "publish"
_WORDS: Final = {SUBMITTED: "送审", APPROVED: "签发", PUBLISHED: "公布"}

#: Paragraphs and lines of tables as they were and as they are; "" for what was not there or is gone.
LineChanges = Sequence[tuple[str, str]]


class Manuscript(NamedTuple):
    """A .docx of a round's report and what was done with it: when, by whom, and what changed since the step before.

    ``by`` is who approved it, or why it was published though something was open.
    """

    at: str
    kind: str
    file: str
    sha256: str
    by: str = ""
    changes: LineChanges = ()

    @property
    def told(self) -> str:
        """``签发 1月22日（王主任）``."""
        day = local(self.at)
        return f"{_WORDS[self.kind]} {day.month}月{day.day}日" + (f"（{self.by}）" if self.by else "")


def manuscripts(round_: Round) -> list[Manuscript]:
    """What was done with the round's report, oldest first."""
    return [
        Manuscript(one.at, one.kind, **json.loads(one.detail)) for one in round_.ledger.events("") if one.kind in _WORDS
    ]


def latest(round_: Round, *kinds: str) -> Manuscript | None:
    """The last of these steps; None where there was none."""
    return next((one for one in reversed(manuscripts(round_)) if one.kind in kinds), None)


def keep_manuscript(round_: Round, kind: str, path: Path, by: str = "", draft: bytes = b"") -> Manuscript:
    """Keep a .docx in the books and note in the ledger what was done with it, and what changed since the last step.

    For one that is submitted that is since the ``draft`` that the program writes.
    """
    data = read_word(path)
    sha256 = hashlib.sha256(data).hexdigest()
    before = latest(round_, SUBMITTED) if kind == APPROVED else latest(round_, APPROVED)
    old = draft if kind == SUBMITTED else kept_manuscript(round_, before)
    changes = of_word_file(path, lambda: line_changes(old, data)) if old else []
    write(round_.folder.manuscript(sha256), data)
    one = Manuscript(round_.stamp, kind, path.name, sha256, by, changes)
    detail = {key: value for key, value in one._asdict().items() if key not in {"at", "kind"}}
    round_.ledger.note(Event(round_.stamp, "", kind, 0, json.dumps(detail, ensure_ascii=False)))
    return one


def kept_manuscript(round_: Round, one: Manuscript | None) -> bytes:
    """The .docx of a step as it was kept; nothing where there is none."""
    path = round_.folder.manuscript(one.sha256) if one else None
    return path.read_bytes() if path is not None and path.is_file() else b""


def line_changes(old: bytes, new: bytes) -> LineChanges:
    """What differs between two .docx: paragraph by paragraph, tables line by line, pictures by their content."""
    before, after = lines_of_docx(old), lines_of_docx(new)
    opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    changed = [(before[a:b], after[c:d]) for what, a, b, c, d in opcodes if what != "equal"]
    return [pair for both in changed for pair in zip_longest(*both, fillvalue="")]


def change_line(change: tuple[str, str]) -> str:
    """``“……” → “……”``; said as added or struck out where one side is empty."""
    old, new = (shortened(" ".join(one.split()), 60) for one in change)
    return f"“{old}” → “{new}”" if old and new else f"删去“{old}”" if old else f"新增“{new}”"
