"""Rows of a list of organisations, and what a repeated import changes (pure)."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.review import ChangeReview, Waiver
from shared.addresses import EmailAddress
from shared.fields import OneLine
from shared.ids import Id, stable_id
from shared.models import Document, Model

IDENTITY = frozenset({"name", "acronym", "kind", "country"})
Values = Mapping[str, Any]
LONGEST_KEY = 120


class OrganisationRow(Model):
    """A row of a list: the fields of the profile that it states, and what to do with it."""

    key: Annotated[str, OneLine(LONGEST_KEY, fewest=1)] = Field(description="Id of the organisation in the list")
    profile: OrganisationProfile
    stated: frozenset[str] = Field(description="Names of the fields of the profile that the row states")
    programme: Waiver = ""
    administrator: EmailAddress | None = None
    organisation_id: Id | None = None
    is_new: bool = False

    @property
    def values(self) -> Values:
        """The stated fields of the profile."""
        return self.profile.model_dump(mode="json", include={*self.stated})


class ImportedOrganisation(Document):
    """The last row of a list about an organisation. A field that its own people changed since then stays as it is."""

    organisation_id: str
    source: str
    key: str
    values: dict[str, Any]


class Merged(Model):
    """The changes of a row in a profile, the fields that stay because others changed them, and the values to keep."""

    changes: dict[str, Any]
    kept: list[str]
    values: dict[str, Any]


def record_id(source: str, key: str) -> str:
    """Return the id of what a list says of an organisation; case makes no difference."""
    return stable_id("import of organisations", source.casefold(), key.casefold())


def empty_values() -> Values:
    """Return the values of a profile in which nothing is stated."""
    fields = OrganisationProfile.model_fields
    made = OrganisationProfile(name="--", kind="association", country="FR").model_dump(mode="json")
    return {name: None if fields[name].is_required() else made[name] for name in fields}


def merged(row: Values, imported: Values, present: Values) -> Merged:
    """Return what a row changes: only fields that are as the last import left them, or still empty."""
    changes: dict[str, Any] = {}
    kept, values, empty = [], dict(imported), empty_values()
    for name, value in row.items():
        if present[name] == value:
            values[name] = value
        elif present[name] == imported.get(name, empty[name]):
            changes[name] = values[name] = value
        else:
            kept.append(name)
    return Merged(changes=changes, kept=kept, values=values)


def own_change_kept(found: Merged, organisation: Organisation, imported: Values) -> Merged:
    """Return what a row changes beside what the organisation's own people decide.

    These are name, acronym, kind and country while a change of them awaits a review, and the numbers of its list of
    member organisations.
    """
    own = (IDENTITY if organisation.change else frozenset()) | ({"members"} if organisation.members_listed else set())
    kept = [name for name in found.changes if name in own]
    return Merged(
        changes={name: value for name, value in found.changes.items() if name not in own},
        kept=[*found.kept, *kept],
        values={
            name: imported.get(name) if name in kept else value
            for name, value in found.values.items()
            if name not in kept or name in imported
        },
    )


def with_changes(organisation: Organisation, changes: Values, now: Any) -> Organisation:
    """Return a public organisation with imported changes, which an operator decided and needs no review.

    Raises ValidationError, ChecklistUnmet, WrongProgramme.
    """
    fields = {*OrganisationProfile.model_fields}
    profile = OrganisationProfile.model_validate({**organisation.model_dump(mode="json", include=fields), **changes})
    after = organisation.edited(profile, now)
    if organisation.change is not None:
        return after.replace(change=organisation.change)
    return after.change_reviewed(ChangeReview(outcome="accepted")) if after.change else after
