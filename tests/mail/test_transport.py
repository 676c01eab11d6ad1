"""Mail over a real SMTP server, and into a folder."""

import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from app.mail.transport import FolderTransport, MailRefusedError, SmtpTransport


class Postbox(Sink):
    """Keeps what it is given; refuses one address with words that quote it."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[tuple[list[str], bytes]] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if address.startswith("refused"):
            return f"550 no such user {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.received.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, str]]:
    handler = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, f"smtp://127.0.0.1:{port}"
    controller.stop()


def _message(to: str = "rosa@harborlight.example") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Rightdesk <no-reply@rightdesk.example>"
    message["To"] = to
    message["Subject"] = "Your ticket RD-1001"
    message["Message-ID"] = "<1234@rightdesk.example>"
    message.set_content("It is with MOCS. Grüße.")
    return message


def test_a_mail_arrives(postbox) -> None:
    handler, url = postbox
    SmtpTransport(url).send(_message())
    [(recipients, content)] = handler.received
    assert recipients == ["rosa@harborlight.example"]
    assert b"Your ticket RD-1001" in content


def test_a_refusal_does_not_quote_the_address(postbox) -> None:
    with pytest.raises(MailRefusedError) as caught:
        SmtpTransport(postbox[1]).send(_message("refused@harborlight.example"))
    assert "harborlight" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_that_is_away_is_an_error_to_try_again(postbox) -> None:
    with pytest.raises(OSError, match="refused"):
        SmtpTransport("smtp://127.0.0.1:1").send(_message())


def test_a_mail_written_twice_is_there_once(tmp_path: Path) -> None:
    for _ in range(2):
        FolderTransport(tmp_path / "outbox").send(_message())
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == ["1234.eml"]


@pytest.mark.parametrize(
    ("url", "port"), [("smtp://h", 25), ("smtp://h?starttls=1", 587), ("smtps://h", 465)]
)
def test_usual_ports_need_not_be_said(url: str, port: int) -> None:
    assert SmtpTransport(url)._port == port
