"""Makes a whole demonstration district; installed only in demo mode."""
