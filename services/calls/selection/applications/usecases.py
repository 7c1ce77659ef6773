"""Use cases of forms and applications: change a form; start, save, delete and withdraw an application."""

from services.calls.audit.store import change_audited, insert_audited, remove_audited
from services.calls.catalogue.access import call_facts, own_call, visible_call
from services.calls.catalogue.domain import check_editable
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import CALLS
from services.calls.organisations.domain import OrganisationCopy
from services.calls.selection.applications import cut_offs, domain
from services.calls.selection.applications.access import call_of, organisations_named, own_application
from services.calls.selection.applications.domain import Application, ApplicationBody, Content, Form
from services.calls.selection.applications.events import (
    application_deleted,
    application_started,
    application_withdrawn,
    partners_named,
)
from services.calls.selection.applications.form import FormBody, check_answers
from services.calls.selection.applications.reserve import release_place
from services.calls.selection.applications.states import Step, check_deletable
from services.calls.selection.applications.store import APPLICATIONS, FORMS, newest_form, was_selected
from shared.auth import Caller
from shared.contracts.calls import FormRevised
from shared.errors import NotFound, Stale
from shared.files.store import drop
from shared.models import ExpectedVersion
from shared.mongo import Duplicate, Reader, Transaction
from shared.sentences import _


async def change_form(tx: Transaction, call_id: str, body: FormBody, caller: Caller, version: ExpectedVersion) -> Form:
    """Add a version of a form and notify applicants; earlier submissions keep theirs.

    Raises NotFound, Stale, or if the call is over.
    """
    call = await own_call(tx, call_id, caller)
    check_editable(call, tx.now)
    await CALLS.touch(tx, call)
    newest = await newest_form(tx, call_id)
    number = newest.version if newest else 0
    version.check(number)
    form = Form(id=f"{call_id}:{number + 1}", version=number + 1, call_id=call_id, fields=body.fields, at=tx.now)
    await FORMS.insert(tx, form)
    try:
        await tx.flush()
    except Duplicate as error:
        raise Stale(_("The form was changed at the same moment. Read it again and repeat your change.")) from error
    if newest and call.stage is Stage.PUBLISHED:
        tx.publish(FormRevised(call_id=call_id, call=call_facts(call), form=form.version))
    return form


async def start(
    tx: Transaction, id: str, call_id: str, body: ApplicationBody, caller: Caller, organisation: OrganisationCopy
) -> Application:
    """Store a draft for the next cut-off. Raises CallNotOpen, CutOffAlreadyPassed, CallHasNoForm, AlreadyApplied."""
    call = await visible_call(tx, call_id, caller)
    await CALLS.touch(tx, call)
    cut_off = cut_offs.cut_off_to_apply_for(call, tx.now)
    first = call.cut_off_numbers[0]
    if cut_offs.is_second_stage(call, cut_off) and not await was_selected(tx, call_id, first, organisation.id):
        raise cut_offs.CallNotOpen(
            _("Only organisations that were selected in the first stage can apply to the second."), field="status"
        )
    content = await checked_content(tx, call_id, body)
    application = Application(
        id=id,
        call_id=call_id,
        call_title=call.title,
        call_kind=call.kind,
        cut_off=cut_off,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        by=caller.id,
        made_at=tx.now,
        form=content.form,
        answers=content.answers,
        partners=[*content.partners],
    )
    draft = await insert_audited(tx, APPLICATIONS, application, "started", caller.id)
    try:
        await tx.open(APPLICATIONS.name)
    except Duplicate as error:
        raise domain.AlreadyApplied(
            _("{name} already has an application at this cut-off. Change that application.", name=organisation.name)
        ) from error
    tx.publish(application_started(draft))
    for event in partners_named(draft, []):
        tx.publish(event)
    return draft


async def checked_content(reader: Reader, call_id: str, body: ApplicationBody) -> Content:
    """Return the content of a body: answers that fit the newest form, and existing partners.

    Raises CallHasNoForm, NotFound, AnswersInvalid.
    """
    form = await newest_form(reader, call_id)
    if form is None:
        raise domain.CallHasNoForm(
            _("This call has no form here and accepts applications elsewhere. Follow the link of the call.")
        )
    partners = sorted({*body.partners} - {body.organisation_id})
    await organisations_named(reader, partners)
    return Content(form.version, check_answers(form.fields, body.answers, complete=False), partners)


async def save(
    tx: Transaction, id: str, body: ApplicationBody, caller: Caller, version: ExpectedVersion
) -> Application:
    """Store new answers; an earlier submission counts until they are submitted. Raises CutOffAlreadyPassed, Stale."""
    application = await own_application(tx, id, caller)
    version.check(application.version)
    if body.organisation_id != application.organisation_id:
        raise NotFound(
            _("The organisation of an application cannot change. Start another application."), field="organisation_id"
        )
    call = await call_of(tx, application)
    await CALLS.touch(tx, call)
    cut_offs.next_state_at(application, call, tx.now, in_time=Step.SAVE, late=Step.SAVE_LATE)
    content = await checked_content(tx, application.call_id, body)
    saved = await APPLICATIONS.change(tx, application, application.saved(content))
    for event in partners_named(saved, application.partners):
        tx.publish(event)
    return saved


async def delete_draft(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> None:
    """Delete a draft that was never submitted. Raises NotFound, Stale, ApplicationStepNotAllowed."""
    application = await own_application(tx, id, caller)
    version.check(application.version)
    check_deletable(application.state)
    await remove_audited(tx, APPLICATIONS, application)
    tx.publish(application_deleted(application))


async def withdraw(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Application:
    """Withdraw an application; its place goes to the first of the reserve list. Raises ApplicationStepNotAllowed."""
    application = await own_application(tx, id, caller)
    version.check(application.version)
    withdrawn = application.withdrawn()
    call = await call_of(tx, application)
    await CALLS.touch(tx, call)
    cut_offs.check_withdrawable(application, call, tx.now)
    await drop(tx, application.evidence)
    after = await change_audited(tx, APPLICATIONS, application, withdrawn, "withdrawn", caller.id)
    tx.publish(application_withdrawn(after))
    await release_place(tx, call, application, after)
    return after
