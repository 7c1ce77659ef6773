"""E-mail addresses (pure): the one form in which they are stored, compared and written to mail servers."""

from typing import Annotated

import idna
from pydantic import AfterValidator, EmailStr, Field

from shared.sentences import _

LONGEST_ADDRESS = 254  # characters (RFC 5321, section 4.5.3.1.3, without the angle brackets)


def mail_address(text: str) -> str:
    """Return an address in lower case, its domain as browsers look it up (IDNA 2008, UTS 46), so that ß stays ß.

    Raise ValueError if mail servers without extensions cannot take it. The length is checked first: the algorithm
    takes long for long domains.
    """
    address = text.strip()
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or len(address) > LONGEST_ADDRESS:
        raise ValueError(
            _(
                "Use an address of at most {longest_address} characters, such as anna@example.org.",
                longest_address=LONGEST_ADDRESS,
            )
        )
    if not (local.isascii() and local.isprintable()):
        raise ValueError(_("Use only letters without accents, digits and punctuation before the @."))
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
    except UnicodeError as error:
        raise ValueError(_("The part after the @ is not the name of a mail domain. Correct it.")) from error
    if len(local) + 1 + len(ascii_domain) > LONGEST_ADDRESS:
        raise ValueError(
            _(
                "The address may have at most {longest_address} characters after encoding.",
                longest_address=LONGEST_ADDRESS,
            )
        )
    return f"{local}@{ascii_domain}".lower()


def mailbox(address: str) -> str:
    """Return an address without its `+tag`: mail to every tag arrives in one mailbox. Only to count, not to send."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


EmailAddress = Annotated[EmailStr, AfterValidator(mail_address), Field(max_length=LONGEST_ADDRESS)]
