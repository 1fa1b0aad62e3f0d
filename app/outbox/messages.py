"""The closed set of messages. None carries case content: a reference, what is asked, by when, and a link.

Every text is written here. What a caller may add is checked by name, type and shape, and all else is refused,
so that a name or a narrative cannot reach an inbox by oversight.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from app.procedure.explain import long_date

REFERENCE = re.compile(r"[A-Z]{2,4}-[A-Z0-9]{1,8}(-[A-Z0-9])?")
DUTY = re.compile(r"[A-Z][A-Z0-9]?-[0-9]{2}")
PATH = re.compile(r"(/[a-zA-Z0-9][a-zA-Z0-9-]{0,80}){1,6}")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LONGEST_LINE = 200

# What each duty asks, as a message says it: never what was decided, said or found. A duty that is not here is still
# reminded of, in general words; so are those whose very name would give an outcome away.
ACTIONS = {
    "A-02": "acknowledge the referral with a reference",
    "B1-03": "see to the statutory clock of this case",
    "B1-06": "share the referral",
    "B1-07": "give or share the initial view",
    "B1-08": "respond to the initial view",
    "B1-15": "record the decision on notification",
    "N-04": "contact the partner's deputy",
}
ANY_ACTION = "do what the case page says is owed"
SIGN_OFF = "This message carries no details of any case. Sign in to read them."
NO_DETAILS = "This message carries no details of any case."
# Stands for the token of a one-time link until the message is sent; the token itself is in no table.
ONE_TIME = "one-time-link"


class NotAllowed(ValueError):
    """A message was asked to carry what no message carries. Names the parameter, never its value."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished message, in plain text."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """One kind of message. It can name `{reference}`, `{action}`, `{by}`, `{cases}` and `{on}`, and nothing else.

    `page` is where its link leads. Only a message that leads to a case says a reference: anybody with access
    to an agency's inbox may read the others.
    """

    subject: str
    text: str
    page: str = "case"
    sign_off: str = SIGN_OFF


TEMPLATES: dict[str, Template] = {
    "referral-draft-shared": Template(
        "A draft referral is shared with you",
        "Somebody in your agency has shared a draft referral with you.",
        "referrals",
    ),
    "referral-draft-returned": Template(
        "Your draft referral has come back",
        "Your agency's representative has returned your draft referral to you.",
        "referrals",
    ),
    "referral-received": Template(
        "{reference}: a referral has been received",
        "A referral has been received. Please share it with the chair of the group and the Service "
        "Director{by}.",
    ),
    "referral-acknowledged": Template(
        "{reference}: your referral has been received",
        "Your referral has been received by the Partnership Team under this reference.",
        "referrals",
    ),
    "referral-requested": Template(
        "{reference}: a referral form is asked for",
        "A case has no referral form yet. Please write it; it is linked to the case.",
    ),
    "referral-shared": Template(
        "{reference}: your initial view is asked for",
        "A referral has been shared with you. Please give your initial view, with your rationale{by}.",
    ),
    "initial-view-given": Template(
        "{reference}: an initial view has been given", "An initial view has been recorded."
    ),
    "initial-views-complete": Template(
        "{reference}: both initial views are in",
        "Both initial views are in. Please share them with the safeguarding partners{by}.",
    ),
    "initial-view-shared": Template(
        "{reference}: your response is asked for",
        "The initial view on a referral has been shared with you. Please respond with your view and "
        "rationale{by}. If no response is recorded before the clock ends, that may count as an answer.",
    ),
    "receipt-recorded": Template(
        "{reference}: receipt of your request was recorded",
        "The Partnership Team has recorded that a request reached your organisation outside Waymark. Please check "
        "that it is right, and respond{by}.",
    ),
    "deputy-contact": Template(
        "{reference}: a response is needed before the clock ends",
        "The person you stand in for has not responded yet, and the clock is running. If they are away, please "
        "respond for your organisation{by}.",
    ),
    "inbox-waiting": Template(
        "Something waits in Waymark",
        "Something waits for your organisation in Waymark. Somebody with a role there needs to sign in{by}.",
        "tasks",
    ),
    "deputy-named": Template(
        "A deputy has been named",
        "A deputy has been named for stated days, and it concerns you. Sign in to read who acts for whom, and when.",
        "tasks",
    ),
    "deputy-ended": Template(
        "A deputy's time has ended",
        "A deputy's time has ended, and it concerns you. Sign in to read who acts for whom now.",
        "tasks",
    ),
    "response-given": Template(
        "{reference}: a response can be read",
        "A safeguarding partner's response has been recorded. All three partners can read it.",
    ),
    "response-deemed": Template(
        "{reference}: a response clock has ended",
        "A response clock has ended. What follows from it can be read.",
    ),
    "decision-recorded": Template(
        "{reference}: a decision has been recorded", "The decision on notification has been recorded."
    ),
    "decision-waits": Template(
        "{reference}: something waits for you",
        "The three positions can be read. Please {action}.",
    ),
    "referral-decided": Template(
        "{reference}: a decision on your referral",
        "The decision on notification has been recorded for the referral that you made. Your Partnership Team "
        "can tell you more.",
        "referrals",
    ),
    "response-recorded-for-you": Template(
        "{reference}: a response was recorded for your organisation",
        "The Partnership Team has recorded a response that your organisation gave outside Waymark. Please check "
        "that it is right.",
    ),
    "difference-unresolved": Template(
        "{reference}: a case waits for you",
        "A case needs you. Please read it, and {action}{by}.",
    ),
    "meeting-arranged": Template(
        "{reference}: a meeting has been arranged",
        "A meeting has been arranged. The time and the place are in Waymark; please make it a priority.",
    ),
    "meeting-recorded": Template(
        "{reference}: a meeting was recorded", "The record of a meeting can be read."
    ),
    "new-information": Template(
        "{reference}: new information can be read",
        "New information has been raised. Please read it; the case page says who answers it.",
    ),
    "reconsideration-declined": Template(
        "{reference}: an answer to new information can be read",
        "New information has been answered. The answer can be read.",
    ),
    "basis-changed": Template(
        "{reference}: a decision needs to be looked at",
        "Something on which a decision rests was corrected or has come to light. Please put the decision back "
        "to those who made it.",
    ),
    "decision-put-back": Template(
        "{reference}: a decision is before you again",
        "Something has come to light that bears on a decision. Please look at it again.",
    ),
    "authority-notifies": Template(
        "{reference}: an entry of the local authority can be read",
        "The local authority has recorded an entry beside the decision. It can be read.",
    ),
    "authority-confirmed": Template(
        "{reference}: the local authority has answered",
        "The local authority has recorded its own answer to a decision. It can be read in Waymark.",
    ),
    "outcome-chosen": Template(
        "{reference}: the next step can be read",
        "The chair of the group has recorded the next step for the referral. It can be read.",
    ),
    "entry-corrected": Template(
        "{reference}: an entry was corrected",
        "Something that was recorded wrongly has been corrected, with the reason. Clocks may have moved.",
    ),
    "observation-added": Template(
        "{reference}: the scrutineer has added an observation",
        "The Independent Scrutineer has added an observation. The chair of the group answers it.",
    ),
    "observation-answered": Template(
        "{reference}: an observation has been answered",
        "An answer to an observation of the Independent Scrutineer can be read.",
    ),
    "practice-observation-added": Template(
        "The scrutineer has added an observation on practice",
        "The Independent Scrutineer has added an observation on the partnership's practice. The chair of the "
        "group answers it.",
        "observations",
    ),
    "practice-observation-answered": Template(
        "An observation on practice has been answered",
        "An answer to an observation of the Independent Scrutineer can be read.",
        "observations",
    ),
    "review-ground": Template(
        "{reference}: an entry can be read",
        "An entry about the step after the decision has been recorded. Please read it, and answer where your answer "
        "is asked for.",
    ),
    "notification-recorded": Template(
        "{reference}: an entry can be read",
        "A step after the decision has been recorded. It can be read.",
    ),
    "notification-informed": Template(
        "{reference}: you are informed of a case",
        "You are informed of a case, as the procedure asks. The record is open to you; please sign in and read it.",
    ),
    "conflict-declared": Template(
        "{reference}: a conflict of interest has been declared",
        "Somebody has declared a conflict of interest. Please seal them out of the case, or record why they keep "
        "access to it.",
        "conflicts",
    ),
    "nobody-can-act": Template(
        "{reference}: somebody else is needed",
        "Nobody who may see this case can act for one of those who owe something on it. Please name a deputy, or have "
        "another member given the role.",
        "conflicts",
    ),
    "cases-entered": Template(
        "Cases under way were entered in Waymark",
        "Cases that were already under way have been entered in Waymark. In {cases} something waits for you. Please "
        "open your tasks.",
        "tasks",
    ),
    "linked-awareness-corrected": Template(
        "{reference}: the linked case was corrected",
        "In a case that is linked with this one as the same incident, the day on which the local authority became "
        "aware was corrected. Please look whether it must be corrected here too.",
    ),
    "review-entry": Template(
        "{reference}: an entry can be read",
        "Something was recorded that you can read in Waymark.",
    ),
    "review-escalated": Template(
        "{reference}: a case waits for you",
        "A case needs the Partnership Chair. Please read it in Waymark.",
    ),
    "review-planned": Template(
        "{reference}: a plan was set",
        "A plan with its days and its meeting has been set. It can be read in Waymark.",
    ),
    "reminder": Template("{reference}: reminder", "This is a reminder to {action}{by}."),
    "clock-moved": Template(
        "{reference}: a date has moved",
        "The bank holidays of the calendar have changed, and a clock has moved: please {action}{by}.",
    ),
    "budget-warning": Template(
        "{reference}: the remaining steps do not fit",
        "The steps that remain no longer fit before a statutory clock ends. The case page says what can be "
        "shortened: please {action}{by}.",
    ),
    "invitation": Template(
        "An invitation to Waymark",
        "You are invited to work in Waymark with the partnership named below. Please open the link{by}: it shows the "
        "role that you are invited to, and lets you accept. It works once, and for you alone.",
        "invitation",
        NO_DETAILS,
    ),
    "passkey-recovery": Template(
        "A new passkey for Waymark",
        "Two people of the partnership named below have allowed you to make a new passkey. Please open the "
        "link{by}. The passkeys that you had stop working then. If you did not ask for this, tell them at once.",
        "invitation",
        NO_DETAILS,
    ),
    "passkey-asked": Template(
        "A new passkey was asked for in your name",
        "An administrator of the partnership named below has asked that you be sent a link to make a new passkey. A "
        "second person there must approve it; until the link is used, the passkeys that you have go on working. If you "
        "did not ask for this, telephone the partnership at once, on a number that you know: they can say who asked.",
        "tasks",
        NO_DETAILS,
    ),
    "passkey-allowed": Template(
        "A new passkey in your name was approved",
        "An administrator of the partnership named below asked for a new passkey in your name, and a second person "
        "has approved it. A link to make it has been sent; once it is used, the passkeys that you have stop working. "
        "If you did not ask for this, telephone the partnership at once, on a number that you know: they can "
        "withdraw the link, and can say who asked and who approved.",
        "tasks",
        NO_DETAILS,
    ),
    "membership-open": Template(
        "You can use Waymark now",
        "The partnership named below has opened Waymark to you.",
        "tasks",
        NO_DETAILS,
    ),
    "membership-ended": Template(
        "A role of yours has ended",
        "A role that you held in the partnership named below has ended. If you did not expect it, ask them.",
        "tasks",
        NO_DETAILS,
    ),
    "identity-check-waits": Template(
        "Somebody invited has made their passkey",
        "Somebody who was invited has made their passkey. Please check, on a telephone number that you know or in "
        "person, that it is the right person. They have a code of six digits for you.",
        "waiting",
        NO_DETAILS,
    ),
    "second-person-waits": Template(
        "Something waits for a second person",
        "An administrator has proposed something that a second person must approve or refuse.",
        "waiting",
        NO_DETAILS,
    ),
    "proposal-decided": Template(
        "What you proposed has been decided",
        "A second person has decided what you proposed.",
        "people",
        NO_DETAILS,
    ),
    "access-given": Template(
        "Somebody was given a role",
        "An administrator has given somebody a role that opens cases, or that decides who is let in. Please check "
        "that you expect it: the page lists the newest memberships first.",
        "newest",
        NO_DETAILS,
    ),
    "overdue": Template(
        "{reference}: overdue", "The procedure asks you to {action}{by}. It has not been recorded as done."
    ),
    "overdue-elsewhere": Template(
        "{reference}: something is overdue",
        "A step that somebody else owes has not been recorded as done{by}. The case page says which, and who owes it.",
    ),
    "draft-submitted": Template(
        "{reference}: a draft has been submitted",
        "Those who were commissioned have submitted a version of their draft. It can be read.",
    ),
    # To those commissioned: never the reference of a case, which they do not know.
    "commission-begun": Template(
        "Your commission has begun",
        "You have been commissioned, and your commission can be opened from today. It says what is asked and by when.",
        "commissions",
    ),
    "commission-terms": Template(
        "Terms of reference have been released to you",
        "A version of the terms of reference of your commission has been released. Please read it.",
        "commissions",
    ),
    "commission-timetable": Template(
        "The timetable of your commission has been set",
        "The timetable of your commission has been set or changed. Please read it.",
        "commissions",
    ),
    "commission-end-changed": Template(
        "The last day of your commission has changed",
        "The last day of your commission has changed. Your access ends with that day.",
        "commissions",
    ),
    "commission-paper": Template(
        "A paper has been released to you",
        "A paper has been released to you for your commission. Please read it in Waymark.",
        "commissions",
    ),
    "commission-paper-withdrawn": Template(
        "A paper has been withdrawn",
        "A paper that was released to you for your commission has been withdrawn, and can no longer be opened.",
        "commissions",
    ),
    "commission-comment": Template(
        "There is a comment on your draft",
        "A comment has been written on a version of the draft that you submitted.",
        "commissions",
    ),
    "commission-ended": Template(
        "Your commission has ended",
        "Your commission has ended, and can no longer be opened. The partnership can tell you more.",
        "tasks",
    ),
    "scoping-directed": Template(
        "{reference}: agencies are to be asked",
        "The chair of the group has directed that agencies are asked for summaries of their involvement. Please send "
        "the requests, for returns{by}.",
    ),
    "involvement-asked": Template(
        "{reference}: a summary of involvement is asked for",
        "Your organisation is asked for a summary of its involvement. Please fill in the form, or say in it that there "
        "was no involvement{by}.",
    ),
    "involvement-asked-unnamed": Template(
        "A summary of involvement is asked for",
        "Your organisation is asked for a summary of its involvement. Please fill in the form, or say in it that there "
        "was no involvement{by}.",
        "tasks",
    ),
    "involvement-inbox": Template(
        "Something waits in Waymark",
        "Something waits for your organisation in Waymark. Somebody with a role there needs to sign in{by}.",
        "tasks",
    ),
    # To an organisation without anybody in Waymark: the Partnership Team tells it what is asked, in a safe way.
    "involvement-outside": Template(
        "Your organisation is asked for information",
        "A safeguarding children partnership asks your organisation for information{by}. You do not need Waymark for "
        "it: the Partnership Team of the partnership named below tells you what is asked, and how to send it safely.",
        "tasks",
        NO_DETAILS,
    ),
    "involvement-chased": Template(
        "{reference}: a summary of involvement is still to come",
        "Your organisation was asked for a summary of its involvement, which has not come yet. Please return it{by}.",
    ),
    "involvement-chased-unnamed": Template(
        "A summary of involvement is still to come",
        "Your organisation was asked for a summary of its involvement, which has not come yet. Please return it{by}.",
        "tasks",
    ),
    "involvement-missing": Template(
        "{reference}: a summary of involvement has not come",
        "An agency has not returned its summary of involvement by the date that was set. The page says which.",
    ),
    "involvement-withdrawn": Template(
        "{reference}: a request to your organisation was withdrawn",
        "The request for a summary of your organisation's involvement was withdrawn. Nothing needs to be returned.",
    ),
    "involvement-withdrawn-unnamed": Template(
        "A request to your organisation was withdrawn",
        "The request for a summary of your organisation's involvement was withdrawn. Nothing needs to be returned.",
        "tasks",
    ),
    "involvement-returned": Template(
        "{reference}: a summary of involvement was returned",
        "A summary of involvement was returned, and can be read.",
    ),
    "involvement-recorded": Template(
        "{reference}: a return was recorded for your organisation",
        "The Partnership Team has recorded a summary of involvement that your organisation gave outside Waymark. "
        "Please check that it is right.",
    ),
    "involvement-recorded-unnamed": Template(
        "A return was recorded for your organisation",
        "The Partnership Team has recorded a summary of involvement that your organisation gave outside Waymark. "
        "Please check that it is right.",
        "tasks",
    ),
    "outcome-commented": Template(
        "{reference}: a comment can be read",
        "A safeguarding partner has written a comment on what follows for a referral. It can be read.",
    ),
    # Of the group's meetings: when, and never what is on the agenda.
    "meeting-scheduled": Template(
        "A meeting of the group has been arranged",
        "A meeting of the group has been arranged{on}. Its time and place are in Waymark, where you can also take it "
        "into your calendar.",
        "meetings",
    ),
    "meetings-scheduled": Template(
        "Meetings of the group have been arranged",
        "Several meetings of the group have been arranged. Their times and places are in Waymark, where you can also "
        "take each into your calendar.",
        "meetings",
    ),
    "meeting-moved": Template(
        "A meeting of the group has been moved",
        "A meeting of the group has been moved. It is now arranged{on}. Please take the new time and place into your "
        "calendar from Waymark.",
        "meetings",
    ),
    "meeting-cancelled": Template(
        "A meeting of the group has been cancelled",
        "The meeting of the group that was arranged{on} has been cancelled. Please remove it from your calendar.",
        "meetings",
    ),
    # Of the decision that is exceptional: never which.
    "no-review-answered": Template(
        "{reference}: an answer can be read",
        "An answer about the step after the decision has been recorded. It can be read.",
    ),
    "no-review-recorded-for-you": Template(
        "{reference}: something was recorded for you",
        "The Partnership Team has recorded what you, or your organisation, said outside Waymark. Please check that it "
        "is right.",
    ),
    "no-review-complete": Template(
        "{reference}: a step waits for you",
        "What a step after the decision waited for has been recorded. Please take the step{by}.",
    ),
    # Of a form whose very name would say what became of the case: they speak of a document.
    "review-form-made": Template(
        "{reference}: a document waits for your approval",
        "A document waits for you. Please read it, and approve it or return it with your reasons{by}.",
        "review-form",
    ),
    "review-form-returned": Template(
        "{reference}: a document was returned",
        "A document was returned with reasons. Please read them, and make it anew{by}.",
        "review-form",
    ),
    "review-form-approved": Template(
        "{reference}: a document was approved",
        "A document was approved. Please send it to everybody to whom it must go{by}.",
        "review-form",
    ),
    "review-form-shared": Template(
        "{reference}: a document can be read",
        "A document of this case, or a corrected version of it, has been approved and is open to you. Please sign in "
        "and read it.",
        "review-form",
    ),
    "review-form-informed": Template(
        "{reference}: you are informed",
        "You are informed, as the procedure asks, that the group has completed a piece of work under this reference, "
        "or has corrected it. Nothing is asked of you. Your Partnership Team can tell you more.",
        "tasks",
    ),
    # Of actions under a recommendation: never what they are.
    "action-agreed": Template(
        "{reference}: an action is asked of your agency",
        "An action is asked of your agency{by}. Please read it, and write what has been done as it goes on.",
        "actions",
    ),
    "action-changed": Template(
        "{reference}: an action of your agency was changed",
        "What is asked of your agency has changed. It is to be done{by}. Please read it.",
        "actions",
    ),
    "action-reminder": Template(
        "{reference}: an action of your agency is due soon",
        "An action of your agency is to be done{by}. Please write what has been done, with what shows it.",
        "actions",
    ),
    "action-overdue": Template(
        "{reference}: an action of your agency is overdue",
        "An action of your agency was to be done{by}. Please write what has been done, or ask for another day.",
        "actions",
    ),
    "action-overdue-elsewhere": Template(
        "{reference}: an action is overdue",
        "An action was to be done{by}. The agency that it was asked of has not written that it is done.",
        "recommendations",
    ),
    "action-done": Template(
        "{reference}: an action is done",
        "An agency has written that an action is done. Please read the evidence.",
        "recommendations",
    ),
    # Of papers: that they can be read, and never what they say.
    "papers-circulated": Template(
        "{reference}: papers can be read",
        "Papers{on} have been circulated, for a meeting of the group. Please read them. Members of the group are asked "
        "to confirm before the meeting that they have read them, with their reflections, areas of interest, key points "
        "and questions.",
    ),
    "papers-supplement": Template(
        "{reference}: a supplement to the papers can be read",
        "Something came in after the papers were circulated, and has been added to them. Please read it.",
    ),
    "papers-reminder": Template(
        "{reference}: please read the papers and confirm your preparation",
        "Papers{on} wait for you, for a meeting of the group. Please read them, and confirm before the meeting how you "
        "come prepared.",
    ),
    "papers-meeting-moved": Template(
        "{reference}: the meeting that you have papers for has been moved",
        "The meeting of the group that papers were circulated for has been moved. It is now arranged{on}. The papers "
        "stay as they are.",
    ),
    "papers-meeting-cancelled": Template(
        "{reference}: the meeting that you have papers for has been cancelled",
        "The meeting of the group that papers were circulated for, which was arranged{on}, has been cancelled. The "
        "papers stay as they are.",
    ),
}
PLACES = {
    "case": "/{slug}/cases/{reference}",
    "conflicts": "/{slug}/cases/{reference}/conflicts/",
    "referrals": "/{slug}/referrals",
    "tasks": "/{slug}/tasks",
    "people": "/{slug}/people/",
    "newest": "/{slug}/people/?order=newest",
    "waiting": "/{slug}/people/waiting",
    "invitation": "/invitation/{slug}/" + ONE_TIME,
    "commissions": "/{slug}/commissions",
    "observations": "/{slug}/scrutiny/observations/",
    "actions": "/{slug}/actions",
    "recommendations": "/{slug}/cases/{reference}/recommendations",
    "meetings": "/{slug}/meetings/",
    "review-form": "/{slug}/cases/{reference}/rapid-review/form",
}


def render(
    kind: str,
    *,
    partnership: str,
    slug: str,
    base_url: str,
    reference: str | None,
    params: Mapping[str, object],
) -> Rendered:
    """Make one message. Raises NotAllowed for an unknown kind, a missing reference or any other parameter.

    `params` may hold `duty` (an identifier of the procedure), `due_on` (a date or None), `link` (a path within this
    partnership), `cases` (how many) and `on` (the day of a meeting).
    """
    template = TEMPLATES.get(kind)
    if template is None:
        raise NotAllowed("there is no message of this kind")
    duty, due_on, link = _checked(params, slug)
    words = {
        "reference": _reference(reference) if "{reference}" in template.subject else "",
        "action": ACTIONS.get(duty or "", ANY_ACTION),
        "cases": _cases(params.get("cases")),
        "by": f" by the end of {long_date(due_on)}" if due_on else "",
        "on": _on(params.get("on")),
    }
    where = link or PLACES[template.page].format(slug=slug, reference=words["reference"])
    lines = [template.text.format(**words)]
    lines += [f"Reference: {words['reference']}"] if words["reference"] else []
    lines += [f"Open it in Waymark: {base_url}{where}", one_line(partnership), template.sign_off]
    return Rendered(one_line(template.subject.format(**words)), "\n\n".join(lines) + "\n")


def one_line(text: str) -> str:
    """Text as one line without control or direction marks, so that it can stand in a header."""
    return " ".join(UNSEEN.sub(" ", text).split())[:LONGEST_LINE]


def _checked(params: Mapping[str, object], slug: str) -> tuple[str | None, date | None, str | None]:
    checks: dict[str, Callable[[object], bool]] = {
        "duty": lambda value: isinstance(value, str) and bool(DUTY.fullmatch(value)),
        "due_on": lambda value: value is None or type(value) is date,
        "link": lambda value: isinstance(value, str) and _within(value, slug),
        "cases": lambda value: type(value) is int and 0 < value < 10_000,
        "on": lambda value: type(value) is date,
    }
    for name, value in params.items():
        if name not in checks or not checks[name](value):
            raise NotAllowed(f"no message carries this '{name}'")
    duty, due_on, link = params.get("duty"), params.get("due_on"), params.get("link")
    assert duty is None or isinstance(duty, str)
    assert due_on is None or isinstance(due_on, date)
    assert link is None or isinstance(link, str)
    return duty, due_on, link


def _cases(number: object) -> str:
    return "one case" if number == 1 else f"{number or 'some'} cases"


def _on(day: object) -> str:
    return f" for {long_date(day)}" if isinstance(day, date) else ""


def _within(path: str, slug: str) -> bool:
    return bool(PATH.fullmatch(path)) and path.startswith(f"/{slug}/")


def _reference(reference: str | None) -> str:
    if reference is None or not REFERENCE.fullmatch(reference):
        raise NotAllowed("a message about a case needs its reference, and only its reference")
    return reference
