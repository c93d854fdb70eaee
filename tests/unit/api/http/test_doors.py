"""Every door of the service: closed without a token, closed to a token of no rights, open to the rights it names."""

from collections.abc import Iterator
from datetime import timedelta

import anyio
import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from api.http.access import EVERYBODY, RIGHTS, GuardedRoute
from api.http.app import ROUTES, create_app
from api.http.routes import description
from api.store.records import StoredToken
from api.usecases.tokens import Right, create_token, digest_token, revoke_token
from tests.servers.service import House
from tests.unit.api.http.conftest import Evaluated

OPEN = {("GET", "/api/v1/health"), ("GET", "/api/v1/openapi.json"), ("GET", "/docs")}


def walk(routes: list[BaseRoute], prefix: str = "") -> Iterator[tuple[str, BaseRoute]]:
    """Every route of an application, through all routers it includes."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if isinstance(inner, APIRouter):
            yield from walk(inner.routes, prefix)
        else:
            yield getattr(route, "path", ""), route


def doors(house: House) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Method, address with something in its places, and description of every operation of the running service."""
    document = house.caller().get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def address(path: str) -> str:
    for name, value in {"diff": "0badc0de", "number": "0", "name": "lines.ndjson"}.items():
        path = path.replace("{" + name + "}", value)
    return path.replace("{", "").replace("}", "")


def test_no_route_is_undeclared_or_unguarded(shared: Evaluated) -> None:
    found = [route for _, route in walk(create_app(shared.house.tools).routes)]
    assert len(found) == sum(len(module.router.routes) for module in (*ROUTES, description))
    for route in found:
        assert isinstance(route, GuardedRoute), route
        declared = (route.openapi_extra or {})[RIGHTS]
        assert declared == EVERYBODY or set(declared) <= set(Right), route.path
        assert declared, route.path
        assert route.include_in_schema, "what is not described is not walked over"


def test_the_description_lists_every_route(shared: Evaluated) -> None:
    found = [route for _, route in walk(create_app(shared.house.tools).routes) if isinstance(route, APIRoute)]
    assert sum(len(route.methods) for route in found) == len(list(doors(shared.house)))


def test_every_door_is_closed_without_a_token(shared: Evaluated) -> None:
    caller = shared.house.caller()
    seen = set()
    for method, path, operation in doors(shared.house):
        answer = caller.request(method, address(path), content=b"{not json")
        if (method, path) in OPEN:
            assert answer.status_code == 200
            seen.add((method, path))
            continue
        assert answer.status_code == 401, (method, path)
        assert answer.json()["code"] == "ORD0950"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert operation[RIGHTS] != EVERYBODY
    assert seen == OPEN


def test_every_door_is_closed_to_a_token_of_no_rights(shared: Evaluated) -> None:
    caller = shared.house.caller(secret=keep_token(shared.house, "of-no-rights", ()))
    for method, path, _ in doors(shared.house):
        if (method, path) not in OPEN:
            answer = caller.request(method, address(path), content=b"{not json")
            assert answer.status_code == 403, (method, path)
            assert answer.json()["code"] == "ORD0951"


@pytest.mark.parametrize("right", list(Right))
def test_a_right_opens_exactly_what_names_it(shared: Evaluated, right: Right) -> None:
    caller = shared.house.caller(right)
    for method, path, operation in doors(shared.house):
        if (method, path) in OPEN:
            continue
        answer = caller.request(method, address(path), content=b"{not json")
        declared = operation[RIGHTS]
        assert isinstance(declared, list)
        assert (answer.status_code == 403) == (right.value not in declared), (method, path, answer.text)


def keep_token(house: House, name: str, rights: tuple[str, ...], secret: str = "") -> str:
    secret = secret or f"ordain_{name}"
    token = StoredToken(f"token-{name}", name, "nobody@example.org", rights, digest_token(secret), house.tools.now())
    with house.tools.store.write() as tx:
        tx.tokens.add(token)
    return secret


def refused(answer: httpx.Response) -> bool:
    return answer.status_code == 401 and answer.json()["code"] == "ORD0950"


@pytest.mark.parametrize("header", ["", "Bearer", "Basic b3BzOm9wcw==", "Bearer ordain_wrong", "ordain_x"])
def test_what_is_no_token_opens_nothing(shared: Evaluated, header: str) -> None:
    assert refused(shared.house.caller().get("/api/v1/diffs", headers={"Authorization": header}))


def test_a_token_in_the_address_opens_nothing(shared: Evaluated) -> None:
    secret = shared.house.secrets[Right.ADMIN]
    assert refused(shared.house.caller().get("/api/v1/diffs", params={"token": secret, "access_token": secret}))


def test_a_right_nobody_knows_opens_nothing(shared: Evaluated) -> None:
    caller = shared.house.caller(secret=keep_token(shared.house, "odd", ("root", "everybody")))
    assert caller.get("/api/v1/diffs").status_code == 403


def test_a_token_ends_when_it_is_revoked(shared: Evaluated) -> None:
    tools = shared.house.tools
    made = create_token(tools, "short-lived", "temp@example.org", [Right.AUTHOR])
    caller = shared.house.caller(secret=made.secret)
    assert caller.get("/api/v1/diffs").status_code == 200
    revoke_token(tools, made.stored.id)
    assert refused(caller.get("/api/v1/diffs"))


def test_a_token_ends_when_it_expires(shared: Evaluated) -> None:
    tools = shared.house.tools
    past = tools.now() - timedelta(seconds=1)
    secret = "ordain_past"
    token = StoredToken("token-past", "past", "temp@example.org", ("author",), digest_token(secret), past, past)
    with tools.store.write() as tx:
        tx.tokens.add(token)
    assert refused(shared.house.caller(secret=secret).get("/api/v1/diffs"))


def test_a_route_that_declares_nothing_is_opened_by_nothing(shared: Evaluated) -> None:
    app = create_app(shared.house.tools)
    router = APIRouter(route_class=GuardedRoute)

    @router.get("/forgotten")
    def forgotten() -> dict[str, str]:
        return {"secret": "everything"}

    app.include_router(router)
    secret = create_token(shared.house.tools, "all", "all@example.org", list(Right)).secret
    answer = call(app, "/forgotten", secret)
    assert answer.status_code == 403
    assert "no right at all" in answer.json()["detail"]


def call(app: object, path: str, secret: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # an ASGI application
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.get(path, headers={"Authorization": f"Bearer {secret}"})

    return anyio.run(ask)
