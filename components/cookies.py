"""The session cookie: set in one way only."""

from __future__ import annotations

from werkzeug.wrappers import Response

from components.request import SESSION_COOKIE


def keep_session(response: Response, token: str, *, is_https: bool) -> Response:
    """Return the response with the session's cookie: not readable by scripts, not sent by other sites.

    Parameters
    ----------
    response : Response
        Answer to the browser.
    token : str
        Token of the session.
    is_https : bool
        Whether the request came over TLS; then the cookie stays on TLS.
    """
    response.set_cookie(SESSION_COOKIE, token, path="/", httponly=True, samesite="Lax", secure=is_https)
    return response
