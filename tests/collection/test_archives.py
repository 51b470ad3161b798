"""How deep, how many and how large: the bounds of an archive."""

from __future__ import annotations

import io
import zipfile

import pytest

from toolkit.collection.archives import Room, packed_items
from toolkit.workbook.intake.gate import Refused


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in members:
            packed.writestr(name, data)
    return out.getvalue()


def listed(data: bytes) -> list[str]:
    found = packed_items(data, "a.zip", Room(), lambda at, length: data[at : at + length])
    return [one.name for one in found or ()]


def claiming(size: int) -> bytes:
    """An archive of two files, the first of which claims a size in the directory."""
    data = archive(("a", b""), ("b", b""))
    at = data.index(b"PK\1\2") + 24
    return data[:at] + size.to_bytes(4, "little") + data[at + 4 :]


def test_an_archive_in_an_archive_is_opened_and_one_within_it_is_a_file() -> None:
    inner = archive(("c.zip", archive(("d.xlsx", b"x"))), ("e.xlsx", b"x"))
    assert listed(archive(("b.zip", inner))) == ["b.zip/c.zip", "b.zip/e.xlsx"]


@pytest.mark.parametrize("count", [20_000, 20_001])
def test_an_archive_has_twenty_thousand_files_at_most(count: int) -> None:
    data = archive(*((str(i), b"") for i in range(count)))
    if count <= 20_000:
        assert len(listed(data)) == count
    else:
        with pytest.raises(Refused, match="合起来"):
            listed(data)


def test_an_archive_holds_a_gigabyte_at_most() -> None:
    assert len(listed(claiming(1 << 30))) == 2
    with pytest.raises(Refused, match="合起来"):
        listed(claiming((1 << 30) + 1))
