"""What filing many appeals at once, and importing past ones, ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from huying.cases.widgets import FilesField, FilesWidget
from huying.web.forms import Form


class FilingForm(Form):
    """批量登记."""

    file = forms.FileField(
        label=_("填好的表格（.xlsx 或 .csv）"),
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
    )


class HistoryWidget(FilesWidget):
    """A plain file box that takes several files."""

    template_name = "django/forms/widgets/file.html"

    def __init__(self) -> None:
        super().__init__({"accept": ".csv,.gz", "multiple": True})

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return forms.FileInput.render(self, name, value, attrs, renderer)


class HistoryForm(Form):
    """导入历史诉求."""

    sheets = FilesField(
        label=_("历史诉求文件（.csv 或 .csv.gz，可一次选多个）"), widget=HistoryWidget
    )
