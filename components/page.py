"""What a page and a resource declare: one value is address, permission and navigation at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask.typing import ResponseReturnValue

# Who may call a resource that no action protects.
PUBLIC = "public"
SIGNED_IN = "signed in"


@dataclass(frozen=True, slots=True)
class Page:
    """Declaration of a page module, its ``PAGE``; the module also has ``layout(context)``.

    Attributes
    ----------
    code : str
        The module's name.
    path : str
        Address, e.g. ``/map``.
    name_key : str
        Word key of its name.
    icon : str
        Name in :data:`components.icons.ICONS`.
    action : str
        Action that a visitor must be granted.
    order : int
        Place in the navigation.
    is_in_navigation : bool
        Whether the navigation lists it.
    is_in_search : bool
        Whether the palette finds it by its name; not where it shows nothing without a further word in its address.
    is_full_bleed : bool
        Whether the page fills the frame without margins, as a map does.
    variants : tuple of (str, str)
        Further addresses of the same module: the last part of each and the word key of its name. Its ``layout`` is
        given that part as ``variant``; for the address of the page itself it is empty.
    """

    code: str
    path: str
    name_key: str
    icon: str
    action: str
    order: int
    is_in_navigation: bool = True
    is_full_bleed: bool = False
    is_in_search: bool = True
    variants: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """Declaration of a resource module in ``api``, its ``RESOURCE``.

    Attributes
    ----------
    rule : str
        Flask rule, e.g. ``/api/tiles/<layer>/<int:z>/<int:x>/<int:y>``.
    action : str
        Action that the caller must be granted, or ``PUBLIC`` or ``SIGNED_IN``.
    view : callable
        Flask view; the visitor is ``components.request.current()``.
    methods : tuple of str
        HTTP methods.
    """

    rule: str
    action: str
    view: Callable[..., ResponseReturnValue]
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class MountedPage:
    """A page together with its layout function, as the router uses it."""

    page: Page
    layout: Callable[..., Any]
