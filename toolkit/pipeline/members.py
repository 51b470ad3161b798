"""What is done with all members of a sum at once: a member on whom the program fails is left out and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from toolkit.boundary import Failure
from toolkit.boundary import guarded
from toolkit.consolidation.aggregate import Consolidation
from toolkit.model.returns import Verdict
from toolkit.pipeline.failures import failed_step

T = TypeVar("T")


def over_members(
    total: Consolidation, what: str, work: Callable[[Consolidation], list[T]]
) -> tuple[list[T], list[str]]:
    """``work`` on a sum, without the members on whom the program fails; who they are, and what was left out."""

    def fails(member: Verdict) -> bool:
        alone = replace(total, members=(member,))
        return guarded(lambda: work(alone) is None, lambda _: True)

    def again(failure: Failure) -> tuple[list[T], list[str]]:
        at_fault = [member for member in total.members if fails(member)]
        without = {id(member) for member in at_fault}
        rest = replace(total, members=tuple(member for member in total.members if id(member) not in without))
        named = "、".join(member.unit or member.file for member in at_fault)
        told = failed_step(f"{what}（{named}）" if named else what, failure)
        return (guarded(lambda: work(rest), lambda _: []) if at_fault else []), [told]

    return guarded(lambda: (work(total), []), again)
