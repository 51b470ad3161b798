"""Workbooks with one fault each, judged as any other: what every finding looks like.

``lines()`` gives one line for each code, as ``xxgk verify`` or ``xxgk consolidate`` prints it. Everything is made in a
folder of its own and forgotten again.
"""  # noqa: INP001 - a folder of documents is no package

from __future__ import annotations

import io
import re
import sqlite3
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
from openpyxl.packaging.custom import StringProperty

from toolkit.boundary import Failure
from toolkit.cli.show import finding_line
from toolkit.collection.signature import signed
from toolkit.forms.layout import CONFIRM, PROPOSED
from toolkit.instrument.catalogue import load
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import failed
from toolkit.model.finding import Finding
from toolkit.model.form import CONTROLS
from toolkit.model.returns import Identity
from toolkit.pipeline.consolidate import SumRequest
from toolkit.pipeline.reports.report import write_up
from toolkit.pipeline.reports.word import read_back
from toolkit.pipeline.round.check import check_books
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import Round, open_round
from toolkit.pipeline.round.prior import prior_returns
from toolkit.pipeline.round.sending.distribute import issue
from toolkit.pipeline.round.start import start
from toolkit.pipeline.verify import verify, verify_batch
from toolkit.workbook.seal import SEAL, seal_of
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.plan import blank_plan
from toolkit.workbook.template.write import write_template

FORM = "zfxxgk-2021"
Book = openpyxl.Workbook
Change = Callable[[Book], None]
Entry = int | str
DISCLOSURE = "overview.disclosure"
SHEET = "申请情况"
#: Figures that texts can be held against.
TABLE: Mapping[str, Entry] = {"requests.new.natural": 12, "requests.granted.natural": 12, "proactive.normative.made": 4}
TABLE = {**TABLE, "proactive.normative.in_force": 11}
COURT: Mapping[str, Entry] = {"disputes.review.upheld": 4, "disputes.review.pending": 1}
COURT = {**COURT, "disputes.direct.upheld": 3, "disputes.direct.corrected": 2}
SAME = (
    "坚持以公开为常态、不公开为例外，围绕中心工作和群众关切，持续做好决策、执行、管理、服务、结果公开，"
    "不断提升公开的质量和实效，全年工作取得了新的进展。"
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A workbook of zeros but for what is said here; ``change`` spoils it with openpyxl."""

    values: Mapping[str, Entry] = field(default_factory=dict)
    prior: Mapping[str, int] = field(default_factory=dict)
    change: Change | None = None
    stale: bool = False
    form: str = FORM
    unit: str = "某局"
    period: str = "2025"
    signature: str = ""
    before: Mapping[str, Entry] | None = None
    sealed: str = ""


def text(words: str, values: Mapping[str, Entry] = TABLE, prior: Mapping[str, int] | None = None) -> Case:
    """A return that says so in its first text."""
    return Case(values={**values, DISCLOSURE: words}, prior=prior or {}, unit="云岭区教育局")


def cell(sheet: str, place: str, value: object) -> Change:
    """Put something into a cell."""

    def change(book: Book) -> None:
        book[sheet][place].value = value  # type: ignore[assignment]

    return change


def without_names(book: Book) -> None:
    """Lose a defined name."""
    del book.defined_names["requests.new.natural"]


def unprotected(book: Book) -> None:
    """Take the protection off a sheet."""
    book[SHEET].protection.sheet = False


def renamed(book: Book) -> None:
    """Give a sheet another name."""
    book[SHEET].title = "表三"


def unconfirmed(book: Book) -> None:
    """Hold a figure that the program proposed."""
    book.create_sheet(CONFIRM)
    book.create_sheet(PROPOSED).append([f"{SHEET}!D6", 0])
    book[PROPOSED].sheet_state = "hidden"


def merged(book: Book) -> None:
    """Merge two cells; openpyxl would empty the second one."""
    book[SHEET].merged_cells.add("D7:E7")


def more(book: Book) -> None:
    """Add a sheet."""
    book.create_sheet("草稿")


def nameless(book: Book) -> None:
    """Delete the hidden sheet, and its copy in the document's properties."""
    del book["_标识"]
    book.custom_doc_props.props.clear()


def identified(key: str, value: object) -> Change:
    """Change a line of the hidden sheet."""

    def change(book: Book) -> None:
        for row in book["_标识"].iter_rows(min_col=1, max_col=2):
            if row[0].value == key:
                row[1].value = value  # type: ignore[assignment]
        book.custom_doc_props.props.clear()

    return change


CASES: Mapping[str, Case] = {
    "FORM-01": Case(change=nameless),
    "FORM-02": Case(change=identified("form", "another")),
    "FORM-03": Case(change=identified("version", "99")),
    "FORM-04": Case(change=renamed),
    "FORM-05": Case(change=cell(SHEET, "A8", "三、（一）")),
    "FORM-06": Case(change=more),
    "FORM-07": Case(change=without_names),
    "FORM-08": Case(change=unprotected),
    "FORM-09": Case(unit=""),
    "FORM-10": Case(period=""),
    "FORM-11": Case(change=cell("封面", "B5", "别局")),
    "FORM-12": Case(
        values={"requests.carried_in.natural": 3, "requests.granted.natural": 3},
        prior={"requests.carried_out.natural": 2},
        before={"requests.new.natural": 3, "requests.carried_out.natural": 3},
    ),
    "FORM-13": Case(unit="乙局", before={}),
    "FORM-14": Case(change=merged),
    "FORM-15": Case(change=cell(SHEET, "ZZ5", 12)),
    "SIGN-03": Case(signature="0" * 32),
    "SIGN-09": Case(sealed="{}"),
    "SIGN-10": Case(sealed="{}0"),
    "FMLA-01": Case(change=cell(SHEET, "J6", "=SUM(D6:H6)")),
    "FMLA-02": Case(values={"requests.new.total": 0}),
    "FMLA-03": Case(stale=True),
    "FMLA-04": Case(change=lambda _: None),
    "VAL-01": Case(values={"requests.new.natural": "10件"}),
    "VAL-10": Case(values={"requests.new.natural": "１２", "requests.granted.natural": 12}),
    "VAL-11": Case(values={"problems.existing": "见附件"}),
    "VAL-12": Case(values={"problems.existing": "部分栏目\u200b更新不够及时。"}),
    "VAL-13": Case(values={DISCLOSURE: "栏目由专人维护，每周更新。" * 170}),
    "VAL-14": Case(change=unconfirmed),
    "VAL-16": Case(form="zfwzgznb", values={"site.address.v": "mz.example.cn"}),
    "VAL-17": Case(form="zfwzgznb", values={"site.other.v": "否", "site.other_text.v": "扫码看办事指南"}),
    "VAL-15": Case(values={"cover.no_disputes": "是", "disputes.review.pending": Decimal(2)}),
    "CTL-01": Case(
        form=FORM + CONTROLS,
        values={"requests.new.natural": 5, "requests.granted.natural": 5, "control_requests.new_total.control": 6}
        | {f"control_requests.{row}_total.control": 5 for row in ("granted", "closed")},
    ),
    "SIM-01": Case(values={DISCLOSURE: SAME}, before={DISCLOSURE: SAME}),
    "SIM-02": Case(values=COURT, before=COURT),
    "VAL-02": Case(values={"proactive.regulations.made": 1, "proactive.regulations.in_force": 1}),
    "BAL-01": Case(values={"requests.new.natural": 36, "requests.granted.natural": 63}),
    "BAL-02": Case(values={"proactive.normative.made": 5, "proactive.normative.in_force": 2}),
    "SUM-01": Case(values={"requests.new.natural": 5, "requests.granted.natural": 5, "requests.closed.natural": 6}),
    "SUM-02": Case(values={"requests.new.natural": 5, "requests.granted.natural": 5, "requests.new.total": 6}),
    "SUM-03": Case(values={"disputes.review.upheld": 11, "disputes.review.total": 0}),
    "YOY-01": Case(
        values={"requests.carried_in.natural": 3, "requests.granted.natural": 3},
        prior={"requests.carried_out.natural": 2},
    ),
    "YOY-02": Case(values={"proactive.normative.in_force": 12}, prior={"proactive.normative.in_force": 9}),
    "YOY-03": Case(values={"proactive.fees.amount": 2000}, prior={"proactive.fees.amount": 3}),
    "UNT-01": Case(values={"proactive.fees.amount": 1234567}),
    "NAR-01": text("全年收到政府信息公开申请15件。"),
    "NAR-02": text("依申请公开：予以公开8件。"),
    "NAR-03": text("政府信息公开申请结转下年度继续办理5件。"),
    "NAR-04": text("全年发生行政复议3件。"),
    "NAR-05": text("本年度未收到政府信息公开申请。"),
    "NAR-06": text("制发行政规范性文件7件。"),
    "NAR-07": text("全年公开信息30条，其中概况类20条、动态类15条。"),
    "NAR-08": text("公开信息40条，其中政策解读10条，占35%。"),
    "NAR-09": Case(values={"others.fee": "本年度未收取信息处理费。共收取信息处理费200元。"}),
    "NAR-11": text("作出行政处罚决定5件。"),
    "NAR-10": Case(values={DISCLOSURE: "主动公开政府信息90条。", "items.01.label": "概况", "items.01.count": 80}),
    "YER-01": text("2024年，我局加强政务公开。"),
    "BAS-01": text("根据国办公开办函〔2019〕60号要求编制。"),
    "TYP-01": text("加强办公室室建设。"),
    "TYP-02": text("我市政务公开稳步推进。"),
}


def workbook(case: Case) -> bytes:
    """The filled workbook of a case."""
    kind = load(case.form)
    given = prefill(kind, case.values, case.prior, case.unit, case.period)
    data = write_template(kind, replace(given, key=case.signature, signature=case.signature))
    if case.stale:
        return _stale(data)
    change = _sealing(data, case.sealed) if case.sealed else case.change
    if change is None:
        return data
    book, out = openpyxl.load_workbook(io.BytesIO(data)), io.BytesIO()
    change(book)
    book.save(out)
    return out.getvalue()


def _sealing(data: bytes, pattern: str) -> Change:
    """Put in the seal of the self-check page, as ``pattern`` has it."""
    (verdict,) = verify_batch([("某局.xlsx", data)])
    seal = pattern.format(seal_of(verdict.content, "2026-01-05T09:30")) if verdict.content else ""
    return lambda book: book.custom_doc_props.append(StringProperty(name=SEAL, value=seal))


def _stale(data: bytes) -> bytes:
    """The workbook with another result stored beside its first formula of a sum."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            if info.filename.startswith("xl/worksheets/"):
                body = re.sub(rb"(SUM\(D6:I6\)[^<]*</f><v>)0(</v>)", rb"\g<1>7\2", body)
            new.writestr(info, body)
    return out.getvalue()


def prefill(kind: Instrument, values: Mapping[str, Entry], prior: Mapping[str, int], unit: str, period: str) -> Prefill:
    """Zeros and a word in every required text, but for ``values``."""
    entries: dict[str, Decimal | str] = {n: Decimal(0) for n in kind.names if n not in kind.rules.formulas}
    entries |= {name: "已按要求公开。" for name, one in kind.form.texts.items() if one.required}
    entries |= {name: Decimal(value) if isinstance(value, int) else value for name, value in values.items()}
    before = {name: Decimal(value) for name, value in prior.items()}
    return Prefill(unit=unit, period=period, prior=before, values=entries)


def found(case: Case, folder: Path) -> list[Finding]:
    """What is found in the workbook of a case."""
    path = folder / "某局.xlsx"
    path.write_bytes(workbook(case))
    previous = None
    if case.before is not None:
        old = folder / "上年.xlsx"
        old.write_bytes(workbook(Case(values=case.before, period="2024")))
        previous = prior_returns(old)
    (verdict,) = verify([path], prior=previous)
    return list(verdict.findings)


# ---------------------------------------------------------------- what only a round can tell

ROSTER = """编码,单位全称,简称,机关类别,上级,报送
Q,云岭区,,县级政府,,汇总
001,云岭区教育局,教育局,政府部门,Q,
002,云岭区民政局,民政局,政府部门,Q,
003,云岭区财政局,财政局,政府部门,Q,
"""
MANY: Mapping[str, Entry] = {f"requests.{row}.natural": 7 for row in ("new", "granted")} | {
    "proactive.normative.made": 4,
    "proactive.normative.in_force": 4,
    "proactive.licences.decisions": 9,
    "disputes.review.upheld": 3,
}


def _round(folder: Path) -> Iterator[Finding]:
    roster = folder / "名册.csv"
    roster.write_text(ROSTER, encoding="utf-8-sig")
    moment = datetime(2026, 1, 20, 9, tzinfo=UTC)
    root = folder / "轮次"
    start(root, "2025", roster, deadline=date(2026, 1, 26), clock=lambda: moment)
    with open_round(root, clock=lambda: moment) as round_:
        for name, data in _sent(round_):
            (root / "收件" / name).write_bytes(data)
        ended = collect(round_)
        done = consolidate_round(round_, SumRequest(reports=False))
        yield from (one for entry in ended.ended if entry.verdict for one in entry.verdict.findings)
        yield from done.findings
    yield from _spoilt(root)


def _spoilt(root: Path) -> Iterator[Finding]:
    """What `xxgk check` tells of books that somebody was at."""
    books = root / "台账"
    first, *_ = sorted((books / "originals").rglob("*.xlsx"))
    first.write_bytes(b"")
    first.with_name("x.xlsx").write_bytes(b"")
    sums = root / "成果" / "汇总数.json"
    sums.write_text(re.sub(r'("requests.new.natural": {\s*"value": )\d+', r"\g<1>9", sums.read_text("utf-8")), "utf-8")
    with sqlite3.connect(books / "ledger.sqlite") as db:
        db.execute("INSERT INTO event VALUES (99, '2026-01-20T01:00:00Z', '001', 'pin', 7, '')")
        db.execute("INSERT INTO event VALUES (100, '2026-01-10T01:00:00Z', '001', 'unpin', 0, '')")
    with open_round(root, alone=False) as round_:
        for one in check_books(round_):
            yield replace(one, message=re.sub(r"\w{2}/\w{2}/\w{64}", "……", one.message))


def _sent(round_: Round) -> Iterator[tuple[str, bytes]]:
    """Good returns that look alike, and files that do not belong."""

    def reply(code: str, values: Mapping[str, Entry], **changed: str) -> Prefill:
        given = issue(round_, round_.roster.by_code[code])
        full = prefill(round_.kind, values, {}, given.unit, given.period)
        return replace(full, **{"code": given.code, "key": given.key, "signature": given.signature, **changed})  # type: ignore[arg-type]

    def written(told: Prefill) -> bytes:
        return write_template(round_.kind, told)

    yield "教育局.xlsx", written(reply("001", {**MANY, DISCLOSURE: SAME}))
    yield "民政局.xlsx", written(reply("002", {**MANY, DISCLOSURE: SAME}))
    yield "云岭区.xlsx", written(reply("Q", {**MANY, "requests.new.natural": 15, "requests.granted.natural": 15}))
    yield "民政局（更正）.xlsx", written(reply("003", {}))
    yield "无签名.xlsx", written(replace(reply("003", {}), signature="", key=""))
    yield "改签名.xlsx", written(reply("003", {}, signature="0" * 64))
    yield "上年.xlsx", written(_signed(round_, reply("003", {}), period="2024"))
    yield "外单位.xlsx", written(_signed(round_, reply("003", {}), code="999", unit="云岭区气象局"))
    book, out = openpyxl.load_workbook(io.BytesIO(written(reply("003", {})))), io.BytesIO()
    for row in book["_标识"].iter_rows(min_col=1, max_col=2):
        if row[0].value == "code":
            row[1].value = "002"
    book.save(out)
    yield "两处标识.xlsx", out.getvalue()


def _signed(round_: Round, told: Prefill, **changed: str) -> Prefill:
    """A workbook that this round's key signed for something else."""
    new = replace(told, **changed)  # type: ignore[arg-type]
    kind = round_.kind
    identity = Identity(
        form=kind.form.id,
        version=kind.form.version,
        code=new.code,
        unit=new.unit,
        period=new.period,
        fingerprint=blank_plan(kind).fingerprint,
    )
    done = signed(round_.keyring.keys[0], identity)
    return replace(new, key=done.key, signature=done.signature)


# ---------------------------------------------------------------- what a polished report shows


def _word(folder: Path) -> Iterator[Finding]:
    source = folder / "某局.xlsx"
    source.write_bytes(workbook(Case(values=TABLE)))
    (path,) = write_up(source, "docx", folder).files
    document = docx.Document(str(path))
    figure = next(one for row in document.tables[1].rows for one in row.cells if one.text == "12")
    figure.paragraphs[0].runs[0].text = "21"
    for paragraph in document.paragraphs:
        if paragraph.text.startswith("（三）"):
            paragraph.add_run("【待补充：（三）政府信息管理】")
        for run in paragraph.runs:
            run.text = run.text.replace("申请12件", "申请21件").replace("五、存在的主要问题及改进情况", "五、问题")
    document.add_comment(document.paragraphs[6].runs[0], "再想想", author="张科长")
    document.save(str(path))
    yield from read_back(path, source).findings
    (path,) = write_up(source, "docx", folder / "原样").files
    source.write_bytes(workbook(Case(values=TABLE | {"requests.new.natural": 13, "requests.granted.natural": 13})))
    yield from read_back(path, source).findings


def lines() -> dict[str, str]:
    """Code -> the line that is printed."""
    out = {
        code: finding_line(one)
        for one in failed("某局.xlsx", Failure("ValueError", "reading:40")).findings
        for code in [one.rule]
    }
    for code, case in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            told = [one for one in found(case, Path(folder)) if one.rule == code]
        out[code] = finding_line(told[0]) if told else ""
    with tempfile.TemporaryDirectory() as folder:
        for one in (*_round(Path(folder)), *_word(Path(folder))):
            out.setdefault(one.rule, finding_line(one))
    return out


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines().values()) + "\n")
