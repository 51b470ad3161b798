"""Verdicts as lines for a person: where, what, what to do; and as documents for other programs.

SARIF 2.1.0 and JUnit XML, for continuous integration, look as their templates say.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolkit import __version__
from toolkit.cli.console import emit_json, say
from toolkit.io.json import Json, as_json, document_json
from toolkit.io.tally import Tally
from toolkit.io.templates import pages
from toolkit.model.codes import Code
from toolkit.model.finding import FigureReading, Finding, Severity
from toolkit.model.returns import Verdict
from toolkit.text import shown

if TYPE_CHECKING:
    from toolkit.workbook.seen import SeenCell

    #: What looks at a verified workbook for cells that show something else than they hold.
    SeenCells = Callable[[Verdict], list[SeenCell]]
    #: What reads the figures in the texts of a verified workbook.
    Figures = Callable[[Verdict], list[FigureReading]]

COLOURS = {Severity.FATAL: "bold red", Severity.ERROR: "red", Severity.VERIFY: "yellow", Severity.NOTE: "dim"}
#: Notes that all files of a folder share: told once, by `show_tally`.
_OF_ALL = {Code.SIGN_01: "没有签名（不是收集轮次里发出的）", Code.SIGN_03: "签名没有核对（密钥不在手边）"}


def show_verdict(verdict: Verdict, *, folder: bool = False) -> None:
    """A heading for the file (with its ``folder`` where another has the same name), then a line a finding."""
    who = " ".join("，".join(filter(None, (verdict.unit, verdict.period))).split())
    path = Path(verdict.file)
    name = f"{path.parent.name}/{path.name}" if folder else path.name
    line = f"{name}：{verdict.status.label}" + (f"（{who}）" if who else "")
    say(line, style="green" if verdict.status.counts else "red")
    for finding in verdict.findings:
        if finding.rule not in _OF_ALL or finding.severity is not Severity.NOTE:
            say(f"  {finding_line(finding)}", style=COLOURS[finding.severity])


def show_verdicts(
    verdicts: Iterable[Verdict],
    names: Sequence[str] = (),
    seen: SeenCells | None = None,
    figures: Figures | None = None,
) -> Tally:
    """Each verdict as it comes, with what was asked for besides, and a closing line; gives their counts."""
    times, tally = Counter(names), Tally()
    for verdict in verdicts:
        tally.add(verdict)
        show_verdict(verdict, folder=times[Path(verdict.file).name] > 1)
        if seen:
            cells = [f"  {c.sheet}!{c.cell} 显示“{c.shown}”，存的是“{c.stored}”：{c.why}" for c in seen(verdict)]
            say(*(cells or ["  各格显示的与存的相同。"]))
        if figures and verdict.content is not None:
            show_figures(figures(verdict))
    show_tally(tally)
    return tally


def emit_document(verdicts: Iterable[Verdict], kind: str, seen: SeenCells | None, figures: Figures | None) -> Tally:
    """The verdicts as one document of that kind (``json``, ``sarif``, ``junit``); gives their counts."""
    kept: list[Verdict] = []
    more: list[dict[str, Json]] = []
    for verdict in verdicts:
        looks = {"as_seen": seen, "texts": figures}
        more.append({key: as_json(look(verdict)) for key, look in looks.items() if look})
        kept.append(replace(verdict, content=None))
    if kind == "junit":
        sys.stdout.write(document_junit(kept).decode() + "\n")
    else:
        emit_json(document_json(kept, more) if kind == "json" else document_sarif(kept))
    return Tally.of(kept)


def finding_line(finding: Finding) -> str:
    """``错误 BAL-01 申请情况!D6 …… → ……``."""
    where = "!".join(part for part in (finding.sheet, finding.cell) if part)
    labels = "".join(f"“{part}”" for part in (finding.row, finding.column) if part and finding.left is None)
    body = f"{labels}{'：' if labels else ''}{finding.message}"
    explained = f"（说明：{finding.explanation}）" if finding.explanation else ""
    action = f" → {finding.remedy}" if finding.remedy and not finding.explanation else ""
    hint = f"。{finding.suggestion}" if finding.suggestion else ""
    line = f"{finding.severity.label} {finding.rule} {where}{' ' if where else ''}{body}{hint}{explained}{action}"
    # A break in a stranger's text must not begin a line that looks like ours.
    return line.replace("\n", " ")


def show_figures(figures: Sequence[FigureReading], *, details: bool = True) -> None:
    """The figures of texts: how many were held against the tables, then a line each, by text."""
    held = [one for one in figures if one.agrees is not None]
    wrong = sum(not one.agrees for one in held)
    left = len(figures) - len(held)
    say(f"  文字里的数 {len(figures)} 个：核对 {len(held)} 个，{wrong} 个与表格不一致；没有核对 {left} 个。")
    for text, several in groupby(figures if details else (), key=lambda one: one.text):
        say(f"    {text}")
        for one in several:
            say(f"      {_figure_line(one)}".replace("\n", " "), style="yellow" if one.agrees is False else "dim")


def _figure_line(one: FigureReading) -> str:
    """``“收到申请12件”：12件，表中“……”是 12，一致``."""
    start = f"“{one.words}”：{shown(one.value)}{one.unit}"
    if one.agrees is None:
        return f"{start}，没有核对：{one.why}"
    # Of all that the words may mean, what they agree with; else all of it.
    meant = [(what, value) for what, value in one.against if value == one.value or not one.agrees] or one.against[:1]
    told = "，或".join(f"{what}是 {shown(value)}" for what, value in meant[: 1 if one.agrees else None])
    return f"{start}，表中{told}，{'一致' if one.agrees else '不一致'}"


def show_tally(tally: Tally) -> None:
    """One closing line; the statuses add up to the files."""
    parts = [f"{status.label} {count}" for status, count in tally.statuses.items() if count]
    say(f"共 {tally.files} 个文件：{'，'.join(parts) or '无'}。")
    for code, words in _OF_ALL.items():
        if count := tally.notes[code]:
            say(f"提示 {code}：{count} 个文件{words}，不影响核对。", style="dim")


def tell_left(left: Iterable[str], faults: Iterable[str] = ()) -> None:
    """What this machine cannot make, and what failed: told beside the results, whatever their format."""
    say(*(f"提示：{one}" for one in left), *faults, error=True)


#: What XML 1.0 cannot hold, the other controls, and the marks that turn the direction of text.
_ILLEGAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")
_LEVELS: Final = {Severity.FATAL: "error", Severity.ERROR: "error", Severity.VERIFY: "warning", Severity.NOTE: "note"}


def document_sarif(verdicts: Iterable[Verdict]) -> dict[str, Json]:
    """SARIF 2.1.0; its regions are lines, so the cell stands in ``logicalLocations``."""
    found = [(verdict, finding) for verdict in verdicts for finding in verdict.findings]
    first = {finding.rule: (verdict.form, finding.severity) for verdict, finding in reversed(found)}
    rules = {rule: (_demanded(form, rule), severity) for rule, (form, severity) in first.items()}
    words = {"version": __version__, "rules": rules, "found": found, "levels": _LEVELS, "uri": _uri}
    told: dict[str, Json] = json.loads(pages(__package__).get_template("sarif.json.j2").render(words))
    return told


def _demanded(form: str, rule: str) -> str:
    """What a rule of a form demands, or what a built-in code means."""
    from toolkit.board.progress import title_of
    from toolkit.instrument.catalogue import form_of, load

    return title_of(form_of(form, None) or load(), rule)


def _uri(file: str) -> str:
    """The address of a file, absolute and percent-encoded; a name that is no text keeps its bytes."""
    path = Path(file).absolute()
    try:
        return path.as_uri()
    except UnicodeEncodeError:
        return Path(str(path).encode(errors="replace").decode()).as_uri()


def document_junit(verdicts: Iterable[Verdict]) -> bytes:
    """JUnit XML: a suite a file, a case a rule that found something, or one passing case."""
    words = {"verdicts": verdicts, "clean": _clean, "line": _line, "note": Severity.NOTE}
    told = pages(__package__).get_template("junit.xml.j2").render(words)
    return told.encode("us-ascii", "xmlcharrefreplace")


def _clean(text: str) -> str:
    return _ILLEGAL.sub("?", text)


def _line(text: str) -> str:
    return _clean(text).replace("\n", "?").replace("\t", "?")
