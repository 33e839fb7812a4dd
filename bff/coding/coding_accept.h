/* The negotiation of the coding of an answer (RFC 9110 section 12.5.3). */
#ifndef BFF_CODING_CODING_ACCEPT_H
#define BFF_CODING_CODING_ACCEPT_H

#include <stddef.h>

#include "bff/coding/coding.h"

/*
 * Chooses one of the ${count} codings ${offers}, or CODING_IDENTITY. ${accept} is the value of
 * Accept-Encoding; several fields are one list. ${offers} are in the server's order of preference,
 * without CODING_IDENTITY.
 *
 *   - the coding with the largest weight (q) is chosen; among equal ones the first of ${offers}
 *   - "*" is the weight of every coding that is not named; q=0 refuses a coding
 *   - identity is chosen when the client names it with a larger weight, and when no offer is
 *     accepted. That is so even if the client refuses identity: a body without a coding is better
 *     than none
 *   - a client without the field gets identity, since it may not know any coding
 *   - a member that is malformed does not count. Of two members with the same name, the one with
 *     the larger weight counts
 */
enum coding coding_accept_choose(struct text accept, const enum coding *offers, size_t count);

#endif
