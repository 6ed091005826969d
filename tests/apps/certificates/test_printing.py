import re
import shutil
import subprocess
from io import BytesIO

import pytest
import zxingcpp
from certificate_world import CLOCK, FOSHAN, SHENYANG, approved_sitting, clerk, enrol, filed_body, officer
from click.testing import CliRunner
from PIL import Image
from test_changes import APRIL, do, issued

from zhiping.apps.authorities import walls
from zhiping.apps.certificates.actions import (
    annul_certificate,
    certificate_pdf,
    correct_certificate,
    issue_certificates,
    sitting_pdf,
)
from zhiping.apps.certificates.errors import (
    AnnulledNotPrintedError,
    CertificateNotFoundError,
    NothingToPrintError,
    PaperChangedError,
)
from zhiping.apps.certificates.models import Certificate
from zhiping.apps.certificates.queries import look_up
from zhiping.apps.exams.models import Sitting
from zhiping.apps.journal.models import Entry
from zhiping.kernel.actor import PUBLIC, DutyMissingError
from zhiping.portals.console.certificate import certificate as command

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not shutil.which("pdftotext"), reason="poppler is not installed: apt-get install poppler-utils"
    ),
]


def text_of(pdf):
    told = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s", "", told.stdout.decode())


def qr_of(pdf):
    made = subprocess.run(["pdftoppm", "-r", "200", "-png", "-f", "1", "-l", "1", "-"],
                          input=pdf, capture_output=True, check=True)  # fmt: skip
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(made.stdout)))
    return code.text


def test_the_face_shows_the_full_number_and_the_qr_code_leads_to_the_look_up():
    body = filed_body(FOSHAN)
    sitting = approved_sitting(body, level="3")
    enrol(sitting, "阿依古丽·买买提", number="990101199001010019", theory="61.5")
    (number,) = issue_certificates(sitting.pk, actor=officer(FOSHAN), clock=CLOCK).numbers
    pdf = certificate_pdf(number.lower(), actor=officer(FOSHAN), clock=CLOCK)
    text = text_of(pdf)
    for said in (number, "阿依古丽·买买提", "990101199001010019", "电工", "三级/高级工", body.name, "61.5"):
        assert said in text, said
    shown = look_up(number, last_four="0019", today=APRIL.today())
    assert qr_of(pdf) == f"http://127.0.0.1:8000/verify/{number}?c={shown.check_code()}"


def test_a_paper_printed_before_a_move_of_the_site_still_leads_to_what_was_frozen(monkeypatch):
    certificate = issued()
    monkeypatch.setenv("ZHIPING_PUBLIC_URL", "https://new.example")
    pdf = certificate_pdf(certificate.number, actor=officer(), clock=APRIL)
    assert qr_of(pdf).startswith("http://127.0.0.1:8000/verify/")
    body = filed_body()
    sitting = approved_sitting(body)
    enrol(sitting)
    (number,) = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK).numbers
    assert qr_of(certificate_pdf(number, actor=officer(), clock=APRIL)).startswith(
        "https://new.example/verify/"
    )


def test_printing_is_journalled_and_only_for_who_issues_or_the_bodys_own_clerk():
    certificate = issued()
    for actor in (officer(), clerk(certificate.body)):
        before = Entry.objects.count()
        certificate_pdf(certificate.number, actor=actor, clock=APRIL)
        assert Entry.objects.count() == before + 1
        entry = Entry.objects.order_by("-id").first()
        assert (entry.event, entry.actor_name) == ("certificates.printed", actor.name)
        assert "9901" not in str(entry.facts)
    with pytest.raises(CertificateNotFoundError):
        certificate_pdf(certificate.number, actor=clerk(filed_body()), clock=APRIL)
    for actor in (officer(FOSHAN), officer(SHENYANG, "certificates.read"), PUBLIC):
        with pytest.raises(DutyMissingError):
            certificate_pdf(certificate.number, actor=actor, clock=APRIL)


def test_an_annulled_certificate_is_not_printed_and_a_corrected_one_is_as_corrected():
    certificate = issued()
    do("correct", certificate, changes={"holder_name": "王安灵"})
    assert "王安灵" in text_of(certificate_pdf(certificate.number, actor=officer(), clock=APRIL))
    do("annul", certificate)
    with pytest.raises(AnnulledNotPrintedError):
        certificate_pdf(certificate.number, actor=officer(), clock=APRIL)


def test_a_record_changed_behind_the_actions_is_not_printed():
    certificate = issued()
    Certificate.objects.update(theory_score="99.0")
    with pytest.raises(PaperChangedError):
        certificate_pdf(certificate.number, actor=officer(), clock=APRIL)


def test_a_sitting_is_printed_in_one_file_without_the_annulled():
    sitting = approved_sitting(filed_body())
    for _ in range(3):
        enrol(sitting)
    numbers = issue_certificates(sitting.pk, actor=officer(), clock=CLOCK).numbers
    annul_certificate(numbers[1], reason="替考", actor=officer(), clock=APRIL)
    batch = sitting_pdf(sitting.pk, actor=officer(), clock=APRIL)
    assert (batch.numbers, batch.part, batch.parts) == ((numbers[0], numbers[2]), 1, 1)
    text = text_of(batch.pdf)
    assert numbers[0] in text
    assert numbers[1] not in text
    for part in (0, 2):
        with pytest.raises(NothingToPrintError):
            sitting_pdf(sitting.pk, part=part, actor=officer(), clock=APRIL)


@pytest.mark.django_db(transaction=True)
def test_under_the_plain_role_an_officer_issues_changes_and_prints_within_reach():
    sitting = approved_sitting(filed_body())
    enrol(sitting)
    actor = officer(SHENYANG)
    with walls.reaching(("4406",)), pytest.raises(Exception, match="sitting_not_found"):
        issue_certificates(sitting.pk, actor=actor, clock=CLOCK)
    with walls.reaching(("2101",)):
        (number,) = issue_certificates(sitting.pk, actor=actor, clock=CLOCK).numbers
        correct_certificate(
            number, changes={"work_type": "维修电工"}, reason="补录", actor=actor, clock=APRIL
        )
        assert certificate_pdf(number, actor=actor, clock=APRIL)
        annul_certificate(number, reason="替考", actor=actor, clock=APRIL)
    with walls.reaching(("4406",)), pytest.raises(CertificateNotFoundError):
        annul_certificate(number, reason="越权", actor=officer(FOSHAN), clock=APRIL)
    assert Sitting.objects.get(pk=sitting.pk).state == "issued"


@pytest.mark.django_db(transaction=True)
def test_the_command_line_shows_a_certificate_as_text_and_as_json():
    certificate = issued(name="王安宁")
    do("annul", certificate, reason="替考查实")
    run = CliRunner().invoke(command, ["verify", certificate.number, "--name", "王安宁"])
    assert run.exit_code == 0, run.output
    for said in (certificate.number, "已作废", "替考查实", "王安宁", "四级/中级工"):
        assert said in run.output
    told = CliRunner().invoke(command, ["verify", certificate.number, "--json"])
    assert f'"number": "{certificate.number}"' in told.output
    assert CliRunner().invoke(command, ["verify", certificate.number, "--name", "别人"]).exit_code == 1
