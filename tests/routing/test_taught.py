"""What examples taught: tasks and topics of texts that use none of their names."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.bundled import bundled_guide
from app.cli.learning import TEXTS
from app.registry.file import registry_from_document, registry_to_document
from app.routing.model import Facts
from app.routing.reading import read
from app.routing.tasks import find_tasks
from app.routing.taught import NO_TASK, TAUGHT_TOPICS, find_carriers, tell
from app.routing.tokens import tokenise


def likeliest(text: str) -> str:
    tasks, _topics = tell(text)
    return max(tasks, key=tasks.__getitem__)


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("The money for March never reached our account, the agency owes us.", "invoice-unpaid"),
        (
            "Our CFO left and still stands on your list of people doing business.",
            "doing-business-entry",
        ),
        ("Our new bank needs to be on file before the next deposit.", "direct-deposit"),
        ("It spins, then throws me back to where I type my password.", "sign-in-passport"),
        ("My cat is on the roof of the library.", NO_TASK),
    ],
)
def test_a_task_is_known_by_its_situation(text: str, task: str) -> None:
    assert likeliest(text) == task


def test_an_allegation_is_known_without_its_legal_words() -> None:
    guide = bundled_guide()
    text = "Every job costs you an envelope for the project manager, or your invoice gets lost."
    reading = read(text, Facts(), guide.registry, date(2026, 6, 15))
    assert reading.alleges
    assert reading.words_for("wrongdoing"), "and the words that tell of it are known"


@given(st.text(max_size=300))
def test_whatever_is_written_likelihoods_stay_likelihoods(text: str) -> None:
    tasks, topics = tell(text)
    assert sum(tasks.values()) <= 1 + 1e-6
    assert set(topics) == set(TAUGHT_TOPICS)
    assert all(0 <= likely <= 1 for likely in (*tasks.values(), *topics.values()))


def test_the_words_that_carry_a_task_are_in_the_text() -> None:
    tokens = tokenise("Our routing number changed, please use the new bank.")
    words = {tokens[at].word for at in find_carriers(tokens, "direct-deposit")}
    assert words & {"routing", "bank", "number"}
    assert find_carriers(tokens, "no-such-task") == []


def test_every_taught_task_and_topic_is_in_the_registry() -> None:
    registry = bundled_guide().registry
    for file in sorted(TEXTS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            assert set(case["tasks"]) <= set(registry.tasks), case["id"]
            assert set(case["topics"]) <= set(registry.topics), case["id"]


def test_a_task_that_was_added_since_is_found_by_its_phrases() -> None:
    document = registry_to_document(bundled_guide().registry)
    known = next(task for task in document["task"] if task["code"] == "direct-deposit")
    added = known | {"code": "lost-badge", "name": "Replace a badge", "phrases": ["lost a badge"]}
    document["task"].append(added)
    registry = registry_from_document(document, 1)
    reading = read("We lost a badge at the pier.", Facts(), registry, date(2026, 6, 15))
    assert reading.tasks[0] == "lost-badge"


def test_a_text_that_only_reads_like_a_report_and_alleges_nothing_has_no_task_of_that() -> None:
    found = find_tasks((), (), bundled_guide().registry, date(2026, 6, 15), {})
    assert found == {}
