"""Faulty files handed back: copies and notices, and what comes of them when a clerk corrects a copy in LibreOffice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from factories.dialects import no_fills, unpacked
from factories.office import type_in
from factories.packages import packed
from factories.workbooks import edited, form, save, verdict, workbook

from toolkit.forms.layout import CHECKS, CONFIRM, NOTICE
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.returns import Verdict
from toolkit.pipeline.annotate import annotate_files, notice
from toolkit.pipeline.verify import verify
from toolkit.workbook.intake.gate import admit
from toolkit.workbook.intake.read import read

SAMPLES = Path(__file__).parents[2] / "samples"
TABLE = "申请情况"


def cells(entries: Mapping[str, int | str], *, confirmed: bool = False) -> dict[tuple[str, str], int | str]:
    """Where entries are typed; ``confirmed`` says that proposed zeros are right."""
    confirming: dict[tuple[str, str], int | str] = {(CONFIRM, "A1"): "确认"} if confirmed else {}
    return {form().layout.cells[name]: value for name, value in entries.items()} | confirming


@cache
def faulty() -> bytes:
    """A wrong figure, one with its unit, a blank, a negative, no text, two spoilt totals, something to verify."""
    data = workbook(
        requests__new__natural=Decimal(5),
        requests__new__total=Decimal(3),
        requests__granted__natural=Decimal(4),
        requests__granted__legal=Decimal(-1),
        requests__carried_in__business="10件",
        requests__carried_out__other=None,
        proactive__normative__made=Decimal(5),
        overview__safeguards=None,
    )
    return edited(data, lambda book: setattr(book[TABLE]["J8"], "value", "=SUM(D9:I9)"))


CORRECTED: dict[str, int | str] = {
    "requests.granted.natural": 5,
    "requests.granted.legal": 0,
    "requests.carried_in.business": 10,
    "requests.granted.business": 10,
    "requests.carried_out.other": 0,
    "overview.safeguards": "开展培训两次。",
    "explain.BAL_02_2_normative": "本年制发的五件已于年内到期失效。",
}


@pytest.mark.office
def test_a_faulty_return_annotated_and_corrected_in_libreoffice_is_accepted(tmp_path: Path) -> None:
    source = save(tmp_path / "某局.xlsx", faulty())
    before = verdict(source)
    faults = {f.rule for f in before.findings if f.severity is not Severity.NOTE}
    assert faults == {"VAL-01", "SUM-02", "BAL-01", "BAL-02", "FMLA-01"}
    done = annotate_files([source])
    copy = done.written[source]
    fixed = type_in(copy, tmp_path / "改好.xlsx", cells(CORRECTED, confirmed=True))
    after = verdict(fixed)
    assert [(f.rule, f.message) for f in after.findings if f.rule != "BAL-02"] == []
    assert after.status is Status.EXPLAINED
    assert after.content is not None
    assert after.content.overwritten == frozenset()
    assert after.content.numbers["requests.new.total"] == 5
    assert after.content.numbers["requests.granted.total"] == 15


@pytest.mark.office
@pytest.mark.parametrize(
    ("name", "entries"),
    [
        (
            "云麓街道",
            {"requests.declined_petition.natural": 1, "requests.new.natural": 2, "overview.safeguards": "已培训。"},
        ),
        ("民政局", {}),
        ("自然资源局", {"requests.new.natural": 27}),
        (
            "农业农村局",
            {"requests.carried_in.natural": 0, "proactive.penalties.decisions": 10, "proactive.coercion.decisions": 0},
        ),
    ],
)
def test_the_sample_returns_come_back_annotated_and_are_accepted_once_corrected(
    name: str, entries: dict[str, int | str], tmp_path: Path
) -> None:
    source = save(tmp_path / f"{name}.xlsx", (SAMPLES / "yunling-2025" / f"{name}.xlsx").read_bytes())
    before = verdict(source)
    assert before.status is Status.RETURNED
    assert before.content is not None
    if "requests.new.natural" in entries:
        entries = {**entries, "requests.new.natural": int(before.content.numbers["requests.new.natural"] or 0)}
        entries["requests.new.natural"] = int(entries["requests.new.natural"]) + {"云麓街道": 2, "自然资源局": 27}[name]
    copy = annotate_files([source]).written[source]
    fixed = type_in(copy, tmp_path / "改好.xlsx", cells(entries, confirmed=name in {"农业农村局", "民政局"}))
    after = verdict(fixed)
    assert after.status is Status.ACCEPTED
    assert [f.rule for f in after.findings if f.severity is not Severity.NOTE] == []
    assert read(admit(fixed)).properties == read(admit(source)).properties


def test_faulty_files_are_written_and_all_others_left_with_their_reason(tmp_path: Path) -> None:
    good = save(tmp_path / "好.xlsx", workbook())
    bad = save(tmp_path / "差.xlsx", faulty())
    foreign = save(tmp_path / "别的.xlsx", (SAMPLES / "yunling-2025" / "说明.xlsx").read_bytes())
    broken = save(tmp_path / "坏.xlsx", b"PK\x03\x04")
    done = annotate_files([good, bad, foreign, broken])
    assert [v.status for v in done.verdicts] == [
        Status.ACCEPTED,
        Status.RETURNED,
        Status.FOREIGN,
        Status.UNREADABLE,
    ]
    assert done.written == {bad: tmp_path / "退回" / "退回-差.xlsx"}
    assert done.notices == {bad: tmp_path / "退回" / "退回-差.txt"}
    assert done.left[good] == "没有需要退回的问题"
    assert done.left[foreign].startswith("不是本表：不是收表单位发出的表")
    assert done.left[broken].startswith("无法读取：文件损坏")
    assert read(admit(done.written[bad])).sheets.keys() >= {NOTICE, CHECKS}


def test_files_of_one_name_do_not_take_each_others_place(tmp_path: Path) -> None:
    data = faulty()
    files = [save(tmp_path / folder / "上报.xlsx", data) for folder in ("甲局", "乙局")]
    files.append(save(tmp_path / "丙局" / "上报.XLSX", data))
    done = annotate_files(files, tmp_path / "out")
    names = [done.written[path].name for path in files]
    assert names == ["退回-上报.xlsx", "退回-乙局-上报.xlsx", "退回-丙局-上报.xlsx"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        [*names, *(name.replace(".xlsx", ".txt") for name in names)]
    )


def test_a_copy_that_came_back_into_the_same_folder_is_not_overwritten(tmp_path: Path) -> None:
    source = save(tmp_path / "某局.xlsx", faulty())
    copy = annotate_files([source], tmp_path).written[source]
    kept = copy.read_bytes()
    again = annotate_files([copy], tmp_path).written[copy]
    assert again != copy
    assert copy.read_bytes() == kept
    assert again.name.count("退回-") == 1


def test_a_notice_is_readable_in_the_plainest_editor(tmp_path: Path) -> None:
    source = save(tmp_path / "某局.xlsx", faulty())
    done = annotate_files([source], heading=("收表单位：某区政务公开办",))
    assert len([f for f in done.verdicts[0].findings if f.severity is not Severity.NOTE]) == 9
    raw = done.notices[source].read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n") > 5
    lines = raw.decode("utf-8-sig").splitlines()
    assert lines[0] == "甲局："
    assert lines[1].startswith(
        "你单位报送的2025年《政府信息公开工作年度报告》（某局.xlsx）已核对，有 9 项需要改正或说明"
    )
    assert "1. 待确认!A1：1 格空着，已按 0 填上，还没有确认" in lines[3]
    assert "2. 申请情况!" in lines[4]
    assert [
        line for line in lines if "申请情况!E7：" in line and "“10件”带有单位或文字" in line and "例如 10。" in line
    ]
    assert [line for line in lines if "（请核实）" in line and "情况说明" in line]
    assert lines[-1] == "收表单位：某区政务公开办"


def many(count: int) -> Verdict:
    findings = tuple(
        Finding(
            rule="X-01", severity=Severity.ERROR, sheet=TABLE, cell=f"D{i}", message=f"第{i}个\n问题", remedy="改。"
        )
        for i in range(count)
    )
    return Verdict(file="a.xlsx", status=Status.RETURNED, findings=findings, unit="甲\n局", period="2025")


def test_a_notice_is_short_and_says_how_much_more_there_is() -> None:
    lines = notice(form(), many(90)).splitlines()
    assert len(lines) <= 35
    assert lines[0] == "甲 局："
    assert "其余 66 项见工作簿。" in lines
    assert not [line for line in notice(form(), many(24)).splitlines() if "其余" in line]


def test_without_a_workbook_the_notice_tells_everything(tmp_path: Path) -> None:
    assert "第89个 问题" in notice(form(), many(90), enclosed=False)
    data = packed(no_fills(unpacked(workbook(requests__granted__natural=Decimal(-1)))))
    source = save(tmp_path / "某局.xlsx", data)
    done = annotate_files([source])
    assert done.written == {}
    told = done.notices[source].read_text(encoding="utf-8-sig")
    assert "请打开原文件" in told
    assert "申请情况!D8" in told
    assert done.left[source].startswith("没法在原表上标注")
    assert [path.suffix for path in (tmp_path / "退回").iterdir()] == [".txt"]


@pytest.mark.parametrize(("name", "word"), [("说明.xlsx", "没有收表单位的标记"), ("坏文件.xlsx", "文件损坏")])
def test_of_a_file_that_cannot_be_used_the_notice_says_so(name: str, word: str) -> None:
    (found,) = verify([SAMPLES / "yunling-2025" / name])
    told = notice(form(), found)
    assert told.startswith("填报单位：\n你单位报送的《政府信息公开工作年度报告》")
    assert "不能用" in told
    assert word in told


def test_a_return_without_faults_has_a_notice_without_faults(tmp_path: Path) -> None:
    told = notice(form(), replace(verdict(save(tmp_path / "a.xlsx", workbook())), findings=()))
    assert "没有需要改正的地方" in told
