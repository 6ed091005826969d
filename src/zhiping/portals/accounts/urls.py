"""URLs of signing in and of the demonstration."""

from django.urls import path

from zhiping.portals.accounts import views

app_name = "accounts"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("after-sign-in/", views.after_sign_in, name="after-sign-in"),
    path("demo/sign-in/", views.demo_sign_in, name="demo-sign-in"),
    path("demo/clock/", views.demo_clock, name="demo-clock"),
]
