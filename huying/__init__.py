"""呼应 Huying: the open platform for a district's promise 民呼我应."""
