from django.apps import AppConfig


class RoutingConfig(AppConfig):
    name = "madoguchi.routing"
    label = "routing"

    def ready(self) -> None:
        """Those below us ask how a team shares out what comes to it."""
        from madoguchi.duty import sharing  # models are there only now
        from madoguchi.routing.teams import Teams

        sharing.is_read_by(lambda place: sharing.Sharing(Teams.load().of(place).method))
