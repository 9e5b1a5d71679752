import gzip

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from ansvar.ui import static_files
from ansvar.ui.middleware import SecurityHeaders, content_policy


def asked(path: str, **headers: str) -> HttpResponse:
    middleware = static_files.StaticFiles(lambda _request: HttpResponse("page"))
    return middleware(RequestFactory().get(path, headers=headers))


def test_file_of_this_build_is_kept_for_ever():
    answer = asked(static_files.url("css/ansvar.css"))
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Type"].startswith("text/css")


def test_text_is_compressed_when_the_browser_can():
    answer = asked(static_files.url("js/app.js"), Accept_Encoding="gzip, br")
    assert answer["Content-Encoding"] == "gzip"
    assert b"import" in gzip.decompress(answer.content)


def test_file_without_or_with_an_old_version_is_found_but_not_kept():
    for path in ("/static/js/app.js", "/static/0123456789/js/app.js"):
        answer = asked(path)
        assert answer.status_code == 200
        assert "immutable" not in answer["Cache-Control"]


def test_unchanged_file_is_not_sent_again():
    tag = asked("/static/js/app.js")["ETag"]
    again = asked("/static/js/app.js", If_None_Match=tag)
    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/static/none.css",
        "/static/../settings.py",
        "/static/css/../../views.py",
        "/static/css/",
        "/static/",
    ],
)
def test_nothing_outside_the_folder_is_sent(path: str):
    assert asked(path).status_code == 404


def test_other_addresses_go_on_to_the_pages():
    assert asked("/queue/").content == b"page"
    assert asked("/staticky/").content == b"page"


def test_favicon_is_at_the_root():
    assert asked("/favicon.ico")["Content-Type"].startswith("image/")


def secured(response: HttpResponse) -> HttpResponse:
    def view(_request: HttpRequest) -> HttpResponse:
        return response

    return SecurityHeaders(view)(RequestFactory().get("/"))


def test_policy_allows_nothing_inline_and_nothing_foreign():
    policy = secured(HttpResponse())["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert secured(HttpResponse())["X-Frame-Options"] == "DENY"


def test_view_can_be_stricter_for_a_mail_in_a_frame():
    body = content_policy(HttpResponse(), {"sandbox": "", "frame-ancestors": "'self'"})
    answer = secured(body)
    assert (
        answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'self'"
    )
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
