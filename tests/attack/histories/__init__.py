"""Random histories of commands on a real debugger, with a log of what really ran beside them."""
