"""The answers of calls about what it holds of a member: to an erasure, and to the request for a copy."""

from shared.contracts.base import ErasureAnswered, SealedPiece


class MemberErased(ErasureAnswered, type="calls.member.erased.v1", subject="member_id"):
    """calls erased what it held of a member; it tells what, and what it keeps without the person."""


class ExportAnswered(SealedPiece, type="calls.export.answered.v1", subject="export_id"):
    """calls answered to the request for a copy of a member's data with a sealed piece."""
