"""The pages of calls, in the order in which their addresses are looked up, and all their forms."""

from services.calls.catalogue import pages as call_pages
from services.calls.feeds import pages as feed_pages
from services.calls.feeds.calendars import pages as calendar_pages
from services.calls.gatherings import forms as gathering_forms
from services.calls.gatherings import pages as gathering_pages
from services.calls.gatherings.registrations import pages as registration_pages
from services.calls.imports import pages as import_pages
from services.calls.owners import call_forms, correspondence, drafts, form_builder
from services.calls.owners import pages as owner_pages
from services.calls.selection.applications import forms as application_forms
from services.calls.selection.applications import pages as application_pages
from services.calls.selection.assessment import assessor_pages
from services.calls.selection.assessment import forms as assessment_forms
from services.calls.selection.assessment import pages as assessment_pages
from services.calls.selection.claims import forms as claim_forms
from services.calls.selection.claims import pages as claim_pages
from services.calls.selection.places import pages as place_pages

PAGES = (
    owner_pages,  # /calls/own and /calls/new before /calls/{id}
    correspondence,
    form_builder,
    import_pages,
    application_pages,
    assessment_pages,
    assessor_pages,
    place_pages,
    claim_pages,
    feed_pages,  # /calls/feeds before /calls/{id}
    call_pages,
    calendar_pages,
    gathering_pages,
    registration_pages,
)
FORMS_OF_PAGES = [
    *call_pages.FORMS,
    *call_forms.FORMS,
    *correspondence.FORMS,
    *drafts.FORMS,
    *form_builder.FORMS,
    *import_pages.FORMS,
    *application_forms.FORMS,
    *assessment_forms.FORMS,
    *place_pages.FORMS,
    *claim_forms.FORMS,
    *calendar_pages.FORMS,
    *gathering_forms.FORMS,
]
