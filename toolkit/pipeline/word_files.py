"""Word files from outside: let in, or refused with the reason."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from toolkit.errors import UsageError

_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_LARGEST, _UNPACKED = 20 << 20, 200 << 20
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
        raise UsageError(f"{path}：读不出来（{error.strerror}）。请先在 Word 或 WPS 里关闭它。") from error
    if data.startswith(_OLD):
        if _LOCKED in data:
            raise UsageError(f"{path}：设有打开密码。请在 Word 或 WPS 里取消密码，保存后再试。")
        raise UsageError(f"{path}：是旧格式（.doc、.wps）。{_SAVE}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename.lower(): info.file_size for info in archive.infolist()}
    except zipfile.BadZipFile:
        raise UsageError(f"{path}：不是 Word 文件，或者已经损坏。{_SAVE}") from None
    if sum(names.values()) > _UNPACKED:
        raise UsageError(f"{path}：文件展开后过大，没有读取。{_SAVE}")
    if "word/document.xml" not in names:
        raise UsageError(f"{path}：不是 Word 文件。{_SAVE}")
    if any("vbaproject" in name for name in names):
        raise UsageError(f"{path}：文件含有宏，没有读取。{_SAVE}")
    return data
