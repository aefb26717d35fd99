"""What came and what the person newly wrote of it: a table for each kind of trouble, walked by `test_reply`."""
