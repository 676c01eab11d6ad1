"""Training and listing models, as somebody at a terminal does it."""

import pytest
from ended_rows import make_ended
from flask import Flask
from learning_texts import examples

from app.routing import queries


@pytest.fixture
def run(app: Flask):
    queries._restored.clear()
    return app.test_cli_runner().invoke


def test_train_says_what_was_kept_and_models_lists_it_with_figures(run) -> None:
    assert "Nothing was trained yet" in run(args=["routing", "models"]).output
    make_ended(examples(600))
    assert "Model 1 is in use now." in run(args=["routing", "train"]).output
    assert "no better than what is in use" in run(args=["routing", "train"]).output
    printed = run(args=["routing", "models"]).output
    lines = printed.splitlines()
    assert [line[:8].split() for line in lines if " tickets, " in line] == [["2"], ["*", "1"]]
    assert "600 tickets, 3 desks" in printed
    for figure in ("right", "among three", "log loss", "calibration error", "rules"):
        assert figure in printed


def test_train_refuses_with_too_little_and_says_why(run) -> None:
    printed = run(args=["routing", "train"])
    assert printed.exit_code == 1
    assert "0 tickets ended; 200 are needed" in printed.output
