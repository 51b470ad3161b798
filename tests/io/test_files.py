"""Results are whole or not there; names are safe everywhere; what is in a folder is found or left out for a reason."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.errors import OutputError, UsageError
from toolkit.io import files
from toolkit.pipeline import read_return


class Busy:
    """Stands in for ``os.replace`` on Windows while Excel keeps the target open."""

    def __init__(self, times: int) -> None:
        self.times = times

    def __call__(self, source: str, target: Path) -> None:
        if target.name == "a.xlsx" and self.times > 0:
            self.times -= 1
            raise PermissionError(13, "used by another process")
        Path(source).replace(target)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_PAUSE", 0)


def test_a_file_that_is_open_for_a_moment_is_replaced_all_the_same(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    assert files.write(target, b"new", Busy(3)) == target
    assert target.read_bytes() == b"new"


def test_a_file_that_stays_open_is_left_alone_and_the_result_stands_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    assert files.write(target, b"new", Busy(99)) == tmp_path / "a (2).xlsx"
    assert files.write(target, b"newer", Busy(99)) == tmp_path / "a (3).xlsx"
    assert target.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a (2).xlsx", "a (3).xlsx", "a.xlsx"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def broken(source: str, target: Path) -> None:
        raise OSError(28, f"No space left on device: {source} {target}")

    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(OutputError, match="磁盘已满"):
        files.write(target, b"new", broken)
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_file_in_pieces_is_whole_or_not_there(tmp_path: Path) -> None:
    path = files.write(tmp_path / "表.csv", iter([b"a", b"b"]))
    assert path.read_bytes() == b"ab"

    def broken() -> Iterator[bytes]:
        yield b"c"
        raise LookupError

    with pytest.raises(LookupError):
        files.write(path, broken())
    assert [one.name for one in tmp_path.iterdir()] == ["表.csv"]
    assert path.read_bytes() == b"ab"


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "成果").write_text("a file")
    with pytest.raises(OutputError, match="成果"):
        files.write(tmp_path / "成果" / "a.xlsx", b"x")


@pytest.mark.skipif(sys.platform == "win32", reason="rights are the folder's there")
def test_a_result_can_be_read_by_colleagues(tmp_path: Path) -> None:
    assert files.write(tmp_path / "a.xlsx", b"x").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("某局2025年报", "某局2025年报"),
        ("a/b\\c:d*e?f", "a_b_c_d_e_f"),
        ("../../etc", "_.._etc"),
        ("CON", "_CON"),
        ("com1.x", "_com1.x"),
        ("  局 . ", "局"),
        ("\u202e甲\n", "甲_"),
        ("", "未命名"),
        ("...", "未命名"),
    ],
)
def test_a_name_is_safe_on_every_system(text: str, name: str) -> None:
    assert files.safe_name(text) == name


def test_a_long_name_is_cut_within_a_character() -> None:
    name = files.safe_name("长" * 80)
    assert name == "长" * 40


def test_a_folder_gives_its_spreadsheets_in_order_without_locks_and_results(tmp_path: Path) -> None:
    for name in (
        "乙/2.xlsx",
        "乙/1.XLS",
        "甲.csv",
        "~$甲.xlsx",
        ".x.xlsx",
        "读我.docx",
        "成果/汇总表.xlsx",
        ".git/a.xlsx",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = [path.relative_to(tmp_path).as_posix() for path in read_return.inputs([tmp_path])]
    assert sorted(found) == ["乙/1.XLS", "乙/2.xlsx", "甲.csv"]


def test_a_file_named_twice_is_read_once_and_a_missing_one_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"")
    assert read_return.inputs([path, tmp_path, path]) == [path]
    with pytest.raises(UsageError, match="没有这个文件"):
        read_return.inputs([tmp_path / "b.xlsx"])


def test_a_name_has_120_bytes_at_most() -> None:
    assert files.safe_name("x" * 120) == "x" * 120
    assert files.safe_name("x" * 121) == "x" * 120


@pytest.mark.parametrize(("times", "name"), [(9, "a.xlsx"), (10, "a (2).xlsx")])
def test_a_file_that_is_kept_open_is_tried_ten_times(times: int, name: str, tmp_path: Path) -> None:
    assert files.write(tmp_path / "a.xlsx", b"x", Busy(times)).name == name
