"""The frame of the pages that LINE would show: one column, readable on a phone, light and dark."""

from html import escape

from aiohttp import web

from .words import WORDS, language_of

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.6 system-ui, "Noto Sans CJK TC", sans-serif }
body { margin: 0; display: grid; min-height: 100dvh; place-items: center }
main { box-sizing: border-box; width: min(26rem, 100%); padding: 1.5rem }
h1 { font-size: 1.25rem }
label { display: flex; gap: .75rem; align-items: center; padding: .75rem 0; border-bottom: 1px solid #8884 }
label img { width: 2.5rem; height: 2.5rem; border-radius: 50%; object-fit: cover }
div { display: grid; gap: .5rem; margin-top: 1.5rem }
button { font: inherit; padding: .75rem; border: 0; border-radius: .5rem; background: #8883; color: inherit }
button[value=yes] { background: #06c755; color: #fff; font-weight: 600 }
"""


def say(request: web.Request, key: str, **values: str) -> str:
    """A text in the reader's language, as HTML."""
    return escape(WORDS[language_of(request)][key].format(**values))


def page(request: web.Request, title: str, content: str, *, status: int = 200) -> web.Response:
    """`title` and `content` are HTML."""
    language = language_of(request)
    text = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style><main><h1>{title}</h1>{content}</main></html>"
    )
    headers = {"Cache-Control": "no-store", "X-Frame-Options": "SAMEORIGIN"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def hidden(fields: dict[str, str]) -> str:
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )


def failed(request: web.Request, reason: str, *, status: int = 400) -> web.Response:
    return page(request, f"{status}", f"<p>{say(request, 'invalid', reason=reason)}</p>", status=status)
