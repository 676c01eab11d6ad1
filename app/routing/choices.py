"""The two questions that lead from what a vendor wants to its task. Pure.

The first: what do you want to do? The second comes only where it matters, and the registry
says where: a word that by itself may mean several tasks ("register"), or a task that no single
office serves, so that it depends on the agency.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from app.registry.catalogue import Agency, Registry, SystemOfRecord, Task, Topic
from app.routing.tokens import phrase_stems, phrase_words, stem_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that by itself may mean any of the tasks."""

    word: str
    tasks: tuple[Task, ...]

    @property
    def label(self) -> str:
        """The word as a page begins a line with it."""
        return self.word[0].upper() + self.word[1:]


@dataclass(frozen=True, slots=True)
class Section:
    """What can be chosen of one topic."""

    topic: Topic
    choices: tuple[Choice, ...]
    tasks: tuple[Task, ...]


def list_choices(registry: Registry) -> dict[str, Choice]:
    """Every word that asks for the second question, in the registry's order.

    It is what people call a task, stands in that task's name, and in those of others. Of words
    that mean the same tasks the first, of forms of a word the shortest.
    """
    listed = [task for task in registry.tasks.values() if task.listed]
    words: dict[str, str] = {}
    for word in (word for task in listed for word in _own_words(task)):
        stem = stem_of(word)
        words[stem] = min(word, words.get(stem, word), key=len)
    found: dict[str, Choice] = {}
    for stem, word in words.items():
        choice = Choice(word, tuple(t for t in listed if stem in phrase_stems(t.name)))
        if len(choice.tasks) > 1 and choice.tasks not in [c.tasks for c in found.values()]:
            found[word] = choice
    return found


def _own_words(task: Task) -> Iterator[str]:
    """Phrases of a task that are one word, and a word of its name."""
    for phrase in task.phrases:
        words = phrase_words(phrase)
        is_word = len(words) == 1 and words[0] == phrase.casefold()
        if is_word and stem_of(words[0]) in phrase_stems(task.name):
            yield words[0]


def list_sections(registry: Registry) -> list[Section]:
    """The first question: choices and tasks of each topic.

    A task that people call by a word with several meanings stands behind that word alone.
    """
    choices = list_choices(registry).values()
    behind: dict[str, str] = {}
    for choice in choices:
        for task in choice.tasks:
            if stem_of(choice.word) in map(stem_of, _own_words(task)):
                behind.setdefault(task.code, choice.word)
    sections = []
    for topic in registry.topics.values():
        tasks = [t for t in registry.tasks.values() if t.listed and t.topic == topic.code]
        words = dict.fromkeys(behind[t.code] for t in tasks if t.code in behind)
        section = Section(
            topic=topic,
            choices=tuple(choice for choice in choices if choice.word in words),
            tasks=tuple(task for task in tasks if task.code not in behind),
        )
        if tasks:
            sections.append(section)
    return sections


def list_kin(registry: Registry, task: str) -> list[Task]:
    """The other tasks that a word of this one may mean as well."""
    kin = {
        other.code: other
        for choice in list_choices(registry).values()
        for other in choice.tasks
        if task in {t.code for t in choice.tasks} and other.code != task
    }
    return list(kin.values())


def agencies_to_choose(registry: Registry, row: SystemOfRecord | None) -> list[Agency]:
    """The desks that may be meant where the registry names no office."""
    if row is None or row.owner is not None:
        return []
    return [agency for agency in registry.agencies.values() if agency.desk]
