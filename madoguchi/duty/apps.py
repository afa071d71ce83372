from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "madoguchi.duty"
    label = "duty"
