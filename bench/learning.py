"""What it takes to learn from many tickets: `python -m bench.learning [--tickets 100000]`.

The tickets are made up (bench/ticket_texts.py): the time, the memory and the calibration tell
something, the accuracy only that what can be learned of them was.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from itertools import islice

from app.learning import judging
from app.learning.examples import collect
from app.learning.training import train
from app.routing.learner import restore, store
from bench.ticket_texts import tickets

GOAL_SECONDS, GOAL_MEGABYTES = 300, 2048


def _measure(count: int) -> dict[str, float]:
    """Train in this process; its peak memory counts from its start."""
    begun = time.perf_counter()
    examples = collect(tickets(count))
    collected = time.perf_counter()
    trained = train(examples)
    fitted = time.perf_counter()
    found = judging.measure(trained.learner, examples, trained.unseen)
    done = time.perf_counter()
    body = store(trained.learner)
    learner = restore(body, 1)
    return {
        "tickets made up and read": collected - begun,
        "fitted and calibrated": fitted - collected,
        "measured on those held out": done - fitted,
        "seconds in all": done - begun,
        "of them seconds of a core": time.process_time(),
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "size stored, MB": len(body) / 1e6,
        "restore, ms": _milliseconds(lambda _: restore(body, 1), [""] * 20),
        "rank, 1,000 characters, ms": _milliseconds(learner.rank, _texts(1_000)),
        "rank, 20,000 characters, ms": _milliseconds(learner.rank, _texts(20_000)),
        **found.figures(),
    }


def _texts(length: int) -> list[str]:
    texts = [ticket.text for ticket in islice(tickets(3000, seed=5), 3000)]
    joined = " ".join(texts)
    return [joined[at : at + length] for at in range(0, len(joined) - length, length)][:300]


def _milliseconds(act, texts: list[str]) -> float:
    taken = []
    for text in texts:
        begun = time.perf_counter()
        act(text)
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def main() -> None:
    """Measure in a child process, so that its peak memory is its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=100_000)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(_measure(options.tickets)))
        return
    command = [sys.executable, "-m", "bench.learning", "--child", "--tickets", str(options.tickets)]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
    figures = json.loads(printed)
    print(f"{options.tickets:,} tickets (goal {GOAL_SECONDS} s, {GOAL_MEGABYTES:,} MB)")
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):<44}{value:12,.3f}")


if __name__ == "__main__":
    main()
