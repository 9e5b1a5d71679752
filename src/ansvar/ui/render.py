"""Turning a template, or one block of it, into an answer."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from jinja2 import Environment

from ansvar.ui.shell import Shell

Provider = Callable[[HttpRequest], Mapping[str, Any]]
_providers: list[Provider] = []


def provide(provider: Provider) -> Provider:
    """Let *provider* add to the context of every page and block; usable as a decorator.

    A later provider wins over an earlier one, the view's own context over all.
    """
    if provider not in _providers:
        _providers.append(provider)
    return provider


def _environment() -> Environment:
    made: Environment = engines["jinja2"].env  # type: ignore[attr-defined]  # of the Jinja2 backend
    return made


def _context(request: HttpRequest, own: Mapping[str, Any] | None) -> dict[str, Any]:
    token = SimpleLazyObject(lambda: get_token(request))
    context: dict[str, Any] = {
        "request": request,
        "shell": Shell(),
        "csrf_token": token,
        "csrf_input": SimpleLazyObject(
            lambda: format_html(
                '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token
            )
        ),
        "flashes": _flashes(request),
    }
    for provider in _providers:
        context.update(provider(request))
    context.update(own or {})
    return context


def _flashes(request: HttpRequest) -> Iterable[Any]:
    """Return the messages left by the request before this one, if the middleware is on."""
    return messages.get_messages(request) if hasattr(request, "_messages") else ()


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer with the whole page."""
    html = _environment().get_template(template).render(_context(request, context))
    return HttpResponse(html, status=status)


def lone_page(template: str, context: Mapping[str, Any], *, status: int) -> HttpResponse:
    """Answer with a page that knows nobody: for when there is nothing that could be asked."""
    own = {"shell": Shell(), "csrf_token": "", "csrf_input": "", "flashes": (), **context}
    return HttpResponse(_environment().get_template(template).render(own), status=status)


def block(  # noqa: PLR0917  # reads like page()
    request: HttpRequest,
    template: str,
    name: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer with one block of the page, for htmx to swap in."""
    return blocks(request, template, [name], context, status=status)


def blocks(  # noqa: PLR0917  # reads like page()
    request: HttpRequest,
    template: str,
    names: Iterable[str],
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Answer with several blocks of the page; those after the first carry `hx-swap-oob`."""
    full = _context(request, context)
    html = "".join(_rendered_block(template, name, full) for name in names)
    return HttpResponse(html, status=status)


def _rendered_block(template: str, name: str, context: Mapping[str, Any]) -> str:
    """Render one block alone, with the imports and macros that stand at the top of the template.

    A block that is called without its page would not know them: they come into being while the
    page's own part runs, which ends with the first words of the shell.
    """
    found = _environment().get_template(template)
    if name not in found.blocks:
        raise KeyError(f"{template} has no block {name!r}.")
    full = found.new_context(dict(context))
    try:
        page_begins = found.root_render_func(full)
        next(iter(page_begins), None)
        page_begins.close()  # type: ignore[attr-defined]  # compiled templates are generators
        return "".join(found.blocks[name](full))
    except Exception:  # noqa: BLE001 - raised anew, with the template's lines in the traceback
        found.environment.handle_exception()


def wants_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of a page, not for a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def toast(
    response: HttpResponse, text: str, *, undo_url: str = "", seconds: int = 8, tone: str = ""
) -> HttpResponse:
    """Show *text* for some seconds after the swap, with an undo that posts to *undo_url*."""
    detail = {"text": text, "undo": undo_url, "seconds": seconds, "tone": tone}
    response["HX-Trigger"] = json.dumps({"toast": detail})
    return response
