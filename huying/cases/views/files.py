"""Files of cases: pictures to look at, small for lists, everything else to take away."""

from __future__ import annotations

import io
import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from PIL import Image, ImageOps

from huying.cases.queries.papers import attachment
from huying.cases.views.asking import asker_for
from huying.kernel import blobs
from huying.kernel.models import Blob
from huying.web.ground import download

SMALL = (320, 240)
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")


@require_safe
def file(request: HttpRequest, identity: uuid.UUID) -> HttpResponseBase:
    """A file of a visible case; `?small=1` is a thumbnail of a picture."""
    asker = asker_for(request, "cases.view")
    blob = attachment(asker, identity).blob
    if blob.media_type not in PICTURES:
        return download(request, blob.pk)
    if request.GET.get("small"):
        response: HttpResponseBase = HttpResponse(_small(blob), content_type="image/jpeg")
    else:
        response = StreamingHttpResponse(blobs.read(blob), content_type=blob.media_type)
        response.headers["Content-Disposition"] = (
            content_disposition_header(False, blob.name) or "inline"
        )
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _small(blob: Blob) -> bytes:
    """The picture made to fit a thumbnail; JPEG is read at a fraction of its size."""
    with blobs.open_file(blob) as opened, Image.open(opened) as picture:
        picture.draft("RGB", (SMALL[0] * 2, SMALL[1] * 2))
        made = ImageOps.fit(picture.convert("RGB"), SMALL)
        out = io.BytesIO()
        made.save(out, "JPEG", quality=78)
        return out.getvalue()
