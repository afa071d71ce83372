from django.contrib.admin.apps import AdminConfig


class SupportConfig(AdminConfig):
    """Django's admin, with our site instead of its own."""

    default_site = "madoguchi.kit.support_site.SupportSite"
