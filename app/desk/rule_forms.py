"""The form of one rule."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import Storable, tidy_line, tidy_text
from app.desk.draft_forms import DraftForm, keep_or_set
from app.routing import editing
from app.routing.rule_wording import PRIORITIES, TARGETS, VERDICTS, RuleSpeaker
from app.routing.rules import Rule, RuleBook
from app.routing.tokens import phrase_stems
from app.tickets.workflow import summarise

LONGEST_WORDS = 300
WHETHER = {"": None, "yes": True, "no": False}


class CodesField(SelectMultipleField):  # type: ignore[misc]
    """Names from the registry to tick. What the registry no longer has can only be taken out."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def offer(self, names: dict[str, str]) -> None:
        """Offer names by their codes, in the order of the alphabet."""
        choices = sorted(names.items(), key=lambda entry: entry[1].casefold())
        gone = [code for code in self.data or () if code not in names]
        self.choices = [*((code, gettext("%(code)s (gone)", code=code)) for code in gone), *choices]
        self._gone = gone

    def pre_validate(self, form: Any) -> None:
        """Refuse what is gone."""
        super().pre_validate(form)
        if self._gone:
            raise ValidationError(
                gettext("The registry no longer has %(codes)s.", codes=", ".join(self._gone))
            )


class RuleForm(DraftForm):
    """One rule of the draft, a new one where `code` is empty."""

    code = HiddenField()
    because = StringField(
        _("Reason"),
        description=_("One sentence. Vendors and agents read it as the reason for the decision."),
        filters=[tidy_line],
        validators=[
            DataRequired(_("Please give a reason in one sentence.")),
            Storable(),
            Length(max=300, message=_("Please keep it under 300 characters.")),
        ],
    )
    active = BooleanField(_("This rule is in use"), default=True)
    place = SelectField(
        _("Place"),
        description=_("The first rule that fits decides: special rules go before general ones."),
        coerce=int,
    )
    topics = CodesField(_("It is about one of these topics"))
    tasks = CodesField(_("The writer wants to do one of these"))
    systems = CodesField(_("One of these systems is named"))
    agencies = CodesField(_("One of these offices is named"))
    accused = CodesField(_("Wrongdoing at one of these offices is alleged"))
    words = TextAreaField(
        _("It says one of these"),
        description=_("A word or some words in a row on each line. Endings do not matter."),
        filters=[tidy_text],
        validators=[Storable()],
    )
    told_by = CodesField(_("Sent by one of these offices"))
    from_systems = CodesField(_("Sent away from one of these systems"))
    to_systems = CodesField(_("Sent to one of these systems"))
    verdicts = CodesField(_("Sent which way?"))
    misdirected = SelectField(_("Did anybody send the writer the wrong way?"), default="")
    chosen_task = SelectField(_("Was a task chosen in the form?"), default="")
    chosen_systems = CodesField(_("One of these systems was chosen in the form"))
    queue = SelectField(_("Goes to"), default="")
    confidence = IntegerField(
        _("How sure is that? In percent."),
        default=90,
        validators=[NumberRange(0, 100, _("Please enter a number from 0 to 100."))],
    )
    priority = SelectField(_("Priority"), default="")
    add_topics = CodesField(_("Add these topics"))
    copy_to = CodesField(_("Let these queues see it too"))
    problem = SelectField(_("Part of a known problem"), default="")

    def __init__(self, speaker: RuleSpeaker, problems: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name in ("topics", "add_topics"):
            self[name].offer(dict(speaker.topics))
        for name in ("systems", "from_systems", "to_systems", "chosen_systems"):
            self[name].offer(dict(speaker.systems))
        for name in ("agencies", "accused", "told_by"):
            self[name].offer(dict(speaker.agencies))
        self.tasks.offer(dict(speaker.tasks))
        self.copy_to.offer(dict(speaker.desks))
        self.verdicts.offer({verdict.value: str(words) for verdict, words in VERDICTS.items()})
        for name in ("misdirected", "chosen_task"):
            self[name].choices = [
                ("", _("does not matter")),
                ("yes", _("yes")),
                ("no", _("no")),
            ]
        self._offer_queues(speaker)
        self.priority.choices = [("", _("as it is"))]
        self.priority.choices += [(priority.value, words) for priority, words in PRIORITIES.items()]
        self.problem.choices = [("", _("no")), *problems.items()]
        if self.problem.data and self.problem.data not in problems:
            solved = gettext("Problem %(number)s, no longer open", number=self.problem.data)
            self.problem.choices.append((self.problem.data, solved))
        self._offer_places()

    @classmethod
    def of(
        cls, speaker: RuleSpeaker, problems: dict[str, str], draft: DraftForm, rule: Rule | None
    ) -> "RuleForm":
        """The form for a rule of a draft; None: a new one."""
        data = _entries(rule) if rule else {}
        form = cls(speaker, problems, formdata=None, data=data)
        form.carry(draft.book, draft.base)
        form._offer_places()
        form.place.data = editing.place_of(draft.book, form.code.data or "")
        return form

    def _offer_queues(self, speaker: RuleSpeaker) -> None:
        known = [(target.value, words) for target, words in TARGETS.items()]
        known += speaker.desks.items()
        self.queue.choices = [("", _("nowhere: the next rules decide")), *known]
        if self.queue.data and self.queue.data not in dict(self.queue.choices):
            gone = gettext("%(code)s (gone)", code=self.queue.data)
            self.queue.choices.append((self.queue.data, gone))

    def _offer_places(self) -> None:
        others = [rule for rule in self.book.rule if rule.code != self.code.data]
        self.place.choices = [(0, gettext("1, before all others"))]
        self.place.choices += [
            (
                place,
                gettext(
                    "%(place)d, after “%(rule)s”",
                    place=place + 1,
                    rule=summarise(before.because, 60),
                ),
            )
            for place, before in enumerate(others, 1)
        ]

    def validate_words(self, field: Field) -> None:
        """Each line must have a word, and not be too long."""
        for line in _lines(field.data):
            if not phrase_stems(line):
                raise ValidationError(gettext("There is no word in “%(line)s”.", line=line))
            if len(line) > LONGEST_WORDS:
                raise ValidationError(gettext("Please keep each line under 300 characters."))

    def validate_queue(self, field: Field) -> None:
        """A rule must do something."""
        does = (field, self.priority, self.add_topics, self.copy_to, self.problem)
        if not any(entry.data for entry in does):
            raise ValidationError(
                gettext("Please say what this rule does: a queue, or one of the things below.")
            )

    @property
    def rule(self) -> Rule:
        """The rule that was entered, once the form is valid."""
        before = editing.find_rule(self.book, self.code.data or "")
        lists = {name: tuple(field.data) for name, field in self._fields.items() if _lists(field)}
        return Rule(
            code=self.code.data or editing.new_code(self.book, self.because.data),
            because=self.because.data,
            active=self.active.data,
            words=tuple(_lines(self.words.data)),
            misdirected=WHETHER[self.misdirected.data],
            chosen_task=WHETHER[self.chosen_task.data],
            queue=self.queue.data or None,
            confidence=keep_or_set(before.confidence if before else None, self.confidence.data),
            priority=self.priority.data or None,
            problem=int(self.problem.data) if self.problem.data else None,
            **lists,
        )

    @property
    def changed_book(self) -> RuleBook:
        """The draft with the rule in its place."""
        return editing.put(self.book, self.rule, self.place.data)


def _lists(field: Field) -> bool:
    return isinstance(field, CodesField)


def _lines(text: str | None) -> list[str]:
    return list(dict.fromkeys(line for raw in (text or "").split("\n") if (line := tidy_line(raw))))


def _entries(rule: Rule) -> dict[str, Any]:
    """What the form's fields show for a rule."""
    whether = {value: key for key, value in WHETHER.items()}
    return rule.model_dump(mode="json") | {
        "words": "\n".join(rule.words),
        "misdirected": whether[rule.misdirected],
        "chosen_task": whether[rule.chosen_task],
        "queue": rule.queue or "",
        "confidence": round(rule.confidence * 100),
        "priority": rule.priority or "",
        "problem": str(rule.problem or ""),
    }
