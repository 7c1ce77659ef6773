"""Use cases of exports: request a copy, collect the parts of the services, make the archive."""

import io
import json
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence

from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import own_account
from services.profiles.privacy.exports.domain import (
    AGAIN_AFTER,
    KEPT,
    DataExport,
    ExportIsRecent,
    ExportNotReady,
    ExportPiece,
    ExportView,
)
from services.profiles.privacy.exports.store import EXPORTS, PIECES, export_of, pieces_of
from shared.auth import Caller
from shared.clock import real_now
from shared.contracts import Event
from shared.contracts.base import SealedPiece
from shared.contracts.profiles import ExportRequested
from shared.errors import NotFound
from shared.mongo import Reader, Transaction
from shared.portability import Content, unpack
from shared.sealing import new_private_key, public_key_of, unseal
from shared.sentences import _, listed

PARTS = [contract for contract in Event.registry.values() if issubclass(contract, SealedPiece)]
EXPECTED = sorted(contract.type.partition(".")[0] for contract in PARTS)
NO_ARCHIVE = _("Archive not found. It is deleted after seven days; prepare a new copy.")


async def request_export(tx: Transaction, id: str, caller: Caller) -> ExportView:
    """Ask every service for its part of the copy for a member. It replaces an older one. Raises ExportIsRecent."""
    await MEMBERS.touch(tx, await own_account(tx, caller.id))
    now, known = real_now(), await export_of(tx, caller.id)
    if known and now - known.requested_at < AGAIN_AFTER:
        raise ExportIsRecent(_("You asked for a copy within the last hour. Use that one, or ask again later."))
    await PIECES.delete(tx, {"member_id": caller.id})
    await EXPORTS.delete(tx, {"member_id": caller.id})
    export = DataExport(id=id, member_id=caller.id, requested_at=now, ends_at=now + KEPT, private_key=new_private_key())
    await EXPORTS.insert(tx, export)
    public_key = b64encode(public_key_of(export.private_key)).decode()
    tx.publish(ExportRequested(export_id=id, member_id=caller.id, public_key=public_key))
    return ExportView.of(export, EXPECTED)


async def own_exports(reader: Reader, caller: Caller) -> list[ExportView]:
    """Return the copy that a member asked for, if they did."""
    export = await export_of(reader, caller.id)
    return [ExportView.of(export, EXPECTED)] if export and export.ends_at > real_now() else []


async def on_piece(tx: Transaction, event: SealedPiece) -> None:
    """Keep a piece; with the last one of an attempt, the part of the service is complete."""
    export = await EXPORTS.get(tx, event.export_id)
    if export is None:  # it has ended, or its member was erased
        return
    service = event.type.partition(".")[0]
    piece = ExportPiece(
        id=f"{export.id}:{service}:{event.attempt}:{event.number}",
        export_id=export.id,
        member_id=export.member_id,
        service=service,
        attempt=event.attempt,
        number=event.number,
        sealed=b64decode(event.sealed),
        ends_at=export.ends_at,
    )
    values = piece.to_mongo()
    await PIECES.update(tx, {"_id": values.pop("_id")}, {"$setOnInsert": values}, upsert=True)
    arrived = {"export_id": export.id, "service": service, "attempt": event.attempt}
    after = export.answered(service, event.attempt)
    if after != export and await PIECES.count(tx, arrived) == event.pieces:
        await EXPORTS.change(tx, export, after)
    else:
        await EXPORTS.touch(tx, export)  # so that of two last pieces at once one sees the other


async def parts_of(reader: Reader, id: str, caller: Caller) -> tuple[DataExport, Mapping[str, Sequence[bytes]]]:
    """Return an export of the caller with the sealed pieces by service. Raises NotFound, ExportNotReady."""
    export = await EXPORTS.get(reader, id)
    if export is None or export.member_id != caller.id or export.ends_at <= real_now():
        raise NotFound(NO_ARCHIVE)
    if waiting := export.waiting_for(EXPECTED):
        raise ExportNotReady(
            _("The archive waits for {services}. Load the page again in a minute.", services=listed(waiting))
        )
    return export, {service: await pieces_of(reader, export, service) for service in EXPECTED}


def opened(export: DataExport, parts: Mapping[str, Sequence[bytes]]) -> dict[str, Content]:
    """Return what each service contributed."""
    return {
        service: unpack(b"".join(unseal(export.private_key, piece) for piece in pieces))
        for service, pieces in parts.items()
    }


def archive(contents: Mapping[str, Content], readme: str) -> bytes:
    """Return the archive: a text that explains it, and a JSON file for each service."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("README.txt", readme)
        for service, content in contents.items():
            file.writestr(f"{service}.json", json.dumps(content, ensure_ascii=False, indent=2))
    return made.getvalue()
