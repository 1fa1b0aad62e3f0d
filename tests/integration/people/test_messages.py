"""The message of an invitation as it is delivered: the link that works is in the message and nowhere else."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from flask import Flask

from app.outbox.messages import ONE_TIME
from app.outbox.sweeper import run_due
from tests.integration.outbox.conftest import Sink, here, sink  # noqa: F401
from tests.integration.people.town import Town, make_town
from tests.support.places import Place


@pytest.fixture
def posting(here: Place, owner_of: Flask) -> Town:  # noqa: F811
    """A town whose messages reach the sink; the work of all others is held back."""
    here.app.config["WTF_CSRF_ENABLED"] = False
    made = make_town(here.app, owner_of, here)
    here.app.extensions["waymark_sign_in"] = made.provider
    return made


def sent(sink: Sink, subject: str) -> list[EmailMessage]:  # noqa: F811
    return [mail for mail in sink.mails if mail["Subject"] == subject]


def link_in(mail: EmailMessage) -> str:
    words = [word for word in mail.get_content().split() if "/invitation/" in word]
    assert len(words) == 1
    assert words[0].startswith("http://localhost:8000/invitation/")
    return words[0].removeprefix("http://localhost:8000")


def test_the_delivered_link_works_and_the_stored_message_holds_none(posting: Town, sink: Sink) -> None:  # noqa: F811
    invitation = posting.invite()
    run_due(posting.app)
    (mail,) = sent(sink, "An invitation to Waymark")
    link = link_in(mail)
    assert link == posting.link(invitation)
    assert ONE_TIME not in mail.get_content()
    assert f"{posting.place.slug} partnership" in mail.get_content()
    (message,) = posting.messages("invitation")
    assert message.state == "sent"
    assert ONE_TIME in message.body
    assert link.rsplit("/", 1)[1] not in posting.told()
    assert posting.sign_in(link, "ada").status_code == 302


def test_a_message_that_waited_too_long_is_not_sent(posting: Town, sink: Sink) -> None:  # noqa: F811
    withdrawn, twice = posting.invite(), posting.invite(email="b@example.example")
    posting.post(posting.admin, f"invitations/{withdrawn.id}/withdraw", reason="Too late")
    posting.post(posting.admin, f"invitations/{twice.id}/send", seen="1")
    run_due(posting.app)
    (mail,) = sent(sink, "An invitation to Waymark")
    assert link_in(mail) == posting.link(posting.again(twice))
    assert sorted(message.state for message in posting.messages("invitation")) == [
        "bounced",
        "bounced",
        "sent",
    ]


def test_a_message_that_cannot_be_delivered_is_shown_so(posting: Town, sink: Sink) -> None:  # noqa: F811
    invitation = posting.invite()
    sink.answers = ["550 nobody here"] * 20
    run_due(posting.app)
    page = (
        posting.browser(posting.admin)
        .get(posting.path(f"invitations/{invitation.id}"))
        .get_data(as_text=True)
    )
    assert "could not be delivered" in page
