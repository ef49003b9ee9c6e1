"""民呼我应: the closed loop of an appeal."""
