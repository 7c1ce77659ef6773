"""Fields of call records, by their names in public sources (pure)."""

from shared.imports.columns import Columns, Field, Names

# By name in the EU portal's records, and in the Horizon Europe list.
FIELDS = [
    Field("topicId", "code", "topicCode topicIdentifier topic identifier callId id"),
    Field("title", "name", "topicTitle callName"),
    Field("openDate", "open_date", "openingDate plannedOpeningDate startDate opensAt opens opening"),
    Field("deadline", "close_date", "deadlineDate closingDate submissionDeadline endDate closesAt closes closing"),
    Field("budgetMin", "budget_eur", "minContribution budget"),
    Field("budgetMax", "", "maxContribution"),
    Field("portalUrl", "link", "url href web"),
    Field("callStatus", "", "status topicStatus"),
    Field("deadlineModel"),
    Field("callIdentifier"),
    Field("callTitle"),
    Field("programme", "", "program frameworkProgramme"),
    Field("cluster"),
    Field("expectedGrants", "", "grants numberOfGrants"),
    Field("countries", "", "country eligibleCountries"),
    Field("about", "", "aboutCountries destination destinations targetCountries"),
    Field("keywords", "", "tags"),
    Field("crossCuttingPriorities"),
    Field("description", "", "objective"),
]
COLUMNS = Columns(FIELDS, ["topicId", "title", "deadline"], "calls", "code, name, open_date and close_date")


def read_mapping(text: str | None) -> Names:
    """Return a mapping of columns that a client sent as JSON. Raises Invalid."""
    return COLUMNS.read_mapping(text)
