"""From facts to answers: findings, the protocol language, the rules engine and its independent reference."""
