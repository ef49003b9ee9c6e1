"""The matrix of the portal: citizens' pages and Open311 open to everybody, the desk to few."""

from __future__ import annotations

from tests.permissions.table import ALL, Row, Table, Values
from tests.permissions.table_api import CENTRE

NO_TEXT = {"identity": 999999}
FORM = {"form": "json", "code": "010303", "token": "none", "rest": "x"}


def open_to_all(route: str, get: int = 0, post: int = 0, values: Values | None = None) -> Table:
    """An address where it makes no difference who one is, signed in or not."""
    found: Table = {}
    for method, status in (("GET", get), ("POST", post)):
        if status:
            found[method, route] = Row(ALL, status, stranger=status, values=values or {})
    return found


PORTAL: Table = {
    **open_to_all("portal/", 200),
    **open_to_all("portal/file/", 200, 422),
    **open_to_all("portal/file/near/", post=200),
    **open_to_all("portal/code/", post=200),
    **open_to_all("portal/receipt/<str:token>/", 404, values=FORM),
    # Without a proved telephone one is asked for it, whoever one is.
    **open_to_all("portal/follow/", 200, 422),
    **open_to_all("portal/follow/leave/", post=302),
    **open_to_all("portal/follow/<str:number>/", 302),
    **open_to_all("portal/follow/<str:number>/<slug:verb>/", post=302, values={"verb": "comment"}),
    # An address that nobody signed is no link; one that was needs nobody's right.
    **open_to_all("portal/r/<slug:token>/", 404, 404, values=FORM),
    **open_to_all("portal/texts/receipts/<slug:secret>/", post=404, values={"secret": "x"}),
    **open_to_all("portal/matters/", 200),
    **open_to_all("portal/matters/<slug:code>/", 404, values={"code": "none"}),
    **open_to_all("portal/public/", 200),
    **open_to_all("portal/public/map/", 200),
    **open_to_all("portal/public/points/", 200),
    **open_to_all("portal/public/areas/", 200),
    **open_to_all("portal/public/<str:number>/", 404),
    ("GET", "portal/desk/"): Row(CENTRE),
    ("GET", "portal/desk/texts/"): Row(CENTRE),
    ("POST", "portal/desk/texts/"): Row(CENTRE, 422),  # keeps a view, which must have a name
    ("GET", "portal/desk/texts/<int:identity>/"): Row(CENTRE, 404, values=NO_TEXT),
    ("POST", "portal/desk/texts/<int:identity>/"): Row(CENTRE, 404, values=NO_TEXT),
    ("GET", "portal/desk/texts/words/<slug:kind>/"): Row(CENTRE, values={"kind": "rate"}),
    ("POST", "portal/desk/texts/words/<slug:kind>/"): Row(CENTRE, 422, values={"kind": "rate"}),
    ("GET", "portal/desk/matters/"): Row(CENTRE),
    ("GET", "portal/desk/matters/new/"): Row(CENTRE),
    ("POST", "portal/desk/matters/new/"): Row(CENTRE, 422),
    ("GET", "portal/desk/matters/<slug:code>/"): Row(CENTRE, 404, values={"code": "none"}),
    ("POST", "portal/desk/matters/<slug:code>/"): Row(CENTRE, 404, values={"code": "none"}),
    # Open311: reading is free, writing needs a key, which a session is not.
    **open_to_all("open311/discovery.<slug:form>", 200, values=FORM),
    **open_to_all("open311/v2/discovery.<slug:form>", 200, values=FORM),
    **open_to_all("open311/v2/services.<slug:form>", 200, values=FORM),
    **open_to_all("open311/v2/services/<slug:code>.<slug:form>", 404, values=FORM),
    **open_to_all("open311/v2/requests.<slug:form>", 200, 403, values=FORM),
    **open_to_all("open311/v2/requests/<str:number>.<slug:form>", 404, values=FORM),
    **open_to_all("open311/v2/tokens/<slug:token>.<slug:form>", 404, values=FORM),
    **open_to_all("open311/v2/servicerequestupdates.<slug:form>", 200, 403, values=FORM),
    **open_to_all("open311/v2/", 404, 404),
    **open_to_all("open311/<path:rest>", 404, 404, values=FORM),
}
