"""Outside formats and components of appeals, one file each."""
