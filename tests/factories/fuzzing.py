"""Fuzzing: good inputs changed at random, and readers that may answer with a verdict or a sentence but never fail.

``python -m factories.fuzzing --minutes 5`` (in ``tests/``) runs every target and writes what made one fail into a
folder. A seed names an input for good: the n-th input of a target is the same on every machine.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from factories.filled_forms import sent, zero_return
from factories.packages import packed
from factories.workbooks import form, values, workbook
from toolkit.boundary import DEBUG
from toolkit.checks.narrative.registry import read_texts
from toolkit.collection.roster.read import read_roster
from toolkit.errors import ToolkitError
from toolkit.forms.read_form import parse_definition
from toolkit.instrument.catalogue import form_folders
from toolkit.pipeline.read_return import judged, understand_bytes
from toolkit.pipeline.reports.documents import blank_document, docx_of
from toolkit.report.readback.parse import polished
from toolkit.report.word.gate import of_word_file, read_word

Mutate = Callable[[random.Random, bytes], bytes]

#: What breaks readers: limits of numbers, of formats and of Excel, odd Unicode, what means something to XML or TOML.
_NUMBERS = (
    *("0", "-1", "-0", "+7", "00", "1.5", "1e308", "1e309", "NaN", "INF", "1_0", "0x1F", "１２", "١٢"),
    *("9007199254740993", "4294967296", "2147483648", "1048577", "65536", "16385"),
)
_WORDS = (
    *(
        "",
        " ",
        "\t",
        "\u3000",
        "\u200b",
        "\u202e",
        "\ufeff",
        "\x7f",
        "\U0010ffff",
        "é",
        "〇一二三四五六七八九十百千万亿",
    ),
    *("=1+1", "@SUM(A1)", "<!DOCTYPE a>", "&lt;&#0;", "&#xD800;", "]]>", "<a>" * 70, "{{ 1 }}", "{% for %}", "\\u0000"),
    *(
        "其中",
        "共",
        "件",
        "占50.5%",
        "33.33333333333333333333333333333333%",
        "（",
        "）" * 9,
        "未",
        "上年",
        "《",
        "》",
        "“",
    ),
    *("[[", "]]", '"""', "= [", "{", "#", ",", ",,,", '"', "'", "\r\n", "xl/", "../", "A1:XFD1048576", "R1C1", "#REF!"),
)
_TOKEN = re.compile(rb"[0-9.]+|[A-Za-z_:]+|[\x80-\xff]{3,12}|<[^<>]{0,200}>|\"[^\"]{0,80}\"")
_LONGEST = 3


def _piece(chance: random.Random) -> bytes:
    text = chance.choice(chance.choice((_NUMBERS, _WORDS)))
    return (text * chance.choice((1, 1, 1, 2, 400))).encode()


def change_text(chance: random.Random, data: bytes) -> bytes:
    """A text or a piece of XML with a few of its tokens replaced, doubled, dropped, or exchanged."""
    for _ in range(chance.randint(1, _LONGEST)):
        tokens = list(_TOKEN.finditer(data, max(0, (start := chance.randrange(len(data) + 1)) - 200), start + 2_000))
        if not tokens:
            data = data[:start] + _piece(chance) + data[start:]
            continue
        one, other = chance.choice(tokens), chance.choice(tokens)
        new = chance.choice((_piece(chance), one[0] + one[0], b"", other[0], one[0] + _piece(chance)))
        data = data[: one.start()] + new + data[one.end() :]
    return data


def change_bytes(chance: random.Random, data: bytes) -> bytes:
    """Bytes flipped, cut out, doubled, or cut off."""
    out = bytearray(data)
    for _ in range(chance.randint(1, _LONGEST)):
        at = chance.randrange(len(out) or 1)
        length = chance.choice((1, 2, 4, 30))
        match chance.randrange(4):
            case 0:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length]
            case _:
                del out[len(out) - (at if chance.random() < 0.1 else 1) :]
    return bytes(out)


def change_package(chance: random.Random, data: bytes) -> bytes:
    """An archive with a member changed, renamed, doubled or dropped; now and then its bytes themselves."""
    if chance.random() < 0.15:
        return change_bytes(chance, data)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    match chance.randrange(20):
        case 0:
            del parts[name]
        case 1:
            parts[name + chance.choice(("2", ".bak", "/", "\\a"))] = parts[name]
        case 2:
            parts[chance.choice(sorted(parts))] = parts[name]
        case 3:
            parts[name] = change_bytes(chance, parts[name])
        case _:
            parts[name] = change_text(chance, parts[name])
    return packed(parts, chance.choice((zipfile.ZIP_DEFLATED,) * 9 + (zipfile.ZIP_STORED,)))


@dataclass(frozen=True)
class Target:
    """``read`` is what is tried; it may raise `ToolkitError`. ``seeds`` are good inputs, ``change`` spoils one.

    Where it is ``guarded``, another's library reads the input and its failures may become a sentence.
    """

    seeds: Callable[[], Sequence[bytes]]
    change: Mutate
    read: Callable[[bytes], object]
    guarded: bool = False

    def input(self, number: int) -> bytes:
        """The n-th input; the same at all times."""
        chance = random.Random(number)  # noqa: S311 - to be repeated, not to be secret
        return self.change(chance, chance.choice(list(self.seeds())))

    def failure(self, data: bytes) -> str:
        """The traceback with which the reader fails on this input; "" where it answers."""
        before = os.environ.pop(DEBUG, None)
        if not self.guarded:
            os.environ[DEBUG] = "1"
        try:
            self.read(data)
        except ToolkitError as told:
            return "" if str(told).strip() else "a reason to stop without a word"
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            return traceback.format_exc()
        finally:
            os.environ.pop(DEBUG, None)
            if before is not None:
                os.environ[DEBUG] = before
        return ""


@cache
def _workbooks() -> Sequence[bytes]:
    figures = {"requests__new__natural": values()["requests.new.natural"]}
    texts = {"overview__requests": "全年收到申请7件，其中予以公开2件，占28.6%，比上年增加3件。"}
    return workbook(), workbook("乙局", **figures, **texts)  # type: ignore[arg-type]


def _verify(data: bytes) -> None:
    judged([understand_bytes("甲.xlsx", data)])


_SENTENCES = (
    "2025年，全局共收到政府信息公开申请12件，其中自然人10件、法人2件，均已按期答复，结转下年度1件。",
    "予以公开5件，占41.67%；部分公开2件；不予公开3件。比上年增加3件，增长33.3%。",
    "全年发布规范性文件4件，废止1件，现行有效20件；行政处罚一百二十件，行政许可2,300件。",
    "未发生行政复议、行政诉讼案件。依照《中华人民共和国政府信息公开条例》（国务院令第711号）第二十条。",
)


def _read_texts(data: bytes) -> None:
    name = next(iter(form().form.texts))
    content = replace(zero_return(form()), texts={name: data.decode(errors="replace")[:32_767]})
    list(read_texts(form(), sent(content)))


@cache
def _rosters() -> Sequence[bytes]:
    rows = "编码,单位全称,简称,机关类别,上级,联系人,报送\r\n001,甲区教育局,教育局,政府部门,Q,张三 13800000000,\r\n"
    tree = "Q,甲区,甲区,县级政府,,,汇总\r\n002,石桥镇人民政府,石桥镇,乡镇政府或街道办事处,甲区,,\r\n"
    return (rows + tree).encode("utf-8-sig"), (rows + tree).encode("gb18030")


def _read_roster(data: bytes) -> None:
    read_roster(data, "名册.xlsx" if data[:2] == b"PK" else "名册.csv", form().form.bodies)


@cache
def _definitions() -> Sequence[bytes]:
    return ((form_folders()["zfxxgk-2021"] / "form.toml").read_bytes(),)


@cache
def _reports() -> Sequence[bytes]:
    return (docx_of(form(), blank_document(form()), None),)


def _read_back(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "稿.docx"
        path.write_bytes(data)
        words = read_word(path)
        of_word_file(path, lambda: polished(words, blank_document(form())))


TARGETS: Mapping[str, Target] = {
    "workbook": Target(_workbooks, change_package, _verify),
    "texts": Target(lambda: [one.encode() for one in _SENTENCES], change_text, _read_texts),
    "roster": Target(_rosters, change_text, _read_roster),
    "form": Target(_definitions, change_text, lambda data: parse_definition(data.decode(errors="replace"))),
    "docx": Target(_reports, change_package, _read_back, guarded=True),
}


def failures(name: str, numbers: Iterator[int] | range) -> Iterator[tuple[int, str]]:
    """The inputs of a target on which it fails, with the traceback."""
    target = TARGETS[name]
    for number in numbers:
        if told := target.failure(target.input(number)):
            yield number, told


def main() -> None:
    """Run the targets for a time, from a seed on; the exit code is 1 where one failed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("targets", nargs="*", default=list(TARGETS))
    asked.add_argument("--minutes", type=float, default=1.0, help="for all targets together")
    asked.add_argument("--seed", type=int, default=0)
    asked.add_argument("--output", type=Path, default=Path("fuzz-failures"))
    told = asked.parse_args()
    found = 0
    for name in told.targets:
        until = time.monotonic() + told.minutes * 60 / len(told.targets)
        target, number = TARGETS[name], told.seed
        slowest = 0.0
        while time.monotonic() < until:
            data, began = target.input(number), time.process_time()
            if failed := target.failure(data):
                found += 1
                told.output.mkdir(parents=True, exist_ok=True)
                (told.output / f"{name}-{number}").write_bytes(data)
                sys.stderr.write(f"{name} {number}\n{failed}\n")
            slowest = max(slowest, time.process_time() - began)
            number += 1
        sys.stdout.write(f"{name}: inputs {told.seed}..{number - 1}, slowest {slowest:.2f} s of CPU\n")
    sys.exit(found > 0)


if __name__ == "__main__":
    main()
