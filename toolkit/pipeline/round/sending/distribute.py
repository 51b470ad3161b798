"""A personal workbook for every unit, and the list of who gets which; a blank one, and the self-check page.

The base of the page, Python and the whole checker, is made by ``packaging/page/build.py``; ToolkitError where it never
was.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.folder import ISSUED_LIST
from toolkit.collection.ledger.rows import Event
from toolkit.collection.roster.read import Role, Unit
from toolkit.collection.settings import given_period
from toolkit.collection.signature import signed
from toolkit.errors import ToolkitError, UsageError
from toolkit.instrument.catalogue import data_folder, load
from toolkit.instrument.instrument import Instrument
from toolkit.io.files import csv_bytes, safe_name, write
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Identity
from toolkit.model.sentences import phrase
from toolkit.pipeline.round.history import SENT_FORM, form_told
from toolkit.pipeline.round.open import ISSUED, Round, keep_form, keep_seen
from toolkit.pipeline.round.sending.outbox import fill, issued_books, missing, places_issued
from toolkit.pipeline.round.standing import standings
from toolkit.pipeline.verify import Stages, silent
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.press import Press
from toolkit.workbook.template.write import write_template

#: So many workbooks are written down together: every entry costs a disk a moment.
_AT_ONCE = 50
#: So many workbooks lie in one folder: of more a file manager is slow, and nobody finds one.
_IN_A_FOLDER = 1000
_HEADS = ("编码", "单位", "联系人", "电话", "邮箱", "文件", "截止日期")


class Issued(NamedTuple):
    """The workbooks of a round: how many are new, how many were there already; the list; files of nobody.

    ``told`` is what the roster says otherwise than before, and what was sent already of another form.
    """

    written: tuple[Path, ...]
    kept: int
    listing: Path
    strays: tuple[Path, ...]
    told: tuple[str, ...] = ()


def distribute(round_: Round, stages: Stages = silent) -> Issued:
    """Write the workbook of every unit that is to report; what is there and still right stays as it is."""
    found = standings(round_)
    earlier = tuple(form_told(round_, found))
    keep_form(round_)
    press = Press(round_.issued)
    done, places = round_.ledger.outputs(), places_issued(round_)
    # Those whose figures are added up, and areas that report their own sum.
    units = [one for one in round_.roster.units if one.role is not Role.NODE and one.code not in round_.left_out]
    progress = stages("写工作簿", len(units))
    folders = _folders(round_, units)
    written, fresh, events = list[Path](), dict[str, str](), list[Event]()
    for unit in units:
        prefill = issue(round_, unit)
        name, digest = book_name(round_, unit), _digest(round_, prefill)
        place = places.setdefault(name, f"{round_.folder.issued.name}/{folders[unit.code]}{name}")
        path = round_.folder.root / place
        if done.get(place) != digest or not path.is_file():
            written.append(write(path, press.issue(prefill)))
            fresh[place] = digest
            events.append(Event(round_.stamp, unit.code, ISSUED, 0, path.name))
        if len(events) >= _AT_ONCE or unit is units[-1]:
            # Cut off before this, a workbook is written again: the same bytes.
            with round_.ledger.together():
                round_.ledger.wrote(fresh)
                round_.ledger.note(*events)
            fresh, events = {}, []
        progress(1)
    if round_.settings.page:
        put_beside(round_, {places[book_name(round_, one)]: issue(round_, one) for one in units})
    failed: list[str] = []
    fill(round_, missing(round_, found, issued_books(round_)), failed)
    due = day.isoformat() if (day := round_.settings.deadline) else ""
    books = (places[book_name(round_, one)].partition("/")[2] for one in units)
    lines = [(o.code, o.name, o.contact, o.phone, o.mail, book, due) for o, book in zip(units, books, strict=True)]
    listing = write(round_.folder.issued / ISSUED_LIST, csv_bytes([_HEADS, *lines]))
    wanted = {book_name(round_, replace(unit, code=code)) for unit in units for code in round_.codes(unit)}
    strays = tuple(p for p in sorted(round_.folder.issued.rglob("*.xlsx")) if p.name not in wanted)
    keep_seen(round_, {}, **{SENT_FORM: blank_plan(round_.issued).fingerprint})
    told = (*round_.held.told, *earlier, *failed, *round_.clock)
    return Issued(tuple(written), len(units) - len(written), listing, strays, told=told)


def _folders(round_: Round, units: Sequence[Unit]) -> dict[str, str]:
    """Where in 发放 new workbooks go: of very many units into a folder an area, a further one each thousand."""
    out, counts = dict.fromkeys((unit.code for unit in units), ""), Counter[str]()
    for unit in units if len(units) > _IN_A_FOLDER else ():
        area = round_.roster.by_code.get(unit.parent)
        name = safe_name(f"{area.code}-{area.short}") if area else "单位"
        more = counts[name] // _IN_A_FOLDER
        out[unit.code] = f"{name}-{more + 1}/" if more else f"{name}/"
        counts[name] += 1
    return out


def book_name(round_: Round, unit: Unit) -> str:
    """What the workbook of a unit is called: ``003-教育局-2025年…年度报告.xlsx``."""
    return safe_name(f"{unit.code}-{unit.short}-{round_.period.label}{round_.kind.form.title}") + ".xlsx"


def _digest(round_: Round, prefill: Prefill) -> str:
    prior = {name: str(value) for name, value in prefill.prior.items()}
    mark = blank_plan(round_.issued).fingerprint
    told = [mark, prefill.unit, prefill.period, prefill.code, prefill.signature, prior, prefill.body]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def issue(round_: Round, unit: Unit) -> Prefill:
    """What the unit's workbook is given, signed with the office's key."""
    kind = round_.issued
    mark, period = blank_plan(kind).fingerprint, str(round_.period)
    identity = Identity(
        form=kind.form.id, version=kind.form.version, code=unit.code, unit=unit.name, period=period, fingerprint=mark
    )
    identity = signed(round_.keyring.keys[0], identity)
    figures = round_.figures(unit)
    prior = {name: figures[name] for name in kind.layout.prior if name in figures}
    key, signature = identity.key, identity.signature
    return Prefill(
        unit=unit.name, period=period, code=unit.code, body=unit.body, key=key, signature=signature, prior=prior
    )


def template(form: str, period: str, unit: str, output: Path | None) -> Path:
    """Write a blank workbook and give its path; ``output`` may be a file or a folder.

    UsageError where the period or the name of the file is none.
    """
    kind, prefill, path = asked_for(form, period, unit, output, ".xlsx")
    return write(path, write_template(kind, prefill))


_ENDING = "自查.html"


def page(form: str, period: str, unit: str, output: Path | None) -> Path:
    """Write a self-check page, for any form where none is named, and give its path; UsageError as of `asked_for`."""
    kind, prefill, path = asked_for(form, period, unit, output, _ENDING)
    return write(path, _filled(kind if form else None, prefill))


def put_beside(round_: Round, books: Mapping[str, Prefill]) -> None:
    """Put the page of its unit beside each workbook that was issued at that place, unless it is there."""
    for book, prefill in books.items():
        path = round_.folder.root / f"{book.removesuffix('.xlsx')}-{_ENDING}"
        data = _filled(round_.issued, prefill)
        if not path.is_file() or path.read_bytes() != data:
            write(path, data)


def asked_for(form: str, period: str, unit: str, output: Path | None, ending: str) -> tuple[Instrument, Prefill, Path]:
    """What is to be made for form, period and unit, and where; UsageError where period or file name is none."""
    kind, suffix = load(form), f".{ending.rpartition('.')[2]}"
    told = str(given_period(period, kind.form.period_kind)) if period else ""
    name = safe_name(f"{unit}{told}{kind.form.title}") + ending
    path = output / name if output and output.is_dir() else output or Path(name)
    if path.suffix.lower() != suffix:
        raise UsageError(f"-o：文件名应以 {suffix} 结尾：{path}")
    return kind, Prefill(unit=unit, period=told), path


def _filled(kind: Instrument | None, prefill: Prefill) -> bytes:
    """The page for workbooks of one form, which it brings along; else for any."""
    base = data_folder("page") / "page.html"
    if not base.is_file():
        raise ToolkitError(phrase("no page"))
    told: dict[str, object] = {"form": "", "prefill": asdict(prefill)}
    if kind is not None:
        told["form"] = kind.form.base + (CONTROLS if kind.form.id != kind.form.base else "")
        own = sorted(Path(kind.form.folder).glob("*.toml"))
        told["files"] = {one.name: base64.b64encode(one.read_bytes()).decode() for one in own}
    text = json.dumps(told, ensure_ascii=False, default=str).replace("<", "\\u003c")
    return base.read_bytes().replace(b'id="given">{}<', f'id="given">{text}<'.encode(), 1)
