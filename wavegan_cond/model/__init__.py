"""The networks and the objective of the paper."""
