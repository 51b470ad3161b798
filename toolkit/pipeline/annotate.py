"""Faulty workbooks handed back: each unit's own file annotated, and a notice in words to send with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from toolkit.boundary import guarded
from toolkit.collection.folder import RETURNED, RETURNED_PREFIX
from toolkit.instrument.catalogue import form_of, load
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import failed_step
from toolkit.io.files import encoded, free_path, safe_name, write
from toolkit.io.templates import pages
from toolkit.model.finding import Finding, Severity, Status
from toolkit.model.period import Period
from toolkit.model.returns import Verdict
from toolkit.pipeline.verify import verify
from toolkit.text import printable
from toolkit.workbook.annotation.annotate import AnnotateError, annotate
from toolkit.workbook.annotation.marks import lines_of, place_of
from toolkit.workbook.intake.gate import Refused, admit

_LONGEST = 24
_NOTHING = "没有需要退回的问题"


class Annotated(NamedTuple):
    """What came of annotating: ``written`` maps a source to its annotated copy, ``notices`` to its notice in words.

    ``left`` says for every other source why there is no annotated copy of it.
    """

    verdicts: tuple[Verdict, ...]
    written: Mapping[Path, Path]
    notices: Mapping[Path, Path]
    left: Mapping[Path, str]


def annotated(load: Callable[[], bytes], kind: Instrument, verdict: Verdict, heading: Sequence[str]) -> bytes | str:
    """The annotated copy of a workbook, or the reason that there is none."""
    try:
        return guarded(lambda: annotate(load(), kind, verdict, heading), lambda told: failed_step("标注", told).line)
    except (AnnotateError, Refused) as error:
        return str(error)


def annotate_files(
    files: Sequence[Path], target: Path | None = None, form: str = "", *, heading: Sequence[str] = ()
) -> Annotated:
    """Verify the files and write copies and notices of those that must be corrected.

    They go to ``target``, else to the folder 退回 beside each file; none takes another's place, or a source's.
    """
    verdicts = tuple(verify(files, form))
    taken = {_key(path) for path in files}
    written, notices, left = dict[Path, Path](), dict[Path, Path](), dict[Path, str]()
    for path, verdict in zip(files, verdicts, strict=True):
        if verdict.status is not Status.RETURNED:
            left[path] = _why(verdict)
            continue
        kind = form_of(verdict.form, load(form) if form else None) or load(form)
        made = annotated(lambda: admit(path).data, kind, verdict, heading)  # noqa: B023 - called at once
        place = _free_place(path, path.parent / RETURNED if target is None else target, taken)
        if isinstance(made, bytes):
            written[path] = write(place, made)
        else:
            left[path] = made
        words = partial(notice, kind, verdict, heading, enclosed=path in written)
        text = guarded(words, lambda failure: failed_step("文字通知", failure))
        if isinstance(text, str):
            notices[path] = write(place.with_suffix(".txt"), encoded(text))
            if path in left:
                left[path] = f"{left[path].rstrip('。')}；文字通知见 {notices[path]}"
        else:
            left.setdefault(path, text.line)
    return Annotated(verdicts=verdicts, written=written, notices=notices, left=left)


def notice(  # noqa: PLR0913 - what goes with it decides what it says
    instrument: Instrument,
    verdict: Verdict,
    heading: Sequence[str] = (),
    *,
    enclosed: bool = True,
    fresh: str = "",
    book: str = "",
) -> str:
    """A notice in plain words, to paste into a chat or a mail.

    ``enclosed`` tells whether the annotated workbook goes with it; without it every finding is listed. ``fresh`` is
    what is said of the unit's blank workbook where that goes with it, ``book`` the name of the workbook that goes with
    it and holds what could be read out of a file that cannot be used.
    """
    lines, file = lines_of(instrument, verdict, enclosed=enclosed), _flat(Path(verdict.file).name)
    period = Period.known(verdict.period, instrument.form.period_kind)
    due = [line for line in lines if line.severity is not Severity.NOTE]
    template = pages(__package__).get_template("notice.txt.j2")
    return template.render(
        who=_flat(verdict.unit) or "填报单位",
        what=f"{period.label if period else ''}《{instrument.form.title}》{f'（{file}）' if file else ''}",
        due=due,
        most=_LONGEST if enclosed else len(due),
        notes=lines[len(due) :],
        sentence=_sentence,
        heading=[_flat(line) for line in heading],
        is_enclosed=enclosed,
        is_unusable=verdict.status in {Status.UNREADABLE, Status.FOREIGN},
        is_right=verdict.status.counts,
        fresh=fresh,
        book=book,
    )


def _free_place(source: Path, folder: Path, taken: set[str]) -> Path:
    """Where the copy of a source goes: with the name of its folder where its own name, or its notice's, is taken."""
    stem = source.stem.removeprefix(RETURNED_PREFIX)
    names = (stem, f"{source.absolute().parent.name}-{stem}")
    places = [folder / f"{RETURNED_PREFIX}{safe_name(name)}.xlsx" for name in names]
    free = (one for one in places if _key(one) not in taken)
    place = next(free, None) or free_path(places[0], lambda one: _key(one) in taken)
    taken.add(_key(place))
    return place


def _key(path: Path) -> str:
    """The same for two names that a Windows disk takes for one, and for a workbook and its notice."""
    return str(path.absolute().with_suffix("")).casefold()


def _why(verdict: Verdict) -> str:
    """Why a file that is not to be corrected is left as it is."""
    if verdict.status.counts:
        return _NOTHING
    found = verdict.findings[0]
    return f"{verdict.status.label}：{_flat(found.message)}。{found.remedy}".rstrip("。")


def _sentence(line: Finding) -> str:
    """``申请情况!D7（请核实）：问题。怎么改。`` on one line."""
    word = f"（{line.severity.label}）" if line.severity is Severity.VERIFY else ""
    where = f"{place_of(line)}{word}：" if place_of(line) or word else ""
    return _flat(f"{where}{line.message}{line.remedy}")


def _flat(text: str) -> str:
    """A stranger's text on one line."""
    return " ".join(printable(text).split())
