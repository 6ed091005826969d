"""Issue in bulk (核发证书), all at once or not at all.

The steps, in one transaction:

1. lock the sitting, walk its move, hold the body as it stands;
2. find who passed and has no certificate yet;
3. judge the question `certificate`; who is refused is held back, with the rule's words;
4. write down what each certificate will say, and hold back what could not be printed;
5. take as many consecutive serials as are needed, and write certificates and changes;
6. move the sitting, unless somebody was held back; record.
"""

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from zhiping.apps.authorities.walls import reaching_everywhere
from zhiping.apps.certificates.configuration import query_address
from zhiping.apps.certificates.documents import document_of, last_four_index
from zhiping.apps.certificates.errors import SiteCodeMissingError, SittingNotFoundError
from zhiping.apps.certificates.models import Certificate, Change
from zhiping.apps.certificates.numbering import first_number, series_prefix, take_serials
from zhiping.apps.certificates.passing import Candidate, PassDesk, candidates_of
from zhiping.apps.certificates.states import CertificateState, ChangeKind
from zhiping.apps.exams.models import Sitting
from zhiping.apps.exams.plan_facts import day_of, is_in_scope
from zhiping.apps.exams.states import HELD_STATES, SITTING_MOVES, Subject
from zhiping.apps.journal.actions import record
from zhiping.apps.journal.copying import copy_rows
from zhiping.apps.reference.queries import binding_clauses, calendar, judge
from zhiping.apps.registry.identity import PERSON_NUMBERS
from zhiping.apps.registry.models import EvaluationBody
from zhiping.apps.registry.states import BodyState
from zhiping.core.credential import DocumentFieldError, digest
from zhiping.core.credential.messages import sentence
from zhiping.core.identifiers import certificate_number as numbers
from zhiping.core.identifiers.masking import Audience, mask_identity_number
from zhiping.core.policybook import Outcome, Verdict
from zhiping.kernel.actor import Actor
from zhiping.kernel.clock import Clock
from zhiping.kernel.moves import walk
from zhiping.kernel.place import Place
