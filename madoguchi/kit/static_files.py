"""Static files in front of Django, straight from where the apps keep them: nothing has to be collected first."""

from wsgiref.types import WSGIApplication

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder
from servestatic import ServeStatic


def with_static_files(application: WSGIApplication) -> WSGIApplication:
    """Answer what lies below STATIC_URL; the rest goes to `application`.

    Browsers keep a file for a minute and then ask whether it has changed. With DEBUG they ask every time, and new files
    are found without a restart. (ServeStatic's own Django middleware is asynchronous, which under WSGI would cost every
    page an event loop of its own.)
    """
    static = ServeStatic(application, autorefresh=settings.DEBUG, max_age=0 if settings.DEBUG else 60)
    for storage in reversed(AppDirectoriesFinder().storages.values()):  # as in Django, the first app wins
        static.add_files(storage.location, prefix=settings.STATIC_URL)
    answer: WSGIApplication = static
    return answer
