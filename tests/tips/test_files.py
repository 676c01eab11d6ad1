"""Files of tips: sealed on arrival, looked into by the worker, opened by the desk."""

from uuid import uuid4

import pytest
from factories import make_agent, open_vault
from samples import CANARY, picture
from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.files.models import File, FileChunk
from app.files.uploads import CappedUpload
from app.tips import files, service
from app.tips.models import Tip, TipFile
from app.vault import service as vault
from app.vault.errors import NotHeldError, SealBrokenError

TEXT = "The inspector takes a bribe for every permit."


def _upload(data: bytes) -> CappedUpload:
    upload = CappedUpload(limit=10**9)
    upload.write(data)
    upload.seek(0)
    return upload


def _file_tip(*uploads: tuple[str, bytes]) -> None:
    sealed = [(name, _upload(data)) for name, data in uploads]
    service.file_tip(service.TipFiling(uuid4(), TEXT, files=sealed))


def _stored() -> bytes:
    return b"".join(db.session.scalars(select(FileChunk.data)))


@pytest.fixture
def opener(app):
    return open_vault(make_agent("doi"))


def test_nothing_of_a_file_is_readable_where_it_lies(opener, carry_out) -> None:
    _file_tip(("rosa-canary.jpg", picture("JPEG")))
    carry_out()
    assert CANARY.encode() not in _stored()
    assert {file.name for file in File.query} == {""}


def test_the_desk_opens_it_and_the_worker_no_more(opener, carry_out) -> None:
    data = bytes(range(256)) * 5000
    _file_tip(("notes.bin", data))
    carry_out()
    [opened] = files.list_opened(Tip.query.one(), opener)
    assert (opened.name, opened.size) == ("notes.bin", len(data))
    assert b"".join(files.open_file(opened.file, opener, cleaned=False)) == data
    with pytest.raises(NotHeldError):
        vault.open_sealed(opened.file.content, vault.worker())


def test_traces_of_its_maker_are_shown_and_a_cleaned_copy_is_made(opener, carry_out) -> None:
    _file_tip(("photo.jpg", picture("JPEG")))
    carry_out()
    [opened] = files.list_opened(Tip.query.one(), opener)
    assert CANARY in str(opened.traces)
    assert opened.has_cleaned
    cleaned = b"".join(files.open_file(opened.file, opener, cleaned=True))
    assert cleaned.startswith(b"\xff\xd8")
    assert CANARY.encode() not in cleaned


def test_a_broken_picture_is_handed_over_as_it_is_and_said_to_be_broken(opener, carry_out) -> None:
    _file_tip(("photo.jpg", picture("JPEG")[:200]))
    carry_out()
    [opened] = files.list_opened(Tip.query.one(), opener)
    assert opened.fault
    assert not opened.has_cleaned


def test_a_kind_that_nobody_can_look_into_is_handed_over_with_a_word(opener, carry_out) -> None:
    _file_tip(("notes.txt", b"It was on Monday."))
    carry_out()
    [opened] = files.list_opened(Tip.query.one(), opener)
    assert "cannot be looked into" in opened.fault
    assert opened.kind.extension == "txt"


def test_looking_twice_changes_nothing(opener, carry_out) -> None:
    _file_tip(("photo.jpg", picture("JPEG")))
    carry_out()
    before = TipFile.query.one().content_id
    files.inspect_file(TipFile.query.one().id)
    assert TipFile.query.one().content_id == before


def test_a_file_that_was_altered_gives_not_one_byte(opener, carry_out) -> None:
    _file_tip(("notes.txt", b"x" * 300_000))
    carry_out()
    tip_file = TipFile.query.one()
    with unit_of_work():
        last = db.session.get(FileChunk, (tip_file.file_id, 1))
        last.data = last.data[:-1] + bytes([last.data[-1] ^ 1])
    with pytest.raises(SealBrokenError):
        files.open_file(tip_file, opener, cleaned=False)


def test_a_file_for_a_desk_that_nobody_joined_waits_with_the_tip(app, carry_out) -> None:
    _file_tip(("notes.txt", b"It was on Monday."))
    carry_out()
    opener = open_vault(make_agent("doi"))
    carry_out()
    [opened] = files.list_opened(Tip.query.one(), opener)
    assert b"".join(files.open_file(opened.file, opener, cleaned=False)) == b"It was on Monday."


def test_a_file_that_was_damaged_on_its_way_is_handed_over_and_said_to_be(
    opener, carry_out
) -> None:
    _file_tip(("photo.jpg", picture("JPEG")))
    with unit_of_work():
        chunk = FileChunk.query.one()
        chunk.data = chunk.data[:-1] + bytes([chunk.data[-1] ^ 1])
    carry_out()
    [opened] = files.list_opened(Tip.query.one(), opener)
    assert opened.fault == "it is damaged"
    with pytest.raises(NotHeldError):
        vault.open_sealed(opened.file.content, vault.worker())
