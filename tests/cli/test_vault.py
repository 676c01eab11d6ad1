"""The recovery key and the inspection of keys, as somebody at a terminal uses them."""

import json
import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from factories import make_agent, make_custodian, open_vault
from flask import Flask
from sqlalchemy import delete

from app.accounts.models import User
from app.audit.models import AuditEntry
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.members import service as members
from app.members.circles import desk
from app.outbox.models import OutboxItem
from app.tips import service as tips
from app.tips.models import Tip
from app.vault import member_vaults, queries, recovery_key
from app.vault import service as vault
from app.vault.errors import NotHeldError
from app.vault.models import KeyGrant, KeyKind, SealedKey, SealingKey

TEXT = "The inspector takes a bribe for every permit."


@pytest.fixture
def run(app: Flask):
    return app.test_cli_runner().invoke


def _shares(output: str) -> list[str]:
    """The shares as somebody would copy them from the screen."""
    blocks = re.findall(r"Share \d+ of \d+:\n((?:  .*\n){3})", output)
    return [" ".join(block.split()) for block in blocks]


def _make(run, *more: str) -> list[str]:
    printed = run(args=["vault", "recovery-key", *more])
    assert printed.exit_code == 0, printed.output
    return _shares(printed.output)


def _file() -> None:
    tips.file_tip(tips.TipFiling(uuid4(), TEXT))


def test_the_shares_are_printed_once_and_kept_nowhere(run) -> None:
    shares = _make(run, "--threshold", "2", "--shares", "3")
    assert [len(share.split()) for share in shares] == [33, 33, 33]
    again = run(args=["vault", "recovery-key"])
    assert again.exit_code == 1
    assert "already" in again.output
    for table in db.metadata.tables.values():
        rows = str(db.session.execute(db.select(table)).all())
        assert not any(share[:40] in rows for share in shares)
    assert AuditEntry.query.filter_by(act="vault.recovery_key").count() == 1


def test_impossible_numbers_of_shares_are_refused(run) -> None:
    assert "1 of 1" in run(args=["vault", "recovery-key", "--shares", "3"]).output
    assert queries.find_current_key(KeyKind.RECOVERY) is None


def test_everyone_lost_the_passphrase_and_the_shares_open_the_desk_again(run, carry_out) -> None:
    shares = _make(run, "--threshold", "2", "--shares", "3")
    open_vault(make_agent("doi"))
    _file()
    carry_out()
    member = User.query.one()
    opener = members.set_passphrase(member, "quartz meadow bishop lantern")
    content = Tip.query.one().content
    assert not vault.can_open(content, opener), "a new vault opens nothing of old"

    number, command = member.id, ["vault", "restore", "--member", member.email]
    printed = run(args=command, input=f"{shares[2]}\n{shares[0]}\n")
    assert printed.exit_code == 0, printed.output
    assert "doi: 2 of 2" in printed.output
    unlocked = member_vaults.unlock_member_vault(str(number), "quartz meadow bishop lantern")
    assert vault.open_sealed(Tip.query.one().content, unlocked)["text"] == TEXT
    assert AuditEntry.query.filter_by(act="vault.restore").one().details["circle"] == "doi"


def test_at_a_terminal_shares_are_asked_for_and_not_shown(run, monkeypatch) -> None:
    shares = _make(run, "--threshold", "2", "--shares", "2")
    open_vault(make_agent("doi"))
    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("app.cli.vault.sys", terminal)
    command = ["vault", "restore", "--member", "agent@rightdesk.example"]
    printed = run(args=command, input=f"{shares[0]}\n{shares[1]}\n\n")
    assert printed.exit_code == 0, printed.output
    assert "doi: 1 of 1" in printed.output
    assert shares[0].split()[9] not in printed.output


def test_before_a_new_passphrase_there_is_nothing_to_restore_to(run) -> None:
    shares = _make(run)
    make_agent("doi")
    command = ["vault", "restore", "--member", "agent@rightdesk.example"]
    assert "new passphrase" in run(args=command, input=shares[0]).output


def test_what_is_wrong_with_shares_is_said_and_not_logged(run, caplog) -> None:
    shares = _make(run, "--threshold", "2", "--shares", "3")
    open_vault(make_agent("doi"))
    command = ["vault", "restore", "--member", "agent@rightdesk.example"]
    wrong = {
        shares[0]: "2 shares are needed",
        shares[0].replace(shares[0].split()[7], "zebedee"): "is not in the list",
        f"{shares[0]}\n{shares[0]}": "given twice",
        "": "There is no share",
    }
    for typed, message in wrong.items():
        printed = run(args=command, input=typed)
        assert printed.exit_code == 1
        assert message in printed.output
    assert not any(word in caplog.text for word in (*shares[0].split()[5:], "zebedee"))


def test_shares_of_another_key_are_refused(run) -> None:
    older = _make(run)
    _make(run, "--replace")
    open_vault(make_agent("doi"))
    command = ["vault", "restore", "--member", "agent@rightdesk.example"]
    assert "another recovery key" in run(args=command, input=older[0]).output


def test_a_replaced_recovery_key_opens_nothing_and_the_new_one_what_waits(run, carry_out) -> None:
    older = _make(run)
    open_vault(make_agent("mocs"))
    _file()
    old = recovery_key.open_recovery(older)
    newer = _make(run, "--replace")
    assert KeyGrant.query.filter_by(grantee_id=old.key_id).count() == 0
    content = Tip.query.one().content
    assert not vault.can_open(content, old)
    assert vault.open_sealed(content, recovery_key.open_recovery(newer))["text"] == TEXT


def test_what_waits_when_the_first_key_is_made_is_sealed_to_it(run) -> None:
    _file()
    shares = _make(run)
    assert vault.open_sealed(Tip.query.one().content, recovery_key.open_recovery(shares))


def test_after_a_lost_disk_what_waited_goes_on(run, carry_out, monkeypatch) -> None:
    shares = _make(run)
    _file()
    with unit_of_work():
        OutboxItem.query.one().failed_at = clock.now()
    lost = queries.get_current_key(KeyKind.ROUTER).id
    vault.worker().destroy(lost)
    with pytest.raises(NotHeldError):
        vault.open_sealed(Tip.query.one().content, vault.worker())
    printed = run(args=["vault", "restore", "--router"], input=shares[0])
    assert "1 records are sealed" in printed.output
    assert vault.open_sealed(Tip.query.one().content, vault.worker())["text"] == TEXT
    assert db.session.get(SealingKey, lost) is None
    carry_out()
    assert Tip.query.one().queue_code == "doi"


def test_what_was_never_sealed_to_the_recovery_key_is_told(run) -> None:
    shares = _make(run)
    _file()
    lost = queries.get_current_key(KeyKind.ROUTER).id
    recovery = queries.get_current_key(KeyKind.RECOVERY).id
    with unit_of_work():
        db.session.execute(delete(SealedKey).filter_by(key_id=recovery))
    vault.worker().destroy(lost)
    printed = run(args=["vault", "restore", "--router"], input=shares[0])
    assert "1 records were never sealed" in printed.output
    with unit_of_work():  # the next test's keys
        db.session.execute(delete(SealedKey).filter_by(key_id=lost))
        db.session.execute(delete(SealingKey).filter_by(id=lost))


def test_restore_wants_to_know_whom(run) -> None:
    assert run(args=["vault", "restore"]).exit_code == 2


def test_an_inspection_says_who_could_open_what(run, carry_out) -> None:
    _make(run)
    open_vault(make_agent("doi"))
    open_vault(make_custodian())
    _file()
    carry_out()
    seen = json.loads(run(args=["vault", "inspect", "--json"]).output)
    rows = {(row["kind"], row["holder"]): row for row in seen["keys"]}
    doi = rows["desk", "doi"]
    assert doi["members"] == ["Avery Agent"]
    assert doi["recovery"]
    assert doi["records"] == 1
    assert rows["custodian", "-"]["members"] == ["Cruz Custodian"]
    assert rows["member", "Avery Agent"]["members"] == ["Avery Agent"]
    assert rows["router", "-"]["on_worker"] is True
    assert seen["mailboxes"] == {"keys": 1, "records": 0}
    printed = run(args=["vault", "inspect"]).output
    assert re.search(r"desk +doi .*Avery Agent, recovery key", printed)
    for key in SealingKey.query:
        assert key.public_key.hex() not in printed


def test_an_inspection_shows_who_can_no_longer_open(run) -> None:
    leaving, staying = make_agent("doi"), make_agent("doi", email="stays@rightdesk.example")
    opener = open_vault(leaving)
    open_vault(staying)
    members.grant(leaving, opener, desk("doi"), staying)
    members.leave_queue(None, leaving, "doi")
    seen = json.loads(run(args=["vault", "inspect", "--json"]).output)["keys"]
    doi = [row for row in seen if row["kind"] == "desk"]
    assert [(row["version"], len(row["members"])) for row in doi] == [(1, 1), (2, 1)]
