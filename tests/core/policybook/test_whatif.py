"""A draft tried on what is on record: every difference is what single judging says, none is left out."""

import json
import shutil
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhiping.core.policybook import FactUndeclaredError, Outcome, PolicyBook
from zhiping.core.policybook.case_frames import Case, Frame, frame_of
from zhiping.core.policybook.values import plain
from zhiping.core.policybook.verdict import Waiver, combined
from zhiping.core.policybook.whatif import Differences, Effect, what_if
from zhiping.kernel.place import Place
from zhiping.kernel.resources import policy_folder

sys.path.insert(0, str(Path(__file__).parent))
from table_cases import Edges, table_of

LAW = PolicyBook.load(policy_folder())
DAY = date(2026, 12, 1)
FOSHAN, SHUNDE, GUANGZHOU, LIAONING = "440600", "440606", "440100", "210100"
PLACES = (FOSHAN, SHUNDE, GUANGZHOU, LIAONING)
SLOWLY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def drafted(folder, path, *changes):
    """Return the law with one file changed, as a draft folder would change it."""
    text = (policy_folder() / path).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return PolicyBook.load(policy_folder(), draft=folder)


HEADCOUNT = (
    "parameters/employer_filing.yaml",
    ("value: 300", "value: 320"),
    ("wording: 300人以上", "wording: 320人以上"),
)


@pytest.fixture(scope="module")
def stricter(tmp_path_factory):
    return drafted(tmp_path_factory.mktemp("stricter"), *HEADCOUNT)


@pytest.fixture(scope="module")
def shifted(tmp_path_factory):
    """A draft that changes parameters, an outcome, a rule's places, adds a rule and retires one."""
    folder = tmp_path_factory.mktemp("shifted")
    drafted(folder, *HEADCOUNT)
    rules = folder / "rules" / "registry"
    rules.mkdir(parents=True)
    originals = {file.name[:7]: file for file in (policy_folder() / "rules" / "registry").glob("*.yaml")}
    warned = originals["REG-001"].read_text(encoding="utf-8")
    (rules / originals["REG-001"].name).write_text(
        warned.replace("outcome: refuse", "outcome: warn").replace("expect: refuse", "expect: warn"),
        encoding="utf-8",
    )
    elsewhere = originals["REG-003"].read_text(encoding="utf-8")
    elsewhere = elsewhere.replace("REG-003", "REG-998").replace("parameter: employer", "parameter: employer")
    elsewhere = elsewhere.replace(
        "{fact: insured_headcount, is: as_worded, parameter: employer_filing.minimum_insured_headcount}",
        "{fact: experts, is: at_least, value: 3}",
    )
    head = elsewhere.split("cases:")[0].replace("{insured_headcount}", "{experts}")
    head = head.replace("may_be_waived: false", "may_be_waived: true")
    where = 'place: "440600", day: 2021-03-01'
    given = "".join(
        f'  - {{case: "{one}", given: {{experts: {one}, {where}}}, expect: {said}}}\n'
        for one, said in [(3, "pass"), (2, "refuse"), (0, "refuse")]
    )
    (rules / "REG-998-experts.yaml").write_text(f"{head}cases:\n{given}", encoding="utf-8")
    return PolicyBook.load(policy_folder(), draft=folder)


def filings(cases, places, *, waived=None, records=None, names=None):
    records = records or [f"BA{number}" for number in range(len(cases))]
    rows = {"record": records, "part": [""] * len(cases), "place": list(places)}
    frame = pl.DataFrame(rows, schema={"record": pl.String, "part": pl.String, "place": pl.String})
    if waived is not None:
        frame = frame.with_columns(pl.Series("waived", waived, dtype=pl.List(pl.String)))
    return Frame(kind="filing", rows=frame, facts=table_of(LAW.facts, cases, names=names))


def good(**changes):
    """Facts of an employer that fails nothing in Foshan."""
    line = {
        "occupation_code": "6-31-01-03",
        "workstations": 10,
        "assessors": 3,
        "venue_fits": True,
        "video_monitored": True,
    }
    return {
        "registered_in_city": True,
        "is_legal_person": True,
        "is_operating_lawfully": True,
        "has_bad_credit_record": False,
        "main_business_is_training_evaluation_or_consulting": False,
        "insured_headcount": 310,
        "insured_headcount_source": "feed",
        "enterprise_size": "medium",
        "scope_lines": (line,),
        "documents": ("incentive_rules", "pay_rules", "finance_rules", "undertaking", "management_rules"),
        "has_own_unit": True,
        "full_time_staff": 2,
        "experts": 2,
        "internal_supervisors": 2,
        "can_develop_resources": True,
        "draws_education_funds_in_full": True,
        "is_nonprofit_undertaken": True,
        "has_stable_funds": True,
        "has_filing_bar": False,
        **changes,
    }


# what an officer asks


def test_who_newly_fails_is_named_with_what_was_observed_and_what_is_required(stricter):
    cases = [good(), good(insured_headcount=320), good(insured_headcount=299), good()]
    found = what_if(LAW, stricter, {"employer_filing": filings(cases, [SHUNDE] * 3 + [GUANGZHOU])}, on=DAY)
    assert found.records.to_dicts() == [
        {
            "kind": "filing",
            "record": "BA0",
            "place": SHUNDE,
            "before": found.records.item(0, "before"),
            "now": "refuse",
            "effect": "newly_fails",
        }
    ]
    assert found.records.item(0, "before") in {"pass", "warn"}
    (reason,) = found.reasons.to_dicts()
    assert reason["rule"] == "REG-003"
    assert (reason["before"], reason["now"]) == ("pass", "refuse")
    assert reason["tested"] == "本市参保职工人数"
    assert reason["observed"] == "310人"
    assert reason["required_before"] == "不少于 300人"
    assert reason["required_now"] == "不少于 320人"
    assert "310" in reason["message"]
    assert reason["clauses"] == "FS20-E2"
    assert found.counts.to_dicts() == [
        {"kind": "filing", "place": SHUNDE, "effect": "newly_fails", "records": 1}
    ]
    assert found.rules.row(0, named=True)["records"] == 1
    assert found.to_json()["judged"] == {"filing": 4}
    assert found.to_json()["totals"]["newly_fails"] == 1
    assert found.total(Effect.NEWLY_FAILS, kind="filing") == 1
    assert found.total(Effect.NEWLY_FAILS, kind="plan") == 0


def test_the_other_way_round_the_same_records_newly_pass(stricter):
    frame = filings([good(), good(insured_headcount=299)], [SHUNDE] * 2)
    found = what_if(stricter, LAW, {"employer_filing": frame}, on=DAY)
    assert found.records["effect"].to_list() == ["newly_passes"]
    assert found.reasons.item(0, "required_now") == "不少于 300人"


def test_a_new_rule_asks_and_an_unknown_fact_leaves_it_open(shifted):
    cases = [good(insured_headcount=400), good(insured_headcount=400, experts=3)]
    unknown = good(insured_headcount=400)
    unknown["experts"] = None
    found = what_if(LAW, shifted, {"employer_filing": filings([*cases, unknown], [FOSHAN] * 3)}, on=DAY)
    said = dict(found.records.select("record", "effect").iter_rows())
    assert said["BA0"] == "newly_fails"
    assert "BA1" not in said
    new = found.reasons.filter((pl.col("record") == "BA0") & (pl.col("rule") == "REG-998")).row(0, named=True)
    assert (new["before"], new["now"], new["required_before"]) == ("", "refuse", "")
    assert new["required_now"].startswith("不少于 3")


def test_nothing_differs_without_a_draft(stricter):
    del stricter
    frame = filings([good(), good(insured_headcount=1)], [SHUNDE] * 2)
    found = what_if(LAW, LAW, {"employer_filing": frame}, on=DAY)
    assert found.records.height == found.reasons.height == found.failing_otherwise == 0
    assert found.judged.to_dicts() == [{"kind": "filing", "place": SHUNDE, "records": 2}]


def test_before_the_rules_are_in_force_nothing_differs(stricter):
    frame = filings([good()], [SHUNDE])
    assert what_if(LAW, stricter, {"employer_filing": frame}, on=date(2020, 8, 16)).records.height == 0


def test_the_parts_of_a_record_are_taken_together(stricter):
    lines = Frame(
        kind="filing",
        rows=pl.DataFrame({"record": ["BA0", "BA1"], "part": ["6-31-01-03"] * 2, "place": [SHUNDE] * 2}),
        facts=table_of(
            LAW.facts,
            [{"is_access_type_qualification": True}, {}],
            names=["is_access_type_qualification"],
        ),
    )
    frames = {"employer_filing": filings([good(), good()], [SHUNDE] * 2), "scope_line": lines}
    found = what_if(LAW, stricter, frames, on=DAY)
    # The first failed by its occupation before: it fails by more now, and nothing new happens to it.
    assert found.records.select("record", "before", "now").rows() == [("BA1", "unknown", "refuse")]
    assert found.failing_otherwise == 1
    assert found.to_json()["judged"] == {"filing": 2}


def test_a_waived_rule_does_not_fail_the_record(shifted):
    frame = filings([good(insured_headcount=400)] * 3, [SHUNDE] * 3, waived=[["REG-998"], None, ["REG-003"]])
    found = what_if(LAW, shifted, {"employer_filing": frame}, on=DAY)
    assert found.records["record"].to_list() == ["BA1", "BA2"]
    assert set(found.reasons["rule"]) == {"REG-998"}


def test_what_may_not_be_waived_is_not_excused_by_a_waiver(stricter):
    frame = filings([good()], [SHUNDE], waived=[["REG-003"]])
    found = what_if(LAW, stricter, {"employer_filing": frame}, on=DAY)
    assert found.records["effect"].to_list() == ["newly_fails"]


def test_a_fact_that_the_draft_declares_otherwise_is_missing_there_and_named(tmp_path):
    shutil.copytree(Path(__file__).parent / "good", tmp_path / "law")
    toy = PolicyBook.load(tmp_path / "law")
    draft = tmp_path / "draft"
    for path in ("facts.yaml", "rules/registry/REG-003-registered.yaml"):
        text = (tmp_path / "law" / path).read_text(encoding="utf-8")
        (draft / path).parent.mkdir(parents=True, exist_ok=True)
        (draft / path).write_text(text.replace("registered", "is_registered"), encoding="utf-8")
    book = PolicyBook.load(tmp_path / "law", draft=draft)
    frame = Frame(
        kind="filing",
        rows=pl.DataFrame({"record": ["一"], "part": [""], "place": ["990200"]}),
        facts=pl.DataFrame({"headcount": [500], "registered": [True], "is_branch": [False]}),
    )
    found = what_if(toy, book, {"filing": frame}, on=date(2021, 3, 1))
    assert found.facts_left_out == ("registered",)
    assert found.records.select("before", "now").rows() == [("pass", "unknown")]


def test_a_column_that_is_no_fact_is_refused(stricter):
    frame = Frame(
        kind="filing",
        rows=pl.DataFrame({"record": ["一"], "part": [""], "place": [SHUNDE]}),
        facts=pl.DataFrame({"headcont": [500]}),
    )
    with pytest.raises(FactUndeclaredError):
        what_if(LAW, stricter, {"employer_filing": frame}, on=DAY)


def test_a_question_that_only_the_draft_asks_is_open_before(tmp_path):
    shutil.copytree(Path(__file__).parent / "good", tmp_path / "law")
    full = PolicyBook.load(tmp_path / "law")
    for file in (tmp_path / "law" / "rules" / "registry").glob("*.yaml"):
        file.unlink()
    empty, _ = PolicyBook.read(tmp_path / "law")
    frame = Frame(
        kind="filing",
        rows=pl.DataFrame({"record": ["一", "二"], "part": ["", ""], "place": ["990200"] * 2}),
        facts=pl.DataFrame({"headcount": [500, 1], "registered": [True, True], "is_branch": [False, False]}),
    )
    found = what_if(empty, full, {"filing": frame}, on=date(2021, 3, 1))
    assert found.records.select("before", "now", "effect").rows() == [
        ("no_rule_known", "pass", "newly_passes"),
        ("no_rule_known", "refuse", "newly_fails"),
    ]


# what single judging says


def alone(book, case, place, waived):
    verdict = book.judge("employer_filing", case, place=Place(place), on=DAY)
    fitting = [
        Waiver(rule=one.rule, reason="理由", by="甲", on=DAY)
        for one in verdict.findings
        if one.rule in waived and one.may_be_waived and one.outcome is Outcome.REFUSE
    ]
    return verdict.with_waivers(fitting)


RULES = [rule for rule in LAW.rules.values() if rule.asks_of == "employer_filing"]
FACTS = sorted({name for rule in RULES for name in LAW.reads_of(rule)})
WAIVED = ["REG-003", "REG-014", "REG-998"]
EDGES = Edges(LAW, RULES)
CASES = st.lists(
    st.tuples(EDGES.cases(FACTS, DAY), st.sampled_from(PLACES), st.sets(st.sampled_from(WAIVED))),
    min_size=1,
    max_size=8,
)


@SLOWLY
@given(CASES, st.booleans())
def test_every_difference_is_what_single_judging_says(shifted, drawn, backwards):
    books = (shifted, LAW) if backwards else (LAW, shifted)
    cases = [case for case, _, _ in drawn]
    places = [place for _, place, _ in drawn]
    waived = [sorted(rules) for _, _, rules in drawn]
    frame = filings(cases, places, waived=waived, names=FACTS)
    found = what_if(*books, {"employer_filing": frame}, on=DAY)
    wanted, reasons = {}, set()
    for number, (stated, place, rules) in enumerate(drawn):
        case = {name: value for name, value in stated.items() if value is not None}
        one, other = (alone(book, case, place, rules) for book in books)
        if one.outcome is other.outcome:
            continue
        wanted[f"BA{number}"] = (one.outcome.value, other.outcome.value)
        said = [
            {
                finding.rule: finding.outcome
                for finding in verdict.findings
                if finding.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}
                and finding.rule not in verdict.waived
            }
            for verdict in (one, other)
        ]
        reasons |= {
            (f"BA{number}", rule)
            for rule in said[0].keys() | said[1].keys()
            if said[0].get(rule) is not said[1].get(rule)
        }
    assert {
        record: (before, now)
        for record, before, now in found.records.select("record", "before", "now").iter_rows()
    } == wanted
    assert set(found.reasons.select("record", "rule").iter_rows()) == reasons
    for line in found.reasons.iter_rows(named=True):
        number = int(line["record"].removeprefix("BA"))
        case = {name: value for name, value in drawn[number][0].items() if value is not None}
        for book, key in zip(books, ("before", "now"), strict=True):
            verdict = book.judge("employer_filing", case, place=Place(places[number]), on=DAY)
            said = {one.rule: one.outcome.value for one in verdict.findings}
            assert line[key] == said.get(line["rule"], "")


@SLOWLY
@given(CASES, st.integers(min_value=1, max_value=4))
def test_batches_together_say_what_all_at_once_says(shifted, drawn, size):
    cases, places = [one[0] for one in drawn], [one[1] for one in drawn]
    names = [f"BA{number}" for number in range(len(drawn))]

    def run(part):
        frame = filings(cases[part], places[part], records=names[part], names=FACTS)
        return what_if(LAW, shifted, {"employer_filing": frame}, on=DAY)

    whole = run(slice(None))
    parts = [run(slice(start, start + size)) for start in range(0, len(drawn), size)]
    joined = Differences.joined(parts, on=DAY)
    assert joined.to_json() == whole.to_json()
    assert sorted(joined.records.rows()) == sorted(whole.records.rows())
    assert sorted(joined.reasons.rows()) == sorted(whole.reasons.rows())


@given(st.lists(st.lists(st.sampled_from(list(Outcome)), min_size=1, max_size=3), min_size=1, max_size=3))
def test_parts_are_combined_as_all_their_findings_are(parts):
    """What holds for findings holds for the outcomes of parts: taken together twice is taken together."""
    from zhiping.core.policybook.trace import Group
    from zhiping.core.policybook.verdict import Finding, RuleBasis
    from zhiping.core.policybook.whatif import _ORDER

    said = {Outcome.PASS, Outcome.WARN, Outcome.REFUSE, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE}
    findings = [
        [
            Finding(
                RuleBasis(
                    rule="X", version="", title="", outcome=Outcome.REFUSE, may_be_waived=False, citations=()
                ),
                one,
                Group("all", None, ()),
            )
            for one in part
            if one in said
        ]
        for part in parts
    ]
    whole = combined([one for part in findings for one in part])
    by_part = min((combined(part).value for part in findings), key=_ORDER.index)
    assert by_part == whole.value


# frames out of stored facts


@SLOWLY
@given(st.lists(EDGES.cases(FACTS, DAY), max_size=6))
def test_a_frame_of_stored_facts_judges_as_the_facts_themselves(cases):
    """Through JSON and into columns, every fact means what it meant."""
    stored = [json.loads(json.dumps(plain(case))) for case in cases]
    frame = frame_of(
        LAW.facts, "filing", [Case(str(one), "", FOSHAN, facts) for one, facts in enumerate(stored)]
    )
    found = LAW.judge_table("employer_filing", frame.facts, place=Place(FOSHAN), on=DAY)
    single = [LAW.judge("employer_filing", case, place=Place(FOSHAN), on=DAY) for case in cases]
    if frame.facts.columns:
        assert found.outcomes.to_list() == [one.outcome.value for one in single]


def test_what_is_stored_in_another_form_is_missing_not_guessed():
    wrong = {
        "insured_headcount": "三百",
        "registered_in_city": 1,
        "documents": "undertaking",
        "scope_lines": [1, 2],
        "barred_until": "明天",
        "evaluation_share_percent": "一半",
        "enterprise_size": 3,
        "gone_since": True,
    }
    right = {
        "barred_until": "2026-12-01",
        "evaluation_share_percent": "30.5",
        "documents": [],
        "scope_lines": [],
    }
    frame = frame_of(
        LAW.facts, "filing", [Case("一", "", FOSHAN, wrong), Case("二", "", FOSHAN, right, ("REG-1",))]
    )
    assert set(frame.facts.row(0)) == {None}
    assert "gone_since" not in frame.facts.columns
    assert frame.facts.item(1, "barred_until") == date(2026, 12, 1)
    assert frame.facts.item(1, "evaluation_share_percent") == "30.5"
    assert frame.facts.item(1, "scope_lines").to_list() == frame.facts.item(1, "documents").to_list() == []
    assert frame.rows["waived"].to_list() == [[], ["REG-1"]]
