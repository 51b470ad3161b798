"""The originals that a round keeps: read again only as they came."""

from __future__ import annotations

import hashlib

from toolkit.errors import LedgerError
from toolkit.pipeline.rounds import Round


def stored(round_: Round, sha256: str, name: str) -> bytes:
    """The content of that hash, which came as ``name``; LedgerError where it is lost or no longer the same."""
    path = round_.folder.original(sha256)
    try:
        data = path.read_bytes()
    except OSError as error:
        told = f"{path}：存档的原件打不开（{name}）。请从备份恢复“台账”文件夹。"
        raise LedgerError(told) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise LedgerError(f"{path}：存档的原件被改动（{name}）。请从备份恢复“台账”文件夹。")
    return data
