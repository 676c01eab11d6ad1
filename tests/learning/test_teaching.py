"""Teaching from labelled texts: small lessons that show what is learned."""

from app.learning.teaching import Lesson, teach_tasks, teach_topics
from app.routing.features import features
from app.routing.taught import NO_TASK, TAUGHT_TOPICS

WORDS = {"invoice-unpaid": "owes money late", "direct-deposit": "bank routing account"}


def lessons() -> list[Lesson]:
    made = [
        Lesson(f"{words} {extra}", (task,), ("agency_bounce",) if "sent" in extra else (), source)
        for task, words in WORDS.items()
        for source in ("one", "two")
        for extra in ("please", "help", "sent around", "today", "sent away")
    ]
    cat = [Lesson(f"cat roof {n}", (), ("other",), s) for n in "abc" for s in ("one", "two")]
    topics_alone = [Lesson("sent sent sent", None, ("agency_bounce",), "three")]
    return made + cat + topics_alone


def test_each_task_is_learned_and_that_there_is_none() -> None:
    learner = teach_tasks(lessons())
    assert set(learner.labels) == {*WORDS, NO_TASK}
    for task, words in {**WORDS, NO_TASK: "cat roof"}.items():
        told = learner.confidences(*features(words))
        assert told is not None
        assert learner.labels[int(told.argmax())] == task


def test_a_text_with_two_tasks_is_an_example_of_both() -> None:
    both = [Lesson("swallow nest", tuple(WORDS), (), s) for s in ("one", "two") for _ in range(3)]
    learner = teach_tasks(lessons() + both)
    told = learner.confidences(*features("swallow nest"))
    assert told is not None
    parts = dict(zip(learner.labels, told, strict=True))
    assert abs(parts["invoice-unpaid"] - parts["direct-deposit"]) < 0.2
    assert parts[NO_TASK] < min(parts[task] for task in WORDS)


def test_topics_are_learned_each_by_itself() -> None:
    extra = [
        Lesson(f"{topic} story {n}", None, (topic,), "one")
        for topic in TAUGHT_TOPICS
        for n in ("a", "b", "c")
    ]
    learner = teach_topics(lessons() + extra)
    scores = learner.scores(*features("bank account sent away"))
    assert scores is not None
    told = dict(zip(learner.labels, scores, strict=True))
    assert told["agency_bounce"] > max(told["wrongdoing"], told["retaliation"])
