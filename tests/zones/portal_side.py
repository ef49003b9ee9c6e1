"""A process of the portal's zone: no table of the cases can be reached from it.

`python -m tests.zones.portal_side KEY MINUTES LINK` files for so many simulated minutes, by pages
and by Open311, impatient people twice, rates by a link, and prints a line for each; MINUTES 0
reads receipts.
"""

from __future__ import annotations

import sys
import uuid
from datetime import timedelta

import django
from django.db import ProgrammingError, connection
from django.test import Client

PAGES = ("/portal/", "/portal/public/", "/portal/matters/", "/portal/follow/")
SPACE = uuid.UUID("6ba7b812-9dad-11d1-80b4-00c04fd430c8")


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def case_side_is_away() -> None:
    """Fail loudly if this process could reach the cases after all."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from cases_case")
    except ProgrammingError:
        connection.close()
        return
    raise AssertionError("the portal's zone can read the case side")


def file_for(minutes: int, key: str) -> None:
    """One appeal a minute by the page, one every fifth by Open311; every third is sent twice."""
    from huying.kernel.clock import frozen, now

    begin = now()
    for minute in range(minutes):
        with frozen(begin + timedelta(minutes=minute)):
            for _time in range(2 if minute % 3 == 0 else 1):
                browser = Client(REMOTE_ADDR=f"10.0.0.{minute}")
                answer = browser.post(
                    "/portal/file/",
                    {
                        "body": f"第 {minute} 件事",
                        "anonymous": "on",
                        "submission": str(uuid.uuid5(SPACE, f"page {minute}")),
                    },
                )
                assert answer.status_code == 302, answer.content.decode()
                assert "已经收到" in browser.get(answer["Location"]).content.decode()
                if minute % 5 == 0:
                    answer = browser.post(
                        "/open311/v2/requests.json",
                        {
                            "api_key": key,
                            "service_code": "010303",
                            "lat": "30.5",
                            "long": "114.3",
                            "description": f"第 {minute} 盏",
                        },
                        headers={"Idempotency-Key": f"lamp {minute}"},
                    )
                    assert answer.status_code == 200, answer.content.decode()
            for page in PAGES if minute % 20 == 0 else ():
                assert Client().get(page).status_code == 200
        say(f"minute {minute}")


def rate_by(link: str) -> None:
    """Somebody opens the link of a short message and rates, pressing twice."""
    browser = Client()
    page = browser.get(link)
    assert page.status_code == 200, page.content.decode()
    for _time in range(2):
        answer = browser.post(link, {"solved": "no", "grade": "2", "cause": "slow"})
        assert answer.status_code in (200, 302), answer.content.decode()
    assert "谢谢您的评价" in browser.get(link).content.decode()


def read_receipts() -> None:
    """What citizens see afterwards: every receipt has its number."""
    from huying.portal.models import IntakeMessage

    filed = IntakeMessage.objects.filter(kind="appeal")
    for token, number in filed.values_list("token", "number"):
        page = Client().get(f"/portal/receipt/{token}/").content.decode()
        say(number if number and number in page else f"missing {token}")


def main(key: str, minutes: int, link: str) -> None:
    django.setup()
    case_side_is_away()
    if minutes:
        rate_by(link)
        file_for(minutes, key)
    else:
        read_receipts()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
