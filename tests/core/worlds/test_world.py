import hashlib
from datetime import date

import polars as pl
import pytest

from worlds import World, WorldTooSmallError, generate
from worlds.frames import schema
from worlds.occupations import OCCUPATIONS
from worlds.places import CITIES
from zhiping.core.identifiers import credit_code, identity_number
from zhiping.core.sieve.contract import TABLES, Table
from zhiping.kernel.resources import policy_folder

FORBIDDEN = (
    "中华人民共和国",
    "中国",
    "中华",
    "国家",
    "全国",
    "职业资格",
    "人员资格",
    "国徽",
    "广东省",
    "全省",
    "准入证",
    "上岗证",
)


def digest(frame: pl.DataFrame) -> str:
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()


def digests(world: World) -> dict[str, str]:
    frames = {**world.tables, **{f"extras/{name}": one for name, one in world.extras.items()}}
    return {name: digest(frame) for name, frame in {**frames, "truth": world.truth}.items()}


def test_the_same_seed_gives_the_same_world_to_the_byte(world: World) -> None:
    assert digests(generate(7, 6_000)) == digests(world)


def test_another_seed_gives_another_world(world: World) -> None:
    other = digests(generate(8, 6_000))
    same = {name for name, value in digests(world).items() if other[name] == value}
    assert same <= {
        "bodies",
        "extras/offices",
        "extras/officers",
        "extras/occupations",
        "extras/venues",
        "extras/filing_documents",
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_table_has_the_columns_types_and_values_of_the_contract(world: World, table: Table) -> None:
    frame = world.tables[table.name]
    assert dict(frame.schema) == schema(table.name)
    assert frame.height > 0
    assert not frame.select(table.key).is_duplicated().any()
    for column in table.columns:
        values = frame[column.name]
        assert column.may_be_missing or values.null_count() == 0, column.name
        if column.allowed:
            assert set(values.drop_nulls()) <= set(column.allowed), column.name
        if column.refers_to:
            other, name = column.refers_to.split(".")
            assert set(values.drop_nulls()) <= set(world.tables[other][name]), column.name


def test_the_demo_world_has_the_promised_size() -> None:
    demo = generate(2026)
    assert demo.tables["bodies"].height == 60
    assert demo.tables["bodies"]["kind"].value_counts().sort("kind").rows() == [
        ("employer", 36),
        ("school", 10),
        ("social_body", 14),
    ]
    assert demo.tables["sittings"].height == 400
    assert demo.tables["enrolments"].height == 30_000
    assert 23_500 <= demo.tables["certificates"].height <= 24_500
    assert demo.tables["insured_months"]["month"].n_unique() == 36
    assert demo.tables["results"]["recorded_on"].max() <= date(2026, 11, 30)
    assert demo.tables["sittings"]["starts_at"].min().year == 2024


def test_too_few_enrolments_are_refused_with_the_least() -> None:
    with pytest.raises(WorldTooSmallError) as refusal:
        generate(1, 2_999)
    assert refusal.value.facts == {"results": 2_999, "least": 3_000}


def test_every_identity_number_is_valid_fictional_and_held_once(world: World) -> None:
    people = world.extras["people"]
    assert people["identity_number"].is_unique().all()
    assert people["person_key"].is_unique().all()
    for number, born, sex in (
        people.sample(400, seed=1).select("identity_number", "born_on", "sex").iter_rows()
    ):
        assert number[:2] == "99"
        assert number[17] == identity_number.check_character(number[:17])
        assert number[6:14] == f"{born:%Y%m%d}"
        assert (int(number[16]) % 2 == 1) == (sex == "男")
        assert identity_number.problems(number, on=world.as_of) == ()
    assert people["phone"].str.contains(r"^1990000\d{4}$").all()


def test_everybody_who_appears_anywhere_is_a_person(world: World) -> None:
    people = set(world.extras["people"]["person_key"])
    for name in ("enrolments", "certificates", "assignments", "insurance_spans", "prior_certificates"):
        assert set(world.tables[name]["person_key"]) <= people, name
    assert set(world.extras["staff"]["person_key"]) <= people
    assert set(world.extras["supervisors"]["person_key"]) <= people


def test_a_persons_birthday_is_the_same_everywhere(world: World) -> None:
    told = world.tables["enrolments"].join(
        world.extras["people"].select("person_key", known="born_on"), on="person_key"
    )
    assert (told["born_on"] == told["known"]).all()


def test_bodies_are_fictional_and_carry_no_forbidden_word(world: World) -> None:
    bodies = world.tables["bodies"]
    assert bodies["name"].is_unique().all()
    for name, code in bodies.select("name", "credit_code").iter_rows():
        assert "示范" in name
        assert not [word for word in FORBIDDEN if word in name]
        assert code[2:4] == "99"
        assert code[17] == credit_code.check_character(code[:17])
        assert code[16] == credit_code.organisation_check_character(code[8:16])


def test_every_filed_body_meets_the_conditions_it_was_filed_under(world: World) -> None:
    bodies = world.tables["bodies"].join(world.extras["body_details"], on="body_id")
    employers = bodies.filter(pl.col("kind") == "employer")
    assert (employers["insured_count"] >= 300).all()
    assert (employers["staff_count"] >= employers["insured_count"]).all()
    assert not employers["industry_code"].str.starts_with("83").any()
    venues = world.extras["venues"].join(bodies.select("body_id"), on="body_id")
    assert (venues["workstations"] >= 10).all()
    assert venues["has_video"].all()
    assessors = world.extras["staff"].filter(pl.col("kind") == "assessor").group_by("body_id").len()
    assert (assessors["len"] >= 3).all()
    social = bodies.filter(pl.col("kind") == "social_body")
    assert (social["training_years"] >= 6).all()
    assert (social["person_times"] >= 30_000).all()
    assert (social["least_person_times_per_occupation"] >= 6_000).all()
    assert (social["evaluation_share_percent"] >= 30).all()


def test_places_and_occupations_are_those_of_the_catalogues() -> None:
    divisions = pl.read_csv(policy_folder() / "catalogues" / "divisions.csv", infer_schema=False)
    now = divisions.filter(pl.col("valid_to").is_null() | (pl.col("valid_to") == ""))
    named = dict(now.select("code", "name").iter_rows())
    for city in CITIES:
        assert named[city.code] == city.name
        assert named[city.province_code] == city.province_name
        under = now.filter(pl.col("parent") == city.code).select("code", "name").rows()
        assert sorted(city.districts) == sorted(under)
    known = pl.read_csv(policy_folder() / "catalogues" / "occupations_2022.csv", infer_schema=False)
    names = dict(known.select("code", "name").iter_rows())
    assert {one.code: one.name for one in OCCUPATIONS} == {one.code: names[one.code] for one in OCCUPATIONS}


def test_certificate_numbers_have_no_gap_in_any_site_year_and_level(world: World) -> None:
    certificates = (
        world.tables["certificates"]
        .join(world.extras["body_details"].select("body_id", "site_code"), on="body_id")
        .join(world.tables["bodies"].select("body_id", "kind", filed_in="place"), on="body_id")
    )
    number = pl.col("certificate_number")
    assert certificates.select(number.str.contains(r"^[YS]0000\d{17}$").all()).item()
    parts = certificates.select(
        letter=(number.str.slice(0, 1) == "Y") == (pl.col("kind") == "employer"),
        province=number.str.slice(5, 2) == pl.col("filed_in").str.slice(0, 2),
        site=number.str.slice(7, 6) == pl.col("site_code"),
        year=number.str.slice(13, 2) == pl.col("issued_on").dt.strftime("%y"),
        level=number.str.slice(15, 1) == pl.col("level"),
    )
    assert all(parts[name].all() for name in parts.columns)
    groups = certificates.group_by(number.str.slice(0, 16)).agg(
        last=number.str.slice(16).cast(pl.Int64).max(), issued=pl.len()
    )
    assert (groups["last"] == groups["issued"]).all()


def test_numbers_follow_the_days_of_issue(world: World) -> None:
    ordered = world.tables["certificates"].sort("certificate_number")
    later = ordered.with_columns(
        before=pl.col("issued_on").shift().over(pl.col("certificate_number").str.slice(0, 16))
    ).drop_nulls("before")
    assert (later["before"] <= later["issued_on"]).all()


def test_some_who_failed_sit_again_and_nobody_sits_again_after_passing(world: World) -> None:
    enrolments = world.tables["enrolments"]
    passed = set(world.tables["certificates"]["enrolment_id"].drop_nulls())
    twice = enrolments.filter(pl.col("person_key").is_duplicated())
    assert twice.height > 50
    first = twice.join(world.tables["sittings"].select("sitting_id", "starts_at"), on="sitting_id").sort(
        "starts_at"
    )
    assert not set(first.group_by("person_key").first()["enrolment_id"]) & passed


def test_plans_and_sittings_agree(world: World) -> None:
    plans = world.extras["plans"]
    sittings = world.tables["sittings"]
    assert set(sittings["plan_id"]) == set(plans["plan_id"])
    assert (plans["declared_on"] < plans["accepted_on"]).all()
    assert {"held", "planned", "cancelled"} == set(sittings["state"])
    ahead = sittings.filter(pl.col("state") == "planned")
    assert (ahead["starts_at"].dt.date() > world.as_of).all()
    held = sittings.filter(pl.col("state") == "held")
    assert (held["starts_at"].dt.date() <= world.as_of).all()
    assert set(world.tables["results"]["enrolment_id"]) <= set(world.tables["enrolments"]["enrolment_id"])


def test_every_district_has_an_office_with_officers(world: World) -> None:
    offices = world.extras["offices"]
    assert set(world.tables["bodies"]["place"]) <= set(offices["place"])
    assert set(offices["above_office_id"].drop_nulls()) <= set(offices["office_id"])
    assert set(world.extras["officers"]["office_id"]) == set(offices["office_id"])
    assert world.extras["officers"]["username"].is_unique().all()
