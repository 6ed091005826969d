"""States and moves of certificates."""

from django.db import models

from zhiping.kernel.moves import Move, MoveTable


class CertificateState(models.TextChoices):
    """Whether a certificate counts (证书状态)."""

    VALID = "valid", "有效"
    ANNULLED = "annulled", "已作废"


class ChangeKind(models.TextChoices):
    """What happened to a certificate (证书变更)."""

    ISSUED = "issued", "核发"
    CORRECTED = "corrected", "更正"
    ANNULLED = "annulled", "宣布作废"
    RESTORED = "restored", "撤销作废"


_C = CertificateState

CERTIFICATE_MOVES: MoveTable = {
    (_C.VALID, "correct"): Move(to=_C.VALID, duty="certificates.correct", clauses=("LN24-2.3a",)),
    (_C.VALID, "annul"): Move(to=_C.ANNULLED, duty="certificates.annul", clauses=("LN24-3.5c", "FS20-5.2")),
    (_C.ANNULLED, "restore"): Move(to=_C.VALID, duty="certificates.annul", clauses=("LN24-3.5c",)),
}


# --- blank certificates --------------------------------------------------------------------------


class BlankKind(models.TextChoices):
    """Which certificates a blank becomes (空白证书种类)."""

    ABILITY = "ability", "专项职业能力证书"
    SKILL_LEVEL = "skill_level", "职业技能等级证书"
    QUALIFICATION = "qualification", "职业资格证书"


class Shelf(models.TextChoices):
    """In which condition a stock holds a blank (空白证书现状)."""

    ON_HAND = "on_hand", "库存"
    USED = "used", "已使用"
    SPOILING = "spoiling", "损毁待见证"
    SPOILED = "spoiled", "已损毁"
    DESTROYING = "destroying", "销毁待见证"
    DESTROYED = "destroyed", "已销毁"
    LOST = "lost", "遗失作废"


class MovementKind(models.TextChoices):
    """What happened to blanks (空白证书流水类别)."""

    RECEIVED = "received", "印制入库"
    SUPPLIED = "supplied", "供应"
    RETURNED = "returned", "上交退回"
    USED = "used", "使用"
    SPOILED = "spoiled", "登记损毁"
    SPOIL_CONFIRMED = "spoil_confirmed", "损毁见证"
    DESTROYED = "destroyed", "登记销毁"
    DESTROY_CONFIRMED = "destroy_confirmed", "销毁见证"
    PUT_BACK = "put_back", "见证不符退还"
    LOST = "lost", "遗失作废"


class BlankRequestState(models.TextChoices):
    """How far a request for blanks is (空白证书申领)."""

    SUBMITTED = "submitted", "待汇总"
    AGGREGATED = "aggregated", "已汇总"
    PARTLY = "partly", "部分供应"
    SUPPLIED = "supplied", "已供应"
    ENDED = "ended", "未足额办结"
    DECLINED = "declined", "不予供应"
    WITHDRAWN = "withdrawn", "已撤回"


class WriteOffKind(models.TextChoices):
    """What is written off before a witness (空白证书核销)."""

    SPOIL = "spoil", "损毁"
    DESTROY = "destroy", "销毁"


class WriteOffState(models.TextChoices):
    """Whether the witness has seen it (见证)."""

    PROPOSED = "proposed", "待见证"
    CONFIRMED = "confirmed", "已见证"
    REJECTED = "rejected", "见证不符"


_R, _W = BlankRequestState, WriteOffState
_SUPPLY = "certificates.supply_blanks"
_CLAUSE = ("WH21-3.4a",)

BLANK_REQUEST_MOVES: MoveTable = {
    (_R.SUBMITTED, "withdraw_request"): Move(
        to=_R.WITHDRAWN, duty="certificates.keep_blanks", clauses=_CLAUSE
    ),
    (_R.SUBMITTED, "aggregate"): Move(to=_R.AGGREGATED, duty=_SUPPLY, clauses=_CLAUSE),
    (_R.SUBMITTED, "decline"): Move(to=_R.DECLINED, duty=_SUPPLY, clauses=_CLAUSE),
    (_R.AGGREGATED, "release"): Move(to=_R.SUBMITTED, clauses=_CLAUSE),
    (_R.AGGREGATED, "decline"): Move(to=_R.DECLINED, duty=_SUPPLY, clauses=_CLAUSE),
    (_R.PARTLY, "decline"): Move(to=_R.ENDED, duty=_SUPPLY, clauses=_CLAUSE),
    **{
        (state, verb): Move(to=to, duty=_SUPPLY, clauses=_CLAUSE)
        for state in (_R.SUBMITTED, _R.AGGREGATED, _R.PARTLY)
        for verb, to in (("supply_part", _R.PARTLY), ("supply_rest", _R.SUPPLIED))
    },
}

BLANK_WRITE_OFF_MOVES: MoveTable = {
    (_W.PROPOSED, "confirm_write_off"): Move(to=_W.CONFIRMED, duty="certificates.witness_blanks"),
    (_W.PROPOSED, "reject_write_off"): Move(to=_W.REJECTED, duty="certificates.witness_blanks"),
}
