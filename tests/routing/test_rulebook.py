"""The rule book as leads change it: acts on a draft, differences, previews, versions."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from factories import make_agent, make_lead
from flask import Flask

from app.accounts.queries import get_user
from app.audit.models import AuditEntry
from app.cli.bundled import bundled_guide
from app.core.errors import RefusedError
from app.routing import editing, queries, service
from app.routing.changes import FieldChange, Kind, differences
from app.routing.guide import Guide
from app.routing.model import Candidate, Facts
from app.routing.preview import Aspect, Issue, Preview, Shift, compare
from app.routing.rules import Rule, RuleBook, RuleBookError
from app.routing.service import BookChangedError

GUIDE = bundled_guide()
DAY = date(2026, 6, 15)


def rule(code: str, **fields: Any) -> Rule:
    return Rule(code=code, **({"because": f"Because of {code}.", "queue": "doi"} | fields))


def book(*codes: str) -> RuleBook:
    return RuleBook(rule=tuple(rule(code) for code in codes))


def codes(changed: RuleBook) -> list[str]:
    return [rule.code for rule in changed.rule]


@pytest.mark.parametrize(
    ("code", "by", "order"),
    [
        ("a", -1, ["a", "b", "c"]),
        ("a", 1, ["b", "a", "c"]),
        ("c", -1, ["a", "c", "b"]),
        ("c", 1, ["a", "b", "c"]),
        ("gone", 1, ["a", "b", "c"]),
    ],
)
def test_a_rule_moves_up_and_down_and_stays_in_the_book(code, by, order) -> None:
    assert codes(editing.move(book("a", "b", "c"), code, by)) == order


def test_a_rule_is_switched_copied_removed_and_put_in_place() -> None:
    begun = book("a", "b")
    assert [r.active for r in editing.switch(begun, "b").rule] == [True, False]
    copied = editing.duplicate(begun, "a")
    assert codes(copied) == ["a", "a-2", "b"]
    assert not copied.rule[1].active, "a copy does nothing until somebody looks at it"
    assert codes(editing.remove(begun, "a")) == ["b"]
    assert codes(editing.put(begun, rule("b", because="New."), 0)) == ["b", "a"]
    assert codes(begun) == ["a", "b"], "the book itself never changes"


def test_a_new_rule_stands_above_all_but_those_about_allegations() -> None:
    place = editing.place_of(GUIDE.book, "new")
    above = GUIDE.book.rule[:place]
    assert above
    assert all(set(rule.topics) <= {"wrongdoing", "retaliation"} for rule in above)


def test_a_new_code_is_made_of_words_and_belongs_to_no_other_rule() -> None:
    assert editing.new_code(book("wages-are-due"), "Wages are due!") == "wages-are-due-2"
    assert editing.new_code(book(), "¿Qué?") == "qu"
    assert editing.new_code(book(), "…") == "rule"


def test_differences_name_what_was_added_removed_moved_and_changed() -> None:
    after = RuleBook(
        rule=(rule("d"), rule("b"), rule("c", priority="high", words=("payroll",)), rule("a")),
        least_confidence={"mocs": 0.7},
    )
    found = differences(book("x", "a", "b", "c"), after)
    assert [(c.kind, c.rule.code, c.place_before, c.place_after) for c in found.rules] == [
        (Kind.ADDED, "d", None, 1),
        (Kind.CHANGED, "c", 4, 3),
        (Kind.MOVED, "a", 2, 4),
        (Kind.REMOVED, "x", 1, None),
    ]
    assert found.rules[1].fields == (
        FieldChange("words", (), ("payroll",)),
        FieldChange("priority", None, "high"),
    )
    assert [(c.queue, c.before, c.after) for c in found.confidences] == [("mocs", None, 0.7)]
    assert not differences(after, after)


def issue(number: int, text: str, **facts: Any) -> Issue:
    return Issue(number, text, Facts(**facts), DAY)


def preview(*issues: Issue, before: RuleBook, after: RuleBook) -> Preview:
    return compare(issues, Guide(GUIDE.registry, before), after)


def test_a_preview_groups_what_would_move_from_where_to_where() -> None:
    payroll = rule("payroll", words=("payroll",), queue="fisa")
    found = preview(
        issue(1, "Payroll is on Friday."),
        issue(2, "Hello."),
        issue(3, "Our payroll waits."),
        before=RuleBook(rule=(rule("all", queue="mocs"),)),
        after=RuleBook(rule=(payroll, rule("all", queue="mocs"))),
    )
    assert found.of(Aspect.QUEUE) == [(Shift(Aspect.QUEUE, "mocs", "fisa"), [1, 3])]
    assert (found.tried, found.count(Aspect.QUEUE), found.count()) == (3, 2, 2)
    assert (found.first_on, found.last_on) == (DAY, DAY)


def test_a_preview_tells_changes_of_priority_topics_copies_problem_and_reason() -> None:
    begun = rule("all", queue="mocs", add_topics=("login",), problem=3)
    found = preview(
        issue(1, "Hello."),
        before=RuleBook(rule=(begun,)),
        after=RuleBook(
            rule=(
                rule("first", queue=None, priority="urgent", copy_to=("fisa",)),
                rule("all", queue="mocs", add_topics=("mwbe",), because="Another reason."),
            )
        ),
    )
    assert set(found.shifts) == {
        Shift(Aspect.REASON),
        Shift(Aspect.PRIORITY, "normal", "urgent"),
        Shift(Aspect.TOPIC, "", "mwbe"),
        Shift(Aspect.TOPIC, "login", ""),
        Shift(Aspect.COPY, "", "fisa"),
        Shift(Aspect.PROBLEM, "3", ""),
    }


def test_a_preview_decides_on_the_day_of_filing() -> None:
    old = Issue(1, "Where do we file a Vendex questionnaire?", Facts(), date(2015, 3, 1))
    by_task = RuleBook(rule=(rule("task", queue="system-owner"),))
    found = compare([old], Guide(GUIDE.registry, by_task), RuleBook())
    assert found.first_on == date(2015, 3, 1)
    assert [shift.after for shift, _ids in found.of(Aspect.QUEUE)] == ["general-triage"]


def test_a_preview_tells_nobody_of_an_allegation_at_another_desk() -> None:
    wanted = Rule(code="spy", because="Who says so?", topics=("wrongdoing",), priority="high")
    filed = issue(1, "A clerk at DSNY takes bribes.")
    books = {"before": RuleBook(), "after": RuleBook(rule=(wanted,))}
    assert preview(filed, **books).count() == 1
    found = preview(replace(filed, strange=True), **books)
    assert (found.tried, found.count()) == (0, 0)


def test_a_preview_that_takes_too_long_tells_how_far_it_came() -> None:
    answers = iter([False, False, True])
    many = [issue(number, "Hello.") for number in range(9)]
    found = compare(many, GUIDE, RuleBook(), enough=lambda: next(answers))
    assert (found.tried, found.stopped) == (2, True)


@dataclass
class CountingLearner:
    revision: int = 1
    asked: list[str] = field(default_factory=list)

    def rank(self, text: str) -> Sequence[Candidate]:
        self.asked.append(text)
        return [Candidate("mocs", 0.9)]


def test_a_preview_asks_the_learner_once_for_both_books() -> None:
    learner = CountingLearner()
    guide = Guide(GUIDE.registry, RuleBook(), learner=learner)
    bank = RuleBook(rule=(rule("bank", words=("bank",)),))
    found = compare([issue(1, "Our bank."), issue(2, "The bank."), issue(3, "No.")], guide, bank)
    assert learner.asked == ["Our bank.", "The bank."], "and not where the same rules fit"
    assert found.count(Aspect.QUEUE) == 2, "rules win over the learner"


def test_a_preview_sees_a_confidence_that_alone_has_changed() -> None:
    begun = RuleBook(rule=(rule("all", queue="mocs", confidence=0.6),))
    found = preview(
        issue(1, "Hello."),
        before=begun,
        after=editing.set_least_confidence(begun, {"mocs": 0.7}),
    )
    assert found.of(Aspect.QUEUE) == [(Shift(Aspect.QUEUE, "mocs", "general-triage"), [1])]


def test_a_preview_sees_two_rules_change_places() -> None:
    begun = RuleBook(rule=(rule("a", queue="mocs"), rule("b", queue="fisa")))
    found = preview(issue(1, "Hello."), before=begun, after=editing.move(begun, "b", -1))
    assert found.of(Aspect.QUEUE) == [(Shift(Aspect.QUEUE, "mocs", "fisa"), [1])]


@pytest.fixture
def in_force(app: Flask) -> int:
    newest = queries.find_newest_rule_revision()
    assert newest
    return newest.id


def test_a_saved_book_is_in_force_and_names_its_author(app, in_force) -> None:
    lead = make_lead("mocs")
    number = service.save_book(lead, in_force, book("a"), "Only one rule.")
    assert queries.get_current_guide().book == book("a")
    assert queries.get_current_guide().book_revision == number > in_force
    saved = queries.get_rule_revision(number)
    assert (saved.author.name, saved.note) == ("Lee Lead", "Only one rule.")
    [entry] = AuditEntry.query.filter_by(act="rules.save").all()
    assert (entry.actor_id, entry.subject_id, entry.details) == (lead.id, str(number), {})


def test_who_leads_nothing_saves_nothing(app, in_force) -> None:
    with pytest.raises(RefusedError):
        service.save_book(make_agent("mocs"), in_force, book("a"), "Mine.")


def test_a_faulty_book_and_one_that_changes_nothing_are_refused(app, in_force) -> None:
    lead = make_lead("mocs")
    with pytest.raises(RuleBookError, match="nowhere"):
        service.save_book(lead, in_force, RuleBook(rule=(rule("a", queue="nowhere"),)), "New.")
    with pytest.raises(RefusedError, match="nothing"):
        service.save_book(lead, in_force, queries.get_current_guide().book, "New.")
    assert queries.find_newest_rule_revision().id == in_force


def test_a_book_begun_with_an_earlier_version_is_refused(app, in_force) -> None:
    lead, other = make_lead("mocs"), make_lead("fisa", email="other@rightdesk.example")
    first = service.save_book(lead, in_force, book("a"), "First.")
    with pytest.raises(BookChangedError):
        service.save_book(other, in_force, book("b"), "Second.")
    assert service.save_book(lead, in_force, book("a"), "First.") == first, "sent twice, saved once"
    assert queries.get_current_guide().book == book("a")


def test_of_two_leads_who_save_at_once_one_is_refused(app: Flask, in_force) -> None:
    leads = [make_lead("mocs", email=f"lead{n}@rightdesk.example").id for n in range(4)]

    def save(lead: int) -> str:
        with app.app_context():
            try:
                service.save_book(get_user(lead), in_force, book(f"of-{lead}"), "Mine.")
            except BookChangedError:
                return "refused"
            return "saved"

    with ThreadPoolExecutor(len(leads)) as pool:
        outcomes = sorted(pool.map(save, leads))
    assert outcomes == ["refused", "refused", "refused", "saved"]


def test_versions_are_listed_newest_first_and_each_can_be_put_back(app, in_force) -> None:
    lead = make_lead("mocs")
    before = queries.get_current_guide().book
    second = service.save_book(lead, in_force, book("a"), "Second.")
    third = service.save_book(lead, second, before, "Put back.")
    assert [v.id for v in queries.list_rule_revisions().rows][:3] == [third, second, in_force]
    assert queries.find_rule_revision_before(third).id == second
    assert queries.get_current_guide().book == before
