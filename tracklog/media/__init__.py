"""Values that become files or shapes of their own: images, histograms."""
