"""Forms of signing in and of the demonstration's clock."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """User name and password (登录)."""

    error_messages = {  # noqa: RUF012 - Django's own attribute
        "invalid_login": "用户名或密码不正确。请核对后重新输入，注意大小写；连续多次不正确会暂停登录一刻钟。",
        "inactive": "该账号已停用。如需恢复，请联系本单位管理员。",
    }

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Give the fields their Chinese names."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature
        self.fields["username"].label = "用户名"
        self.fields["username"].error_messages["required"] = "请填写用户名。"
        self.fields["password"].label = "密码"
        self.fields["password"].error_messages["required"] = "请填写密码。"


class DemoClockForm(forms.Form):
    """The day to which a demonstration's clock is moved (演示日期)."""

    day = forms.DateField(
        label="演示日期",
        help_text="之后打开的每一页都按这一天办理：公示是否期满、期限还剩几天，都随之变化。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择日期。", "invalid": "日期应写成 2026-11-22 这样的格式。"},
    )
