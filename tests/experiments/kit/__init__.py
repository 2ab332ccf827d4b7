"""Tests of what a kit is made by."""
