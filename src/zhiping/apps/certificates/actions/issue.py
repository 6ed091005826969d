"""Issue in bulk (核发证书), all at once or not at all.

The steps, in one transaction:

1. lock the sitting, walk its move, hold the body as it stands;
2. find who passed and has no certificate yet;
3. judge the question `certificate`; who is refused is held back, with the rule's words;
4. write down what each certificate will say, and hold back what could not be printed;
5. take as many consecutive serials as are needed, and write certificates and changes;
6. move the sitting, unless somebody was held back; record.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from zhiping.apps.authorities.walls import reaching_everywhere
from zhiping.apps.certificates.configuration import query_address
from zhiping.apps.certificates.documents import document_of, last_four_index
from zhiping.apps.certificates.errors import SiteCodeMissingError
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.certificates.numbering import (
    close_series,
    first_number,
    numbers_after,
    open_series,
    series_prefix,
)
from zhiping.apps.certificates.passing import Candidate, PassDesk, candidates_of
from zhiping.apps.certificates.states import CertificateState
from zhiping.apps.certificates.writing import write_certificates
from zhiping.apps.exams.errors import SittingNotFoundError
from zhiping.apps.exams.models import Result, Sitting
from zhiping.apps.exams.plan_facts import day_of, is_in_scope
from zhiping.apps.exams.states import HELD_STATES, SITTING_MOVES, Subject
from zhiping.apps.journal.actions import keep_rule_snapshots, record
from zhiping.apps.reference.queries import binding_clauses, calendar, judge
from zhiping.apps.registry.identity import open_number
from zhiping.apps.registry.models import EvaluationBody, Person
from zhiping.apps.registry.states import BodyState
from zhiping.core.credential import DocumentFieldError, digest
from zhiping.core.credential.messages import sentence
from zhiping.core.identifiers.certificate_number import CertificateNumber, CertificateNumberInvalidError
from zhiping.core.identifiers.masking import Audience, mask_identity_number
from zhiping.core.policybook import Outcome, Verdict
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import CHINA, Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class WithoutCertificate:
    """A candidate who gets none now, and why (未发证)."""

    ticket: str
    name: str
    reasons: tuple[str, ...]
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReport:
    """What an issue did (发证结果)."""

    sitting_id: int
    numbers: tuple[str, ...]
    not_passed: tuple[WithoutCertificate, ...]
    held_back: tuple[WithoutCertificate, ...]
    warnings: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether everybody who passed has a certificate now."""
        return not self.held_back


def issue_certificates(sitting_id: int, *, actor: Actor, clock: Clock) -> IssueReport:
    """Issue the certificates of an approved sitting to everybody who passed (核发证书).

    Serials are consecutive per site, year and level; nothing is taken if anything fails. A sitting
    with candidates held back stays approved, so that they can be served once the reason is gone.

    Authority:
        LN24-2.3a, FS20-3.2, FS20-4.4, LN24-3.5b as the rules of the question `certificate` ask.
    Duty:
        certificates.issue, at the sitting's place.
    Refuses:
        SittingNotFoundError: no such sitting within reach.
        MoveNotAllowedError: the sitting is not approved, or issued already.
        DutyMissingError: the actor lacks the duty there.
        SiteCodeMissingError: the body has no site code.
        SerialsExhaustedError: the series has not enough serials left.
    """
    with transaction.atomic():
        # 1
        sitting = Sitting.objects.select_for_update().filter(pk=sitting_id).first()
        if sitting is None:
            raise SittingNotFoundError(value=sitting_id)
        move = walk(SITTING_MOVES, sitting.state, "issue", actor=actor, place=Place(sitting.place))
        body = _held_body(sitting.body_id)
        if not body.site_code:
            raise SiteCodeMissingError(body=body.name)
        # 2
        desk = PassDesk(sitting, on=day_of(sitting))
        passed, not_passed = _sorted_out(candidates_of(sitting), desk)
        # 3
        today = clock.today()
        first = _first_number(sitting, body, today)
        facts = _facts(sitting, body, first, today=today)
        verdict = judge("certificate", facts, place=sitting.place, on=today)
        refused = tuple(
            finding for outcome in (Outcome.REFUSE, Outcome.UNKNOWN) for finding in verdict.of(outcome)
        )
        held_back: list[WithoutCertificate] = []
        written: list[Certificate] = []
        if refused or first is None:
            reasons = tuple(finding.message for finding in refused)
            rules = tuple(finding.rule for finding in refused)
            held_back = [
                WithoutCertificate(ticket=one.ticket, name=one.name, reasons=reasons, rules=rules)
                for one in passed
            ]
        else:
            # 4, 5
            written, held_back = _issue(passed, sitting, body, first=first, actor=actor, clock=clock)
        # 6
        if not held_back:
            sitting.state = move.to
            sitting.save(update_fields=["state"])
        report = IssueReport(
            sitting_id=sitting.pk,
            numbers=tuple(certificate.number for certificate in written),
            not_passed=tuple(not_passed),
            held_back=tuple(held_back),
            warnings=tuple(finding.message for finding in verdict.of(Outcome.WARN)),
        )
        keep_rule_snapshots([verdict])
        record(
            "certificates.issued" if written or not held_back else "certificates.issue_held_back",
            sitting,
            *written,
            actor=actor,
            at=clock.now(),
            place=sitting.place,
            clauses=binding_clauses(_clauses(verdict, move.clauses), place=sitting.place, on=today),
            facts=_journalled(report, verdict),
        )
    return report


def _held_body(body_id: int) -> EvaluationBody:
    # A body of another place may examine here: hence the wider reach. Shared lock: nobody suspends or
    # removes the body between the judgement and the certificates.
    with reaching_everywhere():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM registry_evaluationbody WHERE id = %s FOR SHARE", [body_id])
        return EvaluationBody.objects.get(pk=body_id)


def _sorted_out(
    candidates: Sequence[Candidate], desk: PassDesk
) -> tuple[list[Candidate], list[WithoutCertificate]]:
    passed, failed = [], []
    for candidate in candidates:
        reason = desk.reason_not_passed(candidate)
        if reason:
            failed.append(WithoutCertificate(ticket=candidate.ticket, name=candidate.name, reasons=(reason,)))
        else:
            passed.append(candidate)
    return passed, failed


def _first_number(sitting: Sitting, body: EvaluationBody, today: dt.date) -> CertificateNumber | None:
    try:
        return first_number(
            body_kind=body.kind,
            province=body.province,
            site_code=body.site_code,
            day=today,
            level=sitting.level,
        )
    except CertificateNumberInvalidError:
        # The rule on the structure of numbers says so in the verdict, with its clause.
        return None


def _facts(
    sitting: Sitting, body: EvaluationBody, first: CertificateNumber | None, *, today: dt.date
) -> Mapping[str, object]:
    """Return the facts of the question, the same for everybody who passed this sitting."""
    facts: dict[str, object] = {
        "results_all_passed": True,
        "results_reviewed": True,  # the move from `approved` has just been walked
        "exam_was_held": sitting.state in HELD_STATES
        and sitting.ends_at.astimezone(CHINA).date() <= today
        and Result.objects.filter(enrolment__sitting=sitting).exists(),
        "is_within_filed_scope": is_in_scope(sitting),
        "body_is_stopped": body.state == BodyState.SUSPENDED,
        "body_is_removed": body.state in {BodyState.REMOVED, BodyState.LEFT},
        "number_fits_structure": first is not None,
    }
    if facts["body_is_removed"] and body.state_since is not None:
        # On the day of the removal the scope has ended already.
        facts["sitting_was_before_removal"] = sitting.ends_at.astimezone(CHINA).date() < body.state_since
    if first is not None:
        facts["number_matches_body"] = first.body_serial == body.site_code and first.province == body.province
        facts["number_matches_year"] = first.year == today.year
        facts["number_matches_level"] = first.level == sitting.level
    if sitting.notice_from is not None:
        last = today if sitting.notice_to is None else min(today, sitting.notice_to - dt.timedelta(days=1))
        facts["result_notice_workdays"] = max(0, calendar().workdays_between(sitting.notice_from, last))
    return facts


def _issue(
    passed: Sequence[Candidate],
    sitting: Sitting,
    body: EvaluationBody,
    *,
    first: CertificateNumber,
    actor: Actor,
    clock: Clock,
) -> tuple[list[Certificate], list[WithoutCertificate]]:
    """Write what each certificate says under the next number; who cannot be printed takes none."""
    certificates: list[Certificate] = []
    held_back: list[WithoutCertificate] = []
    if not passed:
        return certificates, held_back
    prefix = series_prefix(first)
    last = open_series(prefix)
    numbers = numbers_after(prefix, last, needed=len(passed))
    number = next(numbers)
    for candidate in passed:
        try:
            certificate = _draft(candidate, number, sitting, body, today=clock.today())
        except DocumentFieldError as refusal:
            reasons = (sentence(refusal),)
            held_back.append(
                WithoutCertificate(ticket=candidate.ticket, name=candidate.name, reasons=reasons)
            )
        else:
            certificates.append(certificate)
            number = next(numbers, "")
    if certificates:
        close_series(prefix, last + len(certificates))
        write_certificates(certificates, actor_name=actor.name, at=clock.now())
    return certificates, held_back


def _draft(
    candidate: Candidate, number: str, sitting: Sitting, body: EvaluationBody, *, today: dt.date
) -> Certificate:
    paper = open_number(Person(number_cipher=candidate.number_cipher, number_index=candidate.number_index))
    certificate = Certificate(
        number=number,
        person_id=candidate.person_id,
        enrolment_id=candidate.enrolment_id,
        body_id=body.pk,
        place=sitting.place,
        state=CertificateState.VALID,
        holder_name=candidate.name,
        paper_kind=candidate.paper_kind,
        number_masked=mask_identity_number(paper, Audience.PUBLIC),
        occupation_code=sitting.occupation_code,
        occupation_name=sitting.occupation_name,
        work_type="",
        level=sitting.level,
        body_name=body.name,
        theory_score=candidate.score(Subject.THEORY),
        practical_score=candidate.score(Subject.PRACTICAL),
        comprehensive_score=candidate.score(Subject.COMPREHENSIVE),
        issued_on=today,
        query_address=query_address(),
        state_since=today,
        state_reason="",
        last_four_index=last_four_index(number, paper),
    )
    certificate.digest = digest(document_of(certificate, paper_number=paper, credit_code=body.credit_code))
    return certificate


def _clauses(verdict: Verdict, of_the_move: tuple[str, ...]) -> tuple[str, ...]:
    cited = (
        citation.clause
        for finding in verdict.findings
        if finding.outcome is not Outcome.NOT_APPLICABLE
        for citation in finding.citations
    )
    return tuple(dict.fromkeys((*of_the_move, *cited)))


def _journalled(report: IssueReport, verdict: Verdict) -> Mapping[str, object]:
    numbers = report.numbers
    return {
        "issued": len(numbers),
        "first": numbers[0] if numbers else "",
        "last": numbers[-1] if numbers else "",
        "not_passed": len(report.not_passed),
        "held_back": len(report.held_back),
        "reasons": sorted({reason for one in report.held_back for reason in one.rules}),
        "verdict": verdict.to_json(),
    }
