"""The administrators' command `huying`: a thin face on manage.py that speaks plainly of errors."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from huying.kernel import postgres
from huying.kernel.errors import Invalid, Refusal
from huying.project import home

USAGE = """用法: huying 命令 [参数]

  run                  启动数据库、网页、后台任务,直到 Ctrl-C
  migrate              更新数据库结构
  backup 文件          备份数据库与附件 (--with-secrets 连同密钥)
  restore 文件         恢复备份 (--replace 覆盖现有数据)
  rotate-keys          换用新的字段密钥并重新加密
  audit verify         核验审计链
  import-appeals 文件  导入历史诉求
  demo accounts        演示账号 (仅演示模式)
  demo appeals --full  演示诉求补足到半年、29,000 件 (仅演示模式)
  help                 全部命令

环境变量: HUYING_HOME 数据目录  HUYING_PORT 端口  HUYING_MODE demo|production
          DATABASE_URL 外部数据库
"""

WITHOUT_DATABASE = {
    *("assets", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic"),
    *("help", "makemessages", "makemigrations", "startapp", "version"),
}
MAKES_DATABASE = {"prepare", "migrate", "restore"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, 1 for a refusal, 2 for wrong usage."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in ("-h", "--help"):
        sys.stdout.write(USAGE)
        return 0 if given else 2
    try:
        return _run(given[0].replace("-", "_"), given[1:])
    except Refusal as refusal:
        sys.stderr.write(explain(refusal))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def explain(refusal: Refusal) -> str:
    """What was wrong, where, and what to do, as lines for a terminal."""
    lines = [f"错误: {refusal.message}"]
    if isinstance(refusal, Invalid):
        for fault in refusal.faults:
            remedy = f" ({fault.remedy})" if fault.remedy else ""
            lines.append(f"  - {fault.where}: {fault.what}{remedy}")
    if refusal.remedy:
        lines.append(f"办法: {refusal.remedy}")
    return "\n".join(lines) + "\n"


def _run(name: str, rest: list[str]) -> int:
    if name == "run":
        from huying.project.run import run

        return run()
    if name == "demo" and home.mode() != "demo":
        raise Refusal(
            "演示命令只在演示模式可用", remedy="演示目录由 make run 建立;生产目录没有演示数据"
        )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.project.settings")
    with contextlib.ExitStack() as stack:
        offline = name == "audit" and any(word.split("=")[0] == "--file" for word in rest)
        if name not in WITHOUT_DATABASE and not offline and not {"-h", "--help"} & set(rest):
            stack.enter_context(_database(name))
        return _django(name, rest)


def _database(name: str) -> contextlib.AbstractContextManager[None]:
    place = home.home()
    own = not os.environ.get("DATABASE_URL")
    if own and name not in MAKES_DATABASE and not (place / "pg" / "server.json").exists():
        raise Refusal(f"{place} 里还没有数据库", remedy="先运行 make run,或用 HUYING_HOME 指明目录")
    return postgres.running(place)


def _django(name: str, rest: list[str]) -> int:
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        execute_from_command_line(["huying", name, *rest])
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except OperationalError as failed:
        raise Refusal(f"数据库不可用: {failed}".strip(), remedy="检查 DATABASE_URL") from None
    except ProgrammingError as failed:
        if "does not exist" not in str(failed):
            raise
        raise Refusal("数据库结构不是当前版本", remedy="运行 huying migrate") from None
    return 0


if __name__ == "__main__":
    sys.exit(main())
