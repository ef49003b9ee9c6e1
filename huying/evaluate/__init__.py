"""过程评价: callbacks in line, three rates, ranking, frozen months and appeals against them."""
