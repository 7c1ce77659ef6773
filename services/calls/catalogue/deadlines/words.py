"""Changes of cut-offs in words (pure)."""

from collections.abc import Sequence

from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.deadlines.numbers import numbers_after
from shared.sentences import Sentence, _


def deadlines_in_words(before: Sequence[CutOff], after: Sequence[CutOff]) -> list[str]:
    """Return the changes of cut-offs in words; a cut-off is recognised as its number is."""
    old = dict(enumerate(before, 1))
    new = dict(zip(numbers_after(old, [], after), after, strict=True))
    name = _("cut-off")
    moved = [_moved(old[n], cut_off) for n, cut_off in new.items() if n in old and cut_off != old[n]]
    added = [
        _("{name} added: {time}", name=_name(cut_off, name), time=cut_off.words)
        for n, cut_off in new.items()
        if n not in old
    ]
    removed = [
        _("{name} removed: {time}", name=_name(cut_off, name), time=cut_off.words)
        for n, cut_off in old.items()
        if n not in new
    ]
    return [*moved, *added, *removed]


def _moved(old: CutOff, new: CutOff) -> str:
    name = _name(new, _("deadline"))
    if old.deadline == new.deadline:
        return _("{name} has a new name or time zone: {time}", name=name, time=new.words)
    if new.deadline > old.deadline:
        return _("{name} extended from {old} to {new}", name=name, old=old.words, new=new.words)
    return _("{name} brought forward from {old} to {new}", name=name, old=old.words, new=new.words)


def _name(cut_off: CutOff, word: str) -> str:
    return Sentence("{word} {name}", word=Sentence(word), name=cut_off.name) if cut_off.name else Sentence(word)
