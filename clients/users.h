/* The users service. */
#ifndef CLIENTS_USERS_H
#define CLIENTS_USERS_H

#include "bff/compose/compose.h"

extern const struct bff_service users_service;

/* Asks for one user. */
void users_get(struct bff_ask *ask, struct text id);

#endif
