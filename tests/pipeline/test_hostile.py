"""Hostile files among good ones: every good one ends as it would without them, every hostile one is named once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import poisoned
from factories.hostile import ARCHIVES, MAKERS, ODD, Hostile
from factories.poisoned import DIES, STALLS
from factories.rounds import GOOD, begin, clock, put, reply
from factories.workbooks import save, values, workbook

from toolkit.boundary import DIED, SLOW
from toolkit.checks import verdict as judging
from toolkit.checks.narrative.registry import read_texts
from toolkit.cli.run import run
from toolkit.instrument.instrument import Instrument
from toolkit.io.failures import failed
from toolkit.model.finding import Status
from toolkit.model.returns import Submission
from toolkit.pipeline import verify as verifying
from toolkit.pipeline.consolidate import SumRequest, consolidate_folder
from toolkit.pipeline.round.consolidate import consolidate_round
from toolkit.pipeline.round.open import open_round
from toolkit.pipeline.round.status import Run
from toolkit.pipeline.verify import verify

GOODS = 64
#: Characters of the longest message.
LONGEST = 400
#: On a return with this text the program fails, in the rules, where returns are looked at together.
POISON = "毒" * 3
#: What a file is called on which the fault is the program's.
OURS = "程序出错"
#: The name by which each lies among the good ones, whose names are numbers.
ALL: Mapping[str, Hostile] = {
    **MAKERS,
    OURS: Hostile(lambda _: workbook("毒局", overview__disclosure=POISON), Status.UNREADABLE, "FILE-99"),
}


@pytest.fixture(autouse=True)
def poison(monkeypatch: pytest.MonkeyPatch) -> None:
    real = read_texts

    def read(kind: Instrument, submission: Submission) -> Any:
        if POISON in submission.content.texts.values():
            raise MemoryError
        return real(kind, submission)

    monkeypatch.setattr(judging, "read_texts", read)


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    """Returns, each with figures and words of its own."""
    return {
        f"{i:03}.xlsx": workbook(
            f"{i:03}局",
            requests__new__natural=values()["requests.new.natural"] + i,  # type: ignore[operator]
            requests__granted__natural=values()["requests.granted.natural"] + i,  # type: ignore[operator]
        )
        for i in range(GOODS)
    }


def lay(folder: Path, good: Mapping[str, bytes], *, hostile: bool) -> list[Path]:
    """The good ones, with the hostile ones spread between them."""
    out = [save(folder / name, data) for name, data in good.items()]
    if hostile:
        first = next(iter(good.values()))
        out += [save(folder / f"{i:03}-{name}.xlsx", one.make(first)) for i, (name, one) in enumerate(ALL.items())]
    return sorted(out)


def found(told: Sequence[tuple[str, str, str]]) -> dict[str, tuple[str, str]]:
    """The hostile ones by the name of their maker, each once."""
    out = {name.rpartition(".")[0].partition("-")[2]: (status, rule) for name, status, rule in told}
    assert len(out) == len(told)
    return out


EXPECTED = {name: (one.status.value, one.rule) for name, one in ALL.items()}


def test_verify(good: Mapping[str, bytes], tmp_path: Path) -> None:
    verified(good, tmp_path, EXPECTED)


@pytest.mark.usefixtures("processes")
def test_verify_in_processes(good: Mapping[str, bytes], tmp_path: Path) -> None:
    # Other processes know nothing of what this module makes fail.
    verified(good, tmp_path, {name: told for name, told in EXPECTED.items() if name != OURS}, jobs=2)


def verified(good: Mapping[str, bytes], folder: Path, expected: Mapping[str, tuple[str, str]], jobs: int = 1) -> None:
    """The good ones end with hostile ones between them as they do alone."""
    alone = {one.file: one for one in verify(lay(folder, good, hostile=False), jobs=jobs)}
    assert {one.status for one in alone.values()} == {Status.ACCEPTED}
    files = [path for path in lay(folder, good, hostile=True) if OURS in expected or OURS not in path.name]
    among = list(verify(files, jobs=jobs))
    assert [one.file for one in among] == [str(path) for path in files]
    assert {one.file: one for one in among if one.file in alone} == alone
    told = [(Path(one.file).name, one.status.value, one.findings[0].rule) for one in among if one.file not in alone]
    assert found(told) == expected


@pytest.mark.faults
@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_its_process_does_not_live_through_costs_itself_alone(
    jobs: int, good: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "verify_batch", poisoned.verified)
    files = [save(tmp_path / name, data) for name, data in good.items()]
    alone = list(verify(files, jobs=jobs))
    assert {one.status for one in alone} == {Status.ACCEPTED}
    bad = [save(tmp_path / f"{i}-{name}.xlsx", good["000.xlsx"]) for i, name in enumerate((DIES, STALLS))]
    among = list(verify([*files[:20], bad[0], *files[20:30], bad[1], *files[30:]], jobs=jobs))
    (dead,), (stalled,) = ([one for one in among if one.file == str(path)] for path in bad)
    assert [one for one in among if one not in (dead, stalled)] == alone
    for verdict, failure in ((dead, DIED), (stalled, SLOW)):
        assert verdict == failed(verdict.file, failure)
        assert [one.rule for one in verdict.findings] == ["FILE-99"]
    assert dead.findings[0].message != stalled.findings[0].message


def test_what_is_odd_is_read_and_ends_as_listed(tmp_path: Path) -> None:
    good = workbook()
    told = {path.stem: path for path in (save(tmp_path / f"{name}.xlsx", one.make(good)) for name, one in ODD.items())}
    ended = {Path(one.file).stem: one for one in verify(list(told.values()))}
    first = {name: [f.rule for f in one.findings if f.rule != "SIGN-01"][:1] for name, one in ended.items()}
    assert {name: (one.status.value, *first[name]) for name, one in ended.items()} == {
        name: (one.status.value, *[one.rule] * bool(one.rule)) for name, one in ODD.items()
    }
    # No message grows with what a stranger wrote.
    assert max(len(f.message) for one in ended.values() for f in one.findings) < LONGEST


def test_the_command(
    good: Mapping[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long it takes is the machine's affair.
    monkeypatch.setattr("toolkit.cli.console._LONG", 600)
    lay(tmp_path, good, hostile=True)
    assert run(["verify", str(tmp_path), "--format", "json"]) == 3
    told = capsys.readouterr()
    assert told.err == ""
    returns = json.loads(told.out)["returns"]
    bad = [(Path(one["file"]).name, one["status"], one["findings"][0]["rule"]) for one in returns]
    assert found([one for one in bad if one[1] != "accepted"]) == EXPECTED
    assert len(returns) == GOODS + len(ALL)


def test_a_plain_folder(good: Mapping[str, bytes], tmp_path: Path) -> None:
    lay(tmp_path / "alone", good, hostile=False)
    lay(tmp_path / "among", good, hostile=True)
    alone, among = (consolidate_folder(tmp_path / name, SumRequest(name="某区")) for name in ("alone", "among"))
    assert members(among) == members(alone)
    assert among.total.sums == alone.total.sums
    assert among.exit_code("error") == 3
    assert among.faults == ()
    left = [one for one in among.verdicts if not one.status.counts]
    assert found([(one.file, one.status.value, one.findings[0].rule) for one in left]) == EXPECTED


def members(done: Run) -> list[object]:
    return [replace(one, findings=()) for one in done.total.members]


def started(folder: Path) -> Path:
    units = [(f"{i:03}", f"云岭区第{i:03}局", f"第{i:03}局", "政府部门", "", "", "", "", "") for i in range(GOODS)]
    begin(folder, units)
    return folder


def rounded(folder: Path) -> Run:
    with open_round(folder, clock=clock()) as round_:
        return consolidate_round(round_, SumRequest(reports=False))


def test_a_round(tmp_path: Path) -> None:
    folder = started(tmp_path / "round")
    replies = {f"{i:03}": reply(folder, f"{i:03}", {**GOOD, "requests.new.business": 0}) for i in range(GOODS)}
    bad = {f"{i:03}-{name}.xlsx": one.make(replies["000"]) for i, (name, one) in enumerate(MAKERS.items())}
    bad |= {f"{i + 1:03}-{name}.zip": one.make(replies["000"]) for i, (name, one) in enumerate(ARCHIVES.items())}
    bad[f"039-{OURS}.xlsx"] = reply(folder, "039", {"overview.disclosure": POISON})
    for name, data in bad.items():
        put(folder, name, data)
    for code, data in replies.items():
        put(folder, f"{code}.xlsx", data)
    done = rounded(folder)
    assert {one.state.value for one in done.standings} == {"accepted"}
    assert [one.revision for one in done.standings] == [1] * GOODS
    assert done.total.coverage == (GOODS, GOODS)
    assert done.total.sums["requests.new.natural"] == 5 * GOODS
    assert done.exit_code("error") == 3
    assert done.faults == ()
    ended = [one for one in done.collected.ended if one.status is not Status.ACCEPTED]
    told = [
        (one.name.partition("/")[0], one.status.value, one.verdict.findings[0].rule)
        for one in ended
        if one.status is not None and one.verdict is not None
    ]
    expected = {name: (one.status.value, one.rule) for name, one in ARCHIVES.items()}
    assert found(told) == {**EXPECTED, **expected}
    assert len(ended) == len(told)
    # And the same again: nothing is doubled, nothing is lost.
    again = rounded(folder)
    assert [one.revision for one in again.standings] == [1] * GOODS
    assert again.total.sums == done.total.sums
