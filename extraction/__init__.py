"""From a letter to facts: what the letter says, mention by mention. No threshold and no criterion is known here."""
