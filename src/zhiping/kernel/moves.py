"""Moves: the one way a state changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhiping.kernel.actor import Actor
from zhiping.kernel.errors import DomainError
from zhiping.kernel.place import Place


class MoveNotAllowedError(DomainError):
    """The thing's state does not allow the verb."""

    code = "kernel.move_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row of a table of moves: where it leads, who may, on what authority.

    `duty` is empty for moves of a body's own account; the action checks ownership instead.
    """

    to: str
    duty: str = ""
    clauses: tuple[str, ...] = ()


type MoveTable = Mapping[tuple[str, str], Move]


def walk(moves: MoveTable, state: str, verb: str, *, actor: Actor, place: Place) -> Move:
    """Return the move for the verb from the state, after checking the actor's duty at the place.

    Refuses:
        MoveNotAllowedError: the table has no such move.
        DutyMissingError: the actor lacks the move's duty there.
    """
    move = moves.get((state, verb))
    if move is None:
        raise MoveNotAllowedError(state=state, verb=verb, possible=verbs_from(moves, state))
    if move.duty:
        actor.require(move.duty, place)
    return move


def verbs_from(moves: MoveTable, state: str) -> tuple[str, ...]:
    """Return the verbs that are possible from a state, in the table's order."""
    return tuple(verb for start, verb in moves if start == state)
