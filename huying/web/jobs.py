"""Long work of the face: writing a large list into a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from typing import Any, cast

from django.http import QueryDict
from django.utils import translation
from django.utils.translation import gettext as _

from huying.kernel.asker import Asker
from huying.kernel.errors import NotFound
from huying.kernel.jobs import Work
from huying.kernel.models import LongJob
from huying.web import exports, slots
from huying.web.tables import TABLES


def asker_named(identity: str) -> Asker:
    """The asker behind `person:17`, with today's rights; NotFound when nobody can tell."""
    reader = slots.ASKERS.get(identity.partition(":")[0])
    asker = reader(identity) if reader else None
    if asker is None:
        raise NotFound(_("发起人已不存在或已停用。"))
    return asker


def still_readable(job: LongJob) -> bool:
    """Whether the owner of an export could still make it: with all the rights it was made with."""
    try:
        asker = asker_named(job.owner_id)
    except NotFound:
        return False
    made_with = (job.checkpoint or {}).get("areas")
    return made_with is not None and all(
        asker.area(verb).covers(path) for verb, paths in made_with.items() for path in paths
    )


def export(work: Work) -> None:
    """Write every row that the owner may see and asked for; begins anew when interrupted."""
    params = work.params
    with translation.override(params["language"]):
        table = TABLES[params["table"]]()
        query = QueryDict(params["query"])
        asker = asker_named(work.owner_id)
        work.checkpoint({"areas": {verb: asker.area(verb).paths for verb in table.verbs}})
        rows = table.narrowed(asker, query)
        total = rows.order_by().count()
        columns = table.chosen_columns(query)
        ordered = exports.in_order(table, rows, query)

        def told() -> Iterator[Any]:
            for number, row in enumerate(exports.read(ordered), 1):
                if number % exports.CHUNK == 0:
                    work.progress(number, total)
                    work.stop_if_cancelled()
                yield row
            work.progress(total, total)

        form = params["form"]
        name = exports.file_name(table, form)
        with work.result_file(name, exports.MEDIA[form]) as goal:
            if form == "csv":
                for line in exports.csv_lines(columns, told()):
                    goal.write(line.encode())
            else:
                with tempfile.TemporaryFile() as spare:
                    exports.write_xlsx(columns, told(), spare)
                    spare.seek(0)
                    shutil.copyfileobj(spare, cast(Any, goal))
