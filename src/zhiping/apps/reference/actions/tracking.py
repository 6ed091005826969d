"""Keeping an eye on cancelled items (跟踪督查), JL17-1d: who does, by when, with what result."""

import datetime as dt

from django.db import transaction

from zhiping.apps.journal.actions import record
from zhiping.apps.reference.actions.duty import DUTY, alone
from zhiping.apps.reference.actions.importers import name_of
from zhiping.apps.reference.catalogue_queries import (
    TRACKING_CLAUSES,
    cancelled_item,
    cancelled_items,
    cancelled_on,
    trackers,
)
from zhiping.apps.reference.errors import (
    AnswerMissingError,
    CancelledItemNotFoundError,
    NothingToTrackError,
    TrackingDueError,
    TrackingPlaceError,
    TrackingTaskNotFoundError,
)
from zhiping.apps.reference.models import TrackerAssignment, TrackingTask
from zhiping.apps.reference.queries import binding_clauses
from zhiping.apps.reference.states import TRACKING_MOVES
from zhiping.core.catalogues.cancellations import CancelledRow
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place


def assign_tracker(
    place: str, item_key: str, *, department: str, note: str, actor: Actor, clock: Clock
) -> TrackerAssignment:
    """Name the department that keeps an eye on a cancelled item in a province (明确跟踪督查部门).

    Goes before what the rule of JL17-1d gives, which does not know every department's counterpart.

    Authority:
        JL17-1d.
    Duty:
        reference.maintain, at the province.
    Refuses:
        DutyMissingError, TrackingPlaceError, CancelledItemNotFoundError.
        AnswerMissingError: the ground is missing.
    """
    _require_province(place, actor, clock)
    item = cancelled_item(item_key)
    if item is None or item.place not in {step.code for step in Place(place).chain}:
        raise CancelledItemNotFoundError(value=item_key)
    if not department.strip() or not note.strip():
        raise AnswerMissingError
    with transaction.atomic():
        before = trackers([item], place=place, on=clock.today())[item.key]
        assignment, _ = TrackerAssignment.objects.update_or_create(
            place=place,
            item_key=item.key,
            defaults={"item_name": item.name, "department": department.strip(), "note": note.strip()},
        )
        record(
            "reference.tracker_assigned",
            assignment,
            actor=actor,
            at=clock.now(),
            place=place,
            clauses=binding_clauses(TRACKING_CLAUSES, place=place, on=clock.today()),
            facts={"item": item.name, "before": before.department, "after": assignment.department,
                   "note": assignment.note},
        )  # fmt: skip
    return assignment


def open_tracking(
    place: str, *, due_on: dt.date, department: str = "", actor: Actor, clock: Clock
) -> tuple[TrackingTask, ...]:
    """Ask a province's departments to look at their cancelled items by a day (下达跟踪督查任务).

    One task for each item that is cancelled and has a department; an item with a task for the same day is
    passed over, so asking twice changes nothing.

    Authority:
        JL17-1d.
    Duty:
        reference.maintain, at the province.
    Refuses:
        DutyMissingError, TrackingPlaceError, TrackingDueError, NothingToTrackError.
    """
    today = clock.today()
    _require_province(place, actor, clock)
    if due_on < today:
        raise TrackingDueError(due=due_on, today=today)
    with transaction.atomic():
        alone("tracking")
        items = [item for item in cancelled_items(place) if _counts_by(item, today)]
        known = trackers(items, place=place, on=today)
        there = set(
            TrackingTask.objects.filter(place=place, due_on=due_on).values_list("item_key", flat=True)
        )
        tasks = [
            TrackingTask(
                place=place,
                item_key=item.key,
                item_name=item.name,
                batch=item.batch,
                department=known[item.key].department,
                due_on=due_on,
                opened_at=clock.now(),
            )
            for item in items
            if item.key not in there
            and known[item.key].department
            and department in {"", known[item.key].department}
        ]
        if not tasks:
            raise NothingToTrackError(place=name_of(place, on=today))
        TrackingTask.objects.bulk_create(tasks, batch_size=2000)
        record(
            "reference.tracking_opened",
            *tasks,
            actor=actor,
            at=clock.now(),
            place=place,
            clauses=binding_clauses(TRACKING_CLAUSES, place=place, on=today),
            facts={"tasks": len(tasks), "due": due_on, "department": department or "全部"},
        )
    return tuple(tasks)


def answer_tracking(task_id: int, *, result: str, answer: str, actor: Actor, clock: Clock) -> TrackingTask:
    """Answer a tracking task with what the department found (答复跟踪督查任务).

    Authority:
        JL17-1d.
    Duty:
        reference.maintain, at the province.
    Refuses:
        TrackingTaskNotFoundError, DutyMissingError, AnswerMissingError.
        MoveNotAllowedError: it is answered already.
    """
    with transaction.atomic():
        task = TrackingTask.objects.select_for_update().filter(pk=task_id).first()
        if task is None:
            raise TrackingTaskNotFoundError(value=task_id)
        move = walk(TRACKING_MOVES, task.state, "answer", actor=actor, place=Place(task.place))
        if not answer.strip():
            raise AnswerMissingError
        task.state = move.to
        task.result, task.answer = TrackingTask.Result(result), answer.strip()
        task.answered_at, task.answered_by = clock.now(), actor.name
        task.save()
        record(
            "reference.tracking_answered",
            task,
            actor=actor,
            at=clock.now(),
            place=task.place,
            clauses=binding_clauses(move.clauses, place=task.place, on=clock.today()),
            facts={"item": task.item_name, "department": task.department,
                   "result": task.get_result_display(), "answer": task.answer},
        )  # fmt: skip
    return task


def _counts_by(item: CancelledRow, today: dt.date) -> bool:
    day = cancelled_on(item)
    return day is not None and day <= today


def _require_province(place: str, actor: Actor, clock: Clock) -> None:
    if Place(place).level != "province":
        raise TrackingPlaceError(place=name_of(place, on=clock.today()))
    actor.require(DUTY, Place(place))
