"""Screening (筛查比对): runs over a snapshot, findings with a stable identity, a person's verdict on each."""
