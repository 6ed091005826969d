"""Error pages, and robots.txt."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from zhiping.portals.gate import GatedRequest, public


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that the account may not (403)."""
    del exception
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show that there is no such page (404)."""
    del exception
    return render(request, "404.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Show that the server failed (500); needs neither database nor context."""
    del request
    html = get_template("500.html").render({"reference": uuid.uuid4().hex[:10]})
    return HttpResponse(html, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show that a form came without its token: too old, or sent from elsewhere."""
    del reason
    context = {
        "reason": (
            "这张表单已经过期，或不是从本平台的页面提交的。请返回上一页刷新后重新提交，已填写的内容没有被保存。"
        )
    }
    return render(request, "403.html", context, status=403)


@public
def robots(_request: GatedRequest) -> HttpResponse:
    """Tell search engines what to leave alone: look-ups and everything behind a sign-in."""
    lines = ("User-agent: *", "Disallow: /verify", "Disallow: /desk/", "Disallow: /body/", "Disallow: /api/",
             "Disallow: /sign-in/", "Disallow: /notices/results/", "Disallow: /demo/")  # fmt: skip
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
