"""Every refusal has its one designed form, as a page and inside one; headers are strict."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from huying.web.middleware import CONTENT_SECURITY_POLICY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", [403, 404, 409, 422])
def test_a_refusal_is_a_page_with_its_status(client: Client, status: int) -> None:
    answer = client.get(f"/living/refuse/{status}/")
    assert answer.status_code == status
    assert 'id="state-heading"' in answer.content.decode()
    assert "data-back" in answer.content.decode()


def test_a_conflict_says_what_is_possible_now(client: Client) -> None:
    words = client.get("/living/refuse/409/").content.decode()
    assert "现在可以办理" in words
    assert "导出列表" in words


def test_wrong_input_lists_every_fault_with_its_place(client: Client) -> None:
    words = client.get("/living/refuse/422/").content.decode()
    assert "第 3 行 · 手机号" in words
    assert "应为 11 位数字" in words


def test_htmx_gets_a_notice_put_into_the_page(client: Client) -> None:
    answer = client.get("/living/refuse/409/", headers={"hx-request": "true"})
    assert answer.status_code == 409
    assert answer["HX-Retarget"] == "#notices"
    assert answer["HX-Reswap"] == "beforeend"
    assert "<html" not in answer.content.decode()


def test_who_has_not_signed_in_is_sent_to_sign_in_and_back(client: Client) -> None:
    answer = client.get("/jobs/?state=done")
    assert answer.status_code == 302
    assert answer["Location"] == f"{settings.LOGIN_URL}?next=/jobs/%3Fstate%3Ddone"


def test_an_expired_session_inside_a_page_leads_to_sign_in(client: Client) -> None:
    answer = client.get(
        "/jobs/",
        headers={"hx-request": "true", "hx-current-url": "http://testserver/jobs/?state=done"},
    )
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == f"{settings.LOGIN_URL}?next=/jobs/%3Fstate%3Ddone"


def test_a_post_without_a_session_is_refused_and_not_redirected(client: Client) -> None:
    answer = client.post("/living/refuse/401/")
    assert answer.status_code == 401


def test_an_address_that_nobody_knows_gets_the_designed_page(client: Client) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert 'id="state-heading"' in answer.content.decode()


def test_a_broken_view_shows_no_trace(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/living/refuse/500/")
    words = answer.content.decode()
    assert answer.status_code == 500
    assert "Traceback" not in words
    assert "on purpose" not in words
    assert "已记入日志" in words


def test_a_stale_page_is_told_to_reload(client: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "请刷新页面" in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/no/such/page", "/living/refuse/403/", "/jobs/"])
def test_every_answer_carries_the_same_strict_headers(client: Client, address: str) -> None:
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    assert policy == CONTENT_SECURITY_POLICY
    assert "unsafe-eval" not in policy
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:1"])
def test_going_back_never_leads_to_another_site(client: Client, target: str) -> None:
    answer = client.post("/preferences/", {"theme": "dark", "next": target})
    assert answer["Location"] == "/"


def test_theme_and_elder_mode_are_remembered(client: Client) -> None:
    client.post("/preferences/", {"theme": "dark", "next": "/"})
    client.post("/preferences/", {"elder": "1", "next": "/"})
    words = client.get("/").content.decode()
    assert 'data-bs-theme="dark"' in words
    assert 'class="elder"' in words
    client.post("/preferences/", {"elder": "0"})
    assert 'class="elder"' not in client.get("/").content.decode()
