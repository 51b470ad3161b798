"""Builds the sample workbooks from the readable texts in ``returns/``; the same bytes every time.

``python -m samples.build`` writes them beside this file, with a folder named it writes them there
(``python samples/build.py`` does the same where the source tree is installed).
"""  # noqa: INP001 - a folder of samples is no package

from __future__ import annotations

import html
import io
import re
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from samples.split import split, texts
from toolkit.collection.roster.read import Roster, read_roster
from toolkit.collection.signature import Keyring, signed
from toolkit.forms.layout import Spot, explain_name
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.model.returns import Identity
from toolkit.workbook.formulas import shifted
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.pen import Pen, StyledCell
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template

HERE = Path(__file__).resolve().parent
RETURNS = HERE / "returns"
FORM = "zfxxgk-2021"
#: The key that signs the samples: public, for nothing else.
KEY = HERE / "sample.key"
#: The invented district: a folder of texts, the folder its workbooks go to, and its roster.
DISTRICT, INBOX, ROSTER = "yunling", "yunling-2025", "yunling-roster.csv"
#: The members of a real city: whose table is split, the folder their workbooks go to, and their roster.
CITY, MEMBERS, CITY_ROSTER = "suqian-2023", "suqian-2023-members", "suqian-2023-roster.csv"
#: What else lies in a real inbox: a workbook that is not ours, and half of one that was.
FOREIGN, BROKEN, BROKEN_OF = "说明.xlsx", "坏文件.xlsx", "教育局.xlsx"
_STOCKS = ("requests.carried_out.", "proactive.regulations.in_force", "proactive.normative.in_force")


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A return as written down. ``shifted`` are formula cells whose references stand so many rows too low."""

    prefill: Prefill
    fault: str = ""
    body: str = ""
    shifted: Mapping[str, int]


def main(arguments: list[str]) -> int:
    """Build everything and name each file."""
    for path in build_all(Path(arguments[0]) if arguments else HERE):
        sys.stdout.write(f"{path}\n")
    return 0


def build_all(target: Path) -> list[Path]:
    """Every sample workbook, written below ``target``."""
    real = {path.with_suffix(".xlsx").name: build(path) for path in sorted(RETURNS.glob("*.toml"))}
    roster = load_roster(ROSTER)
    units = sorted((RETURNS / DISTRICT).glob("*.toml"))
    district = {path.with_suffix(".xlsx").name: build(path, roster) for path in units}
    good = district[BROKEN_OF]
    district |= {FOREIGN: _foreign(), BROKEN: good[: len(good) // 2]}
    files = {target / name: data for name, data in real.items()}
    files |= {target / INBOX / name: data for name, data in district.items()}
    files |= {target / MEMBERS / f"{prefill.unit}.xlsx": _written(prefill) for prefill in members()}
    for path, data in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return list(files)


def build(path: Path, roster: Roster | None = None) -> bytes:
    """Build the workbook of one text, faults included; with a roster as the office issued it to that unit."""
    sample = load_sample(path)
    prefill = sample.prefill if roster is None else issued(sample.prefill, roster)
    book = _written(prefill)
    for name, rows in sample.shifted.items():
        book = _shift(book, name, rows)
    return book


def load_roster(name: str) -> Roster:
    """A roster that lies beside this file."""
    return read_roster((HERE / name).read_bytes(), name, load(FORM).form.bodies)


def issued(prefill: Prefill, roster: Roster) -> Prefill:
    """Give a workbook the code and the signature with which the office issues it; `UsageError` for no unit of it."""
    instrument, unit = load(FORM), roster.find(prefill.unit)
    identity = Identity(
        form=instrument.form.id,
        version=instrument.form.version,
        code=unit.code,
        unit=unit.name,
        period=prefill.period,
        fingerprint=blank_plan(instrument).fingerprint,
    )
    identity = signed(Keyring.parse(KEY.read_text(encoding="utf-8")).keys[0], identity)
    return replace(prefill, unit=unit.name, code=unit.code, key=identity.key, signature=identity.signature)


def members() -> Iterator[Prefill]:
    """What the workbooks of the city's members hold: an illustration that adds up to the city's table."""
    city, roster, instrument = load_prefill(RETURNS / f"{CITY}.toml"), load_roster(CITY_ROSTER), load(FORM)
    published = {name: Decimal(value) for name, value in city.values.items() if name in instrument.names}
    for member, figures in split(published).items():
        values: dict[str, Decimal | str] = {**figures, **texts(member)}
        yield issued(Prefill(unit=member, period=city.period, values=values), roster)


def _written(prefill: Prefill) -> bytes:
    """Write a filled workbook, explanations included."""
    book = write_template(load(FORM), prefill)
    for name, text in prefill.values.items():
        if name.startswith("explain."):
            book = _explain(book, name, str(text))
    return book


def load_prefill(path: Path) -> Prefill:
    """Read what a text says a workbook holds; ValueError for a name that the form does not have."""
    return load_sample(path).prefill


def load_sample(path: Path) -> Sample:
    """Read one text; what is not listed among its numbers is 0, an empty text leaves the cell blank."""
    data = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    instrument = load(FORM)
    zeros = _zeros(instrument, typed=data.get("totals") == "typed")
    numbers = {**dict.fromkeys(zeros, Decimal(0)), **_flat(data["numbers"])}
    values = {name: value for name, value in numbers.items() if value != ""}
    values |= {**_flat(data["texts"]), **_flat(data["cover"], "cover."), **_items(instrument, data.get("items", {}))}
    values |= {explain_name(key): text for key, text in data.get("explanations", {}).items()}
    prior = _prior(instrument, data["prior"]) if "prior" in data else {}
    if unknown := sorted(({*values, *numbers} - set(instrument.layout.spots)) | (set(prior) - set(instrument.names))):
        raise ValueError(f"{path.name}: no such name in {FORM}: {', '.join(unknown)}")
    prefill = Prefill(unit=data["unit"], period=data["period"], prior=prior, values=values)
    moved = {name: int(rows) for name, rows in _flat(data.get("shifted", {})).items()}
    return Sample(prefill=prefill, fault=data.get("fault", ""), body=data.get("body", ""), shifted=moved)


def _zeros(instrument: Instrument, *, typed: bool) -> Iterator[str]:
    """Name what a person fills; with ``typed`` also what the template computes."""
    return (name for name, variable in instrument.variables.items() if typed or not variable.derived)


def _prior(instrument: Instrument, data: Mapping[str, Any]) -> dict[str, Decimal]:
    """Read last year's figures: stocks that are not listed were 0, everything else is unknown."""
    stocks = (name for name in instrument.layout.prior if name.startswith(_STOCKS))
    listed = {name: Decimal(value) for name, value in _flat(data).items()}
    return dict.fromkeys(stocks, Decimal(0)) | listed


def _items(instrument: Instrument, data: Mapping[str, int]) -> dict[str, Decimal | str]:
    """Fill the lines of the open list."""
    names = instrument.form.lists[0].names
    out: dict[str, Decimal | str] = {}
    for line, (label, count) in enumerate(data.items(), start=1):
        out |= zip(names(line), (label, Decimal(count)), strict=True)
    return out


def _flat(data: Mapping[str, Any], prefix: str = "") -> dict[str, Decimal | str]:
    """Turn nested tables into dotted names."""
    out: dict[str, Decimal | str] = {}
    for key, value in data.items():
        if isinstance(value, Mapping):
            out |= _flat(value, f"{prefix}{key}.")
        else:
            out[prefix + key] = value if isinstance(value, str) else Decimal(value)
    return out


def _shift(book: bytes, name: str, rows: int) -> bytes:
    """Put a formula back that stands that many rows too low; the figure typed there stays as its kept result."""
    spot = load(FORM).layout.spot(name)
    planned = blank_plan(load(FORM)).formulas[spot.sheet, spot.cell]
    formula = html.escape(shifted(planned.formula, 0, rows), quote=False)
    return _edited(book, spot, rf'(<c r="{spot.cell}" s="\d+">)(<v>)', rf"\g<1><f>{formula}</f>\g<2>")


def _explain(book: bytes, name: str, text: str) -> bytes:
    """Write an explanation into its cell, where the writer left that blank."""
    spot = load(FORM).layout.spot(name)
    written = rf'\g<1> t="inlineStr"><is><t>{html.escape(text, quote=False)}</t></is></c>'
    return _edited(book, spot, rf'(<c r="{spot.cell}" s="\d+")/>', written, optional=True)


def _edited(book: bytes, spot: Spot, pattern: str, replacement: str, *, optional: bool = False) -> bytes:
    """Replace one cell in the XML of its sheet: everything else, kept results included, stays as it is."""
    part = f"xl/worksheets/sheet{list(blank_plan(load(FORM)).sheets).index(spot.sheet) + 1}.xml"

    def change(xml: str) -> str:
        out, found = re.subn(pattern, replacement, xml)
        if found != 1 and not (optional and not found):
            raise ValueError(f"{spot.reference}: found {found} times in {part}")
        return out

    return _with_part(book, part, change)


def _with_part(book: bytes, part: str, change: Callable[[str], str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, change(data.decode()).encode() if info.filename == part else data)
    return out.getvalue()


def _foreign() -> bytes:
    """Make a workbook somebody added to the hand-in that is no form at all."""
    pen = Pen("报送说明")
    page = pen.page("Sheet1")
    page.put(0, 0, StyledCell("报送说明", "text_line"))
    page.put(1, 0, StyledCell("本次报送十二个单位的表，纸质盖章件另送。", "text_line"))
    return pen.finish(lock_structure=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
