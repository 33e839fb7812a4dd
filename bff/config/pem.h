/* Checks PEM files before the server starts to serve. */
#ifndef BFF_CONFIG_PEM_H
#define BFF_CONFIG_PEM_H

#include <stddef.h>

#define PEM_WRONG_SIZE 256

/*
 * Each returns 0, or -1 with words in ${wrong} that say what is wrong. An encrypted key is refused:
 * there is no question for a pass phrase. Without a ${certificate} (NULL) only the key is checked.
 */
int pem_check_certificate(const char *certificate, char wrong[PEM_WRONG_SIZE]);
int pem_check_key(const char *certificate, const char *key, char wrong[PEM_WRONG_SIZE]);
int pem_check_authorities(const char *file, char wrong[PEM_WRONG_SIZE]);

#endif
