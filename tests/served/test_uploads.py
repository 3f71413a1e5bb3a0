"""Uploads against the web as production runs it: slow ones stop no page, none is read past the limit or in part."""

from __future__ import annotations

import hashlib
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from profiling.cargo import store as cargo_store
from profiling.cargo.models import Submission
from tests.served.conftest import MAX_UPLOAD, PUSH, Answer, Exchange, Web

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("served"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("store"),
]

SEA = (Path(__file__).parent.parent / "fixtures" / "sea.edi").read_bytes()
EDIFACT = "application/edifact"
FORM = "multipart/form-data; boundary=b0undary"
HEAD = b'--b0undary\r\nContent-Disposition: form-data; name="file"; filename="sea.edi"\r\n\r\n'
TAIL = b"\r\n--b0undary--\r\n"
PIECES = 20
UPLOADS_AT_ONCE = 8  # of each of the two workers


def pieces_of(body: bytes) -> list[bytes]:
    size = -(-len(body) // PIECES)
    return [body[start : start + size] for start in range(0, len(body), size)]


def stored(answer) -> bytes:
    """The bytes kept of a push that was accepted."""
    assert answer.status == 202, answer.content
    with cargo_store.get(Submission.objects.get(ref=answer.json["ref"]).sha256) as content:
        return content.read()


def nothing_is_kept(store: Path) -> bool:
    return not Submission.objects.exists() and not any(path.is_file() for path in store.rglob("*"))


def slow_uploads(web: Web, token: str, number: int) -> list[tuple[Exchange, list[bytes]]]:
    """Uploads that have begun, each of other bytes, with what is still to be sent of them."""
    begun = []
    for place in range(number):
        body = SEA + b"\n" * place
        exchange = web.begin(Authorization=token, Content_Type=EDIFACT, Content_Length=str(len(body)))
        begun.append((exchange, pieces_of(body)))
    return begun


def trickle(exchange: Exchange, pieces: list[bytes], enough: threading.Event) -> Answer:
    """Send a little now and then until it is `enough`, then the rest; or give up when refused."""
    body = b"".join(pieces)
    sent = 0
    with suppress(ConnectionError):  # refused between the look and the sending; the answer waits to be read
        while not enough.wait(0.2) and not exchange.is_answered():
            exchange.send(body[sent : sent + 1])
            sent += 1
        if not exchange.is_answered():
            exchange.send(body[sent:])
    answer = exchange.answer()
    exchange.abandon()
    return answer


def test_two_slow_uploads_do_not_stop_pages(web, token, cookie):
    answered = threading.Event()
    with ThreadPoolExecutor(2) as clients:
        # beside the pages, or pages that take their time would let the uploads fall silent
        under_way = [clients.submit(trickle, *upload, answered) for upload in slow_uploads(web, token, 2)]
        try:
            for _round in range(5):
                assert web.ask("/accounts/login/").status == 200
                queue = web.ask("/", Cookie=cookie)
                assert (queue.status, b"<h1" in queue.content) == (200, True)
                assert web.ask("/api/v1/cases/", Cookie=cookie).status == 200
                assert web.ask(PUSH, Authorization=token).status == 200
                assert not any(upload.done() for upload in under_way), "the pages waited for the uploads"
        finally:
            answered.set()
        answers = [upload.result() for upload in under_way]
    assert [stored(answer) for answer in answers] == [SEA, SEA + b"\n"]


def test_of_too_many_slow_uploads_some_are_asked_to_come_again_and_pages_are_answered(web, token, cookie):
    answered = threading.Event()
    with ThreadPoolExecutor(3 * UPLOADS_AT_ONCE) as clients:
        begun = slow_uploads(web, token, 3 * UPLOADS_AT_ONCE)
        under_way = [clients.submit(trickle, *upload, answered) for upload in begun]
        try:
            pages = [web.ask("/", Cookie=cookie).status for _time in range(2 * UPLOADS_AT_ONCE)]
            waiting = sum(not upload.done() for upload in under_way)
        finally:
            answered.set()
        answers = [upload.result() for upload in under_way]
    assert set(pages) == {200}
    assert waiting >= UPLOADS_AT_ONCE, "the pages waited for the uploads"
    accepted = [answer for answer in answers if answer.status == 202]
    refused = [answer for answer in answers if answer.status != 202]
    assert UPLOADS_AT_ONCE <= len(accepted) <= 2 * UPLOADS_AT_ONCE
    assert {(answer.status, answer.code, answer.headers["Retry-After"]) for answer in refused} == {(429, "busy", "10")}
    ((again, pieces),) = slow_uploads(web, token, 1)
    again.send(b"".join(pieces))
    assert again.answer().status == 202, "the places are not free again"


@pytest.mark.parametrize("content_type", [EDIFACT, FORM], ids=["raw", "form"])
@pytest.mark.parametrize("sign_in", ["token", "session"])
def test_a_length_over_the_limit_is_refused_before_the_body_is_read(web, store, token, cookie, content_type, sign_in):
    who = {"Authorization": token} if sign_in == "token" else forgery_proof(web, cookie)
    upload = web.begin(Content_Type=content_type, Content_Length=str(2 * MAX_UPLOAD), Expect="100-continue", **who)
    answer = upload.answer()
    assert (answer.status, answer.code) == (413, "too_large")
    assert nothing_is_kept(store)


def forgery_proof(web: Web, cookie: str) -> dict[str, str]:
    """Headers of a script on one of our own pages."""
    page = web.ask("/submissions/upload/", Cookie=cookie)
    secret = page.headers["Set-Cookie"].split(";")[0]
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.content)[1].decode()
    return {"Cookie": f"{cookie}; {secret}", "X_CSRFToken": token}


@pytest.mark.parametrize(
    ("content_type", "head", "tail"), [(EDIFACT, b"", b""), (FORM, HEAD, TAIL)], ids=["raw", "form"]
)
class TestABodyWithoutALength:
    def test_under_the_limit_it_is_accepted(self, web, token, content_type, head, tail):
        upload = web.begin(Authorization=token, Content_Type=content_type, Transfer_Encoding="chunked")
        for piece in pieces_of(head + SEA + tail):
            upload.send_chunk(piece)
        upload.end_chunks()
        assert stored(upload.answer()) == SEA

    def test_over_the_limit_it_is_refused_while_it_still_comes(self, web, store, token, content_type, head, tail):
        upload = web.begin(Authorization=token, Content_Type=content_type, Transfer_Encoding="chunked")
        upload.send_chunk(head)
        sent = 0
        while not upload.is_answered():
            assert sent < 20 * MAX_UPLOAD, "it is read on and on"
            try:
                upload.send_chunk(b"x" * 10_000)
            except ConnectionError:
                break  # refused between the look and the sending; the answer waits to be read
            sent += 10_000
        answer = upload.answer()
        assert (answer.status, answer.code) == (413, "too_large")
        assert nothing_is_kept(store)

    def test_one_great_chunk_is_not_read_whole(self, web, store, token, content_type, head, tail):
        upload = web.begin(Authorization=token, Content_Type=content_type, Transfer_Encoding="chunked")
        upload.send_chunk(head)
        upload.send(b"%x\r\n" % (1 << 40))
        with suppress(ConnectionError):  # as above
            upload.send(b"x" * (MAX_UPLOAD + 200_000))
        answer = upload.answer()
        assert (answer.status, answer.code) == (413, "too_large")
        assert nothing_is_kept(store)

    def test_a_broken_one_is_told_so(self, web, store, token, content_type, head, tail):
        upload = web.begin(Authorization=token, Content_Type=content_type, Transfer_Encoding="chunked")
        upload.send_chunk(head + SEA)
        upload.send(b"no size\r\n")
        answer = upload.answer()
        assert (answer.status, answer.code) == (400, "body_cut")
        assert nothing_is_kept(store)


@pytest.mark.parametrize(("content_type", "head"), [(EDIFACT, b""), (FORM, HEAD)], ids=["raw", "form"])
def test_a_body_shorter_than_it_said_is_not_taken_for_the_whole(web, store, token, content_type, head):
    upload = web.begin(Authorization=token, Content_Type=content_type, Content_Length=str(len(head + SEA) + 1000))
    upload.send(head + SEA)
    upload.connection.shutdown(1)  # as a link that breaks: no more will come
    answer = upload.answer()
    assert (answer.status, answer.code) == (400, "body_cut")
    assert nothing_is_kept(store)


@pytest.mark.parametrize(("content_type", "head"), [(EDIFACT, b""), (FORM, HEAD)], ids=["raw", "form"])
def test_a_body_that_falls_silent_is_given_up(web, store, token, content_type, head):
    upload = web.begin(Authorization=token, Content_Type=content_type, Content_Length=str(len(head + SEA) + 1000))
    upload.send(head + SEA)
    answer = upload.answer()
    assert (answer.status, answer.code) == (408, "body_silent")
    assert nothing_is_kept(store)


def test_a_session_pushes_either_way_with_the_forgery_token(web, cookie):
    who = forgery_proof(web, cookie)
    for content_type, body in ((EDIFACT, SEA), (FORM, HEAD + SEA + b"\n" + TAIL)):
        upload = web.begin(Content_Type=content_type, Content_Length=str(len(body)), **who)
        upload.send(body)
        kept = stored(upload.answer())
        assert hashlib.sha256(kept.strip()).digest() == hashlib.sha256(SEA.strip()).digest()
