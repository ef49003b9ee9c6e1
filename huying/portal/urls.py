"""Addresses of the portal: for citizens, and the officers' desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from huying.portal.views import (
    desk,
    filing,
    following,
    matters,
    public,
    rating,
    receipts,
    texts,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", public.home, name="portal"),
    path("file/", filing.file, name="portal_file"),
    path("file/near/", filing.near, name="portal_near"),
    path("code/", filing.code, name="portal_code"),
    path("receipt/<str:token>/", filing.receipt, name="portal_receipt"),
    path("follow/", following.follow, name="portal_follow"),
    path("follow/leave/", following.leave, name="portal_leave"),
    path("follow/<str:number>/", following.case, name="portal_case"),
    path("follow/<str:number>/<slug:verb>/", following.do, name="portal_do"),
    path("r/<slug:token>/", rating.rate, name="portal_rate"),
    path("matters/", matters.matters, name="portal_matters"),
    path("matters/<slug:code>/", matters.matter, name="portal_matter"),
    path("public/", public.listing, name="portal_public"),
    path("public/map/", public.on_map, name="portal_map"),
    path("public/points/", public.points, name="portal_points"),
    path("public/areas/", public.areas, name="portal_areas"),
    path("public/<str:number>/", public.case, name="portal_public_case"),
    path("desk/", desk.desk, name="portal_desk"),
    path("desk/texts/", texts.texts, name="portal_desk_texts"),
    path("desk/texts/<int:identity>/", texts.again, name="portal_desk_text"),
    path("desk/texts/words/<slug:kind>/", texts.words, name="portal_desk_words"),
    path("texts/receipts/<slug:secret>/", receipts.receive, name="portal_receipts_of_texts"),
    path("desk/matters/", desk.matters, name="portal_desk_matters"),
    path("desk/matters/new/", desk.matter, name="portal_desk_matter_new"),
    path("desk/matters/<slug:code>/", desk.matter, name="portal_desk_matter"),
]
