"""Reports that somebody has mailed to themselves, day by day or week by week."""
