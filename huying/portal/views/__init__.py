"""Pages of the portal: thin; citizens' pages never enter the case side."""
