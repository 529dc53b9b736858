"""What every run needs, whatever it does: locks, signals, progress, files written whole."""
