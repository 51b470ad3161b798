"""What is said of definitions: a rule or a code in words, what lint finds, what changed; and a first draft of one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial
from itertools import product, takewhile
from pathlib import Path
from typing import NamedTuple

from toolkit.checks.lint.lint import Advice, lint
from toolkit.errors import UsageError
from toolkit.forms.read_form import DEFINITION
from toolkit.instrument.catalogue import known_forms, load
from toolkit.instrument.form_changes import ALL, FormChange, form_changes
from toolkit.instrument.instrument import Instrument, demand, in_labels
from toolkit.io.files import write
from toolkit.io.templates import pages
from toolkit.model.codes import Code, built_in
from toolkit.model.rule import RuleText, TextRule
from toolkit.text import shown
from toolkit.workbook.intake.gate import Refused, admit
from toolkit.workbook.intake.read import read
from toolkit.workbook.intake.xml import coordinates
from toolkit.workbook.template.plan import blank_plan


class RuleExplanation(NamedTuple):
    """What a code means: a title, and lines."""

    code: str
    title: str
    lines: tuple[str, ...]


def explain(kind: Instrument, code: str) -> RuleExplanation:
    """The explanation of a rule of the form, or of a built-in code; UsageError for neither."""
    wanted = code.strip().upper()
    every: tuple[RuleText | TextRule, ...] = (*kind.form.rules, *kind.form.text_rules)
    if own := [rule for rule in every if rule.id.upper() == wanted]:
        code = own[0].id
        title = demand(kind, kind.rules.rule(code)[0]) if isinstance(own[0], RuleText) else own[0].say
        template = pages(__package__).get_template("explain.txt.j2")
        told = template.render(kind=kind, rules=own, demand=demand, in_labels=in_labels, shown=shown)
        return RuleExplanation(code, title, tuple(told.splitlines()))
    if known := built_in(wanted):
        return RuleExplanation(code=wanted, title=known.heading, lines=(known.meaning,))
    close = get_close_matches(wanted, all_codes(kind), n=3)
    if close:
        raise UsageError(f"没有编号“{code}”。是不是 {'、'.join(close)}？")
    families = dict.fromkeys(one.partition("-")[0] for one in all_codes(kind))
    raise UsageError(f"没有编号“{code}”。编号写在每条核对结果的前面，以 {'、'.join(families)} 开头。")


def all_codes(kind: Instrument) -> list[str]:
    """Every code that can be explained."""
    own = [*(rule.id for rule in kind.form.rules), *(rule.id for rule in kind.form.text_rules)]
    return [*dict.fromkeys(own), *(known.value for known in Code)]


def lint_forms(form: str = "") -> dict[str, list[Advice]]:
    """What there is to say of a form, or of every installed one; DefinitionError where one cannot be loaded."""
    kinds = [load(form)] if form else known_forms()
    return {kind.form.id: lint(kind) for kind in kinds}


def compare_forms(old: Instrument, new: Instrument) -> tuple[FormChange, ...]:
    """What changed since an earlier definition of the form, or against another form; first if it refuses workbooks."""
    was, now = old.form, new.form
    kind = "same version" if was.version == now.version else "" if was.version in now.accepts else "not accepted"
    found = tuple(form_changes(old, new))
    if kind and was.base == now.base and blank_plan(old).fingerprint != blank_plan(new).fingerprint:
        told = FormChange(kind, "", "", ("", ""), f"{was.version}", f"{was.version + 1}", ALL[:1])
        return (told, *found)
    return found


def change_lines(changes: Iterable[FormChange]) -> list[str]:
    """A line for what changed alike in one part of the form."""
    return pages(__package__).get_template("form_diff.txt.j2").render(changes=changes).splitlines()


def draft_form(folder: Path, source: Path) -> Path:
    """A definition in a new folder, drafted from the printed table on the first sheet of a workbook.

    Merged heads are headings over columns, texts beside the numbers call rows, a line of one text is a title or a note.
    UsageError where the folder is there, or there is no such table.
    """
    try:
        sheet = next(one for one in read(admit(source)).sheets.values() if not one.hidden)
    except Refused as refused:
        raise UsageError(f"{source}：{refused.told.message}") from None
    texts = ((coordinates(at)[::-1], cell.value) for at, cell in sheet.cells.items())
    seen = {at: "|".join(map(str.strip, text.splitlines())) for at, text in texts if isinstance(text, str)}
    for area in sheet.merged:
        seen |= dict.fromkeys(product(*area), seen.get((area[0][0], area[1][0]), ""))
    rows, columns = (sorted({at[i] for at in seen}) for i in (0, 1))
    lines = [line for row in rows if any(line := [seen.get((row, column), "") for column in columns])]
    above = list(takewhile(lambda line: len({*line} - {""}) == 1, lines))
    table = [line for line in lines[len(above) :] if len({*line}) > 1]
    heads = list(takewhile(lambda line: line[-1], table))
    body = table[len(heads) :]
    stub = max((i for line in body for i, text in enumerate(line, 1) if text), default=0)
    if folder.exists() or not heads or not 0 < stub < len(columns):
        raise UsageError(
            f"{folder}：已有这个文件夹。" if folder.exists() else f"{source}：第一张工作表里看不出表头和行名。"
        )
    quoted = partial(json.dumps, ensure_ascii=False)
    words = {"folder": folder, "source": source, "above": above, "lines": lines, "heads": heads, "body": body}
    told = pages(__package__).get_template("form.toml.j2").render(stub=stub, quoted=quoted, **words)
    return write(folder / DEFINITION, f"{told}\n".encode())
