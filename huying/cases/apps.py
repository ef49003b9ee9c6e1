"""Registers the room with Django and fills the slots of the rooms below."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from huying.kernel.asker import Asker

if TYPE_CHECKING:
    from huying.kernel.jobs import Work
    from huying.kernel.models import LongJob


class CasesConfig(AppConfig):
    name = "huying.cases"
    label = "cases"
    verbose_name = "民呼我应"

    def ready(self) -> None:
        from huying.cases import (
            audit_words,
            cards,
            cards_calls,
            cards_desk,
            cards_knowledge,
            cards_papers,
        )
        from huying.cases.roles import ROLE_VERBS
        from huying.cases.rules import calls, meetings, papers, sendings
        from huying.cases.rules.edges import LABELS
        from huying.kernel import blobs, jobs, secrets, services
        from huying.kernel.verbs import declare
        from huying.org.roles import grant_by_default
        from huying.web import slots
        from huying.web.audit_words import describe

        declare(
            "cases",
            {
                **LABELS,
                **calls.LABELS,
                **meetings.LABELS,
                **papers.LABELS,
                **sendings.LABELS,
                "view": _("查看诉求"),
                "morning": _("看晨会"),
                "console": _("看指挥调度"),
                "mark_seen": _("标记已看过"),
                "edit_routing": _("修改派单规则"),
                "write_article": _("写知识"),
                "publish_article": _("审核发布知识"),
                "review_article": _("复核知识"),
                "withdraw_article": _("撤下知识"),
                "write_template": _("写回复模板"),
                "retire_template": _("停用回复模板"),
                "confirm_template": _("确认回复模板"),
                "set_call_level": _("开启或关闭呼叫层级"),
                "edit_clock_rule": _("修改时限"),
                "confirm_clock_rule": _("确认时限"),
                "edit_trigger": _("修改督办触发条件"),
                "confirm_trigger": _("确认督办触发条件"),
                "install_defaults": _("写入默认分类和时限"),
                "city_line": _("管理市热线线路"),
                "file_many": _("批量登记诉求"),
                "import_history": _("导入历史诉求"),
            },
        )
        from huying.cases.actions import city_in, city_out
        from huying.cases.actions.filing import FILE
        from huying.cases.actions.importing import HISTORY
        from huying.cases.actions.issuing_many import MANY
        from huying.cases.models import Appellant, Case, CityMessage
        from huying.cases.queries.provisional import provisional_clocks
        from huying.kernel.events import subscribe

        describe(audit_words.THINGS, audit_words.FACTS)
        cards.fill()
        cards_calls.fill()
        cards_knowledge.fill()
        cards_papers.fill()
        cards_desk.fill()
        for role, verbs in ROLE_VERBS.items():
            grant_by_default(role, *(f"cases.{verb}" for verb in verbs))
        secrets.register_encrypted(Appellant, "name", "phone", "id_number")
        secrets.register_encrypted(Case, "original")
        secrets.register_encrypted(CityMessage, "content")
        jobs.kind(FILE, _file)
        jobs.kind(HISTORY, _history)
        jobs.kind(MANY, _issue_many, _papers_readable)
        subscribe("cases.city_out", "cases.city_told", city_out.tell_city)
        subscribe("cases.city_in", "cases.city_said", city_in.hear_city)
        services.schedule("cases.city", "补发市热线消息", "* * * * *", _city_line)
        services.schedule("cases.city_check", "市热线对账", "30 6 * * *", _city_check)
        blobs.OWNERS.register("cases", _may_read)
        slots.PROVISIONAL.register("cases", provisional_clocks)
        services.install("cases", "默认分类、时限和督办条件", _install)
        services.schedule("archive", "评价后归档", "*/10 * * * *", _archive)
        services.schedule("supervise", "自动督办", "* * * * *", _supervise)


def _may_read(asker: Asker, blob_id: UUID) -> bool:
    from huying.cases.queries.papers import owns_readable

    return owns_readable(asker, blob_id)


def _archive() -> None:
    from huying.cases.actions import archive_due

    archive_due()


def _supervise() -> None:
    from huying.cases.actions import supervise_due

    supervise_due()


def _install() -> None:
    from huying.cases.actions import install_defaults
    from huying.cases.queries import lacks_defaults
    from huying.kernel.asker import System

    if lacks_defaults():
        install_defaults(by=System("install", "安装"))


def _file(work: Work) -> None:
    from huying.cases.jobs import run_filing

    run_filing(work)


def _history(work: Work) -> None:
    from huying.cases.jobs import run_history

    run_history(work)


def _issue_many(work: Work) -> None:
    from huying.cases.jobs import run_issuing

    run_issuing(work)


def _papers_readable(job: LongJob) -> bool:
    from huying.cases.jobs import papers_still_readable

    return papers_still_readable(job)


def _city_line() -> None:
    from huying.cases.actions.city_out import send_waiting

    send_waiting()


def _city_check() -> None:
    from huying.cases.actions.city_check import check_daily

    check_daily()
