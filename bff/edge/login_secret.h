/*
 * The secret of HS* tokens, wherever an operator gives it: in a variable, a file or the
 * configuration. Another program signs tokens with the same secret. So a secret that the two read
 * in different ways refuses every token, and nobody sees why.
 */
#ifndef BFF_EDGE_LOGIN_SECRET_H
#define BFF_EDGE_LOGIN_SECRET_H

#include <stddef.h>

#include "bff/base/text.h"

#define LOGIN_SECRET_MIN 32 /* bytes of a secret */

/*
 * Returns 0 when ${secret}, which text_bare_line has read, can be meant. Otherwise returns -1 and
 * writes half a sentence to
 * ${wrong}, which never contains the secret: it is empty or too short, is a PEM key, has a control
 * byte, has quotes around it, or has a space at one of its ends.
 */
int login_secret_check(struct text secret, char *wrong, size_t wrong_size);

#endif
