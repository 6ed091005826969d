"""What the API answers: stable keys, each described for the generated documentation."""

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field


class Problem(Schema):
    """An error (RFC 9457)."""

    type: str = Field(description="错误代码，形如 urn:zhiping:certificates.too_many_requests")
    title: str = Field(description="中文说明：发生了什么，怎样处理")
    status: int
    clauses: list[str] = Field(default=[], description="所依据的条款")
    errors: list[dict[str, Any]] = Field(default=[], description="输入校验的逐处说明")


class PageOf[T](Schema):
    """One page of a list."""

    as_of: datetime = Field(description="数据截至")
    total: int = Field(description="符合条件的总数")
    page: int
    pages: int
    items: list[T]


class ScopeOut(Schema):
    """One line of a body's scope."""

    occupation_code: str
    occupation_edition: str
    occupation_name: str
    level: str
    place: str
    valid_from: date
    valid_to: date | None = Field(description="截止日，不含")


class BodyOut(Schema):
    """One body as the directory publishes it (FS20-4.3)."""

    id: int
    name: str
    kind: str
    kind_label: str
    credit_code: str
    place: str
    place_name: str
    address: str
    phone: str
    state: str
    state_label: str
    state_reason: str
    filed_on: date | None
    occupations: list[str]
    levels: list[str]


class BodyDetailOut(BodyOut):
    """One body with its scope on a day."""

    on: date = Field(description="备案范围的日期")
    fee_statement: str
    scope: list[ScopeOut]


class NoticeOut(Schema):
    """One public notice of a filing."""

    id: int
    title: str
    place: str
    place_name: str
    body_name: str
    starts_on: date
    last_day: date
    is_running: bool


class DecideIn(Schema):
    """One case to be judged."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(max_length=60, description="所问事项，如 employer_filing")
    place: str = Field(pattern=r"^(\d{6}|CN)$", description="行政区划代码")
    on: date = Field(description="判定依据日")
    facts: dict[str, Any] = Field(description="事实，名称见政策库的事实词汇")


class FilingOut(Schema):
    """One filing, for officers and its own body."""

    id: int
    number: str
    body_id: int
    body_name: str
    place: str
    place_name: str
    state: str
    state_label: str
    submitted_at: datetime | None
    due_on: date | None
    confirmed_on: date | None


class PlanOut(Schema):
    """One exam plan."""

    id: int
    number: str
    title: str
    body_id: int
    body_name: str
    place: str
    place_name: str
    state: str
    state_label: str
    declared_on: date | None
    due_on: date | None


class SittingOut(Schema):
    """One sitting."""

    id: int
    number: str
    plan_id: int
    body_id: int
    body_name: str
    place: str
    place_name: str
    occupation_code: str
    occupation_name: str
    level: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    state: str
    state_label: str


class FindingOut(Schema):
    """One finding of screening: a lead, nobody's guilt, until a person has judged it."""

    id: int
    screen_id: str
    fingerprint: str
    place: str
    place_name: str
    body_name: str
    clauses: str
    state: str
    state_label: str
    judgement: str
    judgement_label: str
    times_seen: int
