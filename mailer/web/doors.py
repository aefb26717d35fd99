"""The one way in and out: a request becomes `Asked`, a page function answers in the thread pool (unless it never waits), the answer
gets its headers.

A fault of the database is 503, so that who posts tries again (UNS-6); any other fault of ours is 500 and goes to the log
under the route's name, never with its path.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from sqlalchemy.exc import DBAPIError, TimeoutError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as Mounted
from starlette.types import ASGIApp, Receive, Scope, Send

from mailer import clock, log
from mailer.errors import NotFound, Unavailable
from mailer.house import House
from mailer.web import access, forms, headers, paper
from mailer.web.asking import Answer, Asked, Form, Octets, Page, missing
from mailer.web.routes import EVERYBODY, MACHINE, ROUTES, Route

_log = log.get(__name__)
_READS = ("GET", "HEAD")


def open_doors(house: House) -> Starlette:
    """The application: `ROUTES` mounted, no redirect to another spelling of a path (UNS-2)."""
    mounted = [
        Mounted(route.path, _endpoint(house, route), name=route.name, methods=list(_methods(route))) for route in ROUTES
    ]

    async def strayed(request: Request, _error: Exception) -> Response:
        return _response(house, missing())

    async def wrong_method(request: Request, error: Exception) -> Response:
        allowed = (error.headers or {}) if isinstance(error, HTTPException) else {}
        return _response(house, Page("wrong-method", status=405, headers={"Allow": allowed.get("Allow", "GET, HEAD")}))

    app = Starlette(routes=mounted, exception_handlers={404: strayed, 405: wrong_method})
    app.router.redirect_slashes = False
    app.add_middleware(_WithoutLastSlash)
    return app


class _WithoutLastSlash:
    """`/u/TAG/` is `/u/TAG`: mail programs and people add a slash, and a redirect is forbidden here (RFC 8058 3.1)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and len(scope["path"]) > 1 and scope["path"].endswith("/"):
            scope = {**scope, "path": scope["path"].rstrip("/") or "/"}
        await self.app(scope, receive, send)


def _methods(route: Route) -> tuple[str, ...]:
    return (*_READS, "OPTIONS") if route.act is None else (*_READS, "POST", "OPTIONS")


def _endpoint(house: House, route: Route) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        began = clock.monotonic()
        if request.method == "OPTIONS":
            return _response(house, Octets(b"", "text/plain", 204, {"Allow": ", ".join(_methods(route))}))
        try:
            form = await forms.read(request) if request.method == "POST" else Form()
        except ClientDisconnect:  # half a form is not done by halves, and nobody hears an answer
            return Response(status_code=400)
        asked = _asked(house, route, request, form)
        answer = await run_in_threadpool(_answered, route, request, asked) if route.waits else _answered(route, request, asked)
        if request.method == "POST" and route.floor:
            await anyio.sleep(max(0.0, began + route.floor - clock.monotonic()))
        return answer

    return endpoint


def _asked(house: House, route: Route, request: Request, form: Form) -> Asked:
    return Asked(
        house=house,
        route=route.name,
        path=request.path_params,
        query=request.query_params,
        form=form,
        client=request.client.host if request.client else "",
        local=access.at_this_machine(request),
        now=clock.now(),
    )


def _answered(route: Route, request: Request, asked: Asked) -> Response:
    """Access, the page, and its rendering."""
    try:
        if any("\x00" in said for said in (*asked.path.values(), *asked.query.values())):
            raise NotFound("No address has a NUL.")  # nor has a text of PostgreSQL, which would call it a fault
        answer = _refusal(route, request, asked)
        if answer is None:
            page = route.act if request.method == "POST" else route.show
            assert page is not None
            answer = page(asked)
        return _response(asked.house, answer)
    except NotFound:
        return _response(asked.house, missing())
    except (DBAPIError, TimeoutError, Unavailable) as error:
        _log.warning("page not answered, database", route=route.name, error=type(error).__name__)
        return _response(asked.house, Page("later", status=503, headers={"Retry-After": "30"}))
    except Exception:
        _log.exception("page failed", route=route.name)
        return _response(asked.house, Page("fault", status=500))


def _refusal(route: Route, request: Request, asked: Asked) -> Answer | None:
    if route.access == EVERYBODY:
        return None
    if route.access == MACHINE:
        return None if asked.local else Page("closed", status=403)
    return access.tray_refusal(
        asked.house.settings,
        local=asked.local,
        client=asked.client,
        authorization=request.headers.get("authorization", ""),
        seconds=clock.monotonic(),
    )


def _response(house: House, answer: Answer) -> Response:
    https = house.settings.public_url.startswith("https:")
    sent = headers.for_answer(answer.headers, https=https)
    if isinstance(answer, Octets):
        sent["Content-Type"] = answer.type
        return Response(answer.content, answer.status, sent)
    content = paper.render(answer)
    return Response(content, answer.status, {**sent, "Content-Type": "text/html; charset=utf-8"})
