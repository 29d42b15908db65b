"""One module a page: ``PAGE`` declares it, ``layout(context)`` draws it."""
