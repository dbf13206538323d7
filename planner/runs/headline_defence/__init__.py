"""The headline of Amazon x OpenAI defended: what a sceptic would change, and the numbers then (a committed table)."""
