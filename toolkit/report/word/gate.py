"""Word files from outside: let in, or refused with the reason."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from toolkit.boundary import Failure, guarded
from toolkit.errors import UsageError, WordFileError, cause_of
from toolkit.model.codes import Code
from toolkit.workbook.intake.archive import directory, unpack
from toolkit.workbook.intake.refusals import Refused, refusal
from toolkit.workbook.intake.xml import is_markup, require_bounded

T = TypeVar("T")
#: What the libraries raise at a file that is no .docx.
_UNREADABLE: Final = (OpcError, zipfile.BadZipFile, etree.LxmlError, LookupError, ValueError, AttributeError, OSError)
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_LARGEST, _UNPACKED = 20 << 20, 50 << 20
_DAMAGED = "不是 Word 文件，或者已经损坏"
_LARGE = "文件展开后过大，没有读取"
#: By the codes of the workbook's gate, which looks at the same kind of archive.
_REASONS = {Code.FILE_21: "文件内部有重名的部件", Code.FILE_23: _LARGE, Code.FILE_35: _LARGE}
_LOCKED_WORDS = "设有打开密码。请在 Word 或 WPS 里取消密码，保存后再试。"
_SAVE = "请在 Word 或 WPS 里另存为“Word 文档 (*.docx)”再试。"


def read_word(path: Path) -> bytes:
    """The bytes of a .docx, after a look at what it is; UsageError says why not."""
    if not path.is_file():
        raise UsageError(f"{path}：没有这个文件。请检查路径。")
    if path.stat().st_size > _LARGEST:
        raise UsageError(f"{path}：文件超过 20 MB。请删去图片等无关内容再试。")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}：读不出来（{cause_of(error)}）。请先在 Word 或 WPS 里关闭它。") from error
    if data.startswith(_OLD):
        raise UsageError(f"{path}：{_LOCKED_WORDS if _LOCKED in data else f'是旧格式（.doc、.wps）。{_SAVE}'}")
    try:
        _require_word(path, data)
    except Refused as refused:
        why = f"{_REASONS.get(refused.code, _DAMAGED)}。{_SAVE}"
        raise UsageError(f"{path}：{_LOCKED_WORDS if refused.code == Code.FILE_08 else why}") from None
    return data


def of_word_file(path: Path | str, work: Callable[[], T]) -> T:
    """What ``work`` makes of a Word file from outside; WordFileError where the program fails on what is in it."""

    def refuse(_: Failure) -> NoReturn:
        raise WordFileError(f"{path}：程序读不了这份 Word 文件。{_SAVE}仍不行，请把文件发给维护人员。")

    return guarded(work, refuse)


def opened(data: bytes, what: str = "") -> Any:  # noqa: ANN401 - python-docx has no types
    """Open a .docx; WordFileError says where that cannot be, of ``what``."""
    try:
        return docx.Document(io.BytesIO(data))
    except _UNREADABLE as error:
        raise WordFileError(f"{what}打不开：它不是 .docx 文件，或者已经损坏。") from error


def _require_word(path: Path, data: bytes) -> None:
    """Look into the archive as into that of a workbook: nothing it says about itself is believed."""
    entries = directory(data)
    names = [entry.name.lower() for entry in entries]
    if "word/document.xml" not in names:
        raise UsageError(f"{path}：不是 Word 文件。{_SAVE}")
    if any("vbaproject" in name for name in names):
        raise UsageError(f"{path}：文件含有宏，没有读取。{_SAVE}")
    if sum(entry.size for entry in entries) > _UNPACKED:
        raise refusal(Code.FILE_23)
    require_bounded([body for name, body in unpack(data, entries).items() if is_markup(name, body)])
