"""Settings that depend on whether the site is served over https: cookies and transport (P23). Used by settings.py."""

from typing import Any

ONE_YEAR_S = 31_536_000


def transport(*, is_https: bool) -> dict[str, Any]:
    """
    Return the settings for https, or for a person's own machine without it.

    A `__Host-` cookie is taken by the browser only when it is Secure, has no domain and covers the whole site; without
    https no browser would take it at all.
    """
    prefix = "__Host-" if is_https else ""
    return {
        "SESSION_COOKIE_NAME": f"{prefix}session",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_NAME": f"{prefix}csrf",
        "CSRF_COOKIE_SECURE": is_https,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "SECURE_SSL_REDIRECT": is_https,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if is_https else None,
        "SECURE_HSTS_SECONDS": ONE_YEAR_S if is_https else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": is_https,
        "SECURE_HSTS_PRELOAD": is_https,
    }
