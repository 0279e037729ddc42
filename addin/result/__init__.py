"""What a filled book comes to, for those who read it: each unit's account, the papers that are sent out, how firm the
ranking stands. Nothing here changes a book."""
