/* The option --hash-key: for the file of API keys. */
#ifndef BFF_APP_HASH_KEY_H
#define BFF_APP_HASH_KEY_H

/* Reads one key from standard input, with or without a line end, and prints its SHA-256 to standard
 * output. Returns the exit status. The key is in no argument, so no other user of the machine sees
 * it in the list of processes. */
int hash_key_print(void);

#endif
