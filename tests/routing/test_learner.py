"""What was learned, stored and asked: no text in it, nothing but arrays accepted, linear."""

import io
import pickle
import zipfile
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.bundled import bundled_guide
from app.routing import features as reading
from app.routing.decide import decide
from app.routing.features import BUCKETS, LONGEST, features
from app.routing.learner import LearnerError, LinearLearner, restore, store
from app.routing.model import Facts


def learner(**changes: object) -> LinearLearner:
    """One that knows "snow" to be of one desk and "lawn" of another."""
    buckets = np.union1d(features("snow")[0], features("lawn")[0])
    snowy = np.isin(buckets, features("snow")[0])
    made = {
        "labels": ("dsny", "dpr"),
        "buckets": buckets,
        "rarity": np.ones(len(buckets), np.float32),
        "weights": np.stack((snowy, ~snowy), axis=1).astype(np.float32),
        "bias": np.zeros(2, np.float32),
        "sharpness": 2.0,
        "doubt": 0.1,
    }
    return LinearLearner(**(made | changes))  # type: ignore[arg-type]


def test_the_likeliest_queue_comes_first_and_confidences_add_up_to_one() -> None:
    first, second = learner().rank("There is SNOW on the ground.")
    assert (first.queue, second.queue) == ("dsny", "dpr")
    assert first.confidence > second.confidence
    assert first.confidence + second.confidence == pytest.approx(1)


def test_of_a_text_with_nothing_known_it_says_nothing() -> None:
    assert learner().rank("") == ()
    assert learner().rank("Zzyzx qqq") == ()


def test_doubt_bounds_every_confidence() -> None:
    sure = learner(sharpness=50.0, doubt=0.2).rank("snow snow snow")
    assert sure[0].confidence == pytest.approx(0.9)
    assert sure[1].confidence == pytest.approx(0.1)


def test_case_accents_and_misspellings_share_features() -> None:
    assert np.array_equal(features("Señor NIEVE")[0], features("senor nieve")[0])
    right, wrong = (set(features(word)[0].tolist()) for word in ("vendex", "vendexx"))
    assert len(right & wrong) >= 4


def test_a_text_is_cut_at_its_longest() -> None:
    text = "snow and lawn " * (LONGEST // 14 + 1)
    longer = text[:LONGEST] + " never read"
    assert np.array_equal(features(text[:LONGEST])[0], features(longer)[0])


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_gives_ascending_buckets_and_finite_values(text: str) -> None:
    buckets, values = features(text)
    assert (np.diff(buckets) > 0).all()
    assert not len(buckets) or 0 <= buckets[0] <= buckets[-1] < BUCKETS
    assert np.isfinite(values).all()
    assert (values >= 1).all()


def test_what_is_stored_is_restored_to_the_same_answers() -> None:
    made = learner()
    restored = restore(store(made), 7)
    assert restored.revision == 7
    for text in ("snow", "lawn", "snow and lawn", "neither"):
        assert restored.rank(text) == made.rank(text)


def test_a_stored_model_holds_no_word() -> None:
    body = store(learner())
    names = b"".join(zipfile.ZipFile(io.BytesIO(body)).read(n) for n in ("labels.npy",))
    assert b"snow" not in body
    assert b"d\0\0\0s\0\0\0n\0\0\0y" in names, "the labels alone are in words"


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_damaged_body_is_refused(cut: int) -> None:
    with pytest.raises(LearnerError):
        restore(store(learner())[:cut], 1)


def test_a_flipped_bit_is_refused() -> None:
    body = store(learner())
    at = body.index(learner().weights.astype(np.float16).tobytes())
    with pytest.raises(LearnerError):
        restore(body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :], 1)


def test_pickles_are_refused_and_never_run() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (pytest.fail, ("a pickle was run",))

    with pytest.raises(LearnerError):
        restore(pickle.dumps(Bomb()), 1)
    stream = io.BytesIO()
    np.savez(stream, weights=np.array([Bomb()], dtype=object), allow_pickle=True)
    with pytest.raises(LearnerError):
        restore(stream.getvalue(), 1)


def changed(**changes: np.ndarray | None) -> bytes:
    with np.load(io.BytesIO(store(learner())), allow_pickle=False) as stored:
        arrays = dict(stored)
    arrays |= {name: array for name, array in changes.items() if array is not None}
    for name in [name for name, array in changes.items() if array is None]:
        del arrays[name]
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        {"format": np.int64(99)},
        {"more": np.zeros(1)},
        {"bias": None},
        {"bias": np.zeros(3)},
        {"bias": np.array(["a", "b"])},
        {"bias": np.array([0.0, np.nan])},
        {"weights": np.zeros((1, 2), np.float16)},
        {"buckets": np.zeros(2, np.int32)},
        {"sample": np.zeros(4, np.int32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_arrays_that_are_no_model_are_refused(change: dict[str, np.ndarray | None]) -> None:
    restore(changed(), 1)
    with pytest.raises(LearnerError):
        restore(changed(**change), 1)


def test_a_model_is_refused_once_texts_are_read_in_another_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = store(learner())
    monkeypatch.setattr(reading, "_PAIR", np.uint32(3))
    with pytest.raises(LearnerError, match="another way"):
        restore(body, 1)


def test_a_desk_that_is_no_more_is_not_proposed() -> None:
    guide, day = bundled_guide(), date(2026, 6, 15)
    for labels, chosen in ((("dsny", "dpr"), "dsny"), (("ppb", "dpr"), "dpr")):
        knowing = replace(guide, learner=learner(labels=labels, bias=np.ones(2, np.float32)))
        decision = decide("snow and more snow", Facts(), knowing, day)
        assert decision.candidates[0].queue == chosen
