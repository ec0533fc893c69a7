SELECT erase_account() AS prefix;
