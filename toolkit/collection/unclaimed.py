"""Files that somebody has to look at: whose each may be, and which one is meant by what a clerk types."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from toolkit.collection.file_names import Names
from toolkit.errors import UsageError
from toolkit.model.returns import FiledVerdict
from toolkit.text import name_key


def likely_units(names: Names, verdict: FiledVerdict, beside: Mapping[str, set[str]]) -> tuple[str, ...]:
    """The codes of the units that a file may be from: by its own name and content, else by where it lies.

    ``beside`` are the units whose returns lie in a folder or an archive; that one goes before what folders are called,
    the nearest first.
    """
    path = PurePosixPath(verdict.file)
    content = (code for code in verdict.likely if code in names.roster.by_code)
    if own := tuple(dict.fromkeys((*names.likely(path.stem), *content))):
        return own
    near = beside.get(str(path.parent), ())
    folders = (names.likely(part.name.removesuffix(".zip")) for part in path.parents)
    return tuple(near) if len(near) == 1 else next(filter(None, folders), ())


def file_meant(typed: str, names: Sequence[str], inbox: str) -> str:
    """The file that somebody means: by its name as it is listed, by its path, or by the last part where it is the only.

    UsageError, naming what is near, where there is none, or several.
    """
    plain = name_key(typed.replace("\\", "/")).removeprefix("./").rpartition(f"{name_key(inbox)}/")[2]
    keys = [
        (name, key) for name in dict.fromkeys(names) for key in (name_key(name), name_key(PurePosixPath(name).name))
    ]
    found = [name for name, key in keys[::2] if key == plain] or [name for name, key in keys[1::2] if key == plain]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"“{typed}”有 {len(found)} 个：{'、'.join(found[:3])}。请写全名称。")
    close = difflib.get_close_matches(plain, [key for _, key in keys])
    near = dict.fromkeys(name for name, key in keys if key in close)
    told = f"是不是“{'”“'.join(near)}”？" if near else "待认领的文件见 xxgk status。"
    raise UsageError(f"“收件”里没有待认领的文件“{typed}”。{told}")
