"""The scenario model, told in arrays and never a path.

In the order of work: what is asked and read (`spec`), priors that give back what was asked
(`elicit`, `believed`), both laid out for compiled code (`data`), the chain, counts and levels
(`chain`, `counts` over `negbinomial`, `levels`), the exact filter (`filter`), all of it with its
gradient (`kernel`), the PyMC model (`build`), its sampling (`fit`), kept fits (`store`), and what
follows from draws (`posterior`, `predict`): also if the likelihood is raised to a power (`powered`)
or the draws are weighted to stand for another posterior (`reweight`).
"""

import numba

from forecast.model.caches import code_folder

if not numba.config.CACHE_DIR:  # before any function of this package is compiled
    numba.config.CACHE_DIR = str(code_folder() / "numba")
