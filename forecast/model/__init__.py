"""The scenario model, told in arrays and never a path.

In the order of work: what is asked and read (`spec`), priors that give back what was asked
(`elicit`, `believed`), both laid out for compiled code (`data`, `packing`), the chain, counts and
levels (`chain`, `counts` over `negbinomial`, `levels`), what they say of each period (`emissions`),
the exact filter (`filter`), all of it with its gradient (`kernel`), the PyMC model (`build`), its
sampling (`fit`; of posteriors with several modes: `tempering`), kept fits (`store`), and what
follows from draws (`posterior`, `predict`): also if the likelihood is raised to a power
(`powered`), only the last period is new (`parted`), or the draws are weighted to stand for another
posterior (`reweight`). How it is compiled: `jit`. What of the machine must not reach into it:
`environment`.
"""

from forecast.model.environment import settle

settle()  # before any module of this package imports numba
