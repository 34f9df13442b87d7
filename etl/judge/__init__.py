"""Money ahead, evidence and verdicts; and the same for a scenario."""
