"""Hands faulty returns back: the unit's own workbook, annotated, and a notice in words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from toolkit import __version__
from toolkit.collection.diff import changes_between
from toolkit.collection.folder import RETURNED_ENDING, SETTLED, UNUSABLE_ENDING
from toolkit.collection.ledger.codec import encode_verdict
from toolkit.collection.ledger.rows import Event
from toolkit.instrument.catalogue import form_of
from toolkit.io.failures import step
from toolkit.io.files import put_away, safe_name, write
from toolkit.model.codes import GENUINE
from toolkit.model.finding import Status
from toolkit.model.returns import FiledVerdict
from toolkit.model.standing import Standing, State
from toolkit.pipeline.annotate import annotated, encoded, notice
from toolkit.pipeline.read_return import as_issued
from toolkit.pipeline.round.open import Round, stored
from toolkit.pipeline.round.standing import sent_by
from toolkit.pipeline.verify import Stages, silent

_FAILED = " failed"
_LONGEST = 20
#: What a unit can do about a workbook whose finding tells the clerk whom to ask.
_OWN_BOOK = "请用本轮发给你单位的工作簿填写后重新报送。"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """What lies in 退回/ to be sent: new files, files that were there already, and what could not be annotated."""

    written: tuple[Path, ...]
    kept: int
    retired: int
    told: tuple[str, ...]


def hand_back(round_: Round, standings: list[Standing], stages: Stages = silent) -> HandedBack:
    """Annotate the newest revision of every unit that must correct it; put away what is settled."""
    done = round_.ledger.outputs()
    written: list[Path] = []
    wanted: dict[str, str] = {}
    told: list[str] = []
    faulty = [(one, verdict) for one in standings if (verdict := _faulty(one)) is not None]
    progress = stages("写退回文件", len(faulty))
    for one, verdict in faulty:
        progress(1)
        told_of = "\n".join(heading(round_)).encode()
        digest = hashlib.sha256(__version__.encode() + told_of + encode_verdict(verdict)).hexdigest()
        paths = [round_.folder.returned / name for name in _names(one, verdict)]
        places = [path.relative_to(round_.folder.root).as_posix() for path in paths]
        wanted |= dict.fromkeys(places, digest)
        if all(_settled(done.get(place, ""), digest, path) for place, path in zip(places, paths, strict=True)):
            continue
        made = step(f"{one.name}的退回文件", told, partial(_hand_back, round_, one, verdict, paths, told))
        if not made:
            continue
        written += made
        kinds = {path.suffix for path in made}
        tried = {
            place: digest if path.suffix in kinds else digest + _FAILED
            for place, path in zip(places, paths, strict=True)
        }
        round_.ledger.wrote(tried)
        round_.ledger.note(Event(round_.stamp, one.code, "returned", verdict.revision, paths[-1].name))
    # What need not be sent any more is put away; nothing is deleted.
    ours = [place for place in done if place.startswith(f"{round_.folder.returned.name}/") and place not in wanted]
    paths = [path for place in ours if (path := round_.folder.root / place).is_file()]
    retired = sum(put_away(path, round_.folder.returned / SETTLED) for path in paths)
    kept = len(wanted) - len(written)
    return HandedBack(written=tuple(written), kept=max(0, kept), retired=retired, told=tuple(told))


def _settled(known: str, digest: str, path: Path) -> bool:
    """Whether a file was written from the same and is still there, or could not be written from the same."""
    return known == digest + _FAILED or (known == digest and path.is_file())


def heading(round_: Round) -> tuple[str, ...]:
    """What a notice says of the office: who asks, until when, where to ask back."""
    settings = round_.settings
    lines = [f"收表单位：{settings.office or round_.name}"]
    if settings.deadline:
        lines.append(f"截止日期：{settings.deadline.isoformat()}")
    if settings.phone:
        lines.append(f"联系电话：{settings.phone}")
    return tuple(lines)


def _faulty(one: Standing) -> FiledVerdict | None:
    """The verdict to send back: the newest one, if something is to be corrected in it."""
    if one.state is State.EXCLUDED or one.newest is None or one.pinned or one.blameless:
        return None
    if one.newest.status is Status.FOREIGN:
        # On somebody's workbook, but said to the unit that it was put down to; the clerk reads the other one.
        told = (replace(found, remedy=_OWN_BOOK) if found.rule in GENUINE else found for found in one.newest.findings)
        return replace(one.newest, unit=one.name, findings=tuple(told))
    return None if one.newest.status.counts else one.newest


def _names(one: Standing, verdict: FiledVerdict) -> list[str]:
    if verdict.status is not Status.RETURNED:
        return [safe_name(f"{one.code}-{one.short[:_LONGEST]}-{UNUSABLE_ENDING}") + ".txt"]
    stem = safe_name(f"{one.code}-{one.short[:_LONGEST]}-第{verdict.revision}版-{RETURNED_ENDING}")
    return [f"{stem}.xlsx", f"{stem}.txt"]


def _hand_back(round_: Round, one: Standing, verdict: FiledVerdict, paths: list[Path], told: list[str]) -> list[Path]:
    out: list[Path] = []
    lines = list(heading(round_))
    if verdict.revision > 1:
        before = next(sent for sent in sent_by(round_, one.code) if sent.revision == verdict.revision - 1)
        lines.append(f"与第 {verdict.revision - 1} 版相比：{changes_between(round_.kind, before, verdict).brief}")
    for path in paths:
        if path.suffix == ".txt":
            out.append(write(path, encoded(notice(round_.kind, verdict, lines, enclosed=bool(out)))))
            continue
        kind = form_of(verdict.form, round_.kind) or round_.kind
        if verdict.content is not None:
            kind = as_issued(kind, verdict.content.identity.fingerprint, round_.folder.forms)
        made = annotated(stored(round_, verdict.sha256, verdict.file), kind, verdict, lines)
        if isinstance(made, bytes):
            out.append(write(path, made))
        else:
            told.append(f"{one.name}：{made}")
    return out
