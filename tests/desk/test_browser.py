"""A round of twelve units in a real browser, by mouse: from an empty folder to the published report."""

from __future__ import annotations

import re
from pathlib import Path
from queue import Queue
from threading import Event

import docx
import pytest
from factories.desks import Visitor, desk_of
from factories.mouse import Browser
from factories.rounds import GOOD, begin, reply, roster

from toolkit.desk import steps

pytestmark = pytest.mark.browser

UNITS = [
    ("Q", "云岭区", "云岭区", "县级政府", "", "", "否", "", ""),
    *((f"{i:03}", f"云岭区第{i}局", f"第{i}局", "政府部门", "Q", "", "", "", "") for i in range(1, 13)),
]
AXE = """
axe.run(document, {resultTypes: ['violations'], iframes: false}).then(found => found.violations.map(one =>
  one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')))
"""


class Look:
    """Looks at every page: nothing for axe-core to find, and nothing to scroll sideways, wide and narrow."""

    def __init__(self, browser: Browser, axe: str, pictures: Path) -> None:
        self.browser, self.axe, self.pictures, self.number = browser, axe, pictures, 0

    def at(self, name: str) -> None:
        for width in (360, 1280):
            self.browser.wide(width)
            self.browser.asked(self.axe + ";0")
            assert self.browser.asked(AXE) == [], f"{name}, {width}"
            assert self.browser.asked("document.documentElement.scrollWidth") <= width, f"{name}, {width}"
            self.number += 1
            self.browser.picture(self.pictures / f"{self.number:02}-{name}-{width}.png")


def written_out(report: Path, target: Path) -> Path:
    """The report with every text written that is still to be written, as an editor saves it."""
    document = docx.Document(str(report))
    for paragraph in document.paragraphs:
        for one in paragraph.runs:
            one.text = re.sub("【待补充：[^】]*】", "这一段已经写好。", one.text).replace("【待核】", "")
    document.save(str(target))
    return target


def test_a_round_by_mouse(tmp_path: Path, axe: str) -> None:
    folder, given = tmp_path / "2025年报", tmp_path / "收到的"
    folder.mkdir()
    given.mkdir()
    listed = roster(tmp_path / "名册.csv", UNITS)
    with desk_of(folder) as (address, _), Browser(tmp_path / "profile") as browser:
        look = Look(browser, axe, tmp_path)
        browser.open(address)
        look.at("start")
        browser.give("[name=files]", [listed])
        browser.click("form[action='/start'] button")
        look.at("started")
        browser.click("form[action='/distribute'] button")
        assert len(list((folder / "发放").glob("*.xlsx"))) == 12
        for code, *_ in UNITS[1:]:
            (given / f"{code}.xlsx").write_bytes(reply(folder, code, GOOD))
        (given / "说明.pdf").write_bytes(b"%PDF-1.4")
        browser.give("form[action='/collect'] [name=files]", sorted(given.iterdir()))
        browser.click("form[action='/collect'] button")
        assert "通过 12" in browser.asked("document.body.innerText")
        look.at("collected")
        browser.asked("document.querySelector('form[action=\"/claim\"] select').value='无关'")
        browser.click("form[action='/claim'] button")
        browser.click("a[href='/units']")
        look.at("units")
        browser.click("a[href='/']")
        browser.click("form[action='/consolidate'] button")
        look.at("home")
        browser.click("a[href='/report']")
        browser.click("form[action='/report'] button")
        look.at("report")
        (report,) = (folder / "成果").glob("*年度报告.docx")
        browser.give("form[action='/publish'] [name=files]", [written_out(report, given / report.name)])
        browser.click("form[action='/publish'] button.main")
        look.at("published")
        browser.click("a[href='/files']")
        look.at("files")
    assert {one.suffix for one in (folder / "公布").iterdir()} == {".docx", ".html", ".pdf", ".md"}


def test_pages_in_between(tmp_path: Path, axe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is being done is told as it goes on, and the page is there by itself when it is done."""
    begin(tmp_path / "2025年报", deadline="")
    begun, go_on = Queue[steps.Job](), Event()
    work = steps.STEPS["distribute"].work

    def slow(job: steps.Job) -> object:
        begun.put(job)
        assert go_on.wait(90)
        return work(job)

    monkeypatch.setitem(steps.STEPS, "distribute", steps.Step(slow))
    with desk_of(tmp_path / "2025年报") as (address, _), Browser(tmp_path / "profile") as browser:
        look, visitor = Look(browser, axe, tmp_path), Visitor(address)
        browser.open(address)
        visitor.press("distribute")
        job = begun.get(timeout=60)
        browser.open(address.partition("?")[0], settled=False)
        visitor.press("collect", [("表.xlsx", b"x")])
        assert browser.asked("document.getElementById('live').textContent") == "正在发放……"
        look.at("busy")
        job.begin("写工作簿", 12)(3)
        told = "document.getElementById('live').textContent == '正在写工作簿（3/12）……'"
        browser.until(lambda: bool(browser.asked(told)))
        go_on.set()
        browser.loaded()
        browser.until(lambda: "发放：做完了" in browser.asked("document.body.innerText"))
        look.at("done")
        browser.open(f"{address.partition('?')[0]}nowhere")
        look.at("said")
        browser.click("a[href='/']")
        browser.click("form[action='/stop'] button")
        assert "已关闭" in browser.asked("document.body.innerText")
        assert browser.asked(axe + ";0") == 0
        assert browser.asked(AXE) == []
