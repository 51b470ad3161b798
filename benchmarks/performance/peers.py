"""What a user would do instead, and the floor below which nothing that opens a workbook can be."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from xml.parsers.expat import ParserCreate

from .measure import cpu

if TYPE_CHECKING:
    from toolkit.model.returns import Verdict

_WARM = 3
#: What is kept of a file that was seen is known then: the best that many files of one program can come to.
AGAIN = "xxgk verify, the same files again"


def verify(paths: Sequence[Path]) -> list[Verdict]:
    """Verdicts with every place, reason and remedy, in this process."""
    from toolkit.pipeline.verify import verify_batch  # noqa: PLC0415 - a peer is measured without it

    return verify_batch([(str(one), one.read_bytes()) for one in paths])


def openpyxl_twice(paths: Sequence[Path]) -> object:
    """Every cell, its formula and its stored result: no rule, no text, no lock is looked at."""
    import openpyxl  # noqa: PLC0415 - likewise

    seen = 0
    for path in paths:
        for stored in (False, True):
            for sheet in openpyxl.load_workbook(path, data_only=stored).worksheets:
                seen += sum(one.value is not None for row in sheet.iter_rows() for one in row)
    return seen


def pandas_frames(paths: Sequence[Path]) -> object:
    """The values of every sheet."""
    import pandas as pd  # noqa: PLC0415 - likewise

    return [len(pd.read_excel(path, sheet_name=None, header=None)) for path in paths]


def pandas_calamine(paths: Sequence[Path]) -> object:
    """The same with the faster reader."""
    import pandas as pd  # noqa: PLC0415 - likewise

    return [len(pd.read_excel(path, sheet_name=None, header=None, engine="calamine")) for path in paths]


def calamine(paths: Sequence[Path]) -> object:
    """The values of every sheet, by a reader in Rust."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - likewise

    seen = 0
    for path in paths:
        with CalamineWorkbook.from_path(str(path)) as book:
            seen += sum(len(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names)
    return seen


def unpack(paths: Sequence[Path]) -> list[list[bytes]]:
    """Every part unpacked, nothing looked at."""
    found = []
    for path in paths:
        with zipfile.ZipFile(path) as book:
            found.append([book.read(name) for name in book.namelist()])
    return found


def unpack_and_parse(paths: Sequence[Path]) -> object:
    """Every part unpacked and its XML parsed, nothing kept."""
    for path in paths:
        for parts in unpack([path]):
            for part in parts:
                ParserCreate().Parse(part, True)  # noqa: FBT003 - expat takes no name
    return None


#: The ways to read a workbook, by what the page calls them.
WAYS: Mapping[str, Callable[[Sequence[Path]], object]] = MappingProxyType(
    {
        "xxgk verify": verify,
        AGAIN: verify,
        "openpyxl twice (formulas, results)": openpyxl_twice,
        "pandas.read_excel, all sheets": pandas_frames,
        "pandas with calamine": pandas_calamine,
        "python-calamine": calamine,
        "floor: unpack with zipfile": unpack,
        "floor: unpack, expat without handlers": unpack_and_parse,
    }
)
#: The script beside which the start of the program is measured, and Python itself.
SCRIPT = """
import sys, openpyxl
for stored in (False, True):
    for sheet in openpyxl.load_workbook(sys.argv[1], data_only=stored).worksheets:
        for row in sheet.iter_rows():
            for one in row:
                one.value
"""


def per_file(way: str, files: Sequence[str]) -> float:
    """Milliseconds a file, after a few files that warm it up."""
    paths = [Path(one) for one in files]
    WAYS[way](paths if way == AGAIN else paths[:_WARM])
    begun = cpu()
    WAYS[way](paths)
    return (cpu() - begun) / len(paths) * 1000
