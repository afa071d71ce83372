from django.apps import AppConfig


class DoorConfig(AppConfig):
    name = "madoguchi.door"
    label = "door"
