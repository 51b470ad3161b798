"""The desk as a browser meets it: who is answered, what is kept of what she gives, what she may fetch and read."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from threading import Event

import openpyxl
import pytest
from factories.desks import Visitor, desk_of
from factories.rounds import FAULTY, GOOD, begin, put, reply, roster

from toolkit.cli.run import run
from toolkit.desk import app, steps
from toolkit.errors import OutputError
from toolkit.io.machine import locked
from toolkit.pipeline.round.check import check_books
from toolkit.pipeline.round.open import open_round

pytestmark = pytest.mark.runs
EVIL = "<script>alert(1)</script>"
TYPED = {"form": "zfxxgk-2021", "name": "", "deadline": "", "office": "", "phone": "", "previous": "", "where": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    begin(tmp_path / "2025年报", deadline="")
    return tmp_path / "2025年报"


@pytest.fixture
def visitor(folder: Path) -> Iterator[Visitor]:
    with desk_of(folder) as (address, _):
        yield Visitor(address)


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def inbox(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in (folder / "收件").rglob("*") if one.is_file()}


def lying(folder: Path) -> set[Path]:
    """The files of a round, without what SQLite keeps beside the ledger."""
    return {one.relative_to(folder) for one in folder.rglob("*") if one.is_file() and "ledger.sqlite-" not in one.name}


# ---------------------------------------------------------------- who is answered


@pytest.mark.parametrize(
    "told",
    [
        {"Cookie": ""},
        {"Cookie": "xxgk-{port}=guess"},
        {"Cookie": "xxgk-{port}=猜".encode().decode("latin-1")},
        {"Host": "localhost:{port}"},
        {"Host": "evil.example:{port}"},
    ],
)
def test_nobody_else_is_answered(visitor: Visitor, told: dict[str, str]) -> None:
    port = visitor.host.rpartition(":")[2]
    answer = visitor.ask("GET", "/", b"", **{name: value.replace("{port}", port) for name, value in told.items()})
    assert answer.status == 403
    assert "<form" not in answer.text


@pytest.mark.parametrize("origin", ["", "null", "http://evil.example", "http://127.0.0.1:1"])
def test_a_button_on_a_page_of_others_does_nothing(visitor: Visitor, folder: Path, origin: str) -> None:
    assert visitor.ask("POST", "/distribute", Origin=origin).status == 403
    assert visitor.ask("POST", "/stop", Origin=origin).status == 403
    assert list((folder / "发放").iterdir()) == []


def test_another_key_opens_nothing(visitor: Visitor) -> None:
    assert visitor.ask("GET", "/?key=guess", Cookie="").status == 403


def test_the_cookie_is_for_this_site_alone_and_for_no_script(visitor: Visitor) -> None:
    assert {one.strip() for one in visitor.given.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=Strict"}


@pytest.mark.parametrize("path", ["/", "/units", "/desk.css", "/nowhere", "/files/成果/nothing.docx"])
def test_every_answer_forbids_what_is_not_its_own(visitor: Visitor, path: str) -> None:
    headers = visitor.ask("GET", path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'self'; script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert not [name for name in headers if name.startswith("Access-Control")]


def test_it_listens_on_this_machine_alone(visitor: Visitor) -> None:
    assert visitor.host.startswith("127.0.0.1:")
    outside = http.client.HTTPConnection("127.0.0.2", int(visitor.host.rpartition(":")[2]), timeout=5)
    with pytest.raises(OSError, match="refused"):
        outside.request("GET", "/")


# ---------------------------------------------------------------- what she gives


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("教育局.xlsx", "教育局.xlsx"),
        ("../../台账/office.key", "office.key"),
        (r"..\\..\\round.toml", "round.toml"),
        (r"C:\\Users\\王\\表.xlsx", "表.xlsx"),
        ("/etc/passwd", "passwd"),
        ("CON.xlsx", "_CON.xlsx"),
        ("com1.2025.xlsx", "_com1.2025.xlsx"),
        ("a?b*c|d.xlsx", "a_b_c_d.xlsx"),
        ("表 .xlsx. ", "表 .xlsx"),
        ("..", "未命名"),
        ("长" * 300 + ".xlsx", "长" * 40 + ".xlsx"),
        ("a." + "x" * 300, "a." + "x" * 118),
    ],
)
def test_a_file_lies_in_the_inbox_under_a_name_that_every_system_takes(
    visitor: Visitor, folder: Path, given: str, kept: str
) -> None:
    before = {one for one in folder.rglob("*") if one.parent.name != "收件"}
    visitor.done("collect", [(given, b"x")])
    assert inbox(folder) == {kept: b"x"}
    after = {one for one in folder.rglob("*") if one.parent.name != "收件" and "台账" not in one.parts}
    assert after <= before


def test_a_file_of_the_same_name_lies_beside_the_first(visitor: Visitor, folder: Path) -> None:
    put(folder, "表.xlsx", b"first")
    visitor.done("collect", [("表.xlsx", b"second"), ("表.xlsx", b"third")])
    visitor.done("collect", [("表.xlsx", b"second")])
    assert inbox(folder) == {"表.xlsx": b"first", "表 (2).xlsx": b"second", "表 (3).xlsx": b"third"}


def test_of_files_given_together_none_is_the_later_one(visitor: Visitor, folder: Path) -> None:
    """A browser does not say when a file was saved: two different returns of a unit are asked about."""
    other = reply(folder, "001", {"requests.new.natural": 6, "requests.granted.natural": 6})
    page = visitor.done("collect", [("表.xlsx", reply(folder, "001", GOOD)), ("新表.xlsx", other)])
    asked = page.partition("请选定</h2>")[2].partition("</section>")[0]
    assert re.findall('<option value="(.*?)">', asked) == ["1", "2"]
    page = visitor.done("pin", unit="001", revision="1", reason="电话问过")
    assert "请选定" not in page
    assert "采用这个单位的第 1 版，原因：电话问过" in page


def test_a_damaged_file_that_was_given_is_not_waited_for(visitor: Visitor, folder: Path) -> None:
    page = words(visitor.done("collect", [("民政局.xlsx", reply(folder, "002", GOOD)[:4000])]))
    assert re.search("民政局.xlsx.*： 无法读取", page)


def test_a_file_that_is_too_large_is_told(visitor: Visitor, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MAX_FILE", 1 << 20)
    answer = visitor.press("collect", [("大.xlsx", bytes((1 << 20) + 1))])
    assert answer.status == 500
    assert "大.xlsx：超过 1 MB，没有收" in answer.text
    assert inbox(folder) == {}
    visitor.done("collect", [("大.zip", bytes((1 << 20) + 1)), ("好.xlsx", bytes(1 << 20))])
    assert inbox(folder).keys() == {"大.zip", "好.xlsx"}


def test_what_is_far_too_large_is_not_even_read(
    visitor: Visitor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MAX_ARCHIVE", 1 << 20)
    monkeypatch.setattr(app, "MAX_FILE", 0)
    try:
        answer = visitor.press("collect", [("大.zip", bytes(2 << 20))])
    except ConnectionError:
        pass  # It is answered before all of it has come.
    else:
        assert (answer.status, "分几次交" in answer.text) == (413, True)
    assert inbox(folder) == {}


# ---------------------------------------------------------------- what she may fetch


def test_the_books_are_not_to_be_fetched(visitor: Visitor, folder: Path) -> None:
    (folder / "成果" / "link").symlink_to(folder / "台账")
    for path in (
        "/files/台账/office.key",
        "/files/成果/../台账/office.key",
        "/files/成果/%2e%2e/台账/office.key",
        "/files/成果/link/office.key",
        "/files/round.toml",
        "/files//etc/passwd",
    ):
        assert visitor.ask("GET", path).status == 404, path


def test_files_are_given_to_keep_and_pages_to_look_at(visitor: Visitor, folder: Path) -> None:
    (folder / "成果" / "报告.html").write_text("<p>报告</p>", encoding="utf-8")
    (folder / "成果" / "board.html").write_text("<p>看板</p>", encoding="utf-8")
    (folder / "成果" / "汇总表.xlsx").write_bytes(b"PK")
    (folder / "发放" / "自查.html").write_bytes(b"<script></script>")
    check = visitor.ask("GET", "/files/发放/自查.html")
    assert check.headers["Content-Disposition"].partition(";")[0] == "attachment"
    book = visitor.ask("GET", "/files/成果/汇总表.xlsx")
    assert (book.data, book.headers["Content-Disposition"].partition(";")[0]) == (b"PK", "attachment")
    page, board = visitor.ask("GET", "/files/成果/报告.html"), visitor.ask("GET", "/files/成果/board.html")
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]
    assert "script-src 'unsafe-inline'" in board.headers["Content-Security-Policy"]
    assert {one.headers["Content-Disposition"].partition(";")[0] for one in (page, board)} == {"inline"}


def test_names_from_outside_are_text(visitor: Visitor, folder: Path) -> None:
    put(folder, f"{EVIL[:8]}.pdf", b"%PDF-1.4")
    (folder / "成果" / "a&b<i>.docx").write_bytes(b"PK")
    for page in (visitor.done("collect"), visitor.page("/files")):
        assert "<script>." not in page
        assert "<i>" not in page
    assert "a&amp;b&lt;i&gt;.docx" in visitor.page("/files")


# ---------------------------------------------------------------- from an empty folder


def test_a_round_begins_in_an_empty_folder(tmp_path: Path) -> None:
    folder, listed = tmp_path / "新", roster(tmp_path / "名册.csv").read_bytes()
    with desk_of(folder) as (address, opened):
        visitor = Visitor(address)
        blank = openpyxl.load_workbook(BytesIO(visitor.ask("GET", "/roster?form=zfxxgk-2021").data))
        assert blank.active is not None
        assert "单位全称" in {cell.value for row in blank.active.iter_rows() for cell in row}
        assert not folder.exists()
        page = visitor.done("start", [("名册.csv", listed)], period="2025年13月", **TYPED | {"name": "某区"})
        assert "没有做成" in page
        assert "统计期间：期间“2025年13月”不对" in page
        assert 'value="某区"' in page
        assert not (folder / "round.toml").exists()
        page = visitor.done("start", [], period="2025", **TYPED | {"name": "某区"})
        assert "共 4 个单位报送" in page
        visitor.press("folder")
        assert opened[1:] == [folder.as_uri()]
    assert 'name = "某区"' in (folder / "round.toml").read_text(encoding="utf-8")


def test_a_field_that_is_empty_is_told_and_nothing_begins(tmp_path: Path) -> None:
    with desk_of(tmp_path / "新") as (address, _):
        visitor = Visitor(address)
        for files, period in (([], "2025"), ([("名册.csv", b"x")], "")):
            answer = visitor.press("start", files, period=period, **TYPED)
            assert "还有一栏没有填" in answer.text
    assert not (tmp_path / "新").exists()


def test_rounds_that_are_there_are_offered_and_a_new_one_gets_its_own_folder(tmp_path: Path) -> None:
    home = tmp_path / "收报"
    begin(home / "2024年报", period="2024", deadline="")
    with desk_of(home) as (address, _):
        visitor = Visitor(address)
        assert "2024年报" in visitor.page()
        listed = roster(tmp_path / "名册.csv").read_bytes()
        told = TYPED | {"where": "2025/年报", "previous": str(home / "2024年报")}
        assert "共 4 个单位报送" in visitor.done("start", [("名册.csv", listed)], period="2025", **told)
        assert (home / "2025_年报" / "round.toml").is_file()
        visitor.press("choose", round=str(home / "2024年报"))
        assert "2024年" in visitor.page()


def test_a_desk_opened_below_a_round_is_that_rounds(folder: Path) -> None:
    with desk_of(folder / "收件") as (address, _):
        assert "云岭区 2025年" in Visitor(address).page()


# ---------------------------------------------------------------- the steps


def test_buttons_do_what_commands_do(folder: Path) -> None:
    sent = [(f"{code}.xlsx", reply(folder, code, FAULTY if code == "002" else GOOD)) for code in ("001", "002", "003")]
    with desk_of(folder) as (address, _):
        visitor = Visitor(address)
        assert "新写了 4 份" in visitor.done("distribute")
        assert "002.xlsx（云岭区民政局）： 退回修改" in words(visitor.done("collect", sent))
        assert "石桥镇" in visitor.page("/units").partition("催报</h2>")[2]
        assert "汇总 2 个单位" in visitor.done("consolidate")
        assert "已写出" in visitor.done("report", page="report")
    mine = lying(folder)
    before = (folder / "成果" / "汇总数.json").read_bytes()
    assert run(["consolidate", str(folder)]) == 1
    assert lying(folder) == mine
    assert (folder / "成果" / "汇总数.json").read_bytes() == before
    with open_round(folder, alone=False) as round_:
        assert check_books(round_) == []
    log = (folder / "台账" / "运行记录.txt").read_text(encoding="utf-8")
    assert re.findall(r"^\d.* (distribute|collect|consolidate)$", log, re.MULTILINE) == [
        "distribute",
        "collect",
        "consolidate",
    ]


def test_what_nobody_knows_is_given_to_a_unit(visitor: Visitor) -> None:
    page = visitor.done("collect", [("扫描件.pdf", b"%PDF-1.4"), ("照片.jpg", b"\xff\xd8")])
    assert "新到 2 项：没有收 2。" in page
    assert page.count('action="/claim"') == 2
    assert "没有填" in visitor.press("claim", file="扫描件.pdf", unit="").text
    page = visitor.done("claim", file="扫描件.pdf", unit="003")
    assert "是云岭区财政局交的" in page
    page = visitor.done("claim", file="照片.jpg", unit="无关")
    assert "与本轮无关" in page
    assert 'action="/claim"' not in page


def test_what_changed_stands_on_the_first_page(visitor: Visitor, folder: Path) -> None:
    visitor.done("collect", [("001.xlsx", reply(folder, "001", GOOD))])
    listed = folder / "名册.csv"
    listed.write_text(
        listed.read_text(encoding="utf-8-sig").replace("云岭区教育局", "云岭区教体局"), encoding="utf-8-sig"
    )
    page = visitor.done("collect")
    assert "教育局" in page.partition("变化</h2>")[2].partition("</section>")[0]


def test_a_report_goes_from_submission_to_publication(visitor: Visitor, folder: Path) -> None:
    visitor.done("collect", [(f"{code}.xlsx", reply(folder, code, GOOD)) for code in ("001", "002", "003", "004")])
    visitor.done("consolidate")
    assert "还没有选文件" in visitor.press("submit", page="report").text
    (report,) = (folder / "成果").glob("*年度报告.docx")
    page = visitor.done("submit", [(report.name, report.read_bytes())], page="report")
    assert "送审" in page.partition("做完了")[2]
    assert "没有填" in visitor.press("approve", page="report", by=" ").text
    assert "签发" in visitor.done("approve", page="report", by="王主任").partition("（王主任）")[0]
    page = visitor.done("publish", page="report", anyway="")
    assert "还没有公布" in page
    assert "处错误没有解决" in page
    assert {one.suffix for one in (folder / "公布").iterdir()} == {".docx"}
    assert "已写出" in visitor.done("publish", page="report", anyway="主任同意")
    assert {".html", ".md"} <= {one.suffix for one in (folder / "公布").iterdir()}


def test_a_missing_page_and_a_button_that_is_none(visitor: Visitor) -> None:
    assert "没有这一页" in visitor.ask("GET", "/nowhere").text
    assert visitor.press("nothing").status == 303


def test_settings_that_are_spoilt_are_told_on_every_page(visitor: Visitor, folder: Path) -> None:
    (folder / "round.toml").write_text("[round\n", encoding="utf-8")
    for path in ("/", "/units"):
        assert "写法不对" in visitor.ask("GET", path).text
    assert visitor.press("distribute").status == 303
    assert "写法不对" in visitor.settled(status=500)
    assert list((folder / "发放").iterdir()) == []


# ---------------------------------------------------------------- two windows, the back button, another program


def test_one_job_at_a_time_and_nothing_is_lost_of_what_came_with_another(
    visitor: Visitor, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = Event(), Event()

    work = steps.STEPS["distribute"].work

    def slow(job: steps.Job) -> object:
        job.begin("写工作簿", 12)(3)
        begun.set()
        assert go_on.wait(60)
        return work(job)

    monkeypatch.setitem(steps.STEPS, "distribute", steps.Step(slow))
    second = Visitor(f"http://{visitor.host}/?key={visitor.cookie.partition('=')[2]}")
    answer = visitor.press("distribute")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert begun.wait(60)
    page = visitor.page()
    assert "正在写工作簿（3/12）……" in page
    assert "<button" not in page
    assert second.press("collect", [("001.xlsx", b"x")]).status == 303
    assert "刚才点“收件”时，前一项还没有做完，所以没有开始" in second.page()
    assert inbox(folder) == {"001.xlsx": b"x"}
    assert second.press("stop").status == 303
    assert "正在写工作簿" in second.page("/units")
    go_on.set()
    assert "发放：做完了" in visitor.settled()
    assert "新到 1 项：无法读取 1。" in second.done("collect")


def test_another_program_at_work_is_told_and_can_be_waited_for(visitor: Visitor, folder: Path) -> None:
    sent = [("001.xlsx", reply(folder, "001", GOOD))]
    with locked(folder / "台账" / "run.lock", "2026-01-20 10:00"):
        page = visitor.done("collect", sent)
        assert "没有做成" in page
        assert "正在处理这一轮。请等它结束后再运行" in page
    assert run(["collect", str(folder)]) == 0
    assert "通过 1" in words(visitor.page())
    assert inbox(folder).keys() == {"001.xlsx"}


def test_a_step_that_fails_says_why_and_the_desk_goes_on(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(job: steps.Job) -> None:
        raise OutputError(job.folder, "磁盘已满")

    monkeypatch.setitem(steps.STEPS, "distribute", steps.Step(broken))
    assert "写不进去（磁盘已满）" in visitor.done("distribute")
    monkeypatch.setitem(steps.STEPS, "distribute", steps.Step(lambda _: 1 / 0))
    assert "程序内部出错（ZeroDivisionError" in visitor.done("distribute")
    assert "收件：做完了" in visitor.done("collect")


def test_the_same_page_again_does_nothing_again(visitor: Visitor, folder: Path) -> None:
    visitor.done("distribute")
    books = {one: one.stat().st_mtime_ns for one in (folder / "发放").iterdir()}
    for _ in range(2):
        assert "发放：做完了" in visitor.page()
    assert {one: one.stat().st_mtime_ns for one in (folder / "发放").iterdir()} == books
