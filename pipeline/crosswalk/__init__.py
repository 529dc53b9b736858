"""From published maps to crosswalks between systems and releases."""
