"""The partnership's pages of papers and of submitted versions: released, withdrawn, read and commented on."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from app.access.current import acting_for
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.commissions import papers, queries, service
from app.commissions.drafts import comment as write_comment
from app.commissions.forms import CommentForm, PaperForm, WithdrawForm, sent, tell
from app.commissions.models import CommissionPaper, CommissionVersion
from app.commissions.routes import Subject, commissions, done, not_now, show, step, subject
from app.commissions.rules import CALLED, Faults
from app.commissions.snapshots import Content
from app.documents.digests import digest_of
from app.serious_incidents.fields import errors_of
from app.serious_incidents.pages import fresh, key_of
from app.web.text_rules import number_named


@commissions.route("/<commission>/papers/release", methods=["GET", "POST"])
@requires(Permission.COMMISSION_MANAGE)
def release(reference: str, commission: str) -> ResponseReturnValue:
    """Release a paper: looked at first, then released exactly as it was looked at."""
    found, form, problem = subject(reference, commission, "release a paper"), PaperForm(), ""
    if (closed := not_now(found)) is not None:
        return closed
    fresh(form)
    content: Content = []
    if form.is_submitted():
        sound, typed = form.validate(), form.typed(key_of(form))
        content, faults = papers.prepared(found.case, typed)
        if faults or not sound:
            content = []
            tell(form, faults)
        elif sent("do") == "release" and typed.seen:
            by = acting_for(Permission.COMMISSION_MANAGE)
            failed = step(form, lambda: papers.release(found.case, commission, typed, by, g.now))
            if failed is None:
                return done(found, "The paper is released.")
            problem = failed
        form.seen.data = digest_of(content) if content else ""
    name = papers.title_of(form.typed(key_of(form))) if content else ""
    return show("release", found, form, problem, content=content, name=name)


@commissions.get("/<commission>/papers/<paper>")
@requires(Permission.COMMISSION_OVERSEE)
def paper(reference: str, commission: str, paper: str) -> ResponseReturnValue:
    """A paper as it was released."""
    found = subject(reference, commission, f"paper {paper[:9]}")
    one = paper_of(found, paper)
    return render_template(
        "commissions/paper.html", case=found.case, row=found.row, title=found.title, paper=one,
        content=papers.proved(one),
    )  # fmt: skip


@commissions.route("/<commission>/papers/<paper>/withdraw", methods=["GET", "POST"])
@requires(Permission.COMMISSION_MANAGE)
def withdraw(reference: str, commission: str, paper: str) -> ResponseReturnValue:
    """Withdraw a paper at once."""
    found, form, problem = subject(reference, commission, f"withdraw paper {paper[:9]}"), WithdrawForm(), ""
    one = paper_of(found, paper)
    if (closed := not_now(found)) is not None:
        return closed
    fresh(form)

    def verb() -> Faults:
        row = service.load(found.case.id, commission)
        return papers.withdraw(row, paper_of(found, paper), form.reason.cleaned,
                               acting_for(Permission.COMMISSION_MANAGE), g.now)  # fmt: skip

    if form.is_submitted():
        failed = step(form, verb)
        if failed is None:
            return done(found, "The paper is withdrawn, and can no longer be opened.")
        problem = failed
    return show("withdraw", found, form, problem, paper=one)


@commissions.get("/<commission>/versions/<version>")
@requires(Permission.COMMISSION_OVERSEE)
def version(reference: str, commission: str, version: str) -> ResponseReturnValue:
    """A submitted version, with what was written back."""
    form = CommentForm()
    fresh(form)
    return _version(subject(reference, commission, f"submitted version {version[:9]}"), version, form, "")


@commissions.post("/<commission>/versions/<version>/comment")
@requires(Permission.COMMISSION_COMMENT)
def comment(reference: str, commission: str, version: str) -> ResponseReturnValue:
    """Write back on a submitted version."""
    found, form = subject(reference, commission, f"comment on version {version[:9]}"), CommentForm()
    one, problem = version_of(queries.versions_of(found.row), version), ""

    def verb() -> Faults:
        row = service.load(found.case.id, commission)
        by = acting_for(Permission.COMMISSION_COMMENT)
        return write_comment(row, one.number, form.words.cleaned, key=key_of(form), acting=by, now=g.now)

    if form.is_submitted():
        failed = step(form, verb)
        if failed is None:
            return done(found, "The comment is sent.", "version", version=one.number)
        problem = failed
    return _version(found, version, form, problem)


def _version(found: Subject, number: str, form: CommentForm, problem: str) -> ResponseReturnValue:
    one, errors = version_of(queries.versions_of(found.row), number), errors_of(form)
    page = render_template(
        "commissions/version.html", case=found.case, row=found.row, title=found.title, version=one, form=form,
        errors=errors, problem=problem, called=CALLED, comments=queries.comments_of(found.row).get(one.number, []),
    )  # fmt: skip
    bad = request.method == "POST"
    return page, 409 if problem else 400 if errors or bad else 200


def paper_of(found: Subject, number: str) -> CommissionPaper:
    """The paper of that number, withdrawn or not; the 404 of a wrong address for no such."""
    return numbered(queries.papers_of(found.row, withdrawn=True), number)


def numbered(papers_: list[CommissionPaper], number: str) -> CommissionPaper:
    """The paper of that number among these; the 404 of a wrong address for no such."""
    return next((one for one in papers_ if str(one.number) == number), None) or refuse()


def version_of(versions: list[CommissionVersion], number: str) -> CommissionVersion:
    """The submitted version of that number; the 404 of a wrong address for no such."""
    wanted = number_named(number)
    return next((one for one in versions if one.number == wanted), None) or refuse()
