"""A round, opened: its settings, roster, keys and ledger held to each other, and what follows from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from toolkit import __version__
from toolkit.collection.archives import decoded
from toolkit.collection.changes import RULINGS, Seen
from toolkit.collection.folder import SETTINGS, SUM_FIGURES, Folder, command, is_round, round_around, rounds_in
from toolkit.collection.ledger.ledger import Ledger
from toolkit.collection.ledger.upkeep import clock_told, keep_copy, logged
from toolkit.collection.roster.read import Roster, read_roster
from toolkit.collection.roster.reconcile import Reconciled, reconciled
from toolkit.collection.settings import PUBLIC, Settings, read_settings
from toolkit.collection.signature import KeyMissingError, Keyring
from toolkit.errors import LedgerError, SettingsError, UsageError, cause_of
from toolkit.forms.read_form import DEFINITION, REPORT
from toolkit.instrument.catalogue import load, reference
from toolkit.instrument.instrument import Instrument
from toolkit.io.files import as_text, sweep, write
from toolkit.io.machine import locked, stamp
from toolkit.model.finding import Severity
from toolkit.model.form import Form, T
from toolkit.model.period import Period
from toolkit.model.rule import Policy
from toolkit.model.sentences import phrase
from toolkit.pipeline.attribution import Background
from toolkit.report.writing.gaps import SummedArea
from toolkit.workbook.template.plan import blank_plan


def ruling_problems(settings: Settings, kind: Instrument, roster: Roster) -> Iterator[str]:
    """Rules and units that do not exist, and severities that nobody could live up to."""
    rules = {rule.id for rule in kind.form.rules} | kind.text_rules.keys()
    for rule, level in settings.severities.items():
        if rule not in rules:
            yield f"[severity] 没有规则“{rule}”，本表的规则有 {'、'.join(sorted(rules))}"
        elif level is Severity.VERIFY and not _explained(kind, rule):
            yield f"[severity] {rule}：模板里这条规则没有“情况说明”一栏，不能设为 verify"
    for one in settings.waivers:
        if one.rule not in rules:
            yield f"[[waiver]] 没有规则“{one.rule}”"
        elif one.explain and not (settings.severities.get(one.rule) is Severity.ERROR and _explained(kind, one.rule)):
            yield phrase("no explaining", unit=one.unit, rule=one.rule)
        if one.unit not in roster.titles:
            yield f"[[waiver]] 名册里没有“{one.unit}”，请写单位代码或全称"


def _explained(kind: Instrument, rule: str) -> bool:
    text = kind.text_rules.get(rule)
    keys = [check.key for check in kind.rules.rule(rule)] or [text.explanation if text else rule]
    return all(key in kind.layout.explained for key in keys)


Clock = Callable[[], datetime]
#: So many levels down a command looks for rounds, to name them; a whole disk is not searched for that.
_NEAR = 3
_NAMED = 5
_WHOLE = "xxgk consolidate"


def now() -> datetime:
    """The machine's time, with its zone."""
    return datetime.now().astimezone()


@dataclass(frozen=True, kw_only=True)
class Round(Background):
    """What every step of a round works with; judging a file takes no more of it than its background.

    ``held`` is the roster as held against the ledger, ``clock`` what is to be said of the machine's clock.
    """

    folder: Folder
    settings: Settings
    ledger: Ledger
    moment: datetime
    roster_digest: str
    held: Reconciled
    clock: tuple[str, ...] = ()

    def command(self, words: str) -> str:
        """A command about this round, to be typed."""
        return command(words, self.folder.root)

    @property
    def stamp(self) -> str:
        """The moment of this run as the ledger keeps it."""
        return stamp(self.moment)

    @property
    def name(self) -> str:
        """The area that is summed: as set, else the only top of the tree, else the folder's name."""
        only = self.roster.only_top
        return self.settings.name or (only.name if only else "") or as_text(self.folder.root.resolve().name)

    @property
    def overdue(self) -> int:
        """How many days the deadline is past; 0 where it is to come, or there is none."""
        due = self.settings.deadline
        return max(0, (self.moment.astimezone().date() - due).days) if due else 0

    @property
    def until(self) -> str:
        """The deadline, ``1月26日``, or how long it is past, ``原定 1月26日，已过 3 天``; empty without one."""
        due = self.settings.deadline
        day = f"{due.month}月{due.day}日" if due else ""
        return f"原定 {day}，已过 {self.overdue} 天" if self.overdue else day

    @property
    def template(self) -> Path | None:
        """The office's own Word template, if the settings name one."""
        return self.folder.root / self.settings.template if self.settings.template else None

    @cached_property
    def about(self) -> SummedArea:
        """What the settings say of the report of the sum, and last year's sums where the round before has them."""
        told, day = self.settings, self.settings.date
        return SummedArea(
            said=told.area,
            office=told.office,
            date=f"{day.year}年{day.month}月{day.day}日" if day else "",
            cover={f"cover.{key}": getattr(told, key) for key in PUBLIC},
            published=self._published(),
            listed=told.annex,
        )

    def _published(self) -> Mapping[str, Decimal]:
        try:
            old = Folder(Path(self.settings.previous)).results / SUM_FIGURES
            told = json.loads(old.read_bytes(), parse_float=Decimal)
            known = told["form"] == self.kind.form.id and told["period"] == str(self.period.prior)
            values = {key: one["value"] for key, one in told["sums"].items() if known}
            return {key: Decimal(value) for key, value in values.items() if value is not None}
        except (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            return {}

    @cached_property
    def issued(self) -> Instrument:
        """The form as it is distributed: with control totals where the office wants them."""
        return load(reference(self.kind.form, controls=self.settings.controls))

    @cached_property
    def basis(self) -> Mapping[str, str]:
        """All that a verdict depends on besides the file, by what a clerk calls it."""
        prior = {unit: {name: str(value) for name, value in values.items()} for unit, values in self.prior.items()}
        parts = sorted(Path(self.kind.form.folder).glob("*.toml")) if self.kind.form.folder else []
        form = [hashlib.sha256(part.read_bytes()).hexdigest() for part in parts if part.name != REPORT]
        ruled = [f"{unit} {rule}：{one.words}" for (unit, rule), one in sorted(self.policy.waivers.items())]
        ruled += [f"{rule} = {level}" for rule, level in sorted(self.policy.severities.items())]
        return {
            "程序版本": __version__,
            "表样版本": str(self.kind.form.version),
            "表样": " ".join([blank_plan(self.kind).fingerprint, blank_plan(self.issued).fingerprint, *form]),
            RULINGS: "\n".join(ruled),
            "统计期间": self.settings.period,
            "名册": self.roster_digest,
            "存档的上年数": hashlib.sha256(json.dumps(prior, sort_keys=True).encode()).hexdigest(),
            "密钥": " ".join(key.id for key in self.keyring.keys),
        }

    @cached_property
    def context(self) -> str:
        """A digest of the basis: when it changes, files are judged again."""
        return hashlib.sha256(json.dumps(self.basis, sort_keys=True).encode()).hexdigest()


def find_round(place: Path, depth: int | None = _NEAR, *, asked: str = _WHOLE) -> Path | None:
    """The round that a command is about: the one there, or the one around the current folder; None for neither.

    UsageError for a folder inside a round, or with rounds in it: taken for a plain folder, what a round keeps would be
    added up twice. ``depth`` says how far down rounds are looked for; None is all the way. ``asked`` is the command as
    typed, without the folder: the example that is given.
    """
    if is_round(place):
        return place
    around = round_around(place) if place.exists() else None
    if around is not None and place == Path():
        return around
    if around is not None:
        raise UsageError(phrase("inside round", place=place, round=around, asked=asked))
    if found := list(rounds_in(place, depth)):
        named = "、".join(map(str, found[:_NAMED])) + ("……" if len(found) > _NAMED else "")
        raise UsageError(phrase("rounds inside", place=place, count=len(found), named=named, asked=asked, one=found[0]))
    return None


def refuse_rounds(place: Path) -> None:
    """UsageError for a folder that has to do with a round in any way, where plain workbooks are expected."""
    if (found := find_round(place, depth=None)) is not None:
        raise UsageError(f"{place}：这里有收集轮次“{found}”。没有写出任何文件。请用 {_WHOLE} {found}")


def refuse_target_in_round(target: Path | None) -> None:
    """UsageError for results of plain workbooks that would be put among those of a round."""
    if target is not None and (found := round_around(Folder(target).results)) is not None:
        raise UsageError(f"-o {target}：这是收集轮次“{found}”的文件夹。没有写出任何文件。请换一个文件夹。")


@contextmanager
def open_round(root: Path, *, clock: Clock = now, alone: bool = True, asked: str = _WHOLE) -> Iterator[Round]:
    """Open the round of a folder; with ``alone`` no other run may be at work in it. ``asked`` as in `find_round`."""
    place = find_round(root, asked=asked)
    if place is None:
        raise UsageError(f"{root}：这里没有收集轮次（没有 {SETTINGS}）。请换到轮次的文件夹，或先用 xxgk start 建立。")
    folder = Folder(place)
    settings, kind = _settled(folder)
    (roster, digest), keyring = load_roster(folder.root / settings.roster, kind), load_keys(folder.key)
    if not folder.ledger.is_file():
        raise LedgerError(f"{folder.ledger}：台账不见了。请从备份恢复“台账”文件夹，不要另建。")
    with ExitStack() as stack:
        moment = clock()
        if alone:
            stack.enter_context(locked(folder.lock, f"{moment:%Y-%m-%d %H:%M}"))
            stack.enter_context(logged(folder.log, moment))
        ledger = stack.enter_context(Ledger(folder.ledger, writing=alone))
        if alone:
            keep_copy(ledger, folder.copies, f"{moment:%Y-%m-%d}")
            sweep(folder.issued, folder.returned, folder.outbox, folder.results, folder.originals)
        _require_same(folder, settings, ledger.meta())
        used = {one.unit for one in ledger.events() if one.kind == ISSUED}.union(ledger.revisions())
        held = reconciled(roster, {code: one.name for code, one in seen(ledger).items()}, settings.roster, used)
        if problems := list(ruling_problems(settings, kind, held.roster)):
            raise SettingsError(str(folder.settings), problems)
        yield Round(
            form=settings.form,
            kept=folder.forms,
            period=Period.parse(settings.period, kind.form.period_kind),
            roster=held.roster,
            keyring=keyring,
            policy=_policy(settings, held.roster, moment),
            prior=_named_today(kind.form, ledger.meta().get("version", ""), ledger.prior()),
            prior_texts=_named_today(kind.form, ledger.meta().get("version", ""), ledger.prior_texts()),
            folder=folder,
            settings=settings,
            ledger=ledger,
            moment=moment,
            roster_digest=digest,
            held=held,
            clock=tuple(clock_told(ledger, moment)),
        )


def _settled(folder: Folder) -> tuple[Settings, Instrument]:
    settings = read_settings(_text(folder.settings), str(folder.settings))
    kind = load(settings.form)
    try:
        Period.parse(settings.period, kind.form.period_kind)
    except ValueError as error:
        raise SettingsError(str(folder.settings), [str(error)]) from None
    return settings, kind


def _named_today(form: Form, version: str, filed: Mapping[str, Mapping[str, T]]) -> Mapping[str, Mapping[str, T]]:
    """Last year on file, also under what is called otherwise since it was filed: a version goes by its own names."""
    if version not in form.renames:
        return filed
    return {code: {**one, **form.translated(one, form.id, int(version))} for code, one in filed.items()}


def _policy(settings: Settings, roster: Roster, moment: datetime) -> Policy:
    """What the office decided about rules, as it holds today; a waiver stands under the unit's code."""
    valid = (one for one in settings.waivers if one.until >= moment.date())
    waivers = {(code, one.rule): one for one in valid if (code := roster.titles.get(one.unit))}
    return Policy(severities=settings.severities, waivers=waivers)


def _require_same(folder: Folder, settings: Settings, settled: Mapping[str, str]) -> None:
    changed = [key for key in ("form", "period") if settled.get(key, getattr(settings, key)) != getattr(settings, key)]
    if changed:
        told = [f"“{key}”被改动，本轮是 {settled[key]}，不能中途改" for key in changed]
        raise SettingsError(str(folder.settings), told)


def keep_form(round_: Round) -> None:
    """Keep the definition that workbooks are issued by, so that they are still read when the form has changed."""
    target = round_.folder.forms / blank_plan(round_.issued).fingerprint
    if not (target / DEFINITION).is_file():
        # The definition comes last: a folder with it is whole.
        for path in sorted(Path(round_.kind.form.folder).glob("*.toml"), key=lambda one: one.name == DEFINITION):
            write(target / path.name, path.read_bytes())


#: The kind of event of a workbook that goes out.
ISSUED = "issued"
#: Where the ledger keeps the units by code, as the last run saw them (`Seen`).
UNITS = "units"


def seen(ledger: Ledger) -> dict[str, Seen]:
    """The units that workbooks went out to or came in from, by code, whether or not the roster still has them."""
    return {code: Seen(*told) for code, told in json.loads(ledger.meta().get(UNITS, "{}")).items()}


def keep_seen(round_: Round, standing: Mapping[str, Seen], **told: str) -> None:
    """Remember the units of the roster, where they stand if that was looked at, and what else is ``told``.

    A code with another name stays the unit's that had it, until the roster says that it is the same one.
    """
    known = seen(round_.ledger)
    kept = round_.held.renamed & known.keys()
    names = {one.code: one.name for one in round_.roster.units if one.code not in kept}
    for code in {**known, **names}:
        before = known.get(code, Seen(""))
        now = standing.get(code, before._replace(state="")) if standing else before
        known[code] = now._replace(name=names.get(code, before.name))
    round_.ledger.settle({UNITS: json.dumps(known, ensure_ascii=False), **told})


def load_roster(path: Path, kind: Instrument) -> tuple[Roster, str]:
    """The roster in a file, and a digest of it; RosterError with every problem at once."""
    data = _opened(path, "名册")
    return read_roster(data, path.name, kind.form.bodies), hashlib.sha256(data).hexdigest()


def load_keys(path: Path) -> Keyring:
    """The office's keys; KeyMissingError where there are none."""
    try:
        return Keyring.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise KeyMissingError(phrase("key missing", path=path)) from None


def _opened(path: Path, what: str = "") -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}：{what}打不开（{cause_of(error)}）。请检查文件是否还在，是否正被打开。") from error


def _text(path: Path) -> str:
    text = decoded(_opened(path))
    if text is None:
        raise UsageError(f"{path}：不是文本文件。请用记事本另存为 UTF-8。")
    return text


def stored(folder: Folder, sha256: str, name: str) -> bytes:
    """The content of that hash, which came as ``name``; LedgerError where it is lost or no longer the same."""
    path = folder.original(sha256)
    try:
        data = path.read_bytes()
    except OSError as error:
        told = f"{path}：存档的原件打不开（{name}）。请从备份恢复“台账”文件夹。"
        raise LedgerError(told) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LedgerError(f"{path}：存档的原件被改动（{name}）。请从备份恢复“台账”文件夹。")
    return data
