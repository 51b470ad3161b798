"""Makes the pictures of README, clerk.md and the self-check page: ``python docs/make_pictures.py [DEMO FOLDER]``.

LibreOffice, poppler-utils, Chromium, Node with the packages of tests/clients, and the page's base are needed. The
pictures lie in ``docs/pictures``.
"""  # noqa: INP001 - a folder of documents is no package

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from toolkit.instrument.catalogue import data_folder
from toolkit.pipeline.demo import demo
from toolkit.pipeline.round.sending import distribute as sending

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
PICTURES = Path(__file__).resolve().parent / "pictures"
ROUND = "云岭区2025"


def run(*command: str | Path) -> None:
    """Run a program; its words only if it fails."""
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=300)  # noqa: S603 - our own words


def page(source: Path, number: int, name: str, folder: Path, width: int, *box: int) -> None:
    """A page of a PDF as a picture, or the part ``box`` of it (left, top, width, height)."""
    cut = [f"{flag}" for pair in zip(("-x", "-y", "-W", "-H"), map(str, box), strict=False) for flag in pair]
    run(
        "pdftoppm", "-png", "-singlefile", "-f", str(number), "-l", str(number),
        "-scale-to-x", str(width), "-scale-to-y", "-1", *cut, source, folder / name,
    )  # fmt: skip
    (folder / f"{name}.png").replace(PICTURES / f"{name}.png")


def as_pdf(source: Path, folder: Path) -> Path:
    """A file printed by LibreOffice."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, source)
    return folder / f"{source.stem}.pdf"


def desk(made: Path, folder: Path) -> None:
    """The desk before a round, in the midst of one, and where its report is published."""
    from factories.desks import desk_of  # noqa: PLC0415 - what tests are made of
    from factories.mouse import Browser  # noqa: PLC0415 - the same

    (folder / "收报").mkdir()
    place = "document.body.innerHTML = document.body.innerHTML.replaceAll(%r, 'D:\\\\收报\\\\2025年报')"
    with Browser(folder / "window") as browser:
        for name, root, path in (("start", folder / "收报", "/"), ("home", made, "/"), ("report", made, "/report")):
            with desk_of(root) as (address, _):
                browser.open(address)
                browser.open(f"{address.partition('?')[0].rstrip('/')}{path}")
                browser.asked(place % str(root.resolve()))
                browser.wide(1100, 700)
                browser.picture(PICTURES / f"desk-{name}.png", 1250)


def self_check(copies: Path, folder: Path) -> None:
    """The self-check page with a workbook that passes and one that does not; a wrong entry told while filling in."""
    files = [copies / name for name in ("教育局.xlsx", "自然资源局.xlsx")]
    seen = {"dropped": [str(one) for one in files], "widths": [760], "reports": False}
    shot("self_check.js", sending.page("", "2025", "", folder / "自查.html"), seen)
    (folder / "chrome-760.png").replace(PICTURES / "self-check.png")
    typed = ["requests.new.natural", "12", "ArrowRight", "3件", "ArrowRight", "0"]
    look = {"name": "filling", "widths": [1000]}
    steps = [("keys", typed), ("press", "检查"), ("card", 1), ("look", look)]
    shot("fill_in.js", sending.page("zfxxgk-2021", "2025", "云岭区教育局", folder / "填写.html"), {"steps": steps})
    (folder / "chrome-filling-1000.png").replace(PICTURES / "filling.png")


def shot(script: str, own: Path, plan: Mapping[str, object]) -> None:
    """Have a page seen by a script of tests/clients; its pictures lie beside the page."""
    whole = {
        "browser": "chrome",
        "program": shutil.which("chromium"),
        "page": str(own),
        "outdir": str(own.parent),
        **plan,
    }
    (own.parent / "plan.json").write_text(json.dumps(whole), encoding="utf-8")
    run("node", PICTURES.parents[1] / "tests" / "clients" / script, own.parent / "plan.json")


def main(made: Path | None) -> None:
    """Make all of them."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if made is None:
            demo(folder / "demo", lambda _: None)
            made = folder / "demo"
        results = made / ROUND / "成果"
        (copy,) = (made / ROUND / "退回").glob("*自然资源*.xlsx")
        page(as_pdf(copy, folder), 1, "returned", folder, 1500, 60, 80, 1400, 330)
        (report,) = results.glob("*年度报告.pdf")
        page(report, 1, "report", folder, 460)
        shot = f"--screenshot={PICTURES / 'board.png'}"
        board = (results / "board.html").as_uri()
        desk(made / ROUND, folder)
        self_check(data_folder("samples") / ROUND.replace("云岭区", "yunling-"), folder)
        run("chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1000,620", shot, board)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
