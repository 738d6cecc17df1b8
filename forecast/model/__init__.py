"""The scenario model: arrays in, posterior out; never a path.

In the order of work: what was elicited and read (`spec`), priors that give back what was elicited
(`elicit`, `believed`), both laid out for compiled code (`arrays`, `data`, `packing`), the chain,
counts and other series (`chain`, `counts` over `negbinomial`, `families`), the log-likelihood of
each period (`emissions`), the exact filter (`filter`; of episodes with lives: `spells`), all of it
with its gradient (`kernel`), the PyMC model (`pymc_model` to read, `build` to sample), its sampling
(`fit`; of posteriors with several modes: `tempering`), cached fits (`store`), and what follows from
draws (`posterior`, `predict`): also if the likelihood is raised to a power (`powered`), only the
last period is new (`parted`), or the draws are weighted to stand for another posterior
(`reweight`). How it is compiled: `jit`. What of the machine must not reach into it: `environment`.
"""

from forecast.model.environment import settle

settle()  # before any module of this package imports numba
