"""What changed between two definitions, and what breaks by it: workbooks that are out, last year's figures, reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from toolkit.instrument.instrument import Instrument
from toolkit.model.cells import NumberType
from toolkit.model.form import Form
from toolkit.model.keys import keys_of
from toolkit.model.period import on_file

#: Workbooks that are out (refused, or figures of theirs lost); last year's figures beside new ones; what calls figures
#: by name or label: reports, tables of others.
ALL = ("issued", "history", "reports")


class FormChange(NamedTuple):
    """A change: of ``kind`` added, removed, renamed, rule, or the key that differs; ``names`` before and after."""

    kind: str
    part: str
    label: str
    names: tuple[str, str]
    was: str = ""
    now: str = ""
    breaks: tuple[str, ...] = ()


def form_changes(old: Instrument, new: Instrument) -> Iterator[FormChange]:
    """Every figure and text that came, went, or is called, typed, worded or placed otherwise; then the rules."""
    before, after = _asked(old), _asked(new)
    today = {name: new.form.renamed(name, old.form.id, old.form.version) for name in before}
    fresh = {(one["part"], one["label"]): name for name, one in after.items() if name not in today.values()}
    for name, one in before.items():
        # What no map names is called otherwise where the same label stands at another name.
        unsaid = "" if today[name] in after else fresh.pop((one["part"], one["label"]), "")
        called = unsaid or today[name]
        if called not in after:
            yield FormChange("removed", one["part"], one["label"], (name, ""), breaks=ALL if called else ())
            continue
        now = after[called]
        if name != called:
            yield FormChange("renamed", now["part"], now["label"], (name, called), breaks=ALL if unsaid else ())
        for key in [key for key in one if key in now and one[key] != now[key]]:
            breaks = ALL if _breaks(key, one[key], now[key]) else ()
            yield FormChange(key, now["part"], now["label"], (name, called), f"{one[key]}", f"{now[key]}", breaks)
    compared = {on_file(key.name)[0] for check in new.rules.checks for key in check.keys if key.prior}
    for name in fresh.values():
        lacking = ALL[1:2] if name in compared else ()
        yield FormChange("added", after[name]["part"], after[name]["label"], ("", name), breaks=lacking)
    rules, ruled = _rules(old.form), _rules(new.form)
    for rule in [rule for rule in rules | ruled if rules.get(rule) != ruled.get(rule)]:
        yield FormChange("rule", "", rule, (rule if rule in rules else "", rule if rule in ruled else ""))


def _asked(kind: Instrument) -> Mapping[str, Mapping[str, Any]]:
    """What is asked for, by name: its part, label and place, and what its type says, by key."""
    form, cells = kind.form, kind.layout.cells
    named = [(v.name, form.table(v.table).title, v.brief, v.type, v.aggregate.text) for v in form.cells.values()]
    named += [(one.id, one.title, one.count, one.type, "") for one in form.lists]
    out: dict[str, dict[str, Any]] = {
        name: {"part": part, "label": label, "place": "!".join(cells.get(name, ())), "aggregate": how}
        | {key.name: getattr(number, key.field) for key in keys_of(NumberType)}
        for name, part, label, number, how in named
    }
    for group in form.groups:
        for text in group.texts:
            place = "!".join(cells[text.name])
            out[text.name] = {"part": group.title, "label": text.label, "place": place, "required": text.required}
    return out


def _breaks(key: str, was: Any, now: Any) -> bool:  # noqa: ANN401 - what a key says
    """Whether something that fitted fits no longer, or counts otherwise."""
    if key in {"decimals", "max"}:
        return bool(now < was)
    if key == "min":
        return now is not None and (was is None or now > was)
    return key not in {"part", "label", "place", "kind", "signed", "required"} or (key == "required" and now)


def _rules(form: Form) -> dict[str, list[object]]:
    every: list[Any] = [*form.rules, *form.text_rules]
    return {rule.id: [replace(one, path="") for one in every if one.id == rule.id] for rule in every}
