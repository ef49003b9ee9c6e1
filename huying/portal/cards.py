"""What this room puts into the navigation, and the defaults that it asks to be confirmed."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from huying.kernel.asker import Asker
from huying.portal.rules.messages import KINDS
from huying.web import slots


def message_words(asker: Asker) -> list[slots.DefaultValue]:
    """How each kind of short message is worded, and who confirmed it."""
    from huying.portal.queries import texts

    found = []
    for kind, one in KINDS.items():
        signed = texts.signed_words(kind)
        found.append(
            slots.DefaultValue(
                kind,
                one.label,
                texts.words_of(kind),
                "",
                signed.by_label if signed else "",
                signed.at if signed else None,
                reverse("portal_desk_words", args=[kind]),
            )
        )
    return found


def sign_words(kind: str, asker: Asker) -> None:
    """Confirm the words in force for this district."""
    from huying.portal.actions.texting import edit_words
    from huying.portal.queries.texts import words_of

    edit_words(kind, words_of(kind) if kind in KINDS else "", by=asker)


def fill() -> None:
    """Fill the slots of the face; called once when the room is ready."""
    slots.NAVIGATION.register(
        "portal.desk",
        slots.NavigationItem(
            _("公开管理"),
            "portal_desk",
            "world",
            shown=slots.with_verb("cases.publish"),
            section=_("门户"),
            order=600,
        ),
    )
    slots.NAVIGATION.register(
        "portal.matters",
        slots.NavigationItem(
            _("办事事项"),
            "portal_desk_matters",
            "list-details",
            shown=slots.with_verb("portal.edit_matter"),
            section=_("门户"),
            order=610,
        ),
    )
    slots.NAVIGATION.register(
        "portal.texts",
        slots.NavigationItem(
            _("短信"),
            "portal_desk_texts",
            "message-2",
            shown=slots.with_verb("portal.resend"),
            section=_("门户"),
            order=620,
        ),
    )
    slots.DEFAULTS.register(
        "messages",
        slots.DefaultsSource(
            "messages",
            _("短信内容"),
            message_words,
            slots.with_verb("portal.resend"),
            slots.with_verb("portal.edit_words"),
            sign_words,
        ),
    )
