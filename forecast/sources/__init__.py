"""Sources: how the world gets in. One raw CSV per fetch, or nothing and an error that says why.

fetch        what the verb asks for: a provider's data in a folder
types        what a fetch brings, and how a provider is dealt with
ucdp, acled  their APIs, page by page
client       HTTP: tries, redirects, limits; the only door of httpx
address      which addresses may be connected to
credentials  from the environment or the system's keyring, shown nowhere
files        a file as it came (zip, JSON, CSV) into one UTF-8 CSV
unzip, flat  the two unpackings of it
problems     errors about one source, secrets struck out

Importing this loads neither httpx nor keyring; the first `fetch` from the network does.
"""

from forecast.sources.fetch import fetch
from forecast.sources.types import Fetched, Provider

__all__ = ["Fetched", "Provider", "fetch"]
