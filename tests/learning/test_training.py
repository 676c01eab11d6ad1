"""Training: what is learned and from whom, how honest confidences are, when it is too little."""

import random

import numpy as np
import pytest
from learning_texts import WORDS, examples, text_for

from app.learning import judging, training
from app.learning.examples import Example, collect
from app.learning.training import TooFewError, train
from app.routing.features import features
from app.routing.learner import LinearLearner, restore, store


@pytest.fixture(scope="module")
def seen():
    return collect(examples(900, wrong=0.1))


@pytest.fixture(scope="module")
def trained(seen):
    return train(seen)


def test_it_learns_where_tickets_end(trained) -> None:
    chance = random.Random(9)
    for desk in WORDS:
        assert trained.learner.rank(text_for(desk, chance))[0].queue == desk


def test_the_stored_model_says_what_scikit_learn_says(seen, trained) -> None:
    rows = np.flatnonzero(trained.unseen)[:50]
    scores = training.scores_of(trained.pipeline, seen.matrix[rows][:, trained.columns])
    asked = restore(store(trained.learner), 1)
    for row, theirs in zip(rows, scores, strict=True):
        part = slice(*seen.matrix.indptr[row : row + 2])
        confidences = asked.confidences(seen.matrix.indices[part], seen.matrix.data[part])
        parts = np.exp((theirs - theirs.max()) * asked.sharpness)
        expected = (1 - asked.doubt) * parts / parts.sum() + asked.doubt / len(parts)
        assert confidences == pytest.approx(expected, abs=2e-3)


def test_two_desks_are_enough() -> None:
    two = [e for e in examples(900) if e.queue != "fdny"]
    trained = train(collect(two))
    chance = random.Random(9)
    assert trained.learner.rank(text_for("dpr", chance))[0].queue == "dpr"
    assert trained.learner.rank(text_for("dsny", chance))[0].queue == "dsny"
    assert judging.measure(trained.learner, collect(two), trained.unseen).right.mean() > 0.95


def test_no_requester_is_on_both_sides_and_the_newest_are_held_out(seen, trained) -> None:
    held_out, learned = seen.requesters[trained.unseen], seen.requesters[~trained.unseen]
    assert not set(held_out.tolist()) & set(learned.tolist())
    assert held_out.min() > learned.max()
    assert len(set(held_out.tolist())) / 300 == pytest.approx(0.2)


def test_confidences_are_honest_where_desks_were_often_wrong() -> None:
    noisy = collect(examples(3000, wrong=0.4))
    trained = train(noisy)
    measured = judging.measure(trained.learner, noisy, trained.unseen)
    assert measured.figures()["calibration_error"] < 0.06
    assert measured.confidence.max() < 0.85, "more is never right there"


def test_the_surer_it_is_the_oftener_it_is_right() -> None:
    vague = []
    chance = random.Random(2)
    for number, example in enumerate(examples(3000)):
        own = chance.randint(0, 3)
        words = [w for w in example.text.split() if w not in WORDS[example.queue]]
        words += chance.sample(WORDS[example.queue], own)
        words += chance.sample(WORDS[chance.choice(list(WORDS))], 3 - own)
        vague.append(Example(" ".join(words), example.queue, number // 3))
    seen = collect(vague)
    trained = train(seen)
    measured = judging.measure(trained.learner, seen, trained.unseen)
    order = np.argsort(measured.confidence)
    shares = [part.mean() for part in np.array_split(measured.right[order], 3)]
    assert shares[0] < shares[1] < shares[2]


def test_words_of_a_few_people_are_not_learned() -> None:
    rare = [
        Example(f"{e.text} Quartzenheimer" if n % 300 < 4 else e.text, e.queue, e.requester)
        for n, e in enumerate(examples(900))
    ]
    common = [Example(f"{e.text} Quartzenheimer", e.queue, e.requester) for e in examples(900)]
    [bucket] = set(features("Quartzenheimer")[0][-1:].tolist())
    assert bucket not in train(collect(rare)).columns
    assert bucket in train(collect(common)).columns


def test_a_desk_with_too_few_tickets_is_left_out() -> None:
    chance = random.Random(4)
    few = [Example("ferry dock tide", "dot", f"captain {n}") for n in range(8)]
    mixed = [*examples(900), *few]
    chance.shuffle(mixed)
    assert set(train(collect(mixed)).learner.labels) == set(WORDS)


@pytest.mark.parametrize(
    "tickets",
    [
        [],
        list(examples(training.FEWEST_EXAMPLES - 1)),
        [e for e in examples(1000) if e.queue == "dpr"],
        [Example(e.text, e.queue, "always the same") for e in examples(400)],
    ],
    ids=["none", "few", "one desk", "one requester"],
)
def test_too_little_is_refused(tickets: list[Example]) -> None:
    with pytest.raises(TooFewError):
        train(collect(tickets))


def judge(old: LinearLearner, new: LinearLearner, wrong: float = 0.0) -> bool:
    held_out = collect(examples(300, wrong=wrong, seed=77))
    everything = np.ones(len(held_out), dtype=bool)
    before, after = (judging.measure(one, held_out, everything) for one in (old, new))
    return judging.beats(after, before)


def test_a_worse_one_does_not_beat_a_better_one(trained) -> None:
    misled = train(collect(examples(900, wrong=0.9, seed=5))).learner
    assert judge(misled, trained.learner)
    assert not judge(trained.learner, misled)


def test_the_same_again_does_not_beat_itself(trained) -> None:
    assert not judge(trained.learner, trained.learner)


def test_a_lead_by_chance_is_not_enough() -> None:
    seen = collect(examples(300, wrong=0.3, seed=77))
    everything = np.ones(len(seen), dtype=bool)
    one = judging.measure(train(collect(examples(900, wrong=0.3))).learner, seen, everything)
    lucky = judging.Measured(one.right, one.among_three, one.confidence, one.loss.copy())
    lucky.loss[0] -= 0.5
    assert lucky.loss.mean() < one.loss.mean()
    assert not judging.beats(lucky, one)


def test_the_first_must_beat_who_knows_no_text(seen, trained) -> None:
    habit = judging.measure_habit(trained.learner, seen, trained.unseen)
    assert judging.beats(judging.measure(trained.learner, seen, trained.unseen), habit)
    blind = collect([Example("please answer", e.queue, e.requester) for e in examples(900)])
    guess = train(blind)
    habit = judging.measure_habit(guess.learner, blind, guess.unseen)
    assert not judging.beats(judging.measure(guess.learner, blind, guess.unseen), habit)


def test_the_figures_compare_with_the_one_before_and_with_the_rules(seen, trained) -> None:
    new = judging.measure(trained.learner, seen, trained.unseen)
    figures = judging.report(new, new, seen, trained.unseen)
    assert figures["before"] == new.figures()
    assert figures["rules"]["decided"] == pytest.approx(0.5)
    assert figures["rules"]["decided_accuracy"] == 1
    assert figures["left_over"]["tickets"] == figures["held_out"] // 2
    assert 0.8 < figures["accuracy"] <= figures["among_three"] == 1
