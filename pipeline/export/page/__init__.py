"""The page that opens from the file system: charts, systems compared, and a code explorer."""
