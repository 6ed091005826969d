"""Where a rule and a screen state the same clauses, they give the same answers on the same people."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiping.core.policybook import Outcome, PolicyBook
from zhiping.core.sieve.contract import BY_NAME, TABLES, Type
from zhiping.core.sieve.reading import read_folder
from zhiping.core.sieve.running import run_screens
from zhiping.core.sieve.screen import load_screens
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

OCCUPATION, PLACE = "6-31-01-03", "440605"
DAY = dt.date(2026, 2, 28)
POLARS = {
    Type.TEXT: pl.String,
    Type.WHOLE: pl.Int64,
    Type.SCORE: pl.Decimal(5, 1),
    Type.DAY: pl.Date,
    Type.MOMENT: pl.Datetime("us"),
    Type.FLAG: pl.Boolean,
}

BOOK = PolicyBook.load(policy_folder())
CONDITIONS = [dict(row) for row in BOOK.catalogue("entry_conditions").rows]
SCREEN = load_screens(policy_folder() / "screens", only=("SCR-006",))

some_day = st.dates(dt.date(2014, 1, 1), DAY)
claims = st.fixed_dictionaries(
    {
        "condition": st.sampled_from(CONDITIONS),
        "born_on": st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2013, 12, 31)),
        "work_months": st.none() | st.integers(0, 140),
        "prior_level": st.none() | st.sampled_from("54321"),
        "prior_issued_on": st.none() | some_day,
        "education": st.none()
        | st.sampled_from(
            (
                "none",
                "secondary_vocational",
                "senior_technical",
                "technician_class",
                "junior_college",
                "bachelor_or_above",
            )
        ),
        "title": st.none() | st.sampled_from(("none", "junior", "middle", "senior")),
        "title_issued_on": st.none() | some_day,
    }
)


def rule_lets_pass(claim: dict) -> bool:
    stated = {name: value for name, value in claim.items() if name != "condition" and value is not None}
    row = claim["condition"]
    if row["prior_level"] and "prior_issued_on" not in stated:
        return False  # a certificate without its day is not on record anywhere
    facts = {
        **stated,
        "level": row["level"],
        "entry_condition": row["condition"],
        "standard_generation": row["condition"][:4],
        "in_related_occupation": True,
        "has_completed_apprenticeship": True,
    }
    verdict = BOOK.judge("entry_condition", facts, place=Place(PLACE), on=DAY)
    finding = next(one for one in verdict.findings if one.rule in {"EXM-042", "EXM-043"} and applies(one))
    return finding.outcome is Outcome.PASS


def applies(finding) -> bool:
    return finding.outcome is not Outcome.NOT_APPLICABLE


def write_world(folder: Path, people: list[dict]) -> None:
    rows: dict[str, list[dict]] = {table.name: [] for table in TABLES}
    rows["bodies"].append(
        {
            "body_id": "B1",
            "name": "示范机构",
            "kind": "social_body",
            "credit_code": "919901010000000000",
            "place": PLACE,
            "filed_on": dt.date(2020, 1, 1),
            "state": "filed",
        }
    )
    for level in "54321":
        rows["sittings"].append(
            {
                "sitting_id": f"S{level}",
                "plan_id": "L1",
                "body_id": "B1",
                "occupation_code": OCCUPATION,
                "level": level,
                "place": PLACE,
                "venue_id": "V1",
                "starts_at": dt.datetime.combine(DAY, dt.time(9)),
                "ends_at": dt.datetime.combine(DAY, dt.time(11)),
                "plan_accepted_on": dt.date(2026, 1, 5),
                "state": "held",
            }
        )
    for number, claim in enumerate(people):
        row = claim["condition"]
        rows["enrolments"].append(
            {
                "enrolment_id": f"E{number}",
                "sitting_id": f"S{row['level']}",
                "person_key": f"P{number}",
                "candidate_kind": "public",
                "entry_condition": row["condition"],
                **{name: value for name, value in claim.items() if name != "condition"},
            }
        )
        if claim["prior_level"] and claim["prior_issued_on"]:
            rows["prior_certificates"].append(
                {
                    "person_key": f"P{number}",
                    "occupation_code": OCCUPATION,
                    "level": claim["prior_level"],
                    "issued_on": claim["prior_issued_on"],
                }
            )
    for name, table_rows in rows.items():
        schema = {column.name: POLARS[column.type] for column in BY_NAME[name].columns}
        pl.DataFrame(table_rows, schema=schema).write_parquet(folder / f"{name}.parquet")


def entry_condition_rows() -> list[dict]:
    whole = {"min_age", "min_work_months", "months_since_prior", "months_since_title"}
    return [
        {name: (int(text) if name in whole else text) if text else None for name, text in row.items()}
        for row in CONDITIONS
    ]


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(people=st.lists(claims, min_size=40, max_size=120))
def test_the_entry_condition_rule_and_its_screen_agree_on_everybody(people, tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_world(folder, people)
    with read_folder(folder) as snapshot:
        assert not snapshot.refused
        report = run_screens(
            snapshot, SCREEN, parameters=(), entry_conditions=entry_condition_rows(), place="CN", as_of=DAY
        )
        hits = dict(report.outcomes[0].hits.select("enrolment_id", "reason").iter_rows())
    for number, claim in enumerate(people):
        is_hit = f"E{number}" in hits
        assert is_hit is not rule_lets_pass(claim), (claim, hits.get(f"E{number}"))
