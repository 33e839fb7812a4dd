#include "clients/recommendations.h"

const struct bff_service recommendations_service = {
    .name = "recommendations",
    .environment = "RECOMMENDATIONS_URL",
    .endpoint = "http://127.0.0.1:3005",
};

void recommendations_for_user(struct bff_ask *ask, struct text user_id)
{
    ask_get(ask, &recommendations_service, "/recommendations");
    ask_segment(ask, user_id);
}
