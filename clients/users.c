#include "clients/users.h"

const struct bff_service users_service = {
    .name = "users",
    .environment = "USERS_URL",
    .endpoint = "http://127.0.0.1:3000",
};

void users_get(struct bff_ask *ask, struct text id)
{
    ask_get(ask, &users_service, "/users");
    ask_segment(ask, id);
}
