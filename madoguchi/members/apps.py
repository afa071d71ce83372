from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "madoguchi.members"
    label = "members"
