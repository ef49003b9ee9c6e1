"""Addresses of the organisation's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from huying.org.views import account, duty, handing, imports, people, units

app_name = "org"

urlpatterns: list[URLPattern | URLResolver] = [
    path("units/", units.tree, name="units"),
    path("areas.geojson", units.areas, name="areas"),
    path("units/<str:code>/", units.unit, name="unit"),
    path("units/<str:code>/children/", units.children, name="unit_children"),
    path("units/<str:code>/create/", units.create, name="create_unit"),
    path("units/<str:code>/rename/", units.rename, name="rename_unit"),
    path("units/<str:code>/move/", units.move, name="move_unit"),
    path("units/<str:code>/boundary/", units.boundary, name="set_boundary"),
    path("units/<str:code>/close/", units.close, name="close_unit"),
    path("units/<str:code>/posts/create/", units.create_post, name="create_post"),
    path("units/<str:code>/duty/plan/", duty.plan, name="plan_shift"),
    path("people/", people.people, name="people"),
    path("people/create/", people.create, name="create_person"),
    path("people/<int:identity>/", people.person, name="person"),
    path("people/<int:identity>/edit/", people.edit, name="edit_person"),
    path("people/<int:identity>/close/", people.close, name="close_person"),
    path("people/<int:identity>/password/", people.reset_password, name="reset_password"),
    path(
        "people/<int:identity>/second-factor/",
        people.reset_second_factor,
        name="reset_second_factor",
    ),
    path("people/<int:identity>/posts/", people.give_post, name="give_post"),
    path("holdings/<int:identity>/end/", people.end_post, name="end_post"),
    path("sessions/<int:identity>/end/", people.end_session, name="end_session"),
    path("keys/<str:prefix>/revoke/", people.revoke_key, name="revoke_key"),
    path("roles/", account.roles, name="roles"),
    path("roles/<str:code>/", account.edit_role, name="edit_role"),
    path("account/", account.account, name="account"),
    path("account/keys/", account.issue_key, name="issue_key"),
    path("duty/", duty.roster, name="duty"),
    path("shifts/<int:identity>/cancel/", duty.cancel, name="cancel_shift"),
    path("shifts/<int:identity>/hand-over/", handing.hand_over, name="hand_over_shift"),
    path("handovers/", handing.listing, name="handovers"),
    path("handovers/<int:identity>/", handing.handover, name="handover"),
    path("handovers/<int:identity>/take-over/", handing.take_over, name="take_over_shift"),
    path("handovers/<int:identity>/object/", handing.object_to, name="object_to_handover"),
    path("import/", imports.upload, name="import"),
    path("import/template.xlsx", imports.template, name="import_template"),
]
