"""Certificates of a sitting, and the files to print."""

from django.http import HttpResponse
from django.urls import reverse

from zhiping.apps.certificates import actions
from zhiping.apps.certificates.queries import certificates_within
from zhiping.apps.exams.queries import own_sitting
from zhiping.portals.body.lists import Listing, is_export
from zhiping.portals.body.pages import attachment, found, page
from zhiping.portals.body.views.sittings import frame
from zhiping.portals.gate import GatedRequest, body_clerk
from zhiping.ui import shapes

PDF = "application/pdf"


@body_clerk
def certificates(request: GatedRequest, sitting_id: int) -> HttpResponse:
    """List the certificates of a sitting (证书); a row leads to the printable file."""
    one = own_sitting(request.actor, sitting_id)
    rows = certificates_within(request.actor).filter(enrolment__sitting=one)
    listing = Listing(
        name="certificates",
        caption="证书",
        columns=(
            shapes.Column(key="number", label="证书编号", kind="code", sortable=True),
            shapes.Column(key="holder_name", label="姓名", sortable=True),
            shapes.Column(key="number_masked", label="证件号码"),
            shapes.Column(key="occupation_name", label="职业"),
            shapes.Column(key="level", label="等级", kind="level"),
            shapes.Column(key="issued_on", label="发证日期", kind="date", sortable=True),
            shapes.Column(key="state", label="状态", kind="state", scope="certificate"),
        ),
        sort="number",
        row_url=lambda row: reverse("body:certificates-pdf", args=[row.pk]),
        empty=shapes.EmptyState(
            title="本场还没有证书", text="考后审核通过并核准发证后，证书会列在这里，可以下载打印。"
        ),
    )
    if is_export(request):
        return listing.workbook(request, rows)
    return page(
        request,
        "certificates.html",
        table=listing.table(request, rows),
        **frame(one, "body:certificates-list"),
    )


@body_clerk
def certificate_pdf(request: GatedRequest, certificate_id: int) -> HttpResponse:
    """Send a certificate to print (下载证书)."""
    one = found(certificates_within(request.actor), certificate_id)
    content = actions.certificate_pdf(one.number, actor=request.actor, clock=request.clock)
    return attachment(content, f"{one.number}.pdf", PDF)
