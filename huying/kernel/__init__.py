"""Ground that every room stands on: askers, verbs, audit, events, clocks, jobs, blobs, secrets."""
