"""What the project promises never to lose, tried and counted.

A row of the table (``rows.py``) is a stream of cases. A case holds unless it
raises, and is named so that it alone can be tried again.
"""
