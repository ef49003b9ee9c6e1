"""Open311 GeoReport v2 under /open311/: reads the projection only, files by intake messages."""
