"""Navigators: what a person does on our pages, without a script, with CSRF on."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_FORM = re.compile(r"<form\b(.*?)>(.*?)</form>", re.DOTALL)
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')

BEFORE_SENDING = "/help/before-sending"
TICKET = {
    "text": "We cannot find where to send our invoice.",
    "company": "Harbor Light Signs",
    "name": "Rosa Delgado",
    "mail": "rosa@harborlight.example",
}


def hidden_fields(page: str, action: str | None = None) -> dict[str, str]:
    """The hidden fields of a page's form; with `action`, of the form that goes there."""
    for attributes, inside in _FORM.findall(page):
        goes_to = dict(_ATTRIBUTE.findall(attributes)).get("action")
        if "sign-out" in (goes_to or "") or (action and goes_to != action):
            continue
        inputs = [dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(inside)]
        hidden = [i for i in inputs if i.get("type") == "hidden"]
        return {i["name"]: unescape(i.get("value", "")) for i in hidden}
    raise AssertionError(f"no form for {action or 'this page'}")


@dataclass
class Visitor:
    """Somebody in front of a browser."""

    client: FlaskClient

    def read(self, address: str) -> str:
        """Open a page that must exist."""
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        return answer.text

    def send(
        self, page: str, fields: dict[str, Any], to: str | None = None, follow: bool = False
    ) -> TestResponse:
        """Fill in the form of the page at `page` and send it."""
        hidden = hidden_fields(self.read(page), to)
        answer = self.client.post(to or page, data=hidden | fields)
        if follow and answer.status_code in (302, 303):
            return self.client.get(answer.headers["Location"])
        return answer

    def file_ticket(self, **fields: Any) -> str:
        """File a ticket; return the address of its private page.

        Where the text alleges something, it is filed as a ticket all the same.
        """
        answer = self.send("/help", TICKET | fields)
        if answer.status_code == 200 and BEFORE_SENDING in answer.text:
            entered = hidden_fields(answer.text, BEFORE_SENDING) | {"way": "ticket"}
            answer = self.client.post(BEFORE_SENDING, data=entered)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def file_tip(self, text: str = "I saw two bids being opened early.", **fields: Any) -> str:
        """File a tip; return the words of its receipt."""
        answer = self.send("/tip", {"text": text} | fields)
        assert answer.status_code == 200, answer.text
        found = re.search(r'id="words" readonly value="([a-z ]+)"', answer.text)
        assert found
        return found[1]

    def come_back(self, words: str) -> TestResponse:
        """Enter a receipt."""
        return self.send("/tip/receipt", {"receipt": words}, follow=True)

    def sign_in(self, email: str, password: str = "a long enough password") -> TestResponse:
        """Sign in as staff."""
        return self.send("/staff/sign-in", {"email": email, "password": password})

    def set_up_vault(self, passphrase: str = "orbit velvet cactus lantern") -> None:
        """Set a vault passphrase; the vault is unlocked after."""
        answer = self.send(
            "/desk/vault",
            {"passphrase": passphrase, "again": passphrase},
            to="/desk/vault/passphrase",
        )
        assert answer.status_code == 303, answer.text
