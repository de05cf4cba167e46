# IPython runs this in the tab before the first cell (PYTHONSTARTUP), in the namespace of the cells.
from IPython import get_ipython

# jedi is not brought: it is 5 MB and takes seconds at the first Tab; names of what is there are completed without it
get_ipython().Completer.use_jedi = False
