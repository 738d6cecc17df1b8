"""Text from outside that tries to be more than text, put wherever a forecast carries text."""

from __future__ import annotations

from msgspec import structs

from forecast.record import Forecast

from .sample import make

ANSI = "\x1b[31mred\x1b[0m"
HOSTILE = (
    f"[red]x[/red] {ANSI} \x1b]8;;http://evil.example\x07link\x1b]8;;\x07 \u202eabc\u202c "
    "<script>alert(1)</script> a|b\nc\r\x07\x9b2J `x` $\\frac{1}{2}$ :smile: \ufffe\ud800"
)


def hostile(text: str = HOSTILE) -> Forecast:
    """The sample with every name, question, unit, source and message hostile."""
    forecast = make()
    return structs.replace(
        forecast,
        case=text,
        scenarios=[structs.replace(s, name=f"{s.name} {text}") for s in forecast.scenarios],
        indicators=[
            structs.replace(
                i, name=f"{i.name} {text}", question=text, unit=text, source=text, grade=text
            )
            for i in forecast.indicators
        ],
        held=[structs.replace(h, name=text, source=text) for h in forecast.held],
        fit=structs.replace(forecast.fit, ok=False, failures=[text], surprises=[text]),
    )
