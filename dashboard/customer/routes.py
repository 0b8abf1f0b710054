"""The page that a customer's link opens: nobody signs in, nothing is kept in the browser, looking changes nothing."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests

from dashboard import clock
from dashboard.customer.action import answer_offer, cancel_what_waits, wait_on
from dashboard.customer.links import FoundLink, find
from dashboard.customer.queries import find_order
from dashboard.database import db
from dashboard.extensions import csrf
from dashboard.web.guards import public

blueprint = Blueprint("customer", __name__)
# Whoever posts has the token, and no cookie adds to what it allows: there is nothing to forge.
csrf.exempt(blueprint)

PAGE = "customer/order.html"
CLOSED = "customer/closed.html"
LOOKS, ANSWERS = "60/minute", "20/minute"  # of one address; a person needs a handful
LIMITS = (
    ("customer.order", LOOKS),
    ("customer.create_answer", ANSWERS),
    ("customer.create_consent", ANSWERS),
    ("customer.create_cancellation", ANSWERS),
)
ACCEPT, DECLINE = "accept", "decline"


@blueprint.get("/your-order/<token>")
@public
def order(token: str) -> Response:
    """Where the order stands, and what is offered."""
    link = find(db.session(), token)
    if link.order_id is None:
        return _closed(link)
    found = find_order(db.session(), link.order_id)
    return make_response(render_template(PAGE, order=found, token=token, today=clock.today(), last_day=link.last_day))


@blueprint.post("/your-order/<token>/answers")
@public
def create_answer(token: str) -> Response:
    """Accept or decline an offer; the page then says how it stands, however often it is pressed."""
    link = find(db.session(), token)
    if link.order_id is None:
        return _closed(link)
    answer, offer_id = request.form.get("answer"), request.form.get("offer", type=int)
    if answer not in (ACCEPT, DECLINE) or offer_id is None:
        return _closed(FoundLink(None), status=400)
    if not answer_offer(link.order_id, offer_id, accepts=answer == ACCEPT):
        return _closed(FoundLink(None))
    return make_response(redirect(url_for("customer.order", token=token), 303))


@blueprint.post("/your-order/<token>/consents")
@public
def create_consent(token: str) -> Response:
    """Wait on, as told."""
    link = find(db.session(), token)
    if link.order_id is None:
        return _closed(link)
    wait_on(link.order_id)
    return make_response(redirect(url_for("customer.order", token=token), 303))


@blueprint.post("/your-order/<token>/cancellations")
@public
def create_cancellation(token: str) -> Response:
    """Cancel what has not left; where that cannot be done at once, staff are asked."""
    link = find(db.session(), token)
    if link.order_id is None:
        return _closed(link)
    cancel_what_waits(link.order_id)
    return make_response(redirect(url_for("customer.order", token=token), 303))


@blueprint.errorhandler(TooManyRequests)
def slow_down(error: TooManyRequests) -> Response:
    """In plain words, and without a word of ours."""
    return make_response(render_template(CLOSED, reason="busy"), 429)


@blueprint.after_request
def keep_to_itself(response: Response) -> Response:
    """The address opens the order: it is told to no other site, no search engine and no history of ours."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def limit(app: Flask) -> None:
    """Slow down whoever asks too often."""
    for endpoint, allowed in LIMITS:
        limited = app.extensions["limits"].limit(allowed)(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited


def _closed(link: FoundLink, *, status: int | None = None) -> Response:
    reason = "over" if link.is_over else "unknown"
    current_app.logger.info("a customer's link opened nothing: %s", reason)
    return make_response(render_template(CLOSED, reason=reason), status or (410 if link.is_over else 404))
