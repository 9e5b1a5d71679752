"""Files on an object store: the guarantees of the folder, and nothing lost while it is away."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from builders import acting, an_administrator
from desktops import client_of
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from mails import a_desk_with_mail, a_mail, arrived
from object_store import BUCKET, ObjectStore, object_store  # noqa: F401 - a fixture
from queued_work import run_queued

from ansvar.conversations import store, tasks
from ansvar.conversations.commands import Arrival, NewFile, deliver_mail, keep_mails, write_reply
from ansvar.conversations.handed import NOT_NOW, _keep_for_each
from ansvar.conversations.models import Attachment, InboundMail, Message, OutboundMail
from ansvar.kernel import clock
from ansvar.kernel.models import Failure
from ansvar.ops import config, content_copying, content_place, content_trying
from ansvar.ops.trouble import ConfigurationWrong, Trouble


@pytest.fixture
def kept_there(settings, object_store: ObjectStore, tmp_path: Path) -> Iterator[ObjectStore]:  # noqa: F811 - the fixture
    settings.STORAGES = {"content": object_store.entry(tmp_path)}
    yield object_store
    if object_store.process is None:
        object_store.start()


def objects(there: ObjectStore) -> list[Path]:
    """Return the files in which the store keeps objects of content."""
    return [
        one
        for one in (there.folder / BUCKET / "desk").rglob("*")
        if one.is_file() and len(one.name) == 62
    ]


def test_content_lies_there_once_by_its_hash_and_comes_back_in_pieces(kept_there: ObjectStore):
    large = bytes(range(256)) * 4096
    before = len(objects(kept_there))
    first, second = store.put(large), store.put(io.BytesIO(large))
    many = store.put_many([b"one", b"two", b"one", large])
    assert first == second == many[3]
    assert len(objects(kept_there)) == before + 3
    assert [store.read(one.sha256) for one in many[:3]] == [b"one", b"two", b"one"]
    pieces = list(store.pieces_of(first.sha256))
    assert len(pieces) == 4
    assert b"".join(pieces) == large
    assert store.read(store.put(b"").sha256) == b""
    with pytest.raises(store.ContentMissing):
        store.pieces_of("0" * 64)


def test_what_was_changed_behind_our_back_is_not_given_out_as_what_was_kept(
    kept_there: ObjectStore,
):
    kept = store.put(b"as it was sent")
    place = next(one for one in objects(kept_there) if kept.sha256.endswith(one.name))
    place.write_bytes(b"as it was sENT")
    with pytest.raises(store.ContentDamaged):
        store.read(kept.sha256)
    with pytest.raises(store.ContentDamaged):
        list(store.pieces_of(kept.sha256))
    place.unlink()


def test_the_store_is_tried_by_put_get_and_delete(
    settings, tmp_path: Path, kept_there: ObjectStore
):
    content_trying.put_and_get()
    settings.STORAGES = {"content": kept_there.entry(tmp_path, ANSVAR_S3_SECRET_KEY="wrong")}
    with pytest.raises(Trouble, match="SignatureDoesNotMatch"):
        content_trying.put_and_get()
    bucket = {"ANSVAR_CONTENT_STORE": "s3://nobody-made-it"}
    settings.STORAGES = {"content": kept_there.entry(tmp_path, **bucket)}
    with pytest.raises(Trouble, match="NoSuchBucket"):
        content_trying.put_and_get()
    kept_there.stop()
    with pytest.raises(Trouble, match="Could not connect"):
        content_trying.put_and_get()


@pytest.mark.django_db
def test_mail_waits_while_the_store_is_away_and_is_read_when_it_is_back(kept_there: ObjectStore):
    mailbox = a_desk_with_mail()
    raw = a_mail(files=(("list.txt", "text/plain", b"1, 2, 3"),))
    keep_mails(mailbox.pk, [Arrival(raw=raw, uid=1)], uid_validity=1)
    kept_there.stop()
    assert _keep_for_each(a_mail(), "a@example.com", [mailbox.address]) == [NOT_NOW]
    run_queued("conversations.read_stored")
    inbound = InboundMail.objects.get()
    assert (inbound.state, inbound.apart_since) == ("stored", None)
    kept_there.start()
    with clock.at(clock.now() + timedelta(minutes=1)):
        tasks.sweep()
        run_queued("conversations.read_stored")
    inbound.refresh_from_db()
    assert inbound.state == "taken"
    assert store.read(Attachment.objects.get().sha256) == b"1, 2, 3"
    assert not Failure.objects.exists()


@pytest.mark.django_db
def test_an_answer_with_a_file_is_refused_in_words_and_one_that_was_taken_goes_out_later(
    kept_there: ObjectStore,
):
    mailbox = a_desk_with_mail()
    ticket = arrived(mailbox, a_mail()).ticket
    assert ticket is not None
    agent = an_administrator(mailbox.desk)
    file = NewFile(name="list.txt", media_type="text/plain", content=b"1, 2, 3")
    taken = write_reply(
        ticket.pk, text="See the file.", to=["a@example.com"], attachments=[file], by=acting(agent)
    )
    kept_there.stop()
    answer = client_of(agent).post(
        f"/tickets/{ticket.reference}/reply/",
        {"text": "Words typed at length", "files": SimpleUploadedFile("b.txt", b"other")},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code in {409, 422, 503}
    page = answer.content.decode()
    assert "Files cannot be kept or read now" in page
    assert "Words typed at length" in page
    assert Message.objects.filter(ticket=ticket, direction="out").count() == 1
    outbound = OutboundMail.objects.get(message=taken)
    with (
        clock.at(outbound.send_after + timedelta(seconds=1)),
        pytest.raises(store.ContentAway),
    ):
        deliver_mail(outbound.pk)
    outbound.refresh_from_db()
    assert outbound.state in {"queued", "failed"}


def test_files_are_copied_to_the_store_once_and_the_copying_goes_on_where_it_ended(
    settings, tmp_path: Path, kept_there: ObjectStore
):
    folder = store.LocalContent(tmp_path / "content")
    contents = [f"file {number}".encode() for number in range(40)]
    settings.STORAGES = {
        "content": {"BACKEND": "ansvar.conversations.store.LocalContent",
                    "OPTIONS": {"location": tmp_path / "content"}},
    }  # fmt: skip
    kept = store.put_many(contents)
    damaged = Path(folder.path(store.name_of(kept[7].sha256)))
    damaged.write_bytes(b"rubbish")
    settings.STORAGES = {"content": kept_there.entry(tmp_path)}
    goal = storages["content"]
    store.put(contents[0])
    told: list[tuple[int, int]] = []

    outcome = content_copying.copied(folder, goal, told=lambda *so_far: told.append(so_far))

    assert (outcome.there, outcome.copied) == (1, 38)
    assert outcome.wrong == [store.name_of(kept[7].sha256)]
    assert told[-1] == (40, 40)
    assert store.read(kept[39].sha256) == contents[39]
    named = [(store.name_of(one.sha256), one.size) for one in kept]
    found = content_copying.verified(goal, named, whole=True, told=lambda *_so_far: None)
    assert (found.there, found.wrong) == (39, outcome.wrong)
    damaged.write_bytes(contents[7])
    again = content_copying.copied(folder, goal, told=lambda *_so_far: None)
    assert (again.there, again.copied, again.wrong) == (39, 1, [])


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"ANSVAR_CONTENT_STORE": "bucket/prefix"}, "must look like s3://bucket/prefix"),
        ({"ANSVAR_CONTENT_STORE": "s3://key:secret@bucket"}, "keys are settings of their own"),
        ({"ANSVAR_S3_ENDPOINT": "s3.example.com"}, "s3_endpoint must look like https://"),
        ({"ANSVAR_S3_ACCESS_KEY": "alone"}, "together or not at all"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(tmp_path, environ, sentence):
    with pytest.raises(ConfigurationWrong, match=sentence):
        config.load(environ, tmp_path)


def test_without_the_library_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(content_place.importlib.util, "find_spec", lambda _name: None)
    loaded = config.load({"ANSVAR_CONTENT_STORE": "s3://files"}, tmp_path)
    with pytest.raises(ConfigurationWrong, match=r"ansvar\[s3\]"):
        content_place.storage(loaded)
