from django.apps import AppConfig


class MenusConfig(AppConfig):
    name = "madoguchi.menus"
    label = "menus"
