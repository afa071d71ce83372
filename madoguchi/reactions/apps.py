from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "madoguchi.reactions"
    label = "reactions"
