"""Forms in the face's style: field rendering, lookups, and a form that is taken once."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from huying.kernel.asker import Asker
from huying.kernel.errors import Invalid
from huying.web import slots


class LookupWidget(forms.TextInput):
    """A text box that finds things by a few characters and sends the chosen one's value."""

    template_name = "web/widget_lookup.html"

    def __init__(self, lookup: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.lookup = lookup
        self.asker: Asker | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        source = slots.LOOKUPS.get(self.lookup)
        option = source.name(self.asker, str(value)) if source and self.asker and value else None
        context["widget"]["lookup"] = self.lookup
        context["widget"]["text"] = option.label if option else ""
        return context

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        context = self.get_context(name, value, attrs)
        return mark_safe(render_to_string(self.template_name, context))  # noqa: S308


class LookupField(forms.CharField):
    """One thing out of many; cleans to an `Option` that the asker may name."""

    default_error_messages: ClassVar = {"unknown": _("请从列表中选择。")}

    def __init__(self, lookup: str, **options: Any) -> None:
        options.setdefault("max_length", 64)
        super().__init__(widget=LookupWidget(lookup), **options)
        self.lookup = lookup

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        source = slots.LOOKUPS[self.lookup]
        asker = self.widget.asker
        option = source.name(asker, text) if asker is not None else None
        if option is None or option.closed:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return option


class Form(forms.Form):
    """A form of the face. `by` lets lookups answer for the asker; `submission` names one filling.

    A verb that creates takes `cleaned_data["submission"]` as its idempotency key.
    """

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *arguments: Any, by: Asker, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["submission"].initial = uuid.uuid4
        self.asker = by
        for one in self.fields.values():
            if isinstance(one.widget, LookupWidget):
                one.widget.asker = by

    def take(self, refusal: Invalid) -> None:
        """Put a verb's faults beside the fields they belong to, the others above the form."""
        if not refusal.faults:
            self.add_error(None, refusal.message)
        for fault in refusal.faults:
            words = f"{fault.what} {fault.remedy}".strip()
            known = fault.where in self.fields
            where = fault.where if known or not fault.where else ""
            if fault.where and not known:
                words = _("%(where)s：%(words)s") % {"where": fault.where, "words": words}
            self.add_error(where or None, words)

    @property
    def fault_count(self) -> int:
        """How many things are wrong, however many fields they are in."""
        return sum(len(faults) for faults in self.errors.values())
