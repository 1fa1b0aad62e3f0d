"""The closed set of messages. None carries case content: a reference, what is asked, by when, and a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.procedure.explain import long_date

ALLOWED = {"due_on", "duty"}


class NotAllowed(ValueError):
    """A message was asked to carry something that no message carries."""


@dataclass(frozen=True, slots=True)
class Template:
    """What a kind of message says. `page` is where its link leads: the case, a draft list, or tasks."""

    subject: str
    text: str
    page: str = "case"


TEMPLATES: dict[str, Template] = {
    "referral-shared": Template("{reference}: your initial view is asked for",
                                "A referral has been shared with you. Please give your initial view, with your rationale."),
    "initial-view-shared": Template("{reference}: your response is asked for",
                                    "The initial view on a referral has been shared with you. Please respond with your view "
                                    "and rationale. If no response is recorded before the clock ends, that is taken as "
                                    "agreement."),
    "inbox-waiting": Template("Something waits in Waymark", "Something waits for your organisation in Waymark. Somebody "
                              "with a role there needs to sign in.", "tasks"),
    "deputy-contact": Template("{reference}: a response is needed before the clock ends",
                               "The person you stand in for has not responded yet. If they are away, please respond for "
                               "your organisation before the clock ends."),
    "response-given": Template("{reference}: a partner has responded", "A safeguarding partner has responded. All three "
                               "partners can read the response."),
    "response-deemed": Template("{reference}: a response clock ended in silence",
                                "A response clock ended without a response. It is recorded as deemed agreement."),
    "initial-view-given": Template("{reference}: an initial view has been given", "An initial view has been recorded."),
    "initial-views-complete": Template("{reference}: both initial views are in",
                                       "Both initial views are in. Please share them with the safeguarding partners."),
    "decision-recorded": Template("{reference}: a decision has been recorded", "The decision on notification has been recorded."),
    "notification-recorded": Template("{reference}: a notification has been recorded",
                                      "The serious incident notification has been recorded as sent."),
    "notification-informed": Template("{reference}: a serious incident notification was decided",
                                      "You are informed that the safeguarding partners decided to notify. The record "
                                      "is open to you."),
    "referral-draft-shared": Template("A draft referral is shared with you", "Somebody in your agency has shared a draft "
                                      "referral with you.", "referrals"),
    "referral-draft-returned": Template("Your draft referral has come back", "Your agency's representative has returned "
                                        "your draft referral to you.", "referrals"),
    "referral-acknowledged": Template("{reference}: your referral has been received",
                                      "Your referral has been received by the Partnership Team under this reference."),
    "referral-received": Template("{reference}: a referral has been received", "A referral has been received. Please share "
                                  "it with the chair of the group and the Service Director."),
    "reminder": Template("{reference}: due by the end of {due}", "Something you owe on this case is due by the end of {due}."),
    "overdue": Template("{reference}: overdue since {due}", "Something on this case was due by the end of {due} and has not "
                        "been done."),
}  # fmt: skip


def render(
    kind: str, *, reference: str | None, partnership: str, to_name: str, base: str, slug: str,
    params: Mapping[str, object],
) -> tuple[str, str]:  # fmt: skip
    """The subject and body of a message. Raises NotAllowed for an unknown kind or parameter."""
    template = TEMPLATES.get(kind)
    if template is None:
        raise NotAllowed(f"there is no message '{kind}'")
    if set(params) - ALLOWED:
        raise NotAllowed(f"no message carries {', '.join(sorted(set(params) - ALLOWED))}")
    due = params.get("due_on")
    if due is not None and not isinstance(due, date):
        raise NotAllowed("due_on must be a date")
    words = {"reference": reference or "", "due": long_date(due) if isinstance(due, date) else ""}
    places = {"case": f"/cases/{reference}", "referrals": "/referrals", "tasks": "/tasks"}
    link = f"{base}/{slug}{places[template.page]}"
    body = (
        f"{to_name}\n\n{template.text.format(**words)}\n\n"
        + (f"Reference: {reference}\n" if reference else "")
        + (f"By the end of: {words['due']}\n" if due else "")
        + f"Open it in Waymark: {link}\n\n{partnership}\nThis message carries no details of any case. Sign in to read them.\n"
    )
    return template.subject.format(**words), body
