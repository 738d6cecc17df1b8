"""The scenario model, told in arrays and never a path.

In the order of work: what is asked and read (`spec`), priors that give back what was asked
(`elicit`, `believed`), the chain's exact filter (`filter`), counts (`negbinomial`), both as
operations of PyTensor (`ops`), the PyMC model (`build`), its sampling (`fit`), kept fits (`store`)
and what follows from draws (`posterior`).
"""
