/* The recommendations service. */
#ifndef CLIENTS_RECOMMENDATIONS_H
#define CLIENTS_RECOMMENDATIONS_H

#include "bff/compose/compose.h"

extern const struct bff_service recommendations_service;

/* Asks for the recommendations for a user: a list. */
void recommendations_for_user(struct bff_ask *ask, struct text user_id);

#endif
