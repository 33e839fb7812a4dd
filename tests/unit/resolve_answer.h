/* Answers to look-ups of a name, made from texts, without a resolver. */
#ifndef TESTS_UNIT_RESOLVE_ANSWER_H
#define TESTS_UNIT_RESOLVE_ANSWER_H

#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "bff/base/check.h"
#include "bff/loop/resolve.h"

#define RESOLVE_ANSWER_MAX (RESOLVE_ADDRESSES_MAX * 2)

/* Returns the address in ${text}, with the port of ${resolve}. */
static inline struct resolve_address resolve_answer_address(const struct resolve *resolve,
                                                            const char *text)
{
    struct resolve one;

    resolve_init(&one, text, resolve->port);
    must(one.is_literal);
    return one.addresses[0];
}

/* A look-up of ${resolve} finds the addresses in ${texts}, which are separated by spaces. */
static inline void resolve_answer(struct resolve *resolve, const char *texts)
{
    struct addrinfo found[RESOLVE_ANSWER_MAX];
    struct resolve_address parsed[RESOLVE_ANSWER_MAX];
    char copy[4096];
    size_t count = 0;

    snprintf(copy, sizeof(copy), "%s", texts);
    for (char *rest, *at = strtok_r(copy, " ", &rest); at != NULL;
         at = strtok_r(NULL, " ", &rest)) {
        must(count < RESOLVE_ANSWER_MAX);
        struct resolve_address *address = &parsed[count];
        *address = resolve_answer_address(resolve, at);
        found[count] = (struct addrinfo){.ai_family = address->at.any.sa_family,
                                         .ai_addr = &address->at.any,
                                         .ai_addrlen = address->len};
        if (count > 0)
            found[count - 1].ai_next = &found[count];
        count++;
    }
    resolve_take(resolve, count == 0 ? NULL : found);
}

#endif
