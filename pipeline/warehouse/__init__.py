"""A build in a warehouse: one definition of tables and views, written for each dialect of SQL."""
