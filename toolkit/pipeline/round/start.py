"""Starts a collection round: a folder with settings, roster, key and ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from toolkit.collection.changes import Seen
from toolkit.collection.folder import ROSTER, Folder, is_round
from toolkit.collection.ledger.ledger import Ledger
from toolkit.collection.settings import Settings, given_date, given_period
from toolkit.collection.signature import Keyring, new_key
from toolkit.errors import UsageError
from toolkit.instrument.catalogue import data_folder, form_folders, load
from toolkit.io.files import ensure_folder, write
from toolkit.model.sentences import phrase
from toolkit.pipeline.round.open import UNITS, Clock, load_keys, load_roster, now
from toolkit.pipeline.round.prior import PriorFigures, prior_by_unit

#: The roster to fill in that a form's folder may hold; one that suits every form lies beside those folders.
BLANK_ROSTER = "roster.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A round as it begins: how many units report, how many have last year's figures, and what to tell."""

    folder: Folder
    units: int
    carried: int
    told: tuple[str, ...]


def start(  # noqa: PLR0913 - one parameter an option of the command
    root: Path,
    period: str,
    roster: Path,
    *,
    form: str = "",
    prior: Path | None = None,
    name: str = "",
    deadline: date | str | None = None,
    office: Mapping[str, str] | None = None,
    controls: bool = False,
    keyring: Keyring | None = None,
    clock: Clock = now,
) -> Started:
    """Make a round's folder; nothing is made if anything is wrong. ``keyring`` stands in for a new key in samples."""
    folder, kind = Folder(root), load(form)
    _require_new(folder)
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root}：是文件，不是文件夹。请换一个名字。")
    wanted = given_period(period, kind.form.period_kind)
    people, _ = load_roster(roster, kind)
    old = prior_by_unit(prior, people, kind, wanted, clock) if prior else None
    settings = Settings(
        form=str(Path(form).resolve()) if form and form not in form_folders() else kind.form.id,
        period=str(wanted),
        roster=f"{ROSTER}{roster.suffix.lower()}",
        name=name,
        deadline=given_date("--deadline", deadline, since=wanted.last_day) if isinstance(deadline, str) else deadline,
        previous=str(prior or ""),
        controls=controls,
        office=(office or {}).get("office", ""),
        phone=(office or {}).get("phone", ""),
    )
    # Whose last year's figures are must not depend on what becomes of a code in the roster.
    named = {code: Seen(people.by_code[code].name) for code in (old.figures if old else ()) if code in people.by_code}
    _make(folder, settings, roster, old, json.dumps(named, ensure_ascii=False), keyring)
    late = settings.deadline is not None and settings.deadline < clock().astimezone().date()
    past = [phrase("deadline past", day=settings.deadline)] if late else []
    notes = (*past, *people.notes, *(old.told if old else ()))
    return Started(folder=folder, units=len(people.reporting()), carried=len(old.figures) if old else 0, told=notes)


def empty_roster(form: str) -> bytes:
    """A roster to fill in: the form's own, or one without its kinds of body."""
    own = Path(load(form).form.folder) / BLANK_ROSTER
    return (own if own.is_file() else data_folder("workbook_templates") / BLANK_ROSTER).read_bytes()


def blank(root: Path, form: str) -> Path:
    """An empty roster to fill in, put there for somebody who has none."""
    _require_new(Folder(root))
    target = root / f"{ROSTER}.xlsx"
    if target.exists():
        raise UsageError(f"--roster：请给出名册，例如 --roster {target}。")
    return write(target, empty_roster(form))


def _require_new(folder: Folder) -> None:
    if is_round(folder.root):
        raise UsageError(f"{folder.root}：这里已经有一轮收集（{folder.settings.name}）。请换一个文件夹，或接着用它。")


def _make(  # noqa: PLR0913, PLR0917 - the parts of a round
    folder: Folder, settings: Settings, roster: Path, old: PriorFigures | None, units: str, ring: Keyring | None
) -> None:
    """Everything in place before the settings file is written, which makes the folder a round."""
    for part in (folder.issued, folder.inbox, folder.returned, folder.results):
        ensure_folder(part)
    # Other users of the machine are not to look into it; on Windows the rights of the folder above decide.
    ensure_folder(folder.books, 0o700)
    copy = folder.root / settings.roster
    if not (copy.exists() and copy.samefile(roster)):
        write(copy, roster.read_bytes())
    ring = ring or (old.keyring if old else None)
    # A start that was cut off left its key.
    ring = ring or (load_keys(folder.key) if folder.key.is_file() else Keyring((new_key(),)))
    write(folder.key, ring.text.encode(), private=True)
    with Ledger(folder.ledger, new=True) as ledger:
        told = {"form": settings.form, "period": settings.period, "version": f"{load(settings.form).form.version}"}
        ledger.settle({**told, UNITS: units})
        if old:
            ledger.keep_prior(old.figures, old.sources, old.texts)
    write(folder.settings, settings.text.encode())
