"""Who passed a sitting: every subject, judged by the law of the sitting's place and day."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from zhiping.apps.certificates.messages import NOT_PASSED
from zhiping.apps.exams.models import Enrolment, Result, Sitting
from zhiping.apps.exams.states import Subject
from zhiping.apps.reference.queries import judge
from zhiping.core.policybook import Outcome

_SUBJECTS = tuple(subject.value for subject in Subject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An enrolled candidate without a certificate for this sitting, as the paper will name them."""

    enrolment_id: int
    ticket: str
    person_id: int
    name: str
    paper_kind: str
    number_cipher: bytes
    number_index: bytes
    scores: tuple[tuple[str, Decimal | None], ...]

    def score(self, subject: str) -> Decimal | None:
        """Return the score in a subject, None where there is none."""
        return dict(self.scores).get(subject)


def candidates_of(sitting: Sitting) -> list[Candidate]:
    """Return the enrolled candidates of a sitting that have no certificate yet, ordered by ticket."""
    scores: dict[int, dict[str, Decimal | None]] = defaultdict(dict)
    results = Result.objects.filter(enrolment__sitting=sitting, enrolment__state=Enrolment.State.ENROLLED)
    for enrolment, subject, score in results.values_list("enrolment_id", "subject", "score"):
        scores[enrolment][subject] = score
    rows = Enrolment.objects.filter(
        sitting=sitting, state=Enrolment.State.ENROLLED, certificate__isnull=True
    ).order_by("ticket")
    return [
        Candidate(
            enrolment_id=enrolment,
            ticket=ticket,
            person_id=person,
            name=name,
            paper_kind=paper_kind,
            number_cipher=bytes(cipher),
            number_index=bytes(index),
            scores=tuple(
                (subject, scores[enrolment][subject]) for subject in _SUBJECTS if subject in scores[enrolment]
            ),
        )
        for enrolment, ticket, person, name, paper_kind, cipher, index in rows.values_list(
            "pk",
            "ticket",
            "person_id",
            "person__name",
            "person__paper_kind",
            "person__number_cipher",
            "person__number_index",
        )
    ]


class PassDesk:
    """Tells of candidates of one sitting whether they passed; equal results are judged once."""

    def __init__(self, sitting: Sitting, *, on: dt.date) -> None:
        """Take the subjects that the sitting examined and the day whose law counts."""
        self.place, self.level, self.day = sitting.place, sitting.level, on
        self.wanted = tuple(sitting.subjects.values_list("subject", flat=True))
        self._judged: dict[tuple[tuple[str, Decimal | None], ...], str] = {}

    def reason_not_passed(self, candidate: Candidate) -> str:
        """Return why the candidate did not pass, or nothing (absent or missing is not passed).

        Authority:
            NSTD-1 (the pass mark of every subject, `exams.pass_mark`), NSTD-2 (all subjects).
        """
        if candidate.scores not in self._judged:
            self._judged[candidate.scores] = self._judge(candidate.scores)
        return self._judged[candidate.scores]

    def _judge(self, scores: tuple[tuple[str, Decimal | None], ...]) -> str:
        there = dict(scores)
        missing = [Subject(subject).label for subject in self.wanted if subject not in there]
        if missing or not there:
            return NOT_PASSED["missing"].format(subjects="、".join(missing) or "全部")
        rows = [
            {"subject": subject, "absent": score is None, **({} if score is None else {"score": score})}
            for subject, score in scores
        ]
        facts = {"level": self.level, "subjects": rows}
        verdict = judge("result", facts, place=self.place, on=self.day)
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            return NOT_PASSED["no_rule"]
        if verdict.outcome in {Outcome.REFUSE, Outcome.UNKNOWN}:
            findings = (*verdict.of(Outcome.REFUSE), *verdict.of(Outcome.UNKNOWN))
            return "；".join(finding.message.rstrip("。") for finding in findings)
        return ""
