"""Sources: how the world gets in. One raw CSV per fetch, or nothing and an error that says why.

provider     a source as a case declares it, the layout of its files, and what a provider is
ucdp, acled  those that publish events
table        any file that the case describes
fetch        what the verb asks for: a provider's data in a folder
client       HTTP: tries, redirects, limits; the only door of httpx
address      which addresses may be connected to
credentials  from the environment or the system's keyring, shown nowhere
files        a file as it came (zip, gzip, JSON, CSV) into one UTF-8 CSV
flat         JSON of flat objects, as pages of an API or a file, into CSV
problems     errors about one source, secrets struck out

Every verb that loads a case imports this package, for the keys of its sources: it loads what
fetches (`fetch`) no more than httpx or keyring, which wait for the first `fetch` from the network.
"""

from forecast.sources.acled import ACLED
from forecast.sources.provider import EventSource, Provider
from forecast.sources.table import TABLE
from forecast.sources.ucdp import UCDP

PROVIDERS = {provider.kind: provider for provider in (UCDP, ACLED, TABLE)}


def provider_of(source: EventSource) -> Provider:
    """The provider of a source."""
    return PROVIDERS[source.kind]


__all__ = ["PROVIDERS", "EventSource", "Provider", "provider_of"]
