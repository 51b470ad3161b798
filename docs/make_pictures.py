"""Makes the three pictures of the README from the demo's results: ``python docs/make_pictures.py [DEMO FOLDER]``.

LibreOffice, poppler-utils and Chromium are needed. The pictures lie in ``docs/pictures``.
"""  # noqa: INP001 - a folder of documents is no package

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from toolkit.pipeline.demo import demo

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


def main(made: Path | None) -> None:
    """Make all three."""
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
        run("chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1000,620", shot, board)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
