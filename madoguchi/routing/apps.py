from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "madoguchi.routing"
    label = "routing"
