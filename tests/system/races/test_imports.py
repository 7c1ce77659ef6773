"""An import beside the change of an editor, and beside another import of the same list."""

import pytest

from services.profiles.organisations.imports.domain import OrganisationRow
from services.profiles.organisations.imports.store import IMPORTED
from services.profiles.organisations.imports.usecases import Numbered, import_rows
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.usecases import change_organisation
from shared.auth import Caller
from shared.ids import new_id
from shared.models import ExpectedVersion
from tests.support.people import PROFILE, Platform, ok
from tests.support.races import overlap, use

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)


def row(key: str, **profile: str) -> Numbered:
    values = PROFILE | {"name": f"Racing {key}", "website": f"https://{key}.example"} | profile
    read = OrganisationRow(key=key, profile=OrganisationProfile(**values), stated=frozenset(values))
    return Numbered(2, read, new_id(), new_id())


@pytest.mark.parametrize("first", ["import", "editor"])
async def test_an_import_loses_no_change_of_an_editor(shared_ccp: Platform, first: str) -> None:
    db, key = shared_ccp.system.db("profiles"), f"beside-{first}"
    [made] = await db.transact(import_rows, [row(key, city="Oslo")], "list", OPERATOR)
    ada = await shared_ccp.member("Ada")
    ok(await shared_ccp.operator.post(f"/organisations/{made.id}/administrators", {"email": ada.email}))
    own = row(key, city="Bergen").row.profile
    edit = use(change_organisation, made.id, own, Caller(id=ada.id), ANY)
    again = use(import_rows, [row(key, city="Oslo", acronym="RK")], "list", OPERATOR)
    both = await overlap(db, *((again, edit) if first == "import" else (edit, again)))
    assert both.conflicted, f"both committed: {both}"
    stored = await ORGANISATIONS.get(db, made.id)
    assert stored is not None
    assert stored.city == "Bergen"
    assert stored.change is not None if first == "import" else stored.acronym == "RK"


async def test_two_imports_of_a_list_make_one_organisation(shared_ccp: Platform) -> None:
    db = shared_ccp.system.db("profiles")
    works = [use(import_rows, [row("twice")], "list", OPERATOR) for _ in range(2)]
    both = await overlap(db, *works)
    assert both.conflicted, f"both committed: {both}"
    assert [both.first[0].outcome, both.second[0].outcome] == ["created", "unchanged"]
    assert await ORGANISATIONS.count(db, {"name": "Racing twice"}) == 1
    assert await IMPORTED.count(db, {"key": "twice"}) == 1


async def test_two_lists_with_one_organisation_make_it_once(shared_ccp: Platform) -> None:
    db = shared_ccp.system.db("profiles")
    both = await overlap(db, *[use(import_rows, [row("shared")], source, OPERATOR) for source in ("a list", "another")])
    assert both.conflicted, f"both committed: {both}"
    assert [both.first[0].outcome, both.second[0].outcome] == ["created", "refused"]
    assert both.second[0].like == both.first[0].id
