"""Registry (机构备案): evaluation bodies, their filings through every review level, their register entry.

Things: evaluation body (评价机构), filing (备案), scope line (备案范围), review (审核), on-site
verification (实地核查), public notice (公示), person, assessor (考评员), venue (考点), document, bar.
Upstream: journal, authorities, reference. Downstream: exams and everything after.
"""
