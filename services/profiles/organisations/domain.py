"""Organisations, and how each step of their life changes them (pure)."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from zlib import crc32

from pydantic import ConfigDict, Field, model_validator

from services.profiles.geography.regions import regions
from services.profiles.organisations.profile import OrganisationProfile, alike, found_by
from services.profiles.organisations.review import (
    DELETABLE,
    EDITABLE,
    TRANSITIONS,
    ChangeReview,
    NoChange,
    Review,
    Status,
    Step,
    WrongStatus,
    is_programme_of,
    next_status,
    require_checklist,
    require_checklist_kept,
    require_reasons,
)
from services.profiles.pictures.domain import Picture
from shared.models import Model, Versioned
from shared.sentences import Sentence, _
from shared.vocabulary import Country, OrganisationKind

STALE_AFTER = timedelta(days=365)  # without a change or a confirmation
REMINDED_EVERY = timedelta(days=90)
DIRECTORY_PARTS = 64
Role = Literal["member", "editor", "administrator"]


class ChangeStatus(StrEnum):
    """Status of the change of a published profile in its review; an accepted change is the profile itself."""

    NEEDS_REVIEW = "needs_review"
    REFUSED = "refused"


class ProfileChange(Model):
    """New name, acronym, kind, country and logo of a published profile; the public sees them only after a review."""

    model_config = ConfigDict(frozen=True)

    name: str
    acronym: str = ""
    kind: OrganisationKind
    country: Country
    logo: Picture | None = None
    status: ChangeStatus = Field(ChangeStatus.NEEDS_REVIEW, description="Status of the change in its review")
    reasons: tuple[str, ...] = Field((), description="Reasons why the change was refused")


class Organisation(Versioned, OrganisationProfile):
    """An organisation with its profile and the state of the review."""

    model_config = Versioned.model_config

    status: Status = Field(Status.DRAFT, description="Status of the profile")
    reasons: tuple[str, ...] = Field((), description="Reasons that the reviewer gave with the last decision")
    waived_by: str = Field("", description="National programme that recognises the cluster, if the checklist is waived")
    change: ProfileChange | None = Field(
        None,
        description="Change of name, acronym, kind, country or logo that is not accepted; members and operators see it",
    )
    members_listed: bool = Field(
        False, description="Whether it lists its member organisations, so that their numbers follow the list"
    )
    updated_at: datetime | None = Field(None, description="Time of the last change or confirmation by its editors")
    remind_at: datetime | None = Field(None, description="Time at which its editors are asked to look at it again")
    logo: Picture | None = Field(None, description="Logo of the organisation")
    was_public: bool = Field(False, description="Whether the profile was public at some time")
    merged_into: str = Field("", description="Id of the organisation that it is a duplicate of, if it was merged")

    @model_validator(mode="before")
    @classmethod
    def _read_earlier(cls, row: Any) -> Any:
        """Read a row that an earlier release stored: it never took a public profile back."""
        if isinstance(row, dict) and "was_public" not in row and row.get("status") == Status.PUBLISHED:
            return {**row, "was_public": True}
        return row

    def public(self) -> "Organisation":
        """Return the organisation as strangers see it, without what its editors and the reviewers wrote."""
        return self.replace(change=None, reasons=(), remind_at=None)

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored, with what searches, facets and the search for duplicates ask for."""
        keys = {*alike(self), *(alike(self.with_change()) if self.change else ())}
        derived = {"found_by": found_by(self), "alike": sorted(keys), "size": self.size, "part": part_of(self.id)}
        return {**super().to_mongo(), **derived}

    def edited(self, profile: OrganisationProfile, now: datetime) -> "Organisation":
        """Return the organisation with a new profile; name, acronym, kind and country of a public one await a review.

        Raises WrongStatus, ChecklistUnmet.
        """
        self.check_editable()
        wanted, public = identity_of(profile, self._awaited.logo), identity_of(self, self.logo)
        if self.status is not Status.PUBLISHED:
            return self._with(profile, wanted).confirmed(now)
        after = self._with(profile, public).replace(change=None if wanted == public else wanted).confirmed(now)
        require_checklist_kept(after, after.waived_by)
        return after

    def check_editable(self) -> None:
        """Raise WrongStatus if the profile cannot be edited now."""
        if self.status not in EDITABLE:
            raise WrongStatus(
                _(
                    "This profile has the status “{status}” and cannot be edited. "
                    "Withdraw it from the review to edit it; a profile that is rejected or merged stays as it is.",
                    status=Sentence(self.status.label),
                ),
                field="status",
            )

    @property
    def _awaited(self) -> ProfileChange:
        """Its identity for the public if the change that awaits a review is accepted."""
        if self.change and self.change.status is ChangeStatus.NEEDS_REVIEW:
            return self.change
        return identity_of(self, self.logo)

    @property
    def logos(self) -> list[Picture]:
        """Its logo, and the one that was not accepted, if there is one."""
        found = [self.logo, self.change.logo if self.change else None]
        return [*{picture.id: picture for picture in found if picture}.values()]

    def with_logo(self, logo: Picture, now: datetime) -> "Organisation":
        """Return the organisation with a new logo; that of a public profile awaits a review. Raises WrongStatus."""
        self.check_editable()
        if self.status is not Status.PUBLISHED:
            return self.replace(logo=logo).confirmed(now)
        return self.replace(change=self._awaited.replace(logo=logo)).confirmed(now)

    def without_logo(self, now: datetime) -> "Organisation":
        """Return the organisation without its logo and without the one that was not accepted. Raises WrongStatus."""
        self.check_editable()
        after, change = self.replace(logo=None), self.change and self.change.replace(logo=None)
        is_left = change and change.replace(status=ChangeStatus.NEEDS_REVIEW, reasons=()) != identity_of(after, None)
        return after.replace(change=change if is_left else None).confirmed(now)

    def _with(self, profile: OrganisationProfile, identity: ProfileChange) -> "Organisation":
        region = regions().get(profile.region)
        return self.replace(
            name=identity.name,
            acronym=identity.acronym,
            kind=identity.kind,
            country=identity.country,
            logo=identity.logo,
            description=profile.description,
            website=profile.website,
            region=region.code if region and region.country == identity.country else "",
            city=profile.city,
            point=profile.point,
            year_founded=profile.year_founded,
            staff=profile.staff,
            members=self.members if self.members_listed else profile.members,
            ecosystems=profile.ecosystems,
            sectors=profile.sectors,
            technologies=profile.technologies,
            priorities=profile.priorities,
            services=profile.services,
            countries_of_interest=profile.countries_of_interest,
            labels=profile.labels,
        )

    def confirmed(self, now: datetime) -> "Organisation":
        """Return the organisation whose editors have just looked at it."""
        return self.replace(updated_at=now, remind_at=now + STALE_AFTER)

    def spread(self, now: datetime) -> "Organisation":
        """Return the organisation with a reminder that is not due at once: many are stored in the same moment."""
        own_share = REMINDED_EVERY * (part_of(self.id) + 1) / DIRECTORY_PARTS
        return self.replace(remind_at=max(self.remind_at or now, now + own_share))

    def reminded(self, now: datetime) -> "Organisation":
        """Return the organisation whose editors were asked to look at it again."""
        return self.replace(remind_at=now + REMINDED_EVERY)

    def submitted(self) -> "Organisation":
        """Return the organisation as submitted for review. Raises WrongStatus."""
        return self.replace(status=next_status(self.status, "submit"), reasons=())

    @property
    def is_deletable(self) -> bool:
        """Whether the profile was never public, and is not in review."""
        return not self.was_public and self.status in DELETABLE

    def check_deletable(self) -> None:
        """Raise WrongStatus if the profile is or was public, or is in review."""
        if self.was_public:
            raise WrongStatus(
                _("This profile was public, and others may refer to it. It can be withdrawn, and not deleted."),
                field="status",
            )
        if self.status not in DELETABLE:
            raise WrongStatus(
                _(
                    "This profile has the status “{status}” and cannot be deleted. "
                    "It can be deleted as a draft, after a request for changes, and once it is rejected.",
                    status=Sentence(self.status.label),
                ),
                field="status",
            )

    def reviewed(self, review: Review) -> "Organisation":
        """Return the organisation after a review.

        Raises WrongStatus, ChecklistUnmet, WrongProgramme, ReasonsMissing.
        """
        status = next_status(self.status, review.outcome)
        if review.outcome == "publish":
            require_checklist(self, review.waived_by)
        else:
            require_reasons(review.reasons)
        was_public = self.was_public or status is Status.PUBLISHED
        reasons = tuple(review.reasons)
        return self.replace(status=status, reasons=reasons, waived_by=review.waived_by, was_public=was_public)

    def change_reviewed(self, review: ChangeReview) -> "Organisation":
        """Return the organisation after a review of its change.

        Raises NoChange, ChecklistUnmet, WrongProgramme, ReasonsMissing.
        """
        change = self.change
        if change is None or change.status is not ChangeStatus.NEEDS_REVIEW:
            raise NoChange(_("No change of this profile awaits a review. Read the profile again."), field="change")
        if review.outcome == "refused":
            require_reasons(review.reasons)
            return self.replace(change=change.replace(status=ChangeStatus.REFUSED, reasons=tuple(review.reasons)))
        still_waived = self.waived_by if is_programme_of(self.waived_by, change.country) else ""
        waived_by = review.waived_by or still_waived
        accepted = self.with_change().replace(waived_by=waived_by, change=None)
        require_checklist(accepted, waived_by)
        return accepted

    def with_change(self) -> "Organisation":
        """Return the organisation as it would be with its change accepted."""
        if (change := self.change) is None:
            return self
        region = regions().get(self.region)
        return self.replace(
            name=change.name,
            acronym=change.acronym,
            kind=change.kind,
            country=change.country,
            logo=change.logo,
            region=region.code if region and region.country == change.country else "",
        )

    def ended(
        self, step: Literal["withdraw", "take_down", "merge"], reasons: list[str], merged_into: str = ""
    ) -> "Organisation":
        """Return the organisation that is no longer public, or no longer in review. Raises WrongStatus."""
        status = next_status(self.status, step)
        return self.replace(status=status, reasons=tuple(reasons), change=None, merged_into=merged_into)


class Membership(Versioned):
    """The role of one member in one organisation; its id is `<organisation>:<member>`."""

    organisation_id: str
    member_id: str
    role: Role


class Roster(Versioned):
    """The people of one organisation as a whole. Each change of a membership has its next version."""


def identity_of(profile: OrganisationProfile, logo: Picture | None) -> ProfileChange:
    """Return what the public knows an organisation by, which changes only after a review."""
    return ProfileChange(
        name=profile.name, acronym=profile.acronym, kind=profile.kind, country=profile.country, logo=logo
    )


def draft(id: str, profile: OrganisationProfile, now: datetime) -> Organisation:
    """Return a new organisation whose profile is a draft."""
    return Organisation(id=id, name=profile.name, kind=profile.kind, country=profile.country).edited(profile, now)


def allows(organisation: Organisation, step: Step) -> bool:
    """Return whether the status of a profile allows a step."""
    return organisation.status in TRANSITIONS[step]


def part_of(id: str) -> int:
    """Return the part of the directory that an organisation is in; each part is counted again when it changes."""
    return crc32(id.encode()) % DIRECTORY_PARTS
