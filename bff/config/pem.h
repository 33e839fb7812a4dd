/* PEM files, looked at when the program starts, so that a bad one is known before it serves. */
#ifndef BFF_CONFIG_PEM_H
#define BFF_CONFIG_PEM_H

#include <stddef.h>

#define PEM_WRONG_SIZE 256

/*
 * Each returns 0, or -1 with what is wrong in words in ${wrong}. Nobody is ever asked for a pass
 * phrase: an encrypted key is refused. With a
 * ${certificate} of NULL the key alone is looked at.
 */
int pem_check_certificate(const char *certificate, char wrong[PEM_WRONG_SIZE]);
int pem_check_key(const char *certificate, const char *key, char wrong[PEM_WRONG_SIZE]);
int pem_check_authorities(const char *file, char wrong[PEM_WRONG_SIZE]);

#endif
