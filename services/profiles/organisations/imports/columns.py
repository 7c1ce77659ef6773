"""Columns of a list of organisations, by our names and by those that such lists often have (pure)."""

from shared.imports.columns import Columns, Field

FIELDS = [
    Field("key", "", "id number identifier reference"),
    Field("name", "", "organisation organization title fullName clusterName"),
    Field("acronym", "", "shortName abbreviation"),
    Field("kind", "", "type category organisationKind"),
    Field("description", "", "summary about profile"),
    Field("website", "", "url web homepage link site"),
    Field("country", "", "countryCode nation"),
    Field("region", "", "nuts nuts2 nutsCode"),
    Field("city", "", "town place"),
    Field("latitude", "", "lat"),
    Field("longitude", "", "lon lng long"),
    Field("year_founded", "", "founded foundationYear established"),
    Field("staff", "", "employees fte"),
    Field("members_sme", "", "sme smes smeMembers"),
    Field("members_large", "", "large largeCompanies largeMembers"),
    Field("members_research", "", "research researchMembers universities"),
    Field("members_other", "", "otherMembers"),
    Field("ecosystems", "", "ecosystem industries"),
    Field("sectors", "", "nace sector"),
    Field("technologies", "", "technology"),
    Field("priorities", "", "s3 smartSpecialisation"),
    Field("services", "", "servicesOffered"),
    Field("countries_of_interest", "", "targetCountries interests"),
    Field("labels", "", "label"),
    Field("programme", "", "waivedBy recognisedBy program"),
    Field("administrator", "", "email contact contactEmail mail"),
    Field("organisation_id", "", "platformId"),
    Field("is_new", "", "new"),
]
COLUMNS = Columns(FIELDS, ["key", "name", "country"], "organisations", "key, name, country and website")
