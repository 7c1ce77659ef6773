"""Sealed pieces are opened by the holder of the private key alone, and noticed if they were changed."""

import json
from base64 import b64decode

import pytest

from shared.contracts.calls import ExportAnswered
from shared.envelope import wrap
from shared.ids import new_id
from shared.portability import MOST_PIECES, PIECE, sealed_pieces, unpack
from shared.sealing import NotSealedForUs, new_private_key, public_key_of, seal, unseal


def test_only_the_private_key_opens_a_piece() -> None:
    key, other = new_private_key(), new_private_key()
    sealed = seal(public_key_of(key), b"Anna")
    assert b"Anna" not in sealed
    assert unseal(key, sealed) == b"Anna"
    assert seal(public_key_of(key), b"Anna") != sealed
    for wrong_key, piece in ((other, sealed), (key, sealed[:-1] + b"x"), (key, sealed[:40]), (key, b"")):
        with pytest.raises(NotSealedForUs):
            unseal(wrong_key, piece)


def test_large_content_is_cut_into_pieces_that_fit_into_events() -> None:
    key = new_private_key()
    content = {"alerts": [{"id": new_id(), "text": new_id() * 10} for _ in range(3000)]}
    pieces = sealed_pieces(content, public_key_of(key))
    assert 1 < len(pieces) < MOST_PIECES
    event = ExportAnswered(export_id=new_id(), attempt=new_id(), number=1, pieces=9, sealed=pieces[0])
    assert len(wrap(event, "calls").to_bytes()) < 64 * 1024
    assert unpack(b"".join(unseal(key, b64decode(piece)) for piece in pieces)) == content


def test_content_over_the_limit_loses_its_oldest_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.portability.MOST_PIECES", 1)
    key = new_private_key()
    content = {"alerts": [{"number": n, "id": new_id() + new_id()} for n in range(3000)], "name": [{"name": "Anna"}]}
    assert len(json.dumps(content)) > PIECE
    [piece] = sealed_pieces(content, public_key_of(key))
    opened = unpack(unseal(key, b64decode(piece)))
    assert opened["name"] == content["name"]
    assert [each["number"] for each in opened["alerts"]] == list(range(len(opened["alerts"])))
