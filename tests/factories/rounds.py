"""A collection round for tests: a roster, a folder, and what units send back, signed with the round's own key."""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from factories.workbooks import edited, form, values, written
from toolkit.collection.folder import Folder
from toolkit.forms.layout import UNIT
from toolkit.pipeline.round.open import Round, open_round
from toolkit.pipeline.round.sending.distribute import issue
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.round.start import Started, start
from toolkit.text import width_of
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.press import _STAND_INS, _master

Value = Decimal | int | str | None
HEADS = ("编码", "单位全称", "简称", "机关类别", "上级", "联系人", "报送", "不纳入原因", "曾用编码")
#: A roster with a tree of two levels, a summary-reporting area and an excluded unit.
UNITS: Sequence[Sequence[str]] = (
    ("Q", "云岭区", "云岭区", "县级政府", "", "", "否", "", ""),
    ("Q1", "区直部门", "部门", "", "Q", "", "否", "", ""),
    ("001", "云岭区教育局", "教育局", "政府部门", "Q1", "陈晓岚", "", "", ""),
    ("002", "云岭区民政局", "民政局", "政府部门", "Q1", "", "", "", ""),
    ("003", "云岭区财政局", "财政局", "政府部门", "Q1", "", "", "", ""),
    ("Q2", "镇街", "镇街", "", "Q", "", "否", "", ""),
    ("004", "石桥镇人民政府", "石桥镇", "乡镇政府或街道办事处", "Q2", "", "", "", ""),
    ("005", "云岭区地方志办公室", "地方志办", "其他机构", "Q1", "", "", "机构改革中撤销", ""),
)


def clock(text: str = "2026-01-20 10:00") -> Callable[[], datetime]:
    """A clock that stands still."""
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return lambda: moment


def roster(path: Path, units: Sequence[Sequence[str]] = UNITS) -> Path:
    """Write a roster as CSV."""
    out = io.StringIO()
    csv.writer(out).writerows([HEADS, *units])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    return path


def begin(  # noqa: PLR0913 - a round has as many settings
    folder: Path,
    units: Sequence[Sequence[str]] = UNITS,
    *,
    period: str = "2025",
    deadline: str = "2026-01-26",
    previous: Path | None = None,
    at: str = "2025-12-20 09:00",
) -> Started:
    """Start a round in a folder.

    A round of the same name that began alike in another test is copied, key and all: what its units send is the same
    then, and is written once. Two rounds of one test have two names, and so two keys.
    """
    if previous or folder.exists():
        return _begun(folder, units, period, deadline, previous, at)
    key = (folder.name, tuple(map(tuple, units)), period, deadline, at)
    if key not in _BEGUN:
        kept = Path(tempfile.mkdtemp(prefix="round-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
        _BEGUN[key] = _begun(kept / folder.name, units, period, deadline, None, at)
    started = _BEGUN[key]
    shutil.copytree(started.folder.root, folder)
    return replace(started, folder=Folder(folder))


_BEGUN: dict[object, Started] = {}


def _begun(  # noqa: PLR0913, PLR0917 - the same
    folder: Path, units: Sequence[Sequence[str]], period: str, deadline: str, previous: Path | None, at: str
) -> Started:
    day = datetime.strptime(deadline, "%Y-%m-%d").replace(tzinfo=UTC).date() if deadline else None
    listed = roster(folder.parent / f"{folder.name}-roster.csv", units)
    return start(folder, period, listed, prior=previous, deadline=day, clock=clock(at))


def with_pages(folder: Path) -> Path:
    """Ask in the settings of a round for the self-check page."""
    settings = folder / "round.toml"
    told = settings.read_text(encoding="utf-8")
    settings.write_text(told.replace("\npage = false", "\npage = true"), encoding="utf-8")
    return folder


def reply(folder: Path, code: str, changed: Mapping[str, Value] | None = None) -> bytes:
    """What a unit sends back: its own workbook, filled with zeros but for ``changed``."""
    with open_round(folder, alone=False) as round_:
        given = issue(round_, round_.roster.by_code[code])
        told = {name: Decimal(v) if isinstance(v, int) else v for name, v in (changed or {}).items()}
        entries = {name: v for name, v in {**values(), **told}.items() if v is not None}
        prefill = Prefill(
            unit=given.unit,
            period=given.period,
            code=given.code,
            body=given.body,
            key=given.key,
            signature=given.signature,
            prior=given.prior,
            values=entries,
        )
        return written(round_.kind, prefill)


def replies(folder: Path, codes: Sequence[str], changed: Mapping[str, int]) -> dict[str, bytes]:
    """What many units with names of one length send back who all type the same: made once, then pressed."""
    out = {}
    with open_round(folder, alone=False) as round_:
        given = {code: issue(round_, round_.roster.by_code[code]) for code in codes}
        texts = {code: {field: str(getattr(one, field)) for field in _STAND_INS} for code, one in given.items()}
        told = {**values(), **{name: Decimal(value) for name, value in changed.items()}}
        first = replace(given[codes[0]], values=told)
        master = _master(round_.kind, first, texts[codes[0]], {})
        assert master is not None
        for code in codes:
            assert width_of(given[code].unit) == width_of(first.unit)
            out[code] = master(texts[code], {})
    return out


def covered(data: bytes, unit: str) -> bytes:
    """A return with another unit's name on its cover."""
    sheet, cell = form().layout.cells[UNIT]
    return edited(data, lambda book: setattr(book[sheet][cell], "value", unit))


def put(folder: Path, name: str, data: bytes) -> Path:
    """Lay a file into the inbox, a day old."""
    path = folder / "收件" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def states(round_: Round) -> dict[str, str]:
    """Unit to state, for the units that are to report."""
    return {one.code: one.state.value for one in standings(round_)}


FAULTY: Mapping[str, Value] = {"requests.new.natural": 5}
GOOD: Mapping[str, Value] = {"requests.new.natural": 5, "requests.granted.natural": 5}
