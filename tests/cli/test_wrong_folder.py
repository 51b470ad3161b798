"""Above a round or inside one nothing is taken for a plain folder: the round is named, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from factories.filled_forms import annual, filled
from factories.rounds import roster

from toolkit.cli.run import run
from toolkit.collection.folder import rounds_in

Capture = pytest.CaptureFixture[str]


def made(tmp_path: Path) -> Path:
    """An office's folder with two rounds, the second one level deeper; one return lies in the first."""
    listed = roster(tmp_path / "list.csv")
    office = tmp_path / "办公室"
    for place, period in (("2024年报", "2024"), ("今年/2025年报", "2025")):
        assert run(["start", str(office / place), "--period", period, "--roster", str(listed)]) == 0
    assert run(["distribute", str(office / "2024年报")]) == 0
    (office / "2024年报" / "收件" / "城关镇" / "第二次").mkdir(parents=True)
    (office / "2024年报" / "收件" / "城关镇" / "第二次" / "表.xlsx").write_bytes(filled(annual(), period="2024"))
    return office


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One office for all questions to which the answer is no: nothing may change in it."""
    return made(tmp_path_factory.mktemp("untouched"))


@pytest.fixture
def office(tmp_path: Path, capsys: Capture) -> Path:
    """An office's folder of a test's own."""
    office = made(tmp_path)
    capsys.readouterr()
    return office


def everything(folder: Path) -> dict[Path, int]:
    """All that lies in a folder, and when it was changed."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize(
    "command",
    [
        ["consolidate"],
        ["consolidate", "--format", "json"],
        ["consolidate", "--all", "-o", "out"],
        ["report"],
        ["report", "--trace"],
        ["annotate"],
        ["status"],
        ["collect"],
        ["distribute"],
    ],
)
@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("", ["2024年报", "2025年报"]),
        ("今年", ["2025年报"]),
        ("2024年报/收件", ["2024年报"]),
        ("2024年报/收件/城关镇/第二次", ["2024年报"]),
        ("2024年报/发放", ["2024年报"]),
        ("2024年报/退回", ["2024年报"]),
        ("2024年报/成果", ["2024年报"]),
        ("2024年报/台账", ["2024年报"]),
    ],
)
def test_the_round_is_named_and_nothing_is_written(
    untouched: Path, command: Sequence[str], place: str, named: Sequence[str], capsys: Capture
) -> None:
    before = everything(untouched)
    capsys.readouterr()
    assert run([command[0], str(untouched / place), *command[1:]]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    # Workbooks of a round are annotated by its own command.
    for word in (*named, "没有写出任何文件", f"xxgk {command[0].replace('annotate', 'consolidate')} "):
        assert word in said.err
    assert everything(untouched) == before


@pytest.mark.parametrize(
    ("command", "example"),
    [
        (["log", "002"], "xxgk log 002 2024年报"),
        (["unpin", "002", "--reason", "来函"], "xxgk unpin 002 --reason 来函 2024年报"),
        (["pin", "002", "1", "--reason", "来函"], "xxgk pin 002 1 --reason 来函 2024年报"),
        (["report", ".", "--trace"], "xxgk report --trace 2024年报"),
        (["log", "2024年报"], "请先写单位，再写文件夹，例如 xxgk log 单位 2024年报"),
        (["log", "2024年报", "002"], "请先写单位，再写文件夹，例如 xxgk log 002 2024年报"),
        (["unpin", "2024年报", "002", "--reason", "来函"], "例如 xxgk unpin 002 --reason 来函 2024年报"),
        (["withdraw", "2024年报", "002", "1", "--reason", "来函"], "xxgk withdraw 单位 第几版 --reason 来函 2024年报"),
    ],
)
def test_the_example_is_the_command_that_was_typed(
    untouched: Path, command: list[str], example: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(untouched)
    capsys.readouterr()
    assert run(command) == 2
    assert capsys.readouterr().err.endswith(f"{example}\n")


def test_a_round_far_below_is_found_before_workbooks_are_added_up(tmp_path: Path, office: Path) -> None:
    deep = tmp_path / "a" / "b" / "c" / "d" / "e"
    deep.mkdir(parents=True)
    office.rename(deep / "office")
    (tmp_path / "a" / "表.xlsx").write_bytes(filled(annual()))
    before = everything(tmp_path)
    for command in ("consolidate", "report", "annotate"):
        assert run([command, str(tmp_path / "a")]) == 2
    assert everything(tmp_path) == before


def test_a_round_inside_a_round_is_part_of_it(office: Path) -> None:
    inner = office / "2024年报" / "收件" / "乡镇自己的"
    inner.mkdir()
    (inner / "round.toml").write_text("", encoding="utf-8")
    assert [path.name for path in rounds_in(office)] == ["2024年报", "2025年报"]


@pytest.mark.parametrize("place", ["", "收件", "收件/城关镇/第二次", "台账"])
def test_without_a_folder_the_round_around_is_found(
    office: Path, place: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office / "2024年报" / place)
    assert run(["status"]) == 0
    assert "名册 5 个单位" in capsys.readouterr().out
    assert run(["consolidate", "--no-reports"]) in {0, 1, 3}
    assert (office / "2024年报" / "成果" / "board.html").is_file()
    assert not (Path() / "成果").exists() or place == ""


def test_a_linked_inbox_belongs_to_its_round(office: Path, tmp_path: Path, capsys: Capture) -> None:
    shared = tmp_path / "共享盘"
    inbox = office / "2024年报" / "收件"
    inbox.rename(shared)
    inbox.symlink_to(shared, target_is_directory=True)
    assert run(["consolidate", str(inbox)]) == 2
    assert "2024年报" in capsys.readouterr().err


def test_what_is_not_there_is_said_to_be_missing(
    office: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(office / "2024年报")
    assert run(["consolidate", "没有的"]) == 2
    assert "没有这个文件或文件夹" in capsys.readouterr().err


def test_looking_is_allowed_anywhere(office: Path) -> None:
    before = everything(office)
    assert run(["verify", str(office / "2024年报" / "收件"), "--fail-on", "never"]) == 0
    assert everything(office) == before


def test_a_plain_folder_stays_one(tmp_path: Path) -> None:
    (tmp_path / "表.xlsx").write_bytes(filled(annual()))
    assert run(["consolidate", str(tmp_path)]) == 0
    assert (tmp_path / "成果" / "汇总表.xlsx").is_file()


@pytest.mark.parametrize("command", ["consolidate", "annotate"])
@pytest.mark.parametrize("place", ["2024年报", "2024年报/成果", "2024年报/收件/新", "今年/2025年报/发放"])
def test_results_of_other_workbooks_are_not_put_into_a_round(
    command: str, place: str, tmp_path: Path, untouched: Path, capsys: Capture
) -> None:
    others = tmp_path / "别的"
    others.mkdir()
    (others / "表.xlsx").write_bytes(filled(annual(), period="2024"))
    before = everything(untouched)
    capsys.readouterr()
    assert run([command, str(others), "-o", str(untouched / place)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"-o {untouched / place}：这是收集轮次“{untouched}/")
    assert everything(untouched) == before
    assert [path.name for path in others.rglob("*")] == ["表.xlsx"]


def test_a_round_gets_no_blank_roster(untouched: Path, capsys: Capture) -> None:
    before = everything(untouched)
    assert run(["start", str(untouched / "2024年报"), "--period", "2025"]) == 2
    assert "这里已经有一轮收集" in capsys.readouterr().err
    assert everything(untouched) == before
