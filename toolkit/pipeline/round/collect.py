"""Takes what lies in the inbox into the ledger: every entry ends in exactly one way, and the sums reconcile."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from toolkit.collection.archives import Item
from toolkit.collection.file_names import copy_number
from toolkit.collection.inbox import YOUNG, Ended, walk_inbox
from toolkit.collection.ledger.rows import Arrival, LedgerEntry
from toolkit.collection.store import fetch
from toolkit.errors import LedgerError, OutputError, ToolkitError, UsageError, cause_of
from toolkit.io.failures import Breaker, failed
from toolkit.io.files import ensure_folder, free_path, write
from toolkit.io.machine import stamp
from toolkit.io.workers import BATCH, Crew, Runner, Task, light, portions
from toolkit.model.codes import BUSY, HALF
from toolkit.model.finding import Status
from toolkit.model.returns import FiledVerdict
from toolkit.pipeline.attribution import check, check_each, named_for
from toolkit.pipeline.read_return import loaded
from toolkit.pipeline.round.open import Round, keep_form, stored
from toolkit.pipeline.verify import Stages, runner, silent
from toolkit.workbook.intake.gate import Refused

_KEPT = frozenset({Status.ACCEPTED, Status.EXPLAINED, Status.RETURNED})
#: Where the ledger keeps the names of what was left lying, which is told once.
_LEFT = "left lying"
#: So few files are done together at least: a run tells how far it is.
_STEP = 16
#: So many names of files are told.
_FEW = 5


class Collected(NamedTuple):
    """What became of every entry of the inbox, in the order of names; ``again`` counts older returns judged anew."""

    ended: tuple[Ended, ...]
    again: int = 0

    @property
    def statuses(self) -> dict[Status, int]:
        """How many entries ended in each status; with `left` they add up to all entries."""
        return {status: sum(one.status is status for one in self.ended) for status in Status}

    @property
    def left(self) -> int:
        """How many entries were left lying."""
        return sum(one.status is None for one in self.ended)

    @property
    def later(self) -> bool:
        """Whether the next run may be able to read what this one could not."""
        return any(one.later for one in self.ended)


class _Loaded(NamedTuple):
    item: Item
    data: bytes
    sha256: str
    known: Arrival | None


_Task = Task[tuple[str, bytes], FiledVerdict]
_Judge = Callable[[Sequence[_Loaded]], list[FiledVerdict]]


def collect(
    round_: Round, jobs: int = 0, stages: Stages = silent, received: date | None = None, scheduler: str = ""
) -> Collected:
    """Take in everything below the inbox; ``received`` is the day it really came, if not today.

    ``jobs`` and ``scheduler`` as of `runner`.
    """
    ensure_folder(round_.folder.inbox)
    keep_form(round_)
    entries, ended = list(walk_inbox(round_.folder.inbox, round_.moment.timestamp())), list[Ended]()
    left = [one for one in entries if isinstance(one, Ended)]
    # Of several files of a unit in one run the one saved last is its newest revision, of equals the later copy.
    items = sorted(
        (one for one in entries if isinstance(one, Item)),
        key=lambda one: (one.modified, *copy_number(one.name), one.name),
    )
    at = round_.stamp if received is None else stamp(datetime.combine(received, time(12)).astimezone())
    breaker, progress = Breaker(len(items)), stages("收件核对", len(items))
    with runner(len(items), jobs, scheduler) as engine:
        most = min(BATCH, max(_STEP, len(items) // _STEP)) * engine.jobs
        judge = partial(_verdicts, round_, engine, partial(check_each, known=round_))
        for portion in portions(items, most, lambda item: item.size):
            ended += _portion(round_, portion, (judge, breaker), at)
            progress(len(portion))
        # What is no workbook by its name is looked at for the list of what needs somebody; it may be one all the same.
        found = _portion(round_, [one.item for one in left if one.item], (judge, Breaker(len(left))), at)
        books = {one.name: one for one in found if one.status in _KEPT}
        ended += [books.get(one.name) or replace(one, item=None) for one in left]
        again = _judge_again(round_, judge, stages)
    if len(ended) != len(entries):
        raise ToolkitError(f"收件对不上账：有 {len(entries)} 项，只处理了 {len(ended)} 项。请把这一行告诉维护人员。")
    known = set(json.loads(round_.ledger.meta().get(_LEFT, "[]")))
    lying = [one.name for one in ended if one.status is None]
    round_.ledger.settle({_LEFT: json.dumps(sorted(lying), ensure_ascii=False)})
    told = [replace(one, new=one.new or (one.status is None and one.name not in known)) for one in ended]
    return Collected(ended=tuple(sorted(told, key=lambda one: one.name)), again=again)


def _portion(round_: Round, items: Sequence[Item], means: tuple[_Judge, Breaker], at: str) -> list[Ended]:
    """Read, judge and record some items; what is known already is only looked up."""
    ended: list[Ended] = []
    read: list[_Loaded] = []
    refused: list[tuple[_Loaded, FiledVerdict]] = []
    for item in items:
        data = loaded(item.load)
        if isinstance(data, Refused) and data.code in BUSY:
            ended.append(Ended(name=item.name, reason=data.message, later=True))
        elif isinstance(data, bytes):
            sha256 = hashlib.sha256(data).hexdigest()
            read.append(_Loaded(item, data, sha256, round_.ledger.arrival(item.key, sha256)))
        else:
            known = round_.ledger.arrival(item.key, "")
            refused.append((_Loaded(item, b"", "", known), check(item.name, data, round_)))
    judge, breaker = means
    todo = [one for one in read if not _settled(round_, one)]
    verdicts = [*refused, *zip(todo, judge(todo), strict=True)]
    breaker.files -= len(items) - len(verdicts)
    breaker.count(verdict for _, verdict in verdicts)
    half = {id(one): one.item.name for one, verdict in verdicts if _may_be_half(round_, one, verdict)}
    ended += [Ended(name=name, reason="可能还在复制，下次再收", later=True) for name in half.values()]
    fresh = [(one, verdict) for one, verdict in verdicts if id(one) not in half]
    _record(round_, fresh, at)
    fresh_keys = {(one.item.key, one.sha256) for one, _ in fresh if one.known is None}
    taken = [one for one in (*read, *(one for one, _ in refused)) if id(one) not in half]
    return ended + [_looked_up(round_, one, new=(one.item.key, one.sha256) in fresh_keys) for one in taken]


def _settled(round_: Round, one: _Loaded) -> bool:
    known = one.known
    return known is not None and (known.same_as is not None or round_.ledger.is_judged(known.seq, round_.context))


def _verdicts(round_: Round, engine: Runner, task: _Task, todo: Sequence[_Loaded]) -> list[FiledVerdict]:
    pairs = [(one.item.name, one.data) for one in todo]
    engine = Crew(0) if light([len(one.data) for one in todo]) else engine
    return list(engine.run(task, pairs, lambda pair, why: named_for(round_, failed(pair[0], why), pair[0])))


def _may_be_half(round_: Round, one: _Loaded, verdict: FiledVerdict) -> bool:
    """Whether a file looks damaged, but may still be on its way into the folder."""
    young = 0 <= round_.moment.timestamp() - one.item.modified < YOUNG
    return young and verdict.status is Status.UNREADABLE and verdict.findings[0].rule in HALF


def _record(round_: Round, fresh: Sequence[tuple[_Loaded, FiledVerdict]], at: str) -> None:
    """Keep the originals first, then write the ledger: what the ledger names is there."""
    for one, verdict in fresh:
        original = round_.folder.original(one.sha256)
        if verdict.status in _KEPT and not original.is_file():
            write(original, one.data)
    entries = [
        LedgerEntry(
            item=one.item,
            size=len(one.data),
            verdict=replace(verdict, sha256=one.sha256),
            codes=round_.codes(unit)[1:] if (unit := round_.roster.by_code.get(verdict.code)) else (),
        )
        for one, verdict in fresh
    ]
    round_.ledger.record(entries, round_.context, at)


def _looked_up(round_: Round, one: _Loaded, *, new: bool) -> Ended:
    """Where the ledger says that an entry ended."""
    known = round_.ledger.arrival(one.item.key, one.sha256)
    if known is None:
        raise LedgerError(f"{one.item.name}：台账里没有记下这个文件。请重新运行。")
    if known.same_as is not None:
        first = round_.ledger.name_of(known.same_as)
        return Ended(name=one.item.name, reason=f"与“{first}”内容相同，只算一份", new=new)
    verdict = round_.ledger.judged(known.seq, round_.context)
    if verdict is None:
        raise LedgerError(f"{one.item.name}：台账里没有这个文件的核对结果。请重新运行。")
    # A province is collected in one run: what a return holds stays in the ledger.
    return Ended(name=one.item.name, status=verdict.status, verdict=replace(verdict, content=None), new=new)


def _judge_again(round_: Round, judge: _Judge, stages: Stages) -> int:
    """Judge what was taken in before under what has changed since: roster, settings, rules, program."""
    stale = round_.ledger.unjudged(round_.context)
    breaker, progress = Breaker(len(stale)), stages("重新核对", len(stale))
    for portion in portions(stale, BATCH, lambda _: 0):
        todo = [_original(round_, arrival) for arrival in portion]
        verdicts = judge(todo)
        breaker.count(verdicts)
        _record(round_, list(zip(todo, verdicts, strict=True)), round_.stamp)
        progress(len(portion))
    return len(stale) - len(breaker.names)


def _original(round_: Round, arrival: Arrival) -> _Loaded:
    data = stored(round_.folder, arrival.sha256, arrival.name)
    item = Item(key=arrival.name_key, name=arrival.name, modified=0.0, load=lambda: data)
    return _Loaded(item, data, arrival.sha256, arrival)


def take_in(round_: Round, files: Sequence[Path]) -> None:
    """Copy files named on the command line into the inbox; what lies there already stays as it is."""
    inbox = round_.folder.inbox
    for path in files:
        if not path.is_file():
            raise UsageError(f"{path}：没有这个文件。请检查路径。")
        if path.resolve().is_relative_to(inbox.resolve()):
            continue
        target = free_path(inbox / path.name, partial(_is_other, path))
        try:
            shutil.copy2(path, target)
        except OSError as error:
            raise OutputError(target, cause_of(error)) from error


def take_from(round_: Round, address: str) -> str:
    """Bring what a store keeps below an address into the inbox; what to say of files that could not be had."""
    unread = fetch(address, round_.folder.inbox)
    names, more = "、".join(unread[:_FEW]), "等" * (len(unread) > _FEW)
    return f"{address}：有 {len(unread)} 份没有取到（读不出，或太大）：{names}{more}。请核对后重试。" if unread else ""


def _is_other(source: Path, place: Path) -> bool:
    return place.exists() and place.read_bytes() != source.read_bytes()
