"""URLs of the public portal."""

from django.urls import path

from zhiping.portals.public.views import bodies, catalogues, certificates, errors, health, home, law, notices

app_name = "public"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("robots.txt", errors.robots, name="robots"),
    path("", home.home, name="home"),
    path("verify", certificates.verify, name="certificates-verify"),
    path("verify/<str:number>", certificates.verify, name="certificates-verify-number"),
    path("bodies/", bodies.directory, name="registry-bodies"),
    path("bodies/<int:body_id>/", bodies.body, name="registry-body"),
    path("documents/<int:document_id>/", bodies.document, name="registry-document"),
    path("notices/", notices.filings, name="registry-notices"),
    path("notices/filings/<int:notice_id>/", notices.filing, name="registry-notice"),
    path("notices/objection/", notices.objection, name="registry-objection"),
    path("notices/results/", notices.results, name="exams-notices"),
    path("notices/results/<int:sitting_id>/", notices.result, name="exams-notice"),
    path("law/", law.documents, name="policy-law"),
    path("law/here/", law.here, name="policy-here"),
    path("law/compare/", law.compare, name="policy-compare"),
    path("law/opinion/", law.opinion, name="policy-opinion"),
    path("law/coverage/", law.coverage, name="policy-coverage"),
    path("law/documents/<str:document_id>/", law.document, name="policy-document"),
    path("law/clauses/<str:clause_id>/", law.clause, name="policy-clause"),
    path("law/rules/", law.rules, name="policy-rules"),
    path("law/rules/<str:rule_id>/", law.rule, name="policy-rule"),
    path("law/parameters/<str:parameter_id>/", law.parameter, name="policy-parameter"),
    path("law/screens/<str:screen_id>/", law.screen, name="policy-screen"),
    path("policy/", home.old_policy, name="policy-moved"),
    path("catalogues/", catalogues.index, name="catalogues"),
    path("catalogues/qualifications/", catalogues.qualifications, name="catalogues-qualifications"),
    path("catalogues/qualifications/changes/", catalogues.changes, name="catalogues-changes"),
    path("catalogues/cancelled/", catalogues.cancelled, name="catalogues-cancelled"),
    path("catalogues/implementing/", catalogues.implementing, name="catalogues-implementing"),
    path("catalogues/check/", catalogues.check, name="catalogues-check"),
    path("catalogues/standards/", catalogues.standards, name="catalogues-standards"),
    path("catalogues/shortages/", catalogues.shortages, name="catalogues-shortages"),
    path("catalogues/equivalences/", catalogues.equivalences, name="catalogues-equivalences"),
    path("catalogues/rates/", catalogues.rates, name="catalogues-rates"),
    path("complaints/", home.complaints, name="authorities-complaints"),
    path("guide/", home.guide, name="guide"),
    path("guide/<str:name>/", home.guide_page, name="guide-page"),
    path("about/", home.about, name="about"),
]
