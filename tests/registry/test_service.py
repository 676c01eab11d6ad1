"""Acts on the registry: who changed it, why, on top of what."""

from collections.abc import Iterator
from threading import Thread

import pytest
from factories import PASSWORD
from flask import Flask

from app.accounts import service as accounts
from app.accounts.models import RoleName, User
from app.audit.models import AuditEntry
from app.cli.bundled import BUNDLED
from app.core.errors import NotFoundError, RefusedError
from app.extensions import db
from app.registry import queries, service
from app.registry.faults import RegistryFileError
from app.registry.file import registry_to_document
from app.registry.models import Queue
from app.registry.service import OlderRevisionError

TEXT = BUNDLED.read_text(encoding="utf-8")


@pytest.fixture
def admin(app: Flask) -> Iterator[User]:
    user = accounts.create_user("ada@rightdesk.example", "Ada Admin", PASSWORD, [RoleName.ADMIN])
    yield user
    db.session.rollback()
    service.load_registry(TEXT)  # the queues that follow from it, too


def renamed(name: str) -> str:
    """The bundled registry with another name for Checkbook NYC."""
    assert 'name = "Checkbook NYC"' in TEXT
    return TEXT.replace('name = "Checkbook NYC"', f'name = "{name}"')


def test_a_revision_keeps_who_and_why(admin: User) -> None:
    loaded = service.load_registry(renamed("Checkbook 2"), admin, "They renamed it")
    revision = queries.get_revision(loaded.revision)
    assert (revision.author, revision.note) == (admin, "They renamed it")
    entry = AuditEntry.query.filter_by(act="registry.load", actor_id=admin.id).one()
    assert entry.subject_id == str(loaded.revision)
    assert entry.details == {}


def test_only_admins_change_it(admin: User) -> None:
    staff = [RoleName.AGENT]
    agent = accounts.create_user("gus@rightdesk.example", "Gus Agent", PASSWORD, staff)
    current = queries.get_current_registry()
    document = registry_to_document(current)
    for attempt in (
        lambda: service.load_registry(renamed("Checkbook 2"), agent),
        lambda: service.change_registry(agent, document, "", current.revision),
        lambda: service.put_back(agent, current.revision, "", current.revision),
    ):
        with pytest.raises(RefusedError, match="Only admins"):
            attempt()


def test_what_is_in_force_already_is_no_new_revision(admin: User) -> None:
    before = queries.get_current_registry().revision
    respelled = "# another comment\n" + TEXT
    assert service.load_registry(respelled, admin).revision == before


def test_a_change_on_top_of_an_older_revision_is_refused(admin: User) -> None:
    based_on = queries.get_current_registry().revision
    document = registry_to_document(queries.get_current_registry())
    now = service.load_registry(renamed("Checkbook 2"), admin).revision
    for attempt in (
        lambda: service.load_registry(renamed("Checkbook 3"), admin, based_on=based_on),
        lambda: service.change_registry(admin, document, "", based_on),
        lambda: service.put_back(admin, based_on, "", based_on),
    ):
        with pytest.raises(OlderRevisionError):
            attempt()
    assert queries.get_current_registry().revision == now


def test_of_two_who_change_at_the_same_time_one_is_refused(app: Flask, admin: User) -> None:
    based_on, actor = queries.get_current_registry().revision, admin.id
    outcomes: list[str] = []

    def change(name: str) -> None:
        with app.app_context():
            try:
                user = db.session.get_one(User, actor)
                service.load_registry(renamed(name), user, based_on=based_on)
                outcomes.append("done")
            except OlderRevisionError:
                outcomes.append("refused")
            finally:
                db.session.remove()

    threads = [Thread(target=change, args=(f"Checkbook {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused", "refused", "refused"]


def test_an_earlier_revision_is_put_back_as_a_new_one(admin: User) -> None:
    first = queries.get_current_registry()
    second = service.load_registry(renamed("Checkbook 2"), admin)
    third = service.put_back(admin, first.revision, "A mistake", second.revision)
    assert third.revision > second.revision
    assert third.document == first.document
    assert queries.get_revision(third.revision).note == "A mistake"
    with pytest.raises(NotFoundError):
        service.put_back(admin, 999_999, "", third.revision)


def test_a_changed_document_is_checked_like_a_file(admin: User) -> None:
    current = queries.get_current_registry()
    document = registry_to_document(current)
    document["system"][0]["owner"] = "nobody"
    with pytest.raises(RegistryFileError, match="unknown agency"):
        service.change_registry(admin, document, "", current.revision)
    assert queries.get_current_registry().revision == current.revision


def test_a_desk_that_goes_leaves_its_queue_out_of_use(admin: User) -> None:
    document = registry_to_document(queries.get_current_registry())
    row = next(row for row in document["agency"] if row["code"] == "tlc")
    del row["desk"]
    service.change_registry(admin, document, "", queries.get_current_registry().revision)
    assert not db.session.get_one(Queue, "tlc").active
    service.load_registry(TEXT, admin)
    assert db.session.get_one(Queue, "tlc").active


def test_the_history_lists_the_newest_first(admin: User) -> None:
    first = queries.get_current_registry().revision
    second = service.load_registry(renamed("Checkbook 2"), admin).revision
    third = service.load_registry(renamed("Checkbook 3"), admin).revision
    assert [r.id for r in queries.list_revisions(2)] == [third, second]
    assert queries.list_revisions(1, before=second)[0].id == first
    earlier = queries.find_earlier(queries.get_revision(second))
    assert earlier is not None
    assert earlier.id == first
