"""What the project promises never to lose, tried and counted.

A module of tests is a row of the table that pytest prints at the end: its
docstring is the promise, its tests are the cases.
"""
