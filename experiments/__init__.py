"""The scripts: the one place where data_prep and wavegan_cond meet."""
