"""The pages of the referral form, in order."""

from __future__ import annotations

from app.procedure.criteria import HARM_KINDS
from app.referrals.questions import LONG_LIMIT, NAME_LIMIT, Choice, Page, Question

MOST_CHILDREN = 12
MOST_OTHERS = 20

C, Q = Choice, Question

NAMING = Q(
    "naming",
    "Is the child's name known?",
    "radios",
    "Say whether the child's name is known",
    choices=(C("named", "Yes"), C("unnamed", "No, not yet named or not known")),
)
NAME = Q("name", "Full name", missing="Enter the child's name", when=("naming", "named"), limit=NAME_LIMIT)


def birth_questions() -> tuple[Question, ...]:
    """Date of birth: known, estimated, unknown, or expected."""
    return (
        Q(
            "birth",
            "Is the date of birth known?",
            "radios",
            "Say whether the date of birth is known",
            choices=(
                C("known", "Yes"),
                C("estimated", "Estimated"),
                C("unknown", "Not known"),
                C("unborn", "The child is unborn"),
            ),
        ),
        Q(
            "born_on",
            "Date of birth",
            "date",
            "Enter the date of birth",
            "For example, 27 3 2019",
            when=("birth", "known"),
        ),
        Q(
            "born_about",
            "Estimated date of birth",
            "date",
            "Enter the estimated date of birth",
            "Your best estimate. If only the year is known, enter 1 July of that year",
            when=("birth", "estimated"),
        ),
        Q(
            "age_about",
            "About how old (optional)",
            hint="For example, 2 to 3 years",
            when=("birth", "unknown"),
        ),
        Q(
            "expected_on",
            "Expected date of birth",
            "date",
            "Enter the expected date of birth",
            "Estimate it where it is not known",
            when=("birth", "unborn"),
        ),
    )


CHILD = Page(
    "child",
    "A child of the incident",
    (
        NAMING,
        NAME,
        *birth_questions(),
        Q(
            "sex",
            "Sex (optional)",
            "radios",
            choices=(
                C("female", "Female"),
                C("male", "Male"),
                C("not-known", "Not known or not yet determined"),
            ),
        ),
        Q("nhs_number", "NHS number (optional)", "nhs", hint="10 digits, for example 943 476 5919"),
        Q(
            "outcome",
            "What happened to the child?",
            "radios",
            "Say whether the child died or was seriously harmed",
            choices=(
                C("died", "The child died"),
                C("harmed", "The child was seriously harmed, or may have been"),
            ),
        ),
        Q("died_on", "Date of death", "date", "Enter the date of death", when=("outcome", "died")),
        Q(
            "died_at",
            "Time of death (optional)",
            "time",
            hint="For example, 9:15am or 14:30",
            when=("outcome", "died"),
        ),
        Q("harmed_on", "Date of the harm", "date", "Enter the date of the harm", when=("outcome", "harmed")),
        Q(
            "harm_date",
            "Is this date known?",
            "radios",
            "Say whether the date of the harm is known or estimated",
            choices=(C("known", "Known"), C("estimated", "Estimated")),
            when=("outcome", "harmed"),
        ),
        Q(
            "legal",
            "Legal status",
            "radios",
            "Select the child's legal status",
            "At the time of the incident",
            choices=(
                C("looked-after", "Looked after by a local authority"),
                C("protection-plan", "Child protection plan"),
                C("in-need", "Child in need"),
                C("none", "None of these"),
                C("not-known", "Not known"),
            ),
        ),
        Q(
            "looked_after_by",
            "Which local authority looks after the child?",
            "authority",
            "Select the local authority that looks after the child",
            when=("legal", "looked-after"),
        ),
    ),
)

OTHER = Page(
    "other",
    "A sibling or other child who may be at risk",
    (
        NAMING,
        NAME,
        *birth_questions(),
        Q(
            "relation",
            "How is this child connected?",
            "radios",
            "Select how this child is connected",
            choices=(
                C("sibling", "Brother or sister, including half and step"),
                C("family", "Elsewhere in the family network"),
                C("institution", "The same institution, such as a school, club or placement"),
                C("network", "The same social network or social media"),
                C("other", "In another way"),
            ),
        ),
        Q("relation_detail", "Details (optional)", hint="For example, lives in the same household"),
    ),
)

INCIDENT = Page(
    "incident",
    "The incident",
    (
        Q(
            "narrative",
            "What happened?",
            "long",
            "Say what happened",
            "What is known so far, and how it is known. Say what is not yet known.",
            limit=LONG_LIMIT,
        ),
        Q(
            "happened_on",
            "When did it happen?",
            "date",
            "Enter the date of the incident",
            "For example, 14 11 2026",
            called="The date of the incident",
        ),
        Q(
            "date_certainty",
            "Is this date known?",
            "radios",
            "Say whether the date is known or estimated",
            choices=(C("known", "Known"), C("estimated", "Estimated")),
        ),
        Q(
            "place",
            "Where did it happen?",
            "radios",
            "Say where it happened",
            choices=(C("england", "In England"), C("outside", "Outside England")),
        ),
        Q(
            "area",
            "Local authority area where it happened",
            "authority",
            "Select the local authority area where it happened",
            when=("place", "england"),
        ),
        Q(
            "country",
            "Country",
            missing="Enter the country where it happened",
            when=("place", "outside"),
            limit=100,
        ),
        Q(
            "home",
            "Where did the child normally live?",
            "authority",
            "Select the local authority area where the child normally lived",
            "The local authority of normal residence",
        ),
    ),
)

HARM = Page(
    "harm",
    "Abuse, neglect and harm",
    (
        Q(
            "abuse",
            "Is abuse or neglect known or suspected?",
            "radios",
            "Say whether abuse or neglect is known or suspected",
            choices=(
                C("known", "Known"),
                C("suspected", "Suspected"),
                C("neither", "Neither known nor suspected"),
            ),
        ),
        Q(
            "harm_kinds",
            "What kinds of serious harm?",
            "checkboxes",
            hint=(
                "Select all that apply. The list is not exhaustive. A child who recovered, even from a "
                "one-off incident, may still have been seriously harmed."
            ),
            choices=tuple(C(value, label) for value, label in HARM_KINDS.items()),
        ),
        Q(
            "judgement",
            "What was judged about the harm?",
            "long",
            hint="Include where it is likely to be long-term even if this is not yet certain",
            limit=LONG_LIMIT,
        ),
    ),
)

AWARENESS = Page(
    "awareness",
    "When the local authority became aware",
    (
        Q(
            "aware",
            "Is the local authority aware of the incident?",
            "radios",
            "Say whether the local authority is aware of the incident",
            "Children's Services. The five working days to notify begin when it becomes aware.",
            choices=(C("yes", "Yes"), C("no", "Not yet known to the local authority")),
        ),
        Q(
            "aware_on",
            "Date it became aware",
            "date",
            "Enter the date the local authority became aware",
            when=("aware", "yes"),
        ),
        Q(
            "aware_at",
            "Time (optional)",
            "time",
            hint="For example, 9:15am or 14:30",
            when=("aware", "yes"),
            called="The time it became aware",
        ),
        Q(
            "told_by",
            "Who told the local authority?",
            missing="Say who told the local authority",
            when=("aware", "yes"),
        ),
    ),
)

OTHERS = Page(
    "others",
    "Siblings and other children",
    (
        Q(
            "known",
            "Are there siblings or other children who may be at risk?",
            "radios",
            hint="In the family, in an institution, or through a social network or social media",
            choices=(C("yes", "Yes"), C("no", "No other children are known")),
        ),
        Q(
            "action",
            "What has been done to protect them?",
            "long",
            hint="Follow the child protection procedures where there are concerns, also of organised abuse",
            when=("known", "yes"),
            limit=LONG_LIMIT,
        ),
        Q(
            "how_checked",
            "How did you check?",
            "long",
            hint="For example, whom you asked and which records were looked at",
            when=("known", "no"),
            limit=LONG_LIMIT,
        ),
    ),
    items="other",
)

PAGES: tuple[Page, ...] = (
    Page("children", "The children of the incident", items="child"),
    INCIDENT,
    HARM,
    AWARENESS,
    OTHERS,
    Page(
        "agencies",
        "Agencies involved",
        (
            Q(
                "agencies",
                "Which agencies have been involved with the family?",
                "checkboxes",
                "Select the agencies involved, or that none is known",
                "Select all that apply",
                choices=(C("none-known", "No agency is known to have been involved"),),
                choices_from="agencies",
            ),
            Q("other_agencies", "Other agencies (optional)", "long", hint="One on each line", limit=2000),
        ),
    ),
    Page(
        "criteria",
        "Why it may meet the criteria",
        (
            Q(
                "why",
                "Why may this meet the criteria?",
                "long",
                "Say why this may meet the criteria",
                limit=LONG_LIMIT,
            ),
            Q(
                "lessons",
                "What might be learned?",
                "long",
                "Say what might be learned",
                "Improvements, recurrent themes, and how well agencies worked together",
                limit=LONG_LIMIT,
            ),
        ),
    ),
    Page(
        "cdop",
        "Lessons for inter-agency working",
        (
            Q(
                "inter_agency",
                "What important lessons are likely for inter-agency working?",
                "long",
                "Say what lessons are likely for inter-agency working",
                limit=LONG_LIMIT,
            ),
        ),
        only_source="cdop",
    ),
    Page(
        "referrer",
        "Your contact details",
        (
            Q("name", "Full name", missing="Enter your name", limit=NAME_LIMIT),
            Q("job_title", "Job title", missing="Enter your job title", limit=NAME_LIMIT),
            Q("email", "Work email address", "email", "Enter your work email address"),
            Q("phone", "Telephone number (optional)", "phone", limit=40),
        ),
    ),
)
ITEMS = {"child": CHILD, "other": OTHER}
LISTED_ON = {"child": "children", "other": "others"}
MOST = {"child": MOST_CHILDREN, "other": MOST_OTHERS}


def pages_for(source: str) -> tuple[Page, ...]:
    """The pages of a referral from an agency, or from the chair of CDOP."""
    return tuple(page for page in PAGES if page.only_source in ("", source))


def item_number(key: str) -> tuple[str, int] | None:
    """('child', 3) of 'child-3'; None where the key names no child.

    Only one spelling of a number is known.
    """
    kind, _, number = key.partition("-")
    if (
        kind not in ITEMS
        or not (number.isascii() and number.isdigit())
        or len(number) > 4
        or number.startswith("0")
    ):
        return None
    return kind, int(number)


def page_of(key: str, source: str) -> Page | None:
    """The page of a key such as 'incident' or 'child-3'; None where there is none."""
    found = item_number(key)
    if found is not None:
        return ITEMS[found[0]]
    return next((page for page in pages_for(source) if page.key == key), None)
