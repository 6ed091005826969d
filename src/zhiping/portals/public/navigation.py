"""The frame of the public portal."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from zhiping.ui.shapes import NavItem


def navigation(request: HttpRequest) -> Mapping[str, Any]:
    """Return the links of the top line."""
    del request
    return {
        "public_nav": (
            NavItem(label="证书查询", url=reverse("public:certificates-verify")),
            NavItem(label="机构目录", url=reverse("public:registry-bodies")),
            NavItem(label="公示公告", url=reverse("public:registry-notices")),
            NavItem(label="政策依据", url=reverse("public:policy-law")),
            NavItem(label="目录公开", url=reverse("public:catalogues")),
            NavItem(label="办事指南", url=reverse("public:guide")),
            NavItem(label="投诉渠道", url=reverse("public:authorities-complaints")),
        )
    }
