"""Loops of calls: milestones of deadlines, orphaned uploads, folded words, the vocabulary of searches, erasures."""

from services.calls.catalogue.store import fold_again
from services.calls.catalogue.usecases import publish_milestones
from services.calls.organisations.store import store_words
from services.calls.personal import PERSONAL
from shared.files.store import LOOP
from shared.personal import erase_again
from shared.service import Loop

LOOPS = [
    Loop("milestones", every=5, work=lambda runtime: publish_milestones(runtime.db)),
    Loop("erasures", every=60, work=lambda runtime: erase_again(PERSONAL, runtime.db)),
    Loop("folding", every=3600, work=lambda runtime: fold_again(runtime.db)),
    Loop("vocabulary", every=60, work=lambda runtime: runtime.resources.vocabulary.refresh(runtime.db)),
    Loop("naming", every=3600, work=lambda runtime: store_words(runtime.db)),
    LOOP,
]
