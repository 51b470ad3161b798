"""Workbooks that go out and come back, and reports, beside the libraries and the office program that make such."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from statistics import median

import openpyxl

from toolkit.instrument.catalogue import load
from toolkit.pipeline.reports.documents import RENDERERS, return_document
from toolkit.workbook.annotation.annotate import annotate
from toolkit.workbook.template.cells import Prefill
from toolkit.workbook.template.press import Press
from toolkit.workbook.template.write import write_template

from . import material, peers
from .measure import children_cpu, cpu, fresh, ratio
from .options import Options
from .page import Section, Table


def distribute(options: Options) -> Section:
    """Personal workbooks: pressed, from the start, and by openpyxl."""
    found = [fresh("documents", "workbooks", 14 * options.files, number) for number in range(options.rounds)]
    pressed = [one["pressed"] for one in found]
    names = {"pressed": "pressed, as `xxgk distribute` does", "start": "from the start, by xlsxwriter"}
    names["openpyxl"] = "openpyxl: the blank one loaded, two cells set, saved"
    rows = [
        (name, median(one[key] for one in found), ratio([one[key] for one in found], pressed))
        for key, name in names.items()
    ]
    unlike = sum(one["unlike"] for one in found)
    notes = (f"Of the workbooks made from the start {unlike} differ from the pressed ones: they are held to the byte.",)
    facts = {"press": ratio([one["start"] for one in found], pressed)}
    table = Table(("way", "ms a workbook", "times ours"), [*rows])
    return Section("Distributing", [table], notes, facts)


def workbooks(count: int, number: int) -> dict[str, float]:
    """Milliseconds a workbook by each way; how many made from the start differ from the pressed ones."""
    kind = material.form()
    some = [_prefill(one) for one in range(count)]
    press = Press(kind)
    press.issue(some[0])
    blank = write_template(kind, some[0])
    few = some[number % 5 :: max(1, count // 10)]
    pressed, quick = _timed(press.issue, some)
    whole, slow = _timed(lambda one: write_template(kind, one), few)
    _, scripted = _timed(lambda one: _by_openpyxl(blank, one), few)
    twins = dict(zip([one.code for one in some], pressed, strict=True))
    unlike = sum(twins[one.code] != made for one, made in zip(few, whole, strict=True))
    return {"pressed": quick, "start": slow, "openpyxl": scripted, "unlike": unlike}


def _prefill(number: int) -> Prefill:
    """Names of any length; every tenth has no figures of last year, as a new one, every tenth only some."""
    chance, kind = material.seeded("issued", number), material.form()
    figures = [(name, Decimal(chance.randint(0, 5_000))) for name in kind.layout.prior]
    kept = {0: 0, 1: len(figures) // 2}.get(number % 10, len(figures))
    return Prefill(
        unit=material.unit_name(number) + "（A&B）" * (number % 3),
        code=material.code(number),
        period=material.PERIOD,
        key="0a1b2c3d",
        signature=f"{chance.getrandbits(128):032x}",
        prior=dict(figures[:kept]),
    )


def _timed(make: Callable[[Prefill], bytes], some: Sequence[Prefill]) -> tuple[list[bytes], float]:
    begun = cpu()
    made = [make(one) for one in some]
    return made, (cpu() - begun) / len(some) * 1000


def _by_openpyxl(blank: bytes, one: Prefill) -> bytes:
    book, out = openpyxl.load_workbook(io.BytesIO(blank)), io.BytesIO()
    sheet = book.worksheets[0]
    sheet["B4"].value, sheet["B5"].value = one.unit, one.period
    book.save(out)
    return out.getvalue()


# ---------------------------------------------------------------- handing back


def annotated(options: Options) -> Section:
    """Faulty returns with marks and remarks."""
    with options.folder() as folder:
        paths = material.in_folder(options.cache, folder, options.files * 4, options.distinct)
        faulty = [str(path) for path in paths[:: material.FAULTY]]
        found = [fresh("documents", "marked", faulty) for _ in range(options.rounds)]
    bare = [one["openpyxl"] for one in found]
    rows = [
        ("annotated, as `xxgk annotate` and the round do", median(one["ours"] for one in found)),
        ("openpyxl: loaded and saved, no mark made", median(bare)),
    ]
    facts = {"annotate": median(one["ours"] for one in found)}
    notes = (f"{len(faulty)} returns, each with one wrong figure.",)
    return Section("Annotating, a workbook", [Table(("way", "ms a workbook"), [*rows])], notes, facts)


def marked(files: Sequence[str]) -> dict[str, float]:
    """Milliseconds a workbook, after the first one; its verdict is made before."""
    verdicts = peers.verify([Path(one) for one in files])
    data = [Path(one).read_bytes() for one in files]
    kind = load(verdicts[0].form)
    annotate(data[0], kind, verdicts[0])
    begun = cpu()
    for one, verdict in zip(data, verdicts, strict=True):
        annotate(one, kind, verdict)
    between = cpu()
    for one in data:
        openpyxl.load_workbook(io.BytesIO(one)).save(io.BytesIO())
    count = len(files) / 1000
    return {"ours": (between - begun) / count, "openpyxl": (cpu() - between) / count}


# ---------------------------------------------------------------- reports


def reports(options: Options) -> Section:
    """Reports in all formats, beside LibreOffice converting the Word files, all at one start."""
    with options.folder() as folder:
        paths = material.in_folder(options.cache, folder / "in", options.reports, options.distinct)
        found = fresh("documents", "written", [str(path) for path in paths], str(folder / "out"))
        theirs = {kind: _converted(folder / "out", kind) for kind in ("pdf", "html")}
    count = options.reports
    rows: list[Sequence[object]] = [("ours: sentences", found["sentences"] / count * 1000)]
    rows += [(f"ours: {kind}", found[kind] / count * 1000) for kind in RENDERERS]
    ours = sum(found.values())
    rows.append(("ours: all", ours / count * 1000))
    rows += [(f"LibreOffice: docx to {kind}", seconds / count * 1000) for kind, seconds in theirs.items()]
    both = sum(theirs.values())
    told = f"{count} reports in four formats: {ours:.1f} s; LibreOffice makes two of our Word files in {both:.1f} s, "
    notes = (f"{told}{both / ours:.1f} times as long.",)
    facts = {"70 reports": ours / count * 70}
    return Section("Reports, one after the other", [Table(("what", "ms a report"), rows)], notes, facts)


def written(files: Sequence[str], target: str) -> dict[str, float]:
    """Seconds by format, over all reports; the first one of each is part of it."""
    verdicts, folder = peers.verify([Path(one) for one in files]), Path(target)
    folder.mkdir()
    begun = cpu()
    made = [return_document(verdict)[1] for verdict in verdicts]
    found = {"sentences": cpu() - begun}
    for kind, render in RENDERERS.items():
        begun = cpu()
        for number, document in enumerate(made):
            (folder / f"{number:04}.{kind}").write_bytes(render(document))
        found[kind] = cpu() - begun
    return found


def _converted(folder: Path, kind: str) -> float:
    """Seconds that LibreOffice takes for all Word files."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    words = sorted(str(path) for path in folder.glob("*.docx"))
    command = [material.office(), profile, "--headless", "--convert-to", kind, "--outdir", str(folder / kind), *words]
    begun = children_cpu()
    subprocess.run(command, check=True, capture_output=True, timeout=3600)
    made = len(list((folder / kind).glob(f"*.{kind}")))
    assert made == len(words), f"LibreOffice made {made} of {len(words)}"
    return children_cpu() - begun
