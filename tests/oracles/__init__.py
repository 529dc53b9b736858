"""What independent public implementations say of the same codes, compared with a build (`make oracles`)."""
