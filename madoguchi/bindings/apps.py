from django.apps import AppConfig


class BindingsConfig(AppConfig):
    name = "madoguchi.bindings"
    label = "bindings"
