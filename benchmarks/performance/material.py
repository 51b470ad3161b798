"""Returns as a round gets them: real-length texts, saved by LibreOffice and openpyxl, signed, one in ten with a slip.

A few hundred workbooks are filled with figures and texts of their own and saved, one in four by openpyxl, the others by
LibreOffice (some at one start, see `_AT_A_START`), under names that stand for the unit's. They are kept in a folder
from run to run. A return is made of one of them within milliseconds: unit, code and signature are put in, its texts
written anew, its published items counted anew, in the parts of the package that hold them; the other parts keep their
packed bytes. So 10,000 files that all differ take a minute, and each is what the program that saved it writes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

import openpyxl

from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template

from .texts import texts

FORM, PERIOD = "zfxxgk-2021", "2025"
#: One return in so many has one wrong figure.
FAULTY = 10
#: One save in so many is openpyxl's.
_BY_SCRIPT = 4
#: So many workbooks are saved at one start of LibreOffice.
_AT_A_START = 60
#: Units of an area of the roster.
AREA = 70
#: What stands in a save for what is the unit's own.
_UNIT, _MARKS = "待换单位全称", {"code": "待换编码", "key": "待换密钥", "signature": "待换签名"}
_APPLICANTS = ("natural", "business", "research", "nonprofit", "legal", "other")
_CELL = re.compile(rb'(<c r="([A-Z]+\d+)"[^>]*>)<v>[^<]*</v></c>')
_PROPERTY = re.compile(r'name="xxgk\.(\w+)"[^>]*><vt:lpwstr>([^<]*)<')


def seeded(*words: object) -> Random:
    """Chance that is the same in every run."""
    return Random("/".join(map(str, words)))  # noqa: S311 - test data


def form() -> Instrument:
    """The statutory form of 2021."""
    return load(FORM)


@dataclass(frozen=True)
class Save:
    """A filled workbook as a program saved it; ``number`` is what its content is drawn from."""

    path: Path
    number: int

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """What its texts say."""
        return content(self.number)[1]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """What its table says of applications."""
        return _counts(content(self.number)[0])

    @cached_property
    def members(self) -> Sequence[Member]:
        """Its parts, packed."""
        return list(_members(self.path.read_bytes()))


@dataclass(frozen=True)
class Member:
    """A part of a package as it lies there."""

    name: bytes
    method: int
    crc: int
    size: int
    packed: bytes

    @cached_property
    def body(self) -> bytes:
        """Its content."""
        return zlib.decompress(self.packed, -15) if self.method else self.packed


def content(number: int) -> tuple[dict[str, Decimal], dict[str, str]]:
    """The figures and texts of a save; a tenth of them has a balance that is off by one application."""
    chance, kind = seeded("save", number), form()
    entered = [name for name in kind.names if name not in kind.rules.formulas]
    values = dict.fromkeys(entered, Decimal(0))
    values |= {name: Decimal(chance.randrange(400)) for name in published()}
    for who in _APPLICANTS:
        new = chance.randrange(150 if who == "natural" else 12)
        rest, parts = new, ("granted", "partial", "unavailable_not_held", "declined_repeat", "carried_out")
        for part in parts:
            share = rest if part == parts[-1] else chance.randrange(rest + 1)
            values[f"requests.{part}.{who}"] = Decimal(share)
            rest -= share
        values[f"requests.new.{who}"] = Decimal(new)
    told = texts(chance, _counts(values))
    if number % FAULTY == 0:
        values["requests.new.other"] += 1
    return values, told


def published() -> list[str]:
    """The variables that no equation holds: a return's own figures, put in afterwards."""
    kind = form()
    held = {key.name for check in kind.rules.checks for key in (check.residual or {}) if key is not None}
    names = (name for name in kind.names if name.startswith("proactive.") and name not in kind.rules.formulas)
    return [name for name in names if name not in held and not name.startswith("proactive.fees")]


def _counts(values: Mapping[str, Decimal]) -> dict[str, int]:
    """What the texts may say of the applications."""
    rows = {row: sum(int(values[f"requests.{row}.{who}"]) for who in _APPLICANTS) for row in ("new", "granted")}
    out = sum(int(values[f"requests.carried_out.{who}"]) for who in _APPLICANTS)
    natural = int(values["requests.new.natural"])
    return {**rows, "natural": natural, "out": out, "closed": rows["new"] - out}


# ---------------------------------------------------------------- saves


def saves(folder: Path, count: int) -> list[Save]:
    """So many saves in a folder; those that are there are kept."""
    mark = hashlib.sha256(repr([blank_plan(form()).fingerprint, *map(content, range(20))]).encode()).hexdigest()[:12]
    place = folder / f"saves-{mark}"
    found = [Save(place / f"{number:04}.xlsx", number) for number in range(count)]
    missing = [one for one in found if not one.path.is_file()]
    raw = place / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for one in missing:
        (raw / one.path.name).write_bytes(filled(one.number, {"unit": _UNIT, **_MARKS}))
    scripted = [one for one in missing if one.number % _BY_SCRIPT == 1]
    for one in scripted:
        openpyxl.load_workbook(raw / one.path.name).save(one.path)
    others = [one for one in missing if one not in scripted]
    for start in range(0, len(others), _AT_A_START):
        _saved_again([raw / one.path.name for one in others[start : start + _AT_A_START]], place)
    shutil.rmtree(raw)
    return found


def filled(number: int, identity: Mapping[str, str]) -> bytes:
    """A workbook as this program writes it, with the content of a save, of a unit: unit, code, key and signature."""
    values, told = content(number)
    prefill = Prefill(
        unit=identity["unit"],
        period=PERIOD,
        body="政府部门",
        code=identity["code"],
        key=identity["key"],
        signature=identity["signature"],
        values={**values, **told},
    )
    return write_template(form(), prefill)


def office() -> str:
    """LibreOffice; RuntimeError where there is none."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise RuntimeError("LibreOffice is not installed: the returns are saved by it")
    return program


def _saved_again(paths: Sequence[Path], target: Path) -> None:
    profile = f"-env:UserInstallation={(target / 'raw' / 'profile').as_uri()}"
    command = [office(), profile, "--headless", "--norestore", "--convert-to", "xlsx", "--outdir", str(target)]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=120 + 10 * len(paths))


# ---------------------------------------------------------------- what comes in


def returned(save: Save, number: int, identity: Mapping[str, str]) -> bytes:
    """A return of its own out of a save.

    ``number`` is what its texts and published items are drawn from, ``identity`` the unit's: unit, code, key and
    signature.
    """
    told, own = written_anew(save, number)
    words = {escape(old).encode(): escape(told[name]).encode() for name, old in save.texts.items()}
    names = {_UNIT: identity["unit"], **{mark: identity[field] for field, mark in _MARKS.items()}}
    words |= {old.encode(): escape(new).encode() for old, new in names.items()}
    cells = {form().layout.cells[name]: value for name, value in own.items()}
    (sheet,) = {place for place, _ in cells}
    figures = {cell.encode(): str(value).encode() for (_, cell), value in cells.items()}
    part = f"xl/worksheets/sheet{form().layout.sheets.index(sheet) + 1}.xml".encode()
    pattern = re.compile(b"|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    out = []
    for one in save.members:
        if one.name == part:
            body = _CELL.sub(lambda found: _counted(found, figures), one.body)
        elif one.name in {b"xl/sharedStrings.xml", b"docProps/custom.xml"}:
            body = pattern.sub(lambda found: words[found[0]], one.body)
        else:
            out.append(one)
            continue
        out.append(_packed(one.name, body))
    return _package(out)


def written_anew(save: Save, number: int) -> tuple[dict[str, str], dict[str, Decimal]]:
    """The texts and the published items of a return."""
    chance = seeded("return", number)
    return texts(chance, save.counts), {name: Decimal(chance.randrange(400)) for name in published()}


def _counted(found: re.Match[bytes], figures: Mapping[bytes, bytes]) -> bytes:
    value = figures.get(found[2])
    return found[0] if value is None else b"%s<v>%s</v></c>" % (found[1], value)


def returns(folder: Path, count: int, distinct: int) -> Iterator[bytes]:
    """Returns outside a round, of units without a signature that anybody could check."""
    some = saves(folder, distinct)
    for number in range(count):
        yield returned(chosen(some, number), number, unsigned(number))


def unsigned(number: int) -> dict[str, str]:
    """The identity of a unit that no office's key has signed."""
    return {"unit": unit_name(number), "code": code(number), "key": "0a1b2c3d", "signature": f"{number:032x}"}


def chosen(some: Sequence[Save], number: int) -> Save:
    """The save for a return: one in ten a faulty one."""
    faulty, right = ([one for one in some if (one.number % FAULTY == 0) is what] for what in (True, False))
    among = faulty if number % FAULTY == 0 else right
    return among[number // FAULTY % len(among)] if among is faulty else among[number % len(among)]


def in_folder(cache: Path, target: Path, count: int, distinct: int) -> list[Path]:
    """Returns outside a round as files."""
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, data in enumerate(returns(cache, count, distinct)):
        paths.append(target / f"{number:06}.xlsx")
        paths[-1].write_bytes(data)
    return paths


# ---------------------------------------------------------------- a round


def code(number: int) -> str:
    """The code of a unit."""
    return f"{number:06}"


def unit_name(number: int) -> str:
    """The name of a unit: no two are alike."""
    chance = seeded("unit", number)
    kinds = ("教育局", "民政局", "财政局", "水利局", "街道办事处", "镇人民政府", "农业农村局", "市场监督管理局")
    return f"云岭{chance.choice('东南西北中')}区第{number}{chance.choice(kinds)}"


def roster(path: Path, count: int) -> Path:
    """A roster of one tree: areas of seventy units each."""
    lines = [("Y", "云岭市", "云岭", "", "", "否")]
    lines += [(f"A{area}", f"第{area}片区", f"{area}片", "", "Y", "否") for area in range(-(-count // AREA))]
    lines += [
        (code(n), unit_name(n), unit_name(n).removeprefix("云岭"), "政府部门", f"A{n // AREA}", "")
        for n in range(count)
    ]
    out = io.StringIO()
    csv.writer(out).writerows([("编码", "单位全称", "简称", "机关类别", "上级", "报送"), *lines])
    path.write_text(out.getvalue(), encoding="utf-8-sig")
    return path


def answer(round_: Path, cache: Path, distinct: int) -> int:
    """Lay a return of every unit that was sent a workbook into the inbox; how many those are.

    Who a unit is, and its signature, is read out of the workbook that was distributed to it.
    """
    some, count = saves(cache, distinct), 0
    inbox = round_ / "收件"
    inbox.mkdir(exist_ok=True)
    for path in sorted((round_ / "发放").rglob("*.xlsx")):
        (inbox / path.name).write_bytes(returned(chosen(some, count), count, identity_of(path)))
        count += 1
    return count


def identity_of(path: Path) -> dict[str, str]:
    """What a distributed workbook says of its unit."""
    with zipfile.ZipFile(path) as book:
        return dict(_PROPERTY.findall(book.read("docProps/custom.xml").decode()))


# ---------------------------------------------------------------- packages


def _members(data: bytes) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for info in book.infolist():
            name_length, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            begin = info.header_offset + 30 + name_length + extra
            packed = data[begin : begin + info.compress_size]
            yield Member(info.filename.encode(), info.compress_type, info.CRC, info.file_size, packed)


def _packed(name: bytes, body: bytes) -> Member:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Member(name, 8, zlib.crc32(body), len(body), packer.compress(body) + packer.flush())


def _package(members: Sequence[Member]) -> bytes:
    """A zip file of parts that are packed already."""
    out, directory = bytearray(), bytearray()
    for one in members:
        common = struct.pack(
            "<HHHHHLLLHH", 20, 0, one.method, 0, 0x5A21, one.crc, len(one.packed), one.size, len(one.name), 0
        )
        directory += b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHLL", 0, 0, 0, 0, len(out)) + one.name
        out += b"PK\3\4" + common + one.name + one.packed
    end = struct.pack("<HHHHLLH", 0, 0, len(members), len(members), len(directory), len(out), 0)
    return bytes(out + directory + b"PK\5\6" + end)


def described() -> str:
    """The material in a sentence, for the page."""
    drawn = [sum(map(len, content(number)[1].values())) for number in range(20)]
    return (
        f"a few hundred distinct saves, one in {_BY_SCRIPT} by openpyxl, the others by LibreOffice; ten texts of about "
        f"{sum(drawn) // len(drawn):,} characters a return, written anew for each, as are its published items; one "
        f"return in {FAULTY} has one wrong figure"
    )
