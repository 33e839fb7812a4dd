// What ./dev new writes. `build` is the name of a build, `name` that of a composite.
const dashed = name => name.replaceAll('_', '-')

export const composite = (build, name) => `/* A user with their latest orders. Say here, in one line, what your page shows. */
#include "clients/orders.h"
#include "clients/users.h"
#include "composites/${build}/composites.h"

/* A function describes a call; the server makes it. The headers in clients/ have the calls of each
 * service. ask_param returns :userId of the route. */
static void user(struct bff_ask *ask) { users_get(ask, ask_param(ask, "userId")); }

static void orders(struct bff_ask *ask) { orders_of_user(ask, ask_param(ask, "userId"), 5); }

/*
 * Each row is a part of the answer. Both parts are asked at the same time.
 *
 *   .name        the member of the answer
 *   .ask         the function above that describes the call
 *   .need        BFF_REQUIRED: without this part, the answer is an error (.failure). If you leave
 *                it out, the part is optional: in its place is [] or null, and errors says why
 *   .timeout_ms  the longest time that the page waits for this part
 *   .kind        what the service sends: BFF_OBJECT, BFF_LIST, or BFF_ANY for any JSON
 *   .pick        the members that the browser gets: of the object, or of each item of the list
 *
 * docs/first-composite.md shows parts that wait for another part (.after), lists of calls (.many)
 * and computed members. bff/compose/compose.h explains all columns.
 */
static const struct bff_part parts[] = {
    {.name = "user", .ask = user, .need = BFF_REQUIRED, .kind = BFF_OBJECT, .pick = "id name"},
    {.name = "orders",
     .ask = orders,
     .timeout_ms = 500,
     .kind = BFF_LIST,
     .pick = "id status total"},
};

/*
 *   .access      who may use the page: BFF_OWNER is the user in .owner, here :userId, and admins.
 *                BFF_PUBLIC is everybody, BFF_SIGNED_IN each user
 *   .is_stamped  the answer ends with loadedAt and partialFailure
 */
const struct bff_composite ${build}_${name} = {
    .route = "GET /api/${dashed(name)}/:userId",
    .about = "${dashed(name)}: a user with their latest orders",
    .failure = "Failed to load the page",
    .access = BFF_OWNER,
    .owner = "userId",
    .is_stamped = true,
    .parts = BFF_TABLE(parts),
};
`

export const test = (build, name) => `// The page ${dashed(name)} of bff-${build}. The services send what is planned here.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertBody, scenario } from './lib/scenario.mjs'

const page = '/api/${dashed(name)}/u1'
const calls = { user: 'users /users/u1', orders: 'orders /orders?userId=u1&limit=5' }
const services = {
  [calls.user]: { json: { id: 'u1', name: 'Ada', email: 'ada@mail.example' } },
  [calls.orders]: { json: [{ id: 'o1', userId: 'u1', status: 'shipped', total: 20 }] },
}
const user = { id: 'u1', name: 'Ada' }
const orders = [{ id: 'o1', status: 'shipped', total: 20 }]

test('${dashed(name)} has a user with their orders', async t => {
  const { get } = await scenario(t, '${build}', services)
  const answer = await get(page, { as: 'u1' })

  assert.equal(answer.status, 200)
  assertBody(answer, { user, orders, loadedAt: 'now', partialFailure: false })
})

test('${dashed(name)} can do without the orders', async t => {
  const { get } = await scenario(t, '${build}', { ...services, [calls.orders]: { fault: 'reset' } })

  assertBody(await get(page, { as: 'u1' }), { user, orders: [], loadedAt: 'now', partialFailure: true,
    errors: { orders: { reason: 'reset' } } })
})

test('${dashed(name)} cannot do without the user', async t => {
  const { get } = await scenario(t, '${build}', { ...services, [calls.user]: { status: 500 } })
  const { status, body } = await get(page, { as: 'u1' })

  assert.deepEqual([status, body.part, body.reason], [502, 'user', 'status'])
})

test('${dashed(name)} is for its user only', async t => {
  const { get } = await scenario(t, '${build}', services)

  assert.equal((await get(page, { as: 'u2' })).status, 403)
})
`

export const header = (build, names) => `/* The composites of the ${build} build. */
#ifndef COMPOSITES_${build.toUpperCase()}_COMPOSITES_H
#define COMPOSITES_${build.toUpperCase()}_COMPOSITES_H

#include "bff/compose/compose.h"

${names.map(name => `extern const struct bff_composite ${build}_${name};\n`).join('')}
#endif
`

export const build = (name, composites, port) => `/* bff-${name}: the backend of the ${name} app. */
#include "clients/schemas.h"
#include "clients/services.h"
#include "composites/${name}/composites.h"
#include "composites/shared/shop.h"
#include "fixtures/mock_upstreams.h"

static const struct bff_composite *const composites[] = {
${composites.map(each => `    &${name}_${each},\n`).join('')}};

static const struct bff_build build = {
    .name = "${name}",
    .port = ${port},
    .composites = BFF_TABLE(composites),
    .services = &clients_services,
    .routes = &shop_routes,
    .rate_limits = &shop_rate_limits,
    .admin_role = SHOP_ADMIN_ROLE,
    .schemas = &clients_schemas,
    .mocks = &mock_upstreams,
};

int main(int argc, char **argv) { return bff_main(argc, argv, &build); }
`
