"""What citizens and Open311 clients send in: a sealed message each, taken once whatever happens."""

from __future__ import annotations

import json
import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from huying.kernel import blobs, secrets
from huying.kernel.asker import Asker
from huying.kernel.clock import now
from huying.kernel.errors import Fault, Invalid, NotNow
from huying.kernel.verbs import act
from huying.portal.events import IntakeReceived
from huying.portal.models import FollowedCase, IntakeMessage, IntakePhoto, RatingLink
from huying.portal.queries.following import open_verbs
from huying.portal.queries.links import is_good
from huying.portal.rules import limits
from huying.portal.rules.texts import title_of
from huying.portal.rules.words import CAUSES

SAME_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True)
class Photo:
    """A file as it was uploaded."""

    name: str
    data: bytes


def file_appeal(
    *,
    by: Asker,
    key: str,
    channel: str,
    body: str,
    title: str = "",
    name: str = "",
    phone: str = "",
    anonymous: bool = False,
    verified: bool = False,
    address: str = "",
    longitude: float | None = None,
    latitude: float | None = None,
    category: str = "",
    photos: Sequence[Photo] = (),
    source: str = "",
) -> IntakeMessage:
    """反映诉求: keeps it as a message; a repeated `key` answers with the message of the first.

    Without a key, the same content from the same `source` within minutes counts as a repetition.
    """
    _check(body, title, longitude, latitude, photos)
    payload = {
        "title": (title.strip() or title_of(body))[:200],
        "body": body.strip(),
        "name": "" if anonymous else name.strip(),
        "phone": phone.strip(),
        "anonymous": anonymous,
        "verified": verified,
        "address": address.strip()[:200],
        "longitude": longitude,
        "latitude": latitude,
        "category": category,
    }
    with act("portal.file", by=by) as deed:
        fingerprint = "" if key else _fingerprint(source, payload)
        message = _kept(
            IntakeMessage.Kind.APPEAL,
            key or f"{channel}:{random.token_hex(16)}",
            payload,
            channel=channel,
            source=source,
            fingerprint=fingerprint,
            photos=photos,
        )
        deed.on("intake", str(message.pk), channel=channel)
        deed.tell(IntakeReceived(message.pk))
    return message


def say(
    followed: FollowedCase,
    kind: str,
    *,
    by: Asker,
    key: str,
    text: str = "",
    solved: bool | None = None,
    grade: int | None = None,
    cause: str = "",
    channel: str = "web",
    source: str = "",
) -> IntakeMessage:
    """补充、撤回、评价、再次诉求: a message about a case that stands already."""
    if kind not in open_verbs(followed):
        raise NotNow(_("现在不能这样办理。"), allowed=[], remedy=_("请刷新页面，看看最新的进度。"))
    _check_saying(kind, text, solved, grade, cause)
    payload = {"text": text.strip(), "solved": solved, "grade": grade, "cause": cause}
    with act(f"portal.{kind}", by=by) as deed:
        message = _kept(
            IntakeMessage.Kind(kind),
            f"{kind}:{followed.number}:{key or random.token_hex(16)}",
            payload,
            channel=channel,
            source=source,
            number=followed.number,
        )
        deed.on("intake", str(message.pk), number=followed.number)
        deed.tell(IntakeReceived(message.pk))
    return message


def rate_by_link(
    link: RatingLink, *, by: Asker, solved: bool, grade: int, cause: str = "", text: str = ""
) -> IntakeMessage:
    """凭链接评价: what a link is good for, once; of two presses only the first counts."""
    _check_saying("evaluate", text, solved, grade, cause)
    payload = {"text": text.strip(), "solved": solved, "grade": grade, "cause": cause}
    payload |= {"appellant": link.appellant, "round": link.round}
    with act("portal.evaluate", by=by) as deed:
        row = RatingLink.objects.select_for_update().get(pk=link.pk)
        if not is_good(row):
            raise NotNow(_("这个链接已经用过，或已经失效。"))
        message = _kept(
            IntakeMessage.Kind.EVALUATE,
            f"evaluate:{row.number}:link:{row.code}",
            payload,
            channel="link",
            number=row.number,
        )
        RatingLink.objects.filter(pk=row.pk).update(used_at=now())
        deed.on("intake", str(message.pk), number=row.number)
        deed.tell(IntakeReceived(message.pk))
    return message


def _check_saying(kind: str, text: str, solved: bool | None, grade: int | None, cause: str) -> None:
    faults = []
    if kind in ("comment", "withdraw", "reappeal") and not text.strip():
        faults.append(Fault("text", _("请写几个字。")))
    if len(text) > limits.BODY or "\x00" in text:
        faults.append(Fault("text", _("内容太长，或含有不能识别的字符。")))
    if kind == "evaluate" and (solved is None or grade not in range(1, 6)):
        faults.append(Fault("grade", _("请选择是否解决，以及您的满意程度。")))
    if cause not in ("", *dict(CAUSES)):
        faults.append(Fault("cause", _("请从列出的原因里选。")))
    if faults:
        raise Invalid(_("还有内容需要填写。"), faults=faults)


def _kept(
    kind: IntakeMessage.Kind,
    key: str,
    payload: Mapping[str, Any],
    *,
    channel: str,
    source: str = "",
    fingerprint: str = "",
    number: str = "",
    photos: Sequence[Photo] = (),
) -> IntakeMessage:
    """The message under this key, written now or before."""
    if fingerprint and (twin := _same_lately(fingerprint)):
        return twin
    try:
        with transaction.atomic():
            message = IntakeMessage.objects.create(
                key=key,
                token=random.token_urlsafe(18),
                kind=kind,
                channel=channel,
                source=source,
                fingerprint=fingerprint,
                number=number,
                payload=secrets.seal_text(json.dumps(payload, ensure_ascii=False)),
                received_at=now(),
            )
    except IntegrityError:  # the same key came before, or at the same moment
        return IntakeMessage.objects.get(key=key)
    for index, photo in enumerate(photos, 1):
        media_type, kept = blobs.accept(photo.name, photo.data)
        if not media_type.startswith("image/"):
            raise _not_a_picture(photo.name)
        ending = "jpg" if media_type == "image/jpeg" else "png"
        blob = blobs.save(kept, name=f"photo-{index}.{ending}", media_type=media_type)
        IntakePhoto.objects.create(message=message, blob=blob)
    return message


def _same_lately(fingerprint: str) -> IntakeMessage | None:
    """A message of the same content that came minutes ago; equal ones queue here one by one."""
    with connection.cursor() as cursor:
        lock = int.from_bytes(bytes.fromhex(fingerprint[:16]), "big", signed=True)
        cursor.execute("select pg_advisory_xact_lock(%s)", [lock])
    return IntakeMessage.objects.filter(
        fingerprint=fingerprint, received_at__gte=now() - SAME_WITHIN
    ).first()


def _fingerprint(source: str, payload: Mapping[str, Any]) -> str:
    return secrets.keyed_digest(source + json.dumps(payload, sort_keys=True))


def _check(
    body: str,
    title: str,
    longitude: float | None,
    latitude: float | None,
    photos: Sequence[Photo],
) -> None:
    """Everything that the case side would refuse later, refused at once."""
    faults = []
    if not body.strip():
        faults.append(Fault("body", _("请写下您要反映的事情。")))
    elif len(body) > limits.BODY:
        faults.append(Fault("body", _("最多 %(most)s 字，请精简一些。") % {"most": limits.BODY}))
    if "\x00" in body + title:
        faults.append(Fault("body", _("含有不能识别的字符，请重新输入。")))
    if (longitude is None) != (latitude is None):
        faults.append(Fault("latitude", _("地图上的点不完整，请重新选点。")))
    elif longitude is not None and not (-180 <= longitude <= 180 and -90 <= (latitude or 0) <= 90):
        faults.append(Fault("longitude", _("地图上的点不在地球上，请重新选点。")))
    if len(photos) > limits.PHOTOS:
        faults.append(Fault("photos", _("最多 %(most)s 张照片。") % {"most": limits.PHOTOS}))
    if any(len(photo.data) > limits.PHOTO_SIZE for photo in photos):
        faults.append(Fault("photos", _("每张照片不超过 10 MB。")))
    if faults:
        raise Invalid(_("还有内容需要填写。"), faults=faults)


def _not_a_picture(name: str) -> Invalid:
    what = _("“%(name)s”不是照片。") % {"name": name[:60]}
    return Invalid(what, faults=[Fault("photos", what, _("请选择照片。"))])
