"""Networks as a setting lists them."""

from __future__ import annotations

from ipaddress import ip_network

from storytailor.errors import SettingsError


def parse_networks(written: object) -> object:
    """The addresses and networks in a list with commas. Raises SettingsError for what is none."""
    if not isinstance(written, str):
        return written
    names = frozenset(name.strip() for name in written.split(",") if name.strip())
    for name in names:
        try:
            ip_network(name)
        except ValueError as error:
            raise SettingsError(
                f"TRUSTED_PROXIES: {name} is no address. Write the proxies' addresses, such as 10.0.0.5, or their "
                "network, such as 10.0.0.0/24, with commas between."
            ) from error
    return names
