"""The signature over a workbook's identity, and the file the key lives in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from toolkit.collection.signature import Keyring, OfficeKey, genuine, new_key, signed
from toolkit.model.returns import Identity

OURS, OTHER = OfficeKey(b"a" * 32), OfficeKey(b"b" * 32)
ISSUED = Identity(form="f", version=1, code="003", unit="教育局", period="2025", fingerprint="0123456789abcdef")


def test_what_was_signed_is_genuine() -> None:
    assert genuine(Keyring((OURS,)), signed(OURS, ISSUED)) is True


@pytest.mark.parametrize(
    "change",
    [
        {"form": "g"},
        {"version": 2},
        {"code": "004"},
        {"unit": "民政局"},
        {"period": "2024"},
        {"fingerprint": "f" * 16},
        {"signature": "0" * 32},
        {"signature": ""},
        {"signature": "é"},
    ],
)
def test_whatever_is_changed_afterwards_breaks_the_signature(change: dict[str, Any]) -> None:
    assert genuine(Keyring((OURS,)), replace(signed(OURS, ISSUED), **change)) is False


def test_a_signature_of_a_key_that_is_not_at_hand_is_neither_right_nor_wrong() -> None:
    assert genuine(Keyring((OURS,)), signed(OTHER, ISSUED)) is None


def test_an_older_key_still_verifies_and_the_first_one_signs() -> None:
    ring = Keyring((OURS, OTHER))
    assert genuine(ring, signed(OTHER, ISSUED)) is True
    assert ring.keys[0] is OURS


def test_a_key_file_is_read_as_it_was_written() -> None:
    ring = Keyring((new_key(), new_key()))
    assert Keyring.parse(ring.text) == ring
    assert Keyring.parse("\ufeff" + ring.text.replace("\n", "\r\n")) == ring


@pytest.mark.parametrize("text", ["", "# nothing\n", "abcd\n", "not hex\n"])
def test_a_spoilt_key_file_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Keyring.parse(text)


def test_neither_the_key_nor_its_id_shows_the_secret() -> None:
    key = OfficeKey(bytes(range(32)))
    assert key.secret.hex()[:8] not in repr(key)
    assert key.id not in key.secret.hex()
