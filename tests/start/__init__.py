"""A real start of the whole product, ended, killed and started again."""
