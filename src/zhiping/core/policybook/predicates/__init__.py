"""Named predicates: what the vocabulary of conditions cannot say, one function in one file each."""

from collections.abc import Mapping

from zhiping.core.policybook.predicates import entry_condition_met
from zhiping.core.policybook.predicates.predicate import Predicate

PREDICATES: Mapping[str, Predicate] = {
    predicate.name: predicate for predicate in (entry_condition_met.PREDICATE,)
}
