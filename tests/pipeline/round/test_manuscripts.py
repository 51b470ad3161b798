"""A round's report from the editor's desk to publication: late units, refresh, approval, and nothing half published."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
import docx.oxml
import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm
from factories.ecma_order import faults
from factories.office import resave_word
from factories.rounds import UNITS, begin, clock, put, replies, reply

from toolkit.cli.run import run
from toolkit.io.package import zipped
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round

Capture = pytest.CaptureFixture[str]
SIX = (
    *UNITS[:6],
    *((f"0{i}", f"石桥镇第{i}办事处", f"第{i}办", "乡镇政府或街道办事处", "Q2", "", "", "", "") for i in range(6, 8)),
)
CODES = tuple(row[0] for row in SIX if row[6] != "否")
EARLY, LATE = CODES[:-2], CODES[-2:]
OWN = "全区各单位共受理申请{}件，群众反映良好。"


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(colour) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def sent_in(folder: Path, code: str, count: int = 5) -> None:
    put(folder, f"{code}.xlsx", reply(folder, code, {"requests.new.natural": count, "requests.granted.natural": count}))


def added_up(folder: Path) -> Path:
    with open_round(folder, clock=clock()) as round_:
        consolidate_round(round_, SumRequest(reports=False))
    (path,) = (folder / "成果").glob("*年度报告.docx")
    return path


def polish(report: Path, target: Path) -> Path:
    """What an editor does: fills what is open, adds a picture, a table and a signature, says one thing herself."""
    document = docx.Document(str(report))
    for paragraph in document.paragraphs:
        for one in paragraph.runs:
            one.text = re.sub("【待补充：[^】]*】", "这一段已经写好。", one.text)
    (first,) = (p for p in document.paragraphs if p.text.startswith("二、"))
    own = first.insert_paragraph_before("领导批示：")
    own.add_run("务求实效").bold = True
    own.add_run("。")
    shown = first.insert_paragraph_before("")
    shown.add_run().add_picture(io.BytesIO(png(60, 30, (200, 30, 30))), width=Mm(80))
    shown._p.xpath(".//wp:docPr")[0].set("descr", "政务公开日活动现场")
    table = document.add_table(2, 2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("渠道", "条数", "网站", "一百"), strict=True):
        cell.text = text
    first._p.addprevious(table._tbl)
    for text in ("云岭区人民政府办公室", "2026年1月28日"):
        document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.save(str(target))
    return target


def words_of(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


@pytest.fixture
def round_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "round"
    begin(folder, SIX)
    for code in EARLY:
        sent_in(folder, code)
    return folder


def published(folder: Path, report: Path, *more: str) -> int:
    return run(["readback", str(report), "--with", str(folder), "-o", str(folder.parent / "公布"), *more])


@pytest.fixture
def district(tmp_path: Path) -> tuple[Path, Sequence[str]]:
    """A round of 48 units of which 46 have reported, and the codes of the two that have not."""
    folder, codes = tmp_path / "2025年报", [f"{number:03}" for number in range(1, 49)]
    named = [(code, f"云岭区第{code}局", f"第{code}局", "政府部门", "Q", "", "", "", "") for code in codes]
    begin(folder, (UNITS[0], *named))
    hand_in(folder, codes[:46], 5)
    return folder, codes[46:]


def hand_in(folder: Path, codes: Sequence[str], count: int) -> None:
    told = {"requests.new.natural": count, "requests.granted.natural": count}
    for code, data in replies(folder, codes, told).items():
        put(folder, f"{code}.xlsx", data)


def test_from_46_of_48_to_publication_in_one_command_each(
    district: tuple[Path, Sequence[str]], tmp_path: Path, capsys: Capture
) -> None:
    folder, late = district
    report = added_up(folder)
    assert published(folder, report) == 1, "texts are still to be written"
    assert "9 处没有写完" in capsys.readouterr().out
    polished = polish(report, tmp_path / "改过.docx")
    assert run(["submit", str(polished), str(folder)]) == 0
    assert "领导批示" in capsys.readouterr().out
    assert published(folder, polished) == 1, "units are missing"
    said = capsys.readouterr().out
    assert "没有写出" in said
    assert "与数据一致" not in said

    hand_in(folder, late, 7)
    added_up(folder)
    assert published(folder, polished, "--format", "json") == 1, "the data moved"
    told = json.loads(capsys.readouterr().out)
    assert [one["rule"] for one in told["findings"] if one["severity"] == "error"] == []
    assert "RPT-06" in {one["rule"] for one in told["findings"]}
    assert told["files"] == {}
    assert not (tmp_path / "公布").exists()

    assert run(["refresh", str(polished), "--with", str(folder)]) == 0
    fresh = tmp_path / "改过（已更新）.docx"
    capsys.readouterr()
    total = 46 * 5 + 2 * 7
    assert f"申请{total}件" in words_of(fresh)
    assert "领导批示：务求实效。" in words_of(fresh)
    assert run(["approve", str(fresh), "--by", "王主任", str(folder)]) == 0
    assert "230" in capsys.readouterr().out
    assert published(folder, fresh) == 0
    said = capsys.readouterr().out
    assert "与签发的稿相同：签发" in said
    assert "王主任" in said
    page = next((tmp_path / "公布").glob("*年度报告.html")).read_text(encoding="utf-8")
    assert f"申请{total}件" in page
    assert "<b>务求实效</b>" in page
    assert 'alt="政务公开日活动现场"' in page
    assert page.index("领导批示") < page.index("data:image/png;base64,") < page.index("二、")
    assert '<p style="text-indent:0;text-align:right">2026年1月28日</p>' in page
    assert "网站" in page
    markdown = next((tmp_path / "公布").glob("*.md")).read_text(encoding="utf-8")
    assert "**" in markdown
    assert [path.read_bytes() for path in (tmp_path / "公布").glob("*.png")] == [png(60, 30, (200, 30, 30))]
    assert b"/Image" in next((tmp_path / "公布").glob("*.pdf")).read_bytes()
    assert run(["status", str(folder)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"报告：送审 \d+月\d+日；签发 \d+月\d+日（王主任）；公布 \d+月\d+日。", said)


def test_a_figure_that_the_editor_changed_is_told_from_data_that_moved(
    round_folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    polished = polish(added_up(round_folder), tmp_path / "改过.docx")
    document = docx.Document(str(polished))
    wrong = f"申请{5 * len(EARLY) + 1}件"
    (paragraph,) = (p for p in document.paragraphs if f"新收政府信息公开申请{5 * len(EARLY)}件" in p.text)
    for one in paragraph.runs:
        one.text = one.text.replace(f"申请{5 * len(EARLY)}件", wrong)
    document.save(str(polished))
    for code in LATE:
        sent_in(round_folder, code)
    added_up(round_folder)
    assert run(["readback", str(polished), "--with", str(round_folder), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (error,) = (one for one in told["findings"] if one["severity"] == "error")
    assert (error["rule"], wrong in error["message"]) == ("RPT-02", True)
    assert [one["severity"] for one in told["findings"] if one["rule"] == "RPT-06"] == ["note"]


def test_an_editors_own_words_are_kept_and_only_marked(round_folder: Path, tmp_path: Path, capsys: Capture) -> None:
    count = 5 * len(EARLY)
    settings = round_folder / "round.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("\nannex = false", "\nannex = true"), encoding="utf-8")
    polished = polish(added_up(round_folder), tmp_path / "改过.docx")
    document = docx.Document(str(polished))
    (paragraph,) = (p for p in document.paragraphs if f"全年办结{count}件" in p.text)
    for one in paragraph.runs:
        one.text = one.text.replace("全年办结", "一年来我们一共办结")
    (mine,) = (p for p in document.paragraphs if p.text.startswith("领导批示"))
    mine.add_run(OWN.format(count))
    (struck,) = (p for p in document.paragraphs if f"共{len(EARLY)}个单位。" in p.text)
    struck._p.getparent().remove(struck._p)
    document.save(str(polished))
    for code in LATE:
        sent_in(round_folder, code)
    added_up(round_folder)
    assert run(["refresh", str(polished), "--with", str(round_folder), "-o", str(tmp_path / "新.docx")]) == 0
    out = capsys.readouterr().out
    assert f"请看：{OWN.format(count)}" in out
    text = words_of(tmp_path / "新.docx")
    assert f"一年来我们一共办结{5 * len(CODES)}件" in text
    assert OWN.format(count) in text
    assert "个单位。" not in text
    comments = [one.text for one in docx.Document(str(tmp_path / "新.docx")).comments]
    assert f"{count} → {5 * len(CODES)}" in comments
    assert sum("程序没有改，请核实" in one for one in comments) == 1
    before, after = (zipfile.ZipFile(one) for one in (polished, tmp_path / "新.docx"))
    changed = {
        name for name in after.namelist() if name not in before.namelist() or before.read(name) != after.read(name)
    }
    assert changed <= {
        "[Content_Types].xml",
        "docProps/custom.xml",
        "word/document.xml",
        "word/comments.xml",
        "word/_rels/document.xml.rels",
        "_rels/.rels",
    }
    again = tmp_path / "再.docx"
    assert run(["refresh", str(polished), "--with", str(round_folder), "-o", str(again)]) == 0
    assert again.read_bytes() == (tmp_path / "新.docx").read_bytes()


@pytest.mark.office
def test_what_a_report_was_written_from_survives_libreoffice(round_folder: Path, tmp_path: Path) -> None:
    polished = resave_word(polish(added_up(round_folder), tmp_path / "改过.docx"), tmp_path / "saved")
    for code in LATE:
        sent_in(round_folder, code)
    added_up(round_folder)
    fresh = tmp_path / "新.docx"
    assert run(["refresh", str(polished), "--with", str(round_folder), "-o", str(fresh)]) == 0
    assert f"申请{5 * len(CODES)}件" in words_of(fresh)
    saved = resave_word(fresh, tmp_path / "again")
    assert published(round_folder, saved) == 0
    page = next((tmp_path / "公布").glob("*年度报告.html")).read_text(encoding="utf-8")
    assert "data:image/png;base64," in page
    assert '<p style="text-indent:0;text-align:right">2026年1月28日</p>' in page


def test_what_was_approved_is_what_is_published(round_folder: Path, tmp_path: Path, capsys: Capture) -> None:
    for code in LATE:
        sent_in(round_folder, code)
    polished = polish(added_up(round_folder), tmp_path / "改过.docx")
    assert run(["approve", str(polished), "--by", "王主任", str(round_folder)]) == 0
    document = docx.Document(str(polished))
    document.paragraphs[-1].runs[0].text = "2026年1月29日"
    document.save(str(polished))
    assert published(round_folder, polished) == 1
    said = capsys.readouterr().out
    assert "“2026年1月28日” → “2026年1月29日”" in said
    assert "有 1 处不同，请重新签发" in said
    assert not (tmp_path / "公布").exists()
    assert published(round_folder, polished, "--anyway", "日期当天改定") == 0
    assert "照样写出" in capsys.readouterr().out
    assert run(["status", str(round_folder), "--format", "json"]) == 0
    last = json.loads(capsys.readouterr().out)["manuscripts"][-1]
    assert (last["kind"], last["by"], last["changes"]) == (
        "publish",
        "日期当天改定",
        [["2026年1月28日", "2026年1月29日"]],
    )


def test_what_nobody_approved_is_published_and_said_to_be_so(
    round_folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    for code in LATE:
        sent_in(round_folder, code)
    polished = polish(added_up(round_folder), tmp_path / "改过.docx")
    assert published(round_folder, polished) == 0
    assert "这一轮还没有签发的稿" in capsys.readouterr().out


def _insert(document: Any, markup: str) -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document.paragraphs[8]._p.append(
        docx.oxml.parse_xml(markup.replace("<w:", "<w:", 1).replace(">", f' xmlns:w="{space}">', 1))
    )


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("<w:ins w:id='1' w:author='a'><w:r><w:t>加的</w:t></w:r></w:ins>", "没有接受的修订"),
        ("<w:r><w:footnoteReference w:id='1'/></w:r>", "脚注或尾注"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>", "隐藏文字"),
        ("<w:r><w:rPr><w:strike/></w:rPr><w:t>删</w:t></w:r>", "加了删除线的文字"),
        ("<w:r><w:pict/></w:r>", "图形、文本框或嵌入对象"),
        ("<w:r><w:sym w:font='Wingdings' w:char='F0FE'/></w:r>", "特殊符号"),
    ],
)
def test_what_no_page_can_take_over_is_an_error_with_its_place(
    round_folder: Path, tmp_path: Path, capsys: Capture, markup: str, what: str
) -> None:
    report = added_up(round_folder)
    document = docx.Document(str(report))
    _insert(document, markup)
    document.save(str(tmp_path / "改过.docx"))
    run(["readback", str(tmp_path / "改过.docx"), "--with", str(round_folder), "--format", "json"])
    (found,) = (one for one in json.loads(capsys.readouterr().out)["findings"] if one["rule"] == "RPT-05")
    assert found["severity"] == "error"
    assert found["message"].startswith(f"报告里有{what}，网页和 PDF 里放不进去：“")


def test_a_comment_a_cropped_and_a_foreign_picture_are_named(
    round_folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    document = docx.Document(str(added_up(round_folder)))
    document.add_comment(document.paragraphs[8].runs[0], "这里要再想想", author="李科长")
    run_ = document.paragraphs[9].add_run()
    run_.add_picture(io.BytesIO(png(6, 3, (0, 0, 0))))
    fill = run_._r.xpath(".//pic:blipFill")[0]
    fill.insert(
        1, docx.oxml.parse_xml('<a:srcRect xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" l="20000"/>')
    )
    document.save(str(tmp_path / "改过.docx"))
    run(["readback", str(tmp_path / "改过.docx"), "--with", str(round_folder), "--format", "json"])
    found = [one["message"] for one in json.loads(capsys.readouterr().out)["findings"] if one["rule"] == "RPT-05"]
    assert sorted(one.split("，")[0] for one in found) == ["报告里有批注", "报告里有裁剪过的图片"]


def test_a_refreshed_file_has_its_parts_in_the_order_that_word_asks_for(round_folder: Path, tmp_path: Path) -> None:
    polished = polish(added_up(round_folder), tmp_path / "改过.docx")
    for code in LATE:
        sent_in(round_folder, code)
    added_up(round_folder)
    assert run(["refresh", str(polished), "--with", str(round_folder), "-o", str(tmp_path / "新.docx")]) == 0
    # Of a paragraph the order is free but for its beginning, and comments are none of a template's.
    with zipfile.ZipFile(tmp_path / "新.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "media" not in name}
    found = [one for one in faults(zipped(parts)) if "}p [" not in one]
    assert found == []


def test_figures_that_changed_behind_an_approved_report_are_told_with_their_unit(
    round_folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    report = polish(added_up(round_folder), tmp_path / "稿.docx")
    assert run(["approve", str(report), "--by", "王主任", str(round_folder)]) == 0
    capsys.readouterr()
    run(["status", str(round_folder)])
    assert "以后数变了" not in capsys.readouterr().out
    put(round_folder, "改.xlsx", reply(round_folder, "002", {"requests.new.natural": 7, "requests.granted.natural": 7}))
    sent_in(round_folder, LATE[0])
    late = next(row[2] for row in SIX if row[0] == LATE[0])
    words = f"以后数变了：民政局（第 1 版 → 第 2 版）、{late}（没有计入 → 第 1 版）。签发稿里的数已不是现在的数"
    for command in ("consolidate", "status"):
        run([command, str(round_folder), *(["--no-reports"] if command == "consolidate" else [])])
        assert words in capsys.readouterr().out


# ---------------------------------------------------------------- proposals whose data moved

NO_FEE = "{}年，全区{}个单位均未收取政府信息公开信息处理费。"
SOME_FEE = "2025年，全区有1个单位收取政府信息公开信息处理费，共100元。"


def told_in(folder: Path, code: str, fee: str = "无", *, count: int = 5, name: str = "") -> None:
    figures = {"requests.new.natural": count, "requests.granted.natural": count}
    said = {"others.fee": fee, "overview.safeguards": "全年举办业务培训2次。"}
    put(folder, f"{name or code}.xlsx", reply(folder, code, {**figures, **said}))


def accepted(report: Path, target: Path, **replaced: str) -> Path:
    """What an editor does who keeps every proposal, or says some words of it otherwise ("" strikes the paragraph)."""
    document = docx.Document(str(report))
    for paragraph in document.paragraphs:
        for one in paragraph.runs:
            one.text = re.sub("【待补充：[^】]*】", "这一段已经写好。", one.text).replace("【待核】", "")
            for old, new in replaced.items():
                one.text = one.text.replace(old, new)
        if "【待核】" in paragraph.text:
            # A mark that refresh cut in two.
            paragraph.text = paragraph.text.replace("【待核】", "")
    document.save(str(target))
    return target


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    folder = tmp_path / "round"
    begin(folder, SIX)
    for code in CODES:
        told_in(folder, code)
    return folder


def rules_and_severities(capsys: Capture) -> list[tuple[str, str]]:
    return [(one["rule"], one["severity"]) for one in json.loads(capsys.readouterr().out)["findings"]]


def test_a_proposal_whose_data_moved_is_not_published_and_is_proposed_anew(
    whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    kept = accepted(added_up(whole), tmp_path / "改过.docx")
    then = NO_FEE.format(2025, len(CODES))
    assert then in words_of(kept)
    assert published(whole, kept, "--format", "json") == 0, "what did not move is silent"
    assert rules_and_severities(capsys) == []
    told_in(whole, "003", "收取信息处理费100元。", name="003改")
    added_up(whole)
    assert run(["readback", str(kept), "--with", str(whole), "-o", str(tmp_path / "再"), "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    (moved,) = told["findings"]
    assert (moved["rule"], moved["severity"]) == ("RPT-06", "note")
    assert then in moved["message"]
    assert SOME_FEE in moved["message"]
    assert told["files"] == {}
    assert not (tmp_path / "再").exists()

    fresh = tmp_path / "新.docx"
    assert run(["refresh", str(kept), "--with", str(whole), "-o", str(fresh)]) == 0
    said = capsys.readouterr().out
    assert f"“{then}” → “{SOME_FEE}”" in said
    rest = f"{len(CODES) - 1}个单位未收取政府信息公开信息处理费。"
    assert f"新增“{rest}”" in said
    assert f"{SOME_FEE}【待核】{rest}【待核】" in words_of(fresh)
    comments = [one.text for one in docx.Document(str(fresh)).comments]
    assert sum("原来是：" in one for one in comments) == 1
    assert next(one for one in comments if "原来是：" in one).endswith(then)
    (paid,) = (one for one in comments if "云岭区财政局：收取信息处理费100元。" in one)
    (unpaid,) = (one for one in comments if "未收取政府信息公开信息处理费" in one and "原来是" not in one)
    assert "教育局" not in paid, "the comment tells what the sentence rests on today"
    assert ("财政局" not in unpaid, "教育局" in unpaid) == (True, True)
    assert published(whole, fresh, "--format", "json") == 1, "what was proposed anew is to be looked at anew"
    assert rules_and_severities(capsys) == [("RPT-04", "error")]
    assert published(whole, accepted(fresh, tmp_path / "看过.docx")) == 0


def test_a_proposal_that_was_struck_stays_away_and_one_that_was_reworded_is_marked(
    whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    then = NO_FEE.format(2025, len(CODES))
    report = added_up(whole)
    struck = accepted(report, tmp_path / "删.docx", **{then: ""})
    mine = f"今年全区{len(CODES)}个单位均未收取公开信息处理费用。"
    reworded = accepted(report, tmp_path / "改.docx", **{then: mine})
    told_in(whole, "003", "收取信息处理费100元。", name="003改")
    added_up(whole)
    assert published(whole, struck, "--format", "json") == 0
    assert rules_and_severities(capsys) == []
    assert run(["refresh", str(struck), "--with", str(whole), "-o", str(tmp_path / "新.docx")]) == 0
    assert "信息处理费" not in words_of(tmp_path / "新.docx").rpartition("六、")[2]
    capsys.readouterr()
    assert run(["refresh", str(reworded), "--with", str(whole), "-o", str(tmp_path / "再.docx")]) == 0
    assert f"请看：{mine}" in capsys.readouterr().out
    assert mine in words_of(tmp_path / "再.docx"), "her own words are not rewritten"
    assert any(SOME_FEE in one.text for one in docx.Document(str(tmp_path / "再.docx")).comments)
    assert published(whole, tmp_path / "再.docx", "--format", "json") == 1
    assert ("RPT-04", "error") in rules_and_severities(capsys)


def test_what_a_kept_proposal_rests_on_is_renewed_though_its_words_stay(whole: Path, tmp_path: Path) -> None:
    kept = accepted(added_up(whole), tmp_path / "改过.docx")
    told_in(whole, "003", "我局全年没有收取过信息处理费。", name="003改")
    added_up(whole)
    assert run(["refresh", str(kept), "--with", str(whole), "-o", str(tmp_path / "新.docx")]) == 0
    assert words_of(tmp_path / "新.docx") == words_of(kept)
    before, after = (
        [one.text for one in docx.Document(str(path)).comments if "处理费" in one.text]
        for path in (kept, tmp_path / "新.docx")
    )
    assert [("没有收取过" in one) for one in (*before, *after)] == [False, True]


def test_refresh_tells_texts_first_and_tables_in_one_line_with_row_and_column(
    whole: Path, tmp_path: Path, capsys: Capture
) -> None:
    kept = accepted(added_up(whole), tmp_path / "改过.docx")
    document = docx.Document(str(kept))
    (place,) = (p for p in document.paragraphs if p.text.startswith("二、"))
    was, now = 5 * len(CODES), 5 * len(CODES) + 4
    place.insert_paragraph_before(OWN.format(was))
    document.save(str(kept))
    told_in(whole, "003", count=9, name="003改")
    added_up(whole)
    capsys.readouterr()
    command = ["refresh", str(kept), "--with", str(whole), "-o", str(tmp_path / "新.docx")]
    assert run(command) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert f"新收政府信息公开申请{was}件" in lines[0]
    assert lines[1] == f"  “全年办结{was}件，均予以公开；” → “全年办结{now}件，均予以公开；”"
    assert lines[2] == f"  请看：{OWN.format(was)}"
    first = f"一、本年新收政府信息公开申请数量／自然人：{was} → {now}"
    assert lines[3].startswith(f"  表格改了 6 格：{first}；")
    assert (lines[3].endswith("；……"), lines[3].count("→"), len(lines)) == (True, 3, 4)
    assert last.startswith("改了 8 处，另有 1 处请看一看")
    assert run([*command, "-v"]) == 0
    (cells,) = (one for one in capsys.readouterr().out.splitlines() if "表格改了" in one)
    assert ("……" in cells, cells.count("→")) == (False, 6)


def test_only_the_figures_that_changed_are_yellow(whole: Path, tmp_path: Path) -> None:
    kept = accepted(added_up(whole), tmp_path / "改过.docx")
    told_in(whole, "003", count=9, name="003改")
    added_up(whole)
    assert run(["refresh", str(kept), "--with", str(whole), "-o", str(tmp_path / "新.docx")]) == 0
    document = docx.Document(str(tmp_path / "新.docx"))
    yellow = [one.text for p in document.paragraphs for one in p.runs if one.font.highlight_color and one.text]
    total = str(5 * len(CODES) + 4)
    assert sorted(yellow) == sorted([total, "9", total])
    assert not any(one.font.highlight_color for p in docx.Document(str(kept)).paragraphs for one in p.runs)


def test_the_programs_own_sentences_are_never_called_unread(whole: Path, tmp_path: Path, capsys: Capture) -> None:
    told_in(whole, "003", "收取信息处理费100元。")
    report = added_up(whole)
    assert run(["readback", str(report), "--with", str(whole), "--format", "json"]) == 1
    assert rules_and_severities(capsys) == [("RPT-04", "error")], "a comment is no sentence that is gone"
    run(["readback", str(report), "--with", str(whole), "-v"])
    said = capsys.readouterr().out
    assert "一致" in said
    assert "有1个单位收取" in said
    assert "没有读懂" not in said
    assert "没有核对：" not in said
    mine = accepted(report, tmp_path / "改过.docx", 全年办结="全区还接待来访7个批次，全年办结")
    run(["readback", str(mine), "--with", str(whole)])
    assert "7个" not in capsys.readouterr().out, "single figures only with -v"
    run(["readback", str(mine), "--with", str(whole), "-v"])
    assert "没有核对：" in capsys.readouterr().out
