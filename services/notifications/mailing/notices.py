"""E-mails that tell a member what happened to their account, and what to do if it was not them (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.notifications.mailing.domain import SUBJECTS, Kind

AT = "your account at the Cluster Collaboration Platform"
NEW_PASSWORD = ("Set a new password", "/reset")
CODES = ("Get new recovery codes", "/me/second-factor")


@dataclass(frozen=True)
class Notice:
    """The subject of an e-mail, its paragraphs, and the page that it leads to: words and path."""

    subject: str
    paragraphs: tuple[str, ...]
    page: tuple[str, str]


NOTICES: Mapping[Kind, Notice] = {
    "password": Notice(
        "Your password was changed",
        (
            f"The password of {AT} was changed. If it was you, do nothing.",
            "If it was not you, set a new password now, and revoke the API tokens that you do not know, "
            "on the page of your account.",
        ),
        NEW_PASSWORD,
    ),
    "factor_on": Notice(
        "Your second factor is switched on",
        (
            f"From now on, each log-in to {AT} also asks for a code of an app.",
            "If it was not you, another person knows your password: set a new one now, and tell the operators of the "
            "platform.",
        ),
        NEW_PASSWORD,
    ),
    "factor_off": Notice(
        "Your second factor is switched off",
        (
            f"From now on, the password alone opens {AT}.",
            "If it was not you, set a new password now, and switch the second factor on again.",
        ),
        NEW_PASSWORD,
    ),
    "recovery_used": Notice(
        "A recovery code was used",
        (
            f"A recovery code of {AT} was used in place of a code of your app. It does not work again.",
            "If it was not you, set a new password now, and get new recovery codes.",
        ),
        NEW_PASSWORD,
    ),
    "recovery_replaced": Notice(
        "Your recovery codes were replaced",
        (
            f"{AT[0].upper()}{AT[1:]} has new recovery codes. The ones before them no longer work.",
            "If it was not you, set a new password now, and get new recovery codes.",
        ),
        CODES,
    ),
    "operator_given": Notice(
        "You operate the platform now",
        (
            "You have the role of an operator of the Cluster Collaboration Platform. Every device is logged out, and "
            "your API tokens have ended. Log in again; you are asked to set up a second factor, if you have none.",
        ),
        ("Log in", "/login"),
    ),
    "operator_taken": Notice(
        "You no longer operate the platform",
        (
            "The role of an operator of the Cluster Collaboration Platform was taken from you. Your account stays. "
            "Every device is logged out, and your API tokens have ended.",
        ),
        ("Log in", "/login"),
    ),
    "address_asked": Notice(
        "A new address was asked for",
        (
            f"With your password, another e-mail address was given for {AT}. It counts when the link "
            "that was sent there is opened. Until then nothing changes.",
            "If it was not you, another person knows your password: set a new one now, and the link ends.",
        ),
        NEW_PASSWORD,
    ),
}
SUBJECT_OF: Mapping[Kind, str] = {**SUBJECTS, **{kind: notice.subject for kind, notice in NOTICES.items()}}
