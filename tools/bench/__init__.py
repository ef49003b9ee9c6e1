"""`make bench`: how fast the product is at 300,000 cases, as one table and as JSON."""
