"""`bin/prove`: the short form of every proof on one machine, in one scorecard.

`parts` what is asked and how its answer is read · `card` the scorecard as text, Markdown and JSON · `__main__` the run.
"""
