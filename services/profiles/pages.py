"""The pages of profiles, in the order in which their addresses are looked up, and all their forms."""

from services.profiles.accounts import pages as account_pages
from services.profiles.accounts.addresses import pages as address_pages
from services.profiles.accounts.factors import pages as factor_pages
from services.profiles.accounts.logins import pages as login_pages
from services.profiles.accounts.operators import pages as operator_pages
from services.profiles.accounts.resets import pages as reset_pages
from services.profiles.accounts.sessions import pages as session_pages
from services.profiles.accounts.tokens import pages as token_pages
from services.profiles.achievements import pages as achievement_pages
from services.profiles.achievements.forms import FORMS as ACHIEVEMENT_FORMS
from services.profiles.achievements.illustrations.forms import FORMS as ILLUSTRATION_FORMS
from services.profiles.countries import pages as country_pages
from services.profiles.countries.forms import FORMS as COUNTRY_FORMS
from services.profiles.directory import pages as directory_pages
from services.profiles.home import pages as home_pages
from services.profiles.moderation import pages as moderation_pages
from services.profiles.organisations import pages as organisation_pages
from services.profiles.organisations.affiliates import pages as affiliate_pages
from services.profiles.organisations.forms import FORMS as ORGANISATION_FORMS
from services.profiles.organisations.imports import pages as import_pages
from services.profiles.organisations.logos.forms import FORMS as LOGO_FORMS
from services.profiles.organisations.people import pages as people_pages
from services.profiles.organisations.people.forms import FORMS as PEOPLE_FORMS
from services.profiles.organisations.people.joining import pages as joining_pages
from services.profiles.organisations.people.joining.forms import FORMS as JOINING_FORMS
from services.profiles.platform import pages as platform_pages
from services.profiles.posts import pages as post_pages
from services.profiles.posts.attachments import pages as attachment_pages
from services.profiles.posts.attachments.forms import FORMS as ATTACHMENT_FORMS
from services.profiles.posts.forms import FORMS as POST_FORMS
from services.profiles.privacy.erasures import pages as erasure_pages
from services.profiles.privacy.exports import pages as export_pages
from services.profiles.showcase import pages as showcase_pages

PAGES = (
    account_pages,
    address_pages,
    login_pages,
    factor_pages,
    operator_pages,
    reset_pages,
    session_pages,
    token_pages,
    erasure_pages,
    export_pages,
    directory_pages,
    import_pages,
    organisation_pages,
    people_pages,
    affiliate_pages,
    joining_pages,
    showcase_pages,
    post_pages,
    attachment_pages,
    achievement_pages,
    country_pages,
    moderation_pages,
    home_pages,
    platform_pages,
)
FORMS = (
    *account_pages.FORMS,
    *address_pages.FORMS,
    *factor_pages.FORMS,
    *operator_pages.FORMS,
    *reset_pages.FORMS,
    *session_pages.FORMS,
    *token_pages.FORMS,
    *erasure_pages.FORMS,
    *export_pages.FORMS,
    *ORGANISATION_FORMS,
    *import_pages.FORMS,
    *affiliate_pages.FORMS,
    *LOGO_FORMS,
    *PEOPLE_FORMS,
    *JOINING_FORMS,
    *POST_FORMS,
    *ATTACHMENT_FORMS,
    *ACHIEVEMENT_FORMS,
    *ILLUSTRATION_FORMS,
    *COUNTRY_FORMS,
    *moderation_pages.FORMS,
)
