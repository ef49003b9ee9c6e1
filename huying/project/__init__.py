"""Settings, addresses and the API: the only place that knows every room."""
