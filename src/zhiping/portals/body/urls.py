"""Addresses of the body portal."""

from django.urls import path

from zhiping.portals.body.views import candidates, certificates, filings, people, plans, profile, sittings

app_name = "body"
urlpatterns = [
    path("", profile.home, name="home"),
    path("profile/", profile.profile, name="registry-profile"),
    path("profile/documents/", profile.profile_document, name="registry-profile-document"),
    path("documents/<int:document_id>/", profile.document, name="registry-document"),
    path("documents/<int:document_id>/publish/", profile.document_publish, name="registry-document-publish"),
    path(
        "documents/<int:document_id>/withdraw/", profile.document_withdraw, name="registry-document-withdraw"
    ),
    path("filings/", filings.filings, name="registry-filings"),
    path("filings/new/", filings.filing_open, name="registry-filing-open"),
    path("filings/<int:filing_id>/", filings.filing, name="registry-filing"),
    path("filings/<int:filing_id>/lines/", filings.lines, name="registry-filing-lines"),
    path("filings/<int:filing_id>/lines/search/", filings.line_search, name="registry-line-search"),
    path("filings/<int:filing_id>/lines/add/<str:code>/", filings.line_new, name="registry-line-add"),
    path("filings/<int:filing_id>/lines/<int:line_id>/", filings.line_edit, name="registry-line"),
    path(
        "filings/<int:filing_id>/lines/<int:line_id>/remove/",
        filings.line_remove,
        name="registry-line-remove",
    ),
    path("filings/<int:filing_id>/documents/", filings.filing_documents, name="registry-filing-documents"),
    path("filings/<int:filing_id>/verdict/", filings.filing_verdict, name="registry-filing-verdict"),
    path("filings/<int:filing_id>/submit/", filings.filing_submit, name="registry-filing-submit"),
    path("filings/<int:filing_id>/withdraw/", filings.filing_withdraw, name="registry-filing-withdraw"),
    path("filings/<int:filing_id>/progress/", filings.filing_progress, name="registry-filing-progress"),
    path(
        "filings/<int:filing_id>/reviews/<int:review_id>/",
        filings.filing_review,
        name="registry-filing-review",
    ),
    path("staff/", people.staff, name="registry-staff"),
    path("staff/add/", people.staff_add, name="registry-staff-add"),
    path("staff/<int:member_id>/", people.staff_member, name="registry-staff-member"),
    path("assessors/", people.assessors, name="registry-assessors"),
    path("assessors/add/", people.assessor_add, name="registry-assessor-add"),
    path("assessors/<int:assessor_id>/", people.assessor, name="registry-assessor"),
    path("assessors/<int:assessor_id>/end/", people.assessor_end, name="registry-assessor-end"),
    path("venues/", people.venues, name="registry-venues"),
    path("venues/add/", people.venue_add, name="registry-venue-add"),
    path("venues/<int:venue_id>/", people.venue, name="registry-venue"),
    path("plans/", plans.plans, name="exams-plans"),
    path("plans/new/", plans.plan_open, name="exams-plan-open"),
    path("plans/<int:plan_id>/", plans.plan, name="exams-plan"),
    path("plans/<int:plan_id>/declare/", plans.plan_declare, name="exams-plan-declare"),
    path("plans/<int:plan_id>/cancel/", plans.plan_cancel, name="exams-plan-cancel"),
    path("plans/<int:plan_id>/sittings/add/", plans.sitting_new, name="exams-sitting-add"),
    path("sittings/", sittings.sittings, name="exams-sittings"),
    path("sittings/<int:sitting_id>/", sittings.sitting, name="exams-sitting"),
    path("sittings/<int:sitting_id>/edit/", plans.sitting_edit, name="exams-sitting-edit"),
    path("sittings/<int:sitting_id>/assign/", sittings.assign, name="exams-assign"),
    path("assignments/<int:assignment_id>/cancel/", sittings.unassign, name="exams-unassign"),
    path("sittings/<int:sitting_id>/candidates/", candidates.candidates, name="exams-candidates"),
    path(
        "sittings/<int:sitting_id>/candidates/template/",
        candidates.candidate_template,
        name="exams-candidates-template",
    ),
    path("sittings/<int:sitting_id>/candidates/add/", candidates.candidate_add, name="exams-candidate-add"),
    path("enrolments/<int:enrolment_id>/", candidates.enrolment, name="exams-enrolment"),
    path("imports/<int:import_id>/", candidates.roster, name="exams-import"),
    path("imports/<int:import_id>/apply/", candidates.roster_apply, name="exams-import-apply"),
    path("imports/<int:import_id>/bad-rows/", candidates.roster_bad_rows, name="exams-import-bad-rows"),
    path("sittings/<int:sitting_id>/day/", sittings.day, name="exams-day"),
    path("sittings/<int:sitting_id>/day/attendance/", sittings.attendance, name="exams-attendance"),
    path("sittings/<int:sitting_id>/day/hold/", sittings.hold, name="exams-hold"),
    path("sittings/<int:sitting_id>/results/", sittings.results, name="exams-results"),
    path(
        "sittings/<int:sitting_id>/results/template/",
        sittings.results_template,
        name="exams-results-template",
    ),
    path(
        "sittings/<int:sitting_id>/results/publish/", sittings.results_publish, name="exams-results-publish"
    ),
    path("sittings/<int:sitting_id>/results/submit/", sittings.results_submit, name="exams-results-submit"),
    path("sittings/<int:sitting_id>/archive/", sittings.archive, name="exams-archive"),
    path("sittings/<int:sitting_id>/certificates/", certificates.certificates, name="certificates-list"),
    path("certificates/<int:certificate_id>/pdf/", certificates.certificate_pdf, name="certificates-pdf"),
]
