"""Forms of the public portal."""

from datetime import date

from django import forms

from zhiping.apps.registry.public_queries import BODY_KINDS, directory_places
from zhiping.kernel.clock import SystemClock
from zhiping.portals.public.lists import place_choices
from zhiping.ui.labels import level

_LEVELS = [("", "全部等级"), *((code, level(code)) for code in "54321")]
_DAY = {"invalid": "日期应写成 2026-11-22 这样的格式。"}


def day_field(label: str, *, required: bool = False) -> forms.DateField:
    """Return a field for one day."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )


class CertificateForm(forms.Form):
    """The public look-up: a certificate's number and one more fact (证书查询)."""

    number = forms.CharField(
        label="证书编号",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "latin", "spellcheck": "false"}),
        error_messages={
            "required": "请填写证书编号，它印在证书上，共 22 位。",
            "max_length": "证书编号共 22 位，您输入的内容太长。",
        },
    )
    second = forms.CharField(
        label="姓名，或证件号码后四位",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "请再填写持证人姓名，或其证件号码的后四位。",
            "max_length": "姓名或证件后四位不会超过 60 个字，请核对。",
        },
    )


class DirectoryForm(forms.Form):
    """What a reader looks for in the directory (机构目录筛选)."""

    text = forms.CharField(label="机构名称或信用代码", required=False, max_length=60)
    place = forms.ChoiceField(label="地区", required=False)
    kind = forms.ChoiceField(
        label="机构类别", required=False, choices=[("", "全部类别"), *BODY_KINDS.items()]
    )
    occupation = forms.CharField(label="职业（名称或编码）", required=False, max_length=40)
    level = forms.ChoiceField(label="等级", required=False, choices=_LEVELS)
    state = forms.ChoiceField(
        label="目录状态",
        required=False,
        choices=[
            ("", "在目录（含停止评价）"),
            ("filed", "在目录"),
            ("suspended", "停止评价"),
            ("removed", "已移出目录"),
            ("left", "已自行退出"),
        ],
    )

    def __init__(self, *args: object, on: date | None = None, **kwargs: object) -> None:
        """Fill in the places that have bodies."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        choices = place_choices(directory_places(), on=on or SystemClock().today())
        self.fields["place"] = forms.ChoiceField(label="地区", required=False, choices=choices)


class NoticeForm(forms.Form):
    """Which notices to list (公示筛选)."""

    place = forms.ChoiceField(label="地区", required=False)
    running = forms.ChoiceField(
        label="公示状态", required=False, choices=[("", "全部"), ("yes", "公示中"), ("no", "已结束")]
    )

    def __init__(self, *args: object, on: date | None = None, **kwargs: object) -> None:
        """Fill in the places that have bodies."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        choices = place_choices(directory_places(), on=on or SystemClock().today())
        self.fields["place"] = forms.ChoiceField(label="地区", required=False, choices=choices)


class ObjectionForm(forms.Form):
    """An objection to a running notice (提出异议)."""

    content = forms.CharField(
        label="异议内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text="请写明对哪一项有异议、依据是什么。最多 2000 字。",
        error_messages={"required": "请写明异议内容。", "max_length": "异议内容最多 2000 字，请精简。"},
    )
    contact = forms.CharField(
        label="联系方式",
        required=False,
        max_length=120,
        help_text="选填。只有处理该公示的部门可以看到；不留联系方式也可以凭回执码查询答复。",
        error_messages={"max_length": "联系方式最多 120 字，请精简。"},
    )


class ReceiptForm(forms.Form):
    """The receipt code of an objection (查询异议答复)."""

    receipt = forms.CharField(
        label="回执码",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": "请填写提交异议时得到的回执码。",
            "max_length": "回执码共 12 位，请核对。",
        },
    )


class DayForm(forms.Form):
    """As of which day a body's scope is shown (查看日期)."""

    on = day_field("查看哪一天的情况")


class LawForm(forms.Form):
    """Which documents to list: in force on a day, at a place (政策依据筛选)."""

    on = day_field("在哪一天施行")
    place = forms.ChoiceField(label="适用地区", required=False)

    def __init__(self, *args: object, places: list[tuple[str, str]], **kwargs: object) -> None:
        """Fill in the places that have documents."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        self.fields["place"] = forms.ChoiceField(label="适用地区", required=False, choices=places)
