"""The one command of a round: collect, verify, hand back, add up over the tree, report, board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from toolkit.collection.changes import LEFT
from toolkit.collection.roster.read import Role
from toolkit.consolidation.aggregate import AreaSum, Consolidation, aggregate
from toolkit.consolidation.choice import Expected
from toolkit.consolidation.findings import compare, completeness
from toolkit.io.files import digest_of
from toolkit.model.finding import Finding
from toolkit.model.returns import FiledVerdict
from toolkit.model.sentences import phrase
from toolkit.model.standing import Standing, State
from toolkit.pipeline.consolidate import WHOLE, SumRequest, rules_on_sum, said_of
from toolkit.pipeline.round.collect import collect
from toolkit.pipeline.round.open import Round
from toolkit.pipeline.round.results import RoundSums, kept_as, retire, target_of, write_results, write_unit_reports
from toolkit.pipeline.round.sending.hand_back import hand_back
from toolkit.pipeline.round.status import Run, moved, take_stock
from toolkit.pipeline.verify import Stages, silent
from toolkit.report.word.gate import read_word


def consolidate_round(round_: Round, wanted: SumRequest = WHOLE, stages: Stages = silent) -> Run:
    """Do all of it."""
    template = read_word(round_.template) if round_.template else None
    collected = collect(round_, wanted.jobs, stages, scheduler=wanted.scheduler)
    run = take_stock(round_, collected)
    found = run.standings
    handed = hand_back(round_, found, stages, wanted.jobs)
    area = round_.roster.find(wanted.node).code if wanted.node else ""
    sums = add_up(round_, found, area, everything=wanted.everything)
    folder = target_of(round_, wanted.target, area, everything=wanted.everything)
    stages("写汇总结果", 0)
    made = write_results(round_, folder, run, sums, template)
    if wanted.parquet and sums.total.members and (facts := made.parquet(folder, sums.total)):
        round_.ledger.wrote({kept_as(round_, facts): digest_of(facts)})
    if wanted.reports:
        below = {unit.code for unit in round_.roster.reporting(area)}
        reported = [one for one in found if not area or one.code in below]
        progress = stages("写各单位报告", len(reported))
        write_unit_reports(round_, folder, reported, template, made, progress, wanted.jobs)
    # What the roster took away stays where it is until that is cleared up, or the next run: the clerk was told.
    whole = folder == round_.folder.results
    kept = whole and (bool(round_.held.told) or any(one.kind == LEFT for one in run.changes))
    waits = [phrase("kept", whole=round_.command("consolidate"))] if kept else []
    if whole and not kept:
        retire(round_, found, sums, made.files)
    run = replace(run, told=(*run.told, *moved(round_, found), *waits), handed=handed)
    return made.record(run, sums.total, sums.findings)


def add_up(round_: Round, found: Sequence[Standing], node: str = "", *, everything: bool = False) -> RoundSums:
    """The sum of a node (default: of all), what is to be said of it, and the sums of the areas below it."""
    decided = [one for one in found if one.state is not State.UNDECIDED]
    verdicts = {v.code: v for one in decided if (v := one.verdict or one.newest) is not None}
    waiting = {one.code: one.label for one in found if not one.state.counts}
    codes = _areas(round_, node)
    sums = {code: _sum(round_, verdicts, code, waiting, everything=everything) for code in (node, *codes)}
    total = sums[node]
    findings = [*completeness(total), *_areas_differ(round_, found, sums), *said_of(total)]
    if total.members:
        # The sum is the report of the area, or of the only top of the tree.
        top = round_.roster.by_code[node] if node else round_.roster.only_top
        findings += rules_on_sum(round_.kind, total, top.body if top else "", round_.policy)
    names = round_.roster.by_code
    areas = tuple(AreaSum(code=code, name=names[code].name, total=sums[code]) for code in codes)
    return RoundSums(total=total, findings=tuple(findings), areas=areas)


def _areas(round_: Round, node: str) -> list[str]:
    """The areas below a node that are not just the same units again, as the only top of the tree is."""
    whole = [unit.code for unit in round_.roster.reporting(node)]
    below = {unit.code for unit in round_.roster.descendants(node)}
    parts = [unit.code for unit in round_.roster.areas() if unit.code in below]
    return [
        code
        for code in parts
        if round_.roster.by_code[code].role is Role.SUMMARY
        or whole != [unit.code for unit in round_.roster.reporting(code)] != []
    ]


def _sum(
    round_: Round, verdicts: Mapping[str, FiledVerdict], node: str, waiting: Mapping[str, str], *, everything: bool
) -> Consolidation:
    roster = round_.roster
    expected = Expected(
        units={unit.code: unit.name for unit in roster.reporting(node)},
        excluded=tuple((unit.name, reason) for unit, reason in roster.excluded(node)),
        name=roster.by_code[node].name if node else round_.name,
        waiting=waiting,
    )
    mine = [verdicts[code] for code in expected.units if code in verdicts]
    return aggregate(round_.kind, mine, everything=everything, period=str(round_.period), expected=expected)


def _areas_differ(round_: Round, found: Sequence[Standing], sums: Mapping[str, Consolidation]) -> Iterator[Finding]:
    """AGG-01: areas that report their own sum, held against the sum of their members."""
    own = {one.code: one.verdict for one in found if one.verdict is not None}
    for code, total in sums.items():
        unit = round_.roster.by_code.get(code)
        if unit is not None and unit.role is Role.SUMMARY and own.get(code) is not None:
            for finding in compare(total, own[code]):
                yield replace(finding, message=f"{unit.name}：{finding.message}")
