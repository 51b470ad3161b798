"""Everything in the inbox is an item to read or is left lying for a reason; nothing is followed and nothing is lost."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from toolkit.boundary import FailedError
from toolkit.collection import archives as packed
from toolkit.collection import inbox
from toolkit.collection.archives import Item
from toolkit.collection.inbox import Ended, walk_inbox
from toolkit.workbook.intake import archive as strict
from toolkit.workbook.intake.gate import Refused, whole

LATER = 4_000_000_000.0


def workbook() -> bytes:
    """Whatever the gate thinks of it, by its parts it is a workbook and no archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return out.getvalue()


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def gbk_archive(members: dict[str, bytes]) -> bytes:
    """As Windows packs it here: names in GBK, and no mark that says so."""
    placeholder = {
        f"{i:04}".ljust(len(name.encode("gb18030")), "x"): data for i, (name, data) in enumerate(members.items())
    }
    out = archive(placeholder)
    for short, name in zip(placeholder, members, strict=True):
        out = out.replace(short.encode(), name.encode("gb18030"))
    return out


def items(folder: Path) -> dict[str, Item]:
    return {one.name: one for one in walk_inbox(folder, LATER) if isinstance(one, Item)}


def left(folder: Path, now: float = LATER) -> dict[str, Ended]:
    return {one.name: one for one in walk_inbox(folder, now) if isinstance(one, Ended)}


def test_files_and_files_in_folders_are_items_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "乙" / "丙").mkdir(parents=True)
    for name in ("甲.xlsx", "乙/一.xls", "乙/丙/二.et", "没有后缀"):
        (tmp_path / name).write_bytes(name.encode())
    found = items(tmp_path)
    assert set(found) == {"甲.xlsx", "乙/一.xls", "乙/丙/二.et", "没有后缀"}
    assert found["乙/丙/二.et"].load() == "乙/丙/二.et".encode()
    assert next(iter(walk_inbox(tmp_path, LATER))).name == "没有后缀"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("~$甲.xlsx", "是表格打开时的临时文件"),
        (".~lock.甲.xlsx#", "是表格打开时的临时文件"),
        ("Thumbs.db", "是系统文件"),
        (".DS_Store", "是系统文件"),
        (".甲.xlsx.icloud", "还在云端，没有下载到这台电脑。请先点开它下载"),
        ("甲.xlsx.crdownload", "还没有下载完"),
        ("盖章扫描件.PDF", "不是工作簿（附件）"),
        ("情况说明.docx", "不是工作簿（附件）"),
    ],
)
def test_what_is_no_return_is_left_lying_for_a_reason(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert left(tmp_path) == {name: Ended(name=name, reason=reason)}
    assert items(tmp_path) == {}


def test_links_pipes_and_linked_folders_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.xlsx").write_bytes(b"secret")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "link.xlsx").symlink_to(outside / "a.xlsx")
    (inbox / "folder").symlink_to(outside, target_is_directory=True)
    (inbox / "loop").symlink_to(inbox, target_is_directory=True)
    os.mkfifo(inbox / "pipe.xlsx")
    assert {name: one.reason for name, one in left(inbox).items()} == {
        "link.xlsx": "是链接，不跟随",
        "folder": "是链接，不跟随",
        "loop": "是链接，不跟随",
        "pipe.xlsx": "不是普通文件",
    }
    assert items(inbox) == {}


def test_a_zip_is_looked_into_with_its_names_in_gbk(tmp_path: Path) -> None:
    data = workbook()
    (tmp_path / "全区.zip").write_bytes(
        gbk_archive({"教育局.xlsx": data, "镇街/石桥镇.xlsx": b"x", "~$教育局.xlsx": b"y"})
    )
    found = items(tmp_path)
    assert set(found) == {"全区.zip/教育局.xlsx", "全区.zip/镇街/石桥镇.xlsx"}
    assert found["全区.zip/教育局.xlsx"].load() == data
    assert set(left(tmp_path)) == {"全区.zip/~$教育局.xlsx"}


def test_a_zip_with_names_in_utf_8_and_a_zip_in_a_zip(tmp_path: Path) -> None:
    inner = archive({"石桥镇.xlsx": b"x"})
    (tmp_path / "a.zip").write_bytes(archive({"教育局.xlsx": b"y", "镇街.zip": inner, "__MACOSX/._x": b"z"}))
    found = items(tmp_path)
    assert {name: one.load() for name, one in found.items()} == {
        "a.zip/教育局.xlsx": b"y",
        "a.zip/镇街.zip/石桥镇.xlsx": b"x",
    }


def test_a_workbook_is_not_taken_for_an_archive_even_if_it_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "甲.zip").write_bytes(workbook())
    found = items(tmp_path)
    assert set(found) == {"甲.zip"}
    assert found["甲.zip"].load() == workbook()


def test_a_damaged_archive_is_one_item_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(archive({"a.xlsx": os.urandom(5000)})[:2000])
    (only,) = items(tmp_path).values()
    with pytest.raises(Refused) as caught:
        only.load()
    assert caught.value.code == "FILE-19"


def test_a_damaged_archive_that_was_written_just_now_waits_for_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive({"a.xlsx": os.urandom(5000)})[:2000])
    (only,) = left(tmp_path, path.stat().st_mtime + 5).values()
    assert only.later


def test_a_member_larger_than_a_workbook_may_be_is_refused_before_it_swells(tmp_path: Path) -> None:
    data = archive({"a.xlsx": b"\0" * 30_000_000})
    (tmp_path / "a.zip").write_bytes(data)
    (only,) = items(tmp_path).values()
    with pytest.raises(Refused) as caught:
        only.load()
    assert caught.value.code == "FILE-04"


def test_a_damaged_member_costs_only_itself(tmp_path: Path) -> None:
    data = archive({"a.xlsx": b"a" * 999, "b.xlsx": b"b" * 999})
    spoilt = bytearray(data)
    spoilt[data.index(b"a.xlsx") + 8] ^= 0xFF
    (tmp_path / "a.zip").write_bytes(bytes(spoilt))
    found = items(tmp_path)
    with pytest.raises(Refused):
        found["a.zip/a.xlsx"].load()
    assert found["a.zip/b.xlsx"].load() == b"b" * 999


def test_an_archive_in_another_format_is_an_item_that_the_gate_names(tmp_path: Path) -> None:
    (tmp_path / "a.rar").write_bytes(b"Rar!\x1a\x07\x00")
    assert set(items(tmp_path)) == {"a.rar"}


@pytest.mark.skipif(sys.platform != "linux", reason="only there a file name may be any bytes")
def test_a_file_name_in_gbk_bytes_is_read_and_shown_repaired(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/" + "教育局.xlsx".encode("gb18030")
    with open(raw, "wb") as out:  # noqa: PTH123 - a name in bytes
        out.write(b"x")
    (only,) = items(tmp_path).values()
    assert only.name == "教育局.xlsx"
    assert only.key == "教育局.xlsx".encode("gb18030")
    assert only.load() == b"x"


def test_a_file_that_vanishes_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"x")
    found = items(tmp_path)
    (tmp_path / "a.xlsx").unlink()
    with pytest.raises(Refused) as caught:
        found["a.xlsx"].load()
    assert caught.value.code == "FILE-07"


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def refused(item: Item) -> Refused:
    with pytest.raises(Refused) as caught:
        item.load()
    return caught.value


@pytest.mark.parametrize(
    ("method", "named"), [(zipfile.ZIP_LZMA, "LZMA"), (zipfile.ZIP_BZIP2, "BZIP2"), (97, "第 97 号")]
)
def test_a_rare_compression_is_refused_by_its_name_and_costs_only_its_member(
    tmp_path: Path, method: int, named: str
) -> None:
    known = method if method in {zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2} else zipfile.ZIP_STORED
    data = bytearray(zipped({"a.xlsx": b"a" * 999}, known))
    central = data.index(b"PK\1\2")
    data[8:10] = data[central + 10 : central + 12] = method.to_bytes(2, "little")
    (tmp_path / "a.zip").write_bytes(bytes(data))
    (tmp_path / "b.zip").write_bytes(zipped({"b.xlsx": b"b"}))
    found = items(tmp_path)
    assert (refused(found["a.zip/a.xlsx"]).code, named in refused(found["a.zip/a.xlsx"]).message) == ("FILE-19", True)
    assert found["b.zip/b.xlsx"].load() == b"b"


def test_archives_have_one_room_together_and_one_that_is_refused_takes_none_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "Room", lambda: packed.Room(members=10, total=99))
    four = zipped({f"{i}.xlsx": b"x" for i in range(4)})
    (tmp_path / "a.zip").write_bytes(four)
    (tmp_path / "b.zip").write_bytes(zipped({"1.zip": b"no archive", "2.xlsx": b"x" * 90}))
    (tmp_path / "c.zip").write_bytes(four)
    (tmp_path / "d.zip").write_bytes(four)
    found = items(tmp_path)
    assert sorted(found) == sorted(["b.zip", "d.zip", *(f"{name}.zip/{i}.xlsx" for name in "ac" for i in range(4))])
    assert {refused(found[name]).code for name in ("b.zip", "d.zip")} == {"FILE-23"}


def test_archives_in_an_archive_share_its_room_and_are_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = zipped({f"{i:05}.xlsx": b"" for i in range(15_000)})
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{i}.zip": inner for i in range(40)}))
    lines = counted(monkeypatch)
    (only,) = (one for one in walk_inbox(tmp_path, path.stat().st_mtime + 5) if isinstance(one, Item))
    assert refused(only).code == "FILE-23"
    assert "20000 个" in refused(only).message
    # The outer one and the first inner one.
    assert len(lines) == 40 + 15_000


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every line of a directory that is read from now on."""
    lines: list[object] = []
    real = strict.ArchiveEntry

    def reading(*told: object) -> strict.ArchiveEntry:
        lines.append(told)
        return real(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(strict, "ArchiveEntry", reading)
    return lines


def test_the_bytes_of_an_archive_are_read_once_and_its_files_from_their_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = zipped({f"{i}.xlsx": bytes([i]) * 9 for i in range(3)})
    (tmp_path / "a.zip").write_bytes(zipped({"x.xlsx": b"x" * 99_999, "b.zip": inner}))
    looked: list[Path] = []

    def look(path: Path, most: int) -> bytes:
        looked.append(path)
        return whole(path, most)

    monkeypatch.setattr(inbox, "whole", look)
    found = items(tmp_path)
    assert looked == [tmp_path / "a.zip"]
    loaded = {name: one.load() for name, one in found.items()}
    assert looked == [tmp_path / "a.zip"]
    assert loaded == {
        "a.zip/x.xlsx": b"x" * 99_999,
        **{f"a.zip/b.zip/{i}.xlsx": bytes([i]) * 9 for i in range(3)},
    }


def test_an_archive_that_was_changed_or_removed_meanwhile_is_read_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"x.xlsx": b"x", "y.xlsx": b"y"}))
    found = items(tmp_path)
    os.utime(path, (1, 1))
    assert refused(found["a.zip/x.xlsx"]).code == "FILE-05"
    path.unlink()
    assert refused(found["a.zip/y.xlsx"]).code == "FILE-07"


def test_a_file_in_an_archive_whose_own_header_is_another_is_refused_and_costs_only_itself(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.xlsx": b"a", "b.xlsx": b"b"}))
    data[data.index(b"a.xlsx")] = ord("c")
    (tmp_path / "a.zip").write_bytes(bytes(data))
    found = items(tmp_path)
    assert refused(found["a.zip/a.xlsx"]).code == "FILE-19"
    assert found["a.zip/b.xlsx"].load() == b"b"


@pytest.mark.parametrize("count", [21_000, 66_000])
def test_a_directory_that_is_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({f"{i}.xlsx": b"" for i in range(count)}))
    lines = counted(monkeypatch)
    (only,) = items(tmp_path).values()
    assert refused(only).code == "FILE-23"
    assert lines == []


def test_an_archive_on_which_the_program_fails_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.xlsx": b"a"}))
    (tmp_path / "b.xlsx").write_bytes(b"b")
    monkeypatch.setattr(inbox, "packed_items", lambda *_: {}["none"])
    found = items(tmp_path)
    assert found["b.xlsx"].load() == b"b"
    with pytest.raises(FailedError, match="KeyError inbox:"):
        found["a.zip"].load()


@pytest.mark.parametrize(("age", "later"), [(59.0, True), (60.0, False)])
def test_a_damaged_file_may_be_on_its_way_for_a_minute(tmp_path: Path, age: float, *, later: bool) -> None:
    (tmp_path / "a.zip").write_bytes(archive({"x.xlsx": b"x" * 99})[:60])
    os.utime(tmp_path / "a.zip", (1_700_000_000, 1_700_000_000))
    assert [one.later for one in left(tmp_path, 1_700_000_000 + age).values()] == [True] * later
