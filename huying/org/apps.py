"""Registers the room with Django and fills the slots of the rooms below."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from huying.kernel.asker import Asker
from huying.org.rules import RESERVED, SHARED


class OrgConfig(AppConfig):
    name = "huying.org"
    label = "org"
    verbose_name = "组织"

    def ready(self) -> None:
        from huying.kernel import verbs
        from huying.org import audit_words, checks, sign_in  # noqa: F401  (registers checks and receivers)
        from huying.org.roles import grant_by_default
        from huying.web.audit_words import describe

        describe(audit_words.THINGS, audit_words.FACTS)
        verbs.declare(
            "org",
            {
                "view": _("查看组织与人员"),
                "create_unit": _("新增单位"),
                "rename_unit": _("单位更名"),
                "move_unit": _("移动单位"),
                "close_unit": _("停用单位"),
                "set_boundary": _("划定边界"),
                "import_units": _("导入单位"),
                "create_person": _("新增人员"),
                "edit_person": _("修改人员"),
                "close_person": _("停用账户"),
                "import_people": _("导入人员"),
                "reset_password": _("重置密码"),
                "reset_second_factor": _("解除动态口令"),
                "end_session": _("结束会话"),
                "create_post": _("设岗"),
                "close_post": _("撤岗"),
                "give_post": _("任职"),
                "end_post": _("免职"),
                "edit_role": _("编辑角色权限"),
                "install_roles": _("安装默认角色"),
                "issue_key": _("签发密钥"),
                "revoke_key": _("停用密钥"),
                "plan_shift": _("排班"),
                "read_handover": _("查看交接班记录"),
                "hand_over_shift": _("交班"),
                "take_over_shift": _("接班"),
                "object_to_handover": _("对交接班提出异议"),
                "set_preferences": _("个人偏好"),
                "change_password": _("修改密码"),
                "change_second_factor": _("动态口令变更"),
                "sign_in": _("登录"),
                "sign_in_failed": _("登录失败"),
                "sign_out": _("退出登录"),
            },
        )
        _fill_slots()
        business = (
            "grid_worker",
            "community_staff",
            "street_dispatcher",
            "department_handler",
            "district_centre",
            "callback_agent",
            "evaluator",
            "leader",
        )
        for role in (*business, "system_admin", "security_admin", "auditor"):
            grant_by_default(role, *SHARED)
        for role in ("community_staff", "street_dispatcher", "department_handler"):
            grant_by_default(role, "org.plan_shift")
        grant_by_default("district_centre", "org.plan_shift")
        for role in business[1:]:  # a grid worker stands no watch
            grant_by_default(
                role,
                *("org.read_handover", "org.hand_over_shift"),
                *("org.take_over_shift", "org.object_to_handover"),
            )
        for duty, role in (
            ("system", "system_admin"),
            ("security", "security_admin"),
            ("audit", "auditor"),
        ):
            grant_by_default(role, *(verb for verb, owner in RESERVED.items() if owner == duty))


def _install() -> None:
    """What every start makes sure of: roles are there; no demo account can act in production."""
    from huying.kernel.asker import System
    from huying.kernel.errors import Refusal
    from huying.org import actions, checks

    actions.install_roles(by=System("install", "安装"))
    for error in checks.no_demo_accounts(None, databases=["default"]):
        raise Refusal(str(error.msg), remedy=str(error.hint))


def _watch(asker: Asker) -> dict[str, Any] | None:
    """The card of the watch; nothing while it asks nothing of the asker."""
    from huying.org import queries

    found = queries.watch(asker)
    return {"watch": found} if found else None


def _fill_slots() -> None:
    """Navigation, menu, search, lookups, kept preferences, long jobs."""
    from huying.kernel import jobs as long_jobs
    from huying.kernel import services
    from huying.org import jobs, lookups
    from huying.org.actions import IMPORT
    from huying.org.tables import HandoverTable, PeopleTable
    from huying.web import slots
    from huying.web.tables import TABLES

    organisation = _("组织")
    looking = slots.with_verb("org.view")
    importing = slots.with_verb("org.import_units", "org.import_people")
    for name, label, icon, shown, order in (
        ("units", _("单位"), "sitemap", looking, 600),
        ("people", _("人员"), "users", looking, 610),
        ("duty", _("值班表"), "calendar-time", looking, 620),
        ("handovers", _("交接班"), "transfer", slots.with_verb("org.read_handover"), 625),
        ("roles", _("角色权限"), "shield-lock", looking, 630),
        ("import", _("导入"), "file-import", importing, 640),
    ):
        item = slots.NavigationItem(
            label, f"org:{name}", icon, shown=shown, section=organisation, order=order
        )
        slots.NAVIGATION.register(f"org.{name}", item)
    slots.USER_MENU.register(
        "org.account", slots.MenuItem(_("我的账户"), "org:account", "user-cog")
    )
    for name, label, icon, search, order in (
        ("units", _("单位"), "sitemap", lookups.search_units, 200),
        ("people", _("人员"), "users", lookups.search_people, 210),
    ):
        more = "org:people" if name == "people" else ""
        source = slots.SearchSource(label, icon, search, shown=looking, more=more, order=order)
        slots.SEARCH.register(f"org.{name}", source)
    slots.LOOKUPS.register(
        "unit", slots.Lookup(lookups.find_units, lookups.name_unit, tree=lookups.unit_tree)
    )
    slots.LOOKUPS.register("person", slots.Lookup(lookups.find_people, lookups.name_person))
    slots.PREFERENCE_KEEPERS.register("org", slots.PreferenceKeeper(lookups.keep_preferences))
    slots.ASKERS.register("person", lookups.person_asker)
    TABLES.register(PeopleTable.name, PeopleTable)
    TABLES.register(HandoverTable.name, HandoverTable)
    watching = slots.with_verb("org.plan_shift", "org.hand_over_shift")
    card = slots.HomeCard(_("值班"), "org/card_watch.html", _watch, watching, wide=True, order=5)
    slots.HOME_CARDS.register("org.watch", card)
    long_jobs.kind(IMPORT, jobs.run_import)
    services.install("org", "默认角色", _install)
