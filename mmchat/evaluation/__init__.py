"""Measure the assistant: datasets with known answers, TREC runs, metrics with intervals, reports.

Datasets come from builders or from any folder of the same form; everything is asked through the assistant itself. It
changes nothing that it measures.
"""
