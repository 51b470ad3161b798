"""Lives a round through by the command line, at the days of the winter, and keeps what was printed and what stood."""

from __future__ import annotations

import io
import json
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from toolkit.cli.run import run
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.start import start
from winter.district import AREA, OFFICE, PHONE, Figures, Member, figures, filled, write_roster
from winter.mishaps import zipped_by_windows

#: States and changes as JSON tells them.
ACCEPTED, EXPLAINED, RETURNED, UNUSABLE, MISSING = "accepted", "explained", "returned", "unusable", "missing"
UNDECIDED, SKIPPED, FOREIGN, UNREADABLE = "undecided", "skipped", "foreign", "unreadable"
TOLD_ONCE = frozenset({"turned", "replaced", "left", "back"})
_STATE_OF = {FOREIGN: UNUSABLE, UNREADABLE: UNUSABLE}
NOTHING: Figures = {}


class Hand(NamedTuple):
    """A file handed in: as it lies in 收件, how it ends, which unit it comes from, what was typed otherwise, when."""

    name: str
    data: bytes
    end: str = ACCEPTED
    unit: str = ""
    typed: Figures = NOTHING
    saved: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A batch, the command that takes it in, and all that is expected of it.

    ``states`` and ``ends`` are those that do not follow from the files alone (None: the unit is not in the roster),
    ``counted`` what was typed in the file that counts. ``unclaimed`` is the whole standing list with the units that
    must be among the likely ones, ``either`` what may also be on it: a file that is put down to a unit by its name.
    Nothing is asked of the units that are ``held``: first the clerk has to say who they are. ``faulty``
    ones count, though what they sent last is to be corrected.
    """

    at: str
    hands: Sequence[Hand]
    code: int
    command: str = "collect"
    states: Mapping[str, str | None] = field(default_factory=dict)
    ends: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, Figures] = field(default_factory=dict)
    changes: Collection[tuple[str, str]] = ()
    rivals: Collection[str] = ()
    unclaimed: Mapping[str, Collection[str]] = field(default_factory=dict)
    either: Collection[str] = ()
    roster: bool = False
    held: Collection[str] = ()
    faulty: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Record:
    """A step as it went: expected states and figures, what was printed, how it stood, what lay to be sent."""

    step: Step
    states: Mapping[str, str]
    counted: Mapping[str, Figures]
    code: int
    printed: str
    status: str
    document: Mapping[str, Any]
    notices: Mapping[str, str]
    outbox: Mapping[str, Collection[str]]
    results: Mapping[str, bytes]


@dataclass
class Desk:
    """The clerk's side of a round: its folder, the year, the roster as she keeps it, and what happened so far."""

    folder: Path
    year: int
    people: Mapping[str, Member]
    records: list[Record] = field(default_factory=list)
    lines: list[tuple[str, str]] = field(default_factory=list)
    hands: list[Hand] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)
    counted: dict[str, Figures] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    proposed: set[str] = field(default_factory=set)

    def xxgk(self, *arguments: str, expect: int | None = None) -> str:
        """Run a command and keep what it printed; its exit code is looked at where it says something of itself."""
        code, out, err = called(*arguments)
        assert expect is None or code == expect, f"{arguments}: {code}\n{out}{err}"
        self.lines.append((" ".join(arguments[:1]), out))
        return out

    def begin(self, deadline: str, previous: Path | None = None, form: Path | None = None) -> None:
        """Start the round and distribute its workbooks."""
        listed = write_roster(self.folder.parent / f"{self.folder.name}.csv", self.people)
        more = [*(["--previous", str(previous)] if previous else []), *(["--form", str(form)] if form else [])]
        who = ["--name", f"{AREA}人民政府", "--office", OFFICE, "--phone", PHONE, "--deadline", deadline]
        arguments = ["start", str(self.folder), "--period", str(self.year), "--roster", str(listed), *who, *more]
        self.xxgk(*arguments, expect=0)
        self.distribute()
        self.states = {code: "excluded" if one.excluded else MISSING for code, one in self.people.items()}
        self.keep(self.people)

    def distribute(self) -> str:
        """Make the workbooks of all units."""
        return self.xxgk("distribute", str(self.folder), expect=0)

    def keep(self, people: Mapping[str, Member]) -> None:
        """Save the roster."""
        self.people = people
        for code, one in people.items():
            self.names[code].add(one.name)
        write_roster(self.folder / "名册.csv", people)

    @property
    def settings(self) -> Path:
        return self.folder / "round.toml"

    def good(self, names: Mapping[str, str], typed: Figures | None = None) -> list[Hand]:
        """Right workbooks by the code of their unit, under these names; ``typed`` is what differs from the plan."""
        changed = typed or {}
        with open_round(self.folder, alone=False) as round_:
            data = {code: filled(round_, code, self.year, changed) for code in names}
        return [Hand(name, data[code], unit=code, typed=changed) for code, name in names.items()]

    def annotated(self, code: str) -> bytes:
        """The copy that was handed back to a unit."""
        (path,) = (self.folder / "退回").glob(f"{code}-*退回修改.xlsx")
        return path.read_bytes()

    def proposals(self, code: str) -> bytes:
        """The unit's own workbook with what could be read out of its file, if there is one."""
        return next((path.read_bytes() for path in sorted(self.folder.glob(f"*/**/*{code}-*请确认*.xlsx"))), b"")

    def agreed(self, right: Hand, name: str, data: bytes) -> Hand:
        """What a unit sends that found proposals and confirmed them; else it fills in its workbook again."""
        if data:
            self.proposed.add(right.unit)
        return right._replace(name=name, data=data or right.data)

    def live(self, story: Iterator[Step]) -> None:
        """One step after another; the story goes on when a step is done."""
        for step in story:
            self._lay(step)
            self._expect(step)
            code, printed, _ = called(
                step.command, str(self.folder), *(["--no-reports"] if "cons" in step.command else [])
            )
            self.lines.append((step.command, printed))
            _, status, _ = called("status", str(self.folder))
            self.lines.append(("status", status))
            _, told, _ = called("status", str(self.folder), "--format", "json")
            record = Record(
                step=step,
                states=dict(self.states),
                counted=dict(self.counted),
                code=code,
                printed=printed,
                status=status,
                document=json.loads(told),
                notices=dict(self._notices()),
                outbox=self._outbox(),
                results={path.name: path.read_bytes() for path in (self.folder / "成果").glob("收报情况.csv")},
            )
            self.records.append(record)

    def _lay(self, step: Step) -> None:
        """Put the batch into the inbox, zips as Windows packs them; all of it saved before the day of the step."""
        CLOCK.now = moment(step.at)
        packed: dict[str, dict[str, bytes]] = defaultdict(dict)
        for hand in step.hands:
            archive, inside, inner = hand.name.partition(".zip/")
            if inside:
                packed[f"{archive}.zip"][inner] = hand.data
            else:
                self._put(hand.name, hand.data, hand.saved or step.at)
        for name, members in packed.items():
            self._put(name, zipped_by_windows(members), step.at)

    def _put(self, name: str, data: bytes, saved: str) -> None:
        path = self.folder / "收件" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), name
        path.write_bytes(data)
        seconds = moment(saved).timestamp() - 3600
        os.utime(path, (seconds, seconds))

    def _expect(self, step: Step) -> None:
        """Carry on what stands: a good file counts, a bad one makes nothing worse than it is."""
        self.hands += step.hands
        for hand in step.hands:
            self.ends[hand.name] = hand.end
            if hand.end in {ACCEPTED, EXPLAINED}:
                self.counted[hand.unit] = {**figures(self.year, hand.unit), **hand.typed}
            if hand.unit and self.states[hand.unit] not in {ACCEPTED, EXPLAINED} and hand.end != SKIPPED:
                self.states[hand.unit] = _STATE_OF.get(hand.end, hand.end)
            elif hand.unit and hand.end == SKIPPED and self.states[hand.unit] == MISSING:
                self.states[hand.unit] = UNUSABLE
        self.ends |= step.ends
        self.counted |= {code: {**figures(self.year, code[-3:]), **typed} for code, typed in step.counted.items()}
        for code, state in step.states.items():
            if state is None:
                del self.states[code]
            else:
                self.states[code] = state
            if state not in {ACCEPTED, EXPLAINED}:
                self.counted.pop(code, None)

    def _outbox(self) -> dict[str, list[str]]:
        """What lies in 待发送 for each unit, by its code."""
        folders = [path for path in (self.folder / "待发送").glob("*-*") if path.is_dir()]
        return {path.name.partition("-")[0]: sorted(one.name for one in path.iterdir()) for path in folders}

    def _notices(self) -> Iterator[tuple[str, str]]:
        """The texts that lie ready to be sent, each under the code of the unit it is for."""
        for path in (*(self.folder / "退回").glob("*.txt"), *(self.folder / "待发送").glob("*/消息.txt")):
            where = path.relative_to(self.folder)
            yield where.as_posix(), path.read_text(encoding="utf-8-sig")


class _Clock:
    now = datetime(2023, 12, 20, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now.astimezone()


#: What the program takes for the present.
CLOCK = _Clock()


def moment(text: str) -> datetime:
    """``2024-01-12`` at ten in the morning."""
    return datetime.strptime(f"{text} 10:00", "%Y-%m-%d %H:%M").astimezone()


@contextmanager
def at_the_clock() -> Iterator[None]:
    """Let the commands run at the day that `CLOCK` shows."""
    opened: Any = open_round
    begun: Any = start
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(opened.__wrapped__.__kwdefaults__, "clock", CLOCK)
        patch.setitem(begun.__kwdefaults__, "clock", CLOCK)
        yield


def called(*arguments: str) -> tuple[int, str, str]:
    """A command's exit code, what it printed, and what it said on standard error."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = run([*arguments])
    return code, out.getvalue(), err.getvalue()


Story = Callable[[Desk], Iterator[Step]]
