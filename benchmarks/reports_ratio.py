"""Reports of many units in all formats, beside LibreOffice converting the same Word files, in one run, as a ratio.

What an office would do otherwise: let LibreOffice make PDF and HTML of the Word files, all in one call each.

Run: ``python benchmarks/reports_ratio.py [--units 70]``.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from toolkit.instrument.catalogue import load
from toolkit.model.returns import Identity, Return, Submission
from toolkit.pipeline.documents import RENDERERS
from toolkit.report.document.blocks import Document
from toolkit.report.writing.narrative import write_report
from toolkit.rules.compile import derive

TEXT = "把信息公开列入年度工作安排，明确分管领导和经办人员，发布前逐级审核，发布后定期回查，错漏及时更正。" * 4


def documents(count: int) -> list[Document]:
    """Reports of the 2021 form with figures and texts of usual length."""
    kind, chance = load("zfxxgk-2021"), random.Random(70)  # noqa: S311 - test data
    out = []
    for i in range(count):
        entered: dict[str, Decimal | None] = {
            name: Decimal(chance.randrange(60)) for name in kind.names if name not in kind.rules.formulas
        }
        content = Return(
            file="", sha256="", identity=Identity(), unit=f"第{i + 1}局", period="2025",
            numbers=derive(kind.rules.formulas, entered, {}), texts=dict.fromkeys(kind.form.texts, TEXT),
        )  # fmt: skip
        out.append(write_report(kind, Submission(content=content)))
    return out


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=70)
    made = documents(parser.parse_args().units)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        total = 0.0
        for kind, render in RENDERERS.items():
            started = time.perf_counter()
            for i, document in enumerate(made):
                (folder / f"{i:04}.{kind}").write_bytes(render(document))
            took = time.perf_counter() - started
            total += took
            print(f"ours, {kind:<5} {took:6.1f} s  {1000 * took / len(made):6.0f} ms a report")
        program = shutil.which("soffice") or shutil.which("libreoffice")
        if program is None:
            print("LibreOffice is not installed: nothing to compare with")
            return
        theirs = 0.0
        words = sorted(str(path) for path in folder.glob("*.docx"))
        for kind in ("pdf", "html"):
            profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
            command = [program, profile, "--headless", "--convert-to", kind, "--outdir", str(folder / kind), *words]
            started = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True, timeout=3600)
            took = time.perf_counter() - started
            theirs += took
            done = len(list((folder / kind).glob(f"*.{kind}")))
            print(
                f"LibreOffice, docx to {kind:<5} {took:6.1f} s  {1000 * took / len(made):6.0f} ms a report, {done} made"
            )
        print(
            f"{len(made)} reports: ours in four formats {total:.1f} s, LibreOffice two of the Word files {theirs:.1f} s"
        )
        print(f"ratio {theirs / total:.1f}")


if __name__ == "__main__":
    main()
