"""Run screens over a snapshot: every offender, its evidence, and proof that nothing was left out."""
