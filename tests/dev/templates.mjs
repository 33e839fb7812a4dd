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
 *   .shape       where the JSON Schema of the object, or of an item, is: of it come the types for
 *                TypeScript. Without it they are unknown
 *
 * docs/first-composite.md shows parts that wait for another part (.after, section 3), lists with a
 * call for each item (.many, sections 3 and 13), and computed members (section 9).
 * bff/compose/compose.h explains all columns.
 */
static const struct bff_part parts[] = {
    {.name = "user",
     .ask = user,
     .need = BFF_REQUIRED,
     .kind = BFF_OBJECT,
     .pick = "id name",
     .shape = "users.schema.json#/$defs/user"},
    {.name = "orders",
     .ask = orders,
     .timeout_ms = 500,
     .kind = BFF_LIST,
     .pick = "id status total",
     .shape = "orders.schema.json#/$defs/order"},
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

// A page that changes data.
export const change = (build, name) => `/* Makes an order of one product. Say here, in one line, what your page changes. */
#include "clients/inventory.h"
#include "clients/notifications.h"
#include "clients/orders.h"
#include "composites/${build}/composites.h"

/*
 * Each row is a member of the JSON that the browser sends. A request whose body does not fit is
 * answered with 400, and no service is asked. Other columns are .is_optional and .words.
 */
static const struct bff_body body[] = {
    {.path = "items[].productId", .kind = BFF_BODY_TEXT, .min = 1},
    {.path = "items[].quantity", .kind = BFF_BODY_NUMBER, .is_whole = true, .min = 1, .max = 10},
    {.path = "note", .kind = BFF_BODY_TEXT, .max = 200},
};

/* A function describes a call; the server makes it. The headers in clients/ have the calls of each
 * service. ask_param returns :userId of the route, ask_input a member of the body. */
static void reserve(struct bff_ask *ask) { inventory_reserve(ask, ask_input(ask, "items")); }

/* Takes the reservation back when the order cannot be made. */
static void release(struct bff_ask *ask)
{
    inventory_release(ask, ask_text(ask, json_get(ask_part(ask, "reservation"), "id")));
}

static void create(struct bff_ask *ask)
{
    orders_create(ask, ask_param(ask, "userId"));
    ask_body_text(ask, "status", TEXT("pending"));
    ask_body_member(ask, "items", ask_input(ask, "items"));
    ask_body_member(ask, "note", ask_input(ask, "note"));
}

static void notify(struct bff_ask *ask)
{
    notifications_send(ask, ask_param(ask, "userId"), TEXT("Thank you"));
    ask_body_member(ask, "orderId", json_get(ask_part(ask, "created"), "id"));
}

/*
 * Calls that change data run one after the other: each row has .after. When a required part fails,
 * .undo of the parts before it is called. A part without .need is optional: the page can do
 * without it. docs/first-change.md explains what happens when an answer is lost.
 */
static const struct bff_part parts[] = {
    {.name = "reservation",
     .ask = reserve,
     .undo = release,
     .need = BFF_REQUIRED,
     .pick = "id",
     .shape = "inventory.schema.json#/$defs/reservation"},
    {.name = "created",
     .ask = create,
     .after = "reservation",
     .need = BFF_REQUIRED,
     .pick = "id status",
     .shape = "orders.schema.json#/$defs/newOrder"},
    {.name = "notified",
     .ask = notify,
     .after = "created",
     .pick = "id",
     .shape = "notifications.schema.json#/$defs/sent"},
};

/*
 *   .access       who may use the page: BFF_OWNER is the user in .owner, here :userId, and admins.
 *                 Take no user from the body: a client can write any user there
 *   .idempotency  the browser sends a new Idempotency-Key for each click, and the same one when it
 *                 repeats the request. So a click counts once
 */
const struct bff_composite ${build}_${name} = {
    .route = "POST /api/${dashed(name)}/:userId",
    .about = "${dashed(name)}: makes an order",
    .failure = "Failed to make the order",
    .access = BFF_OWNER,
    .owner = "userId",
    .idempotency = BFF_KEY_REQUIRED,
    .body = BFF_TABLE(body),
    .parts = BFF_TABLE(parts),
};
`

export const changeTest = (build, name) => `// The page ${dashed(name)} of bff-${build}. The services send what is planned here.
import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assertBody, scenario } from './lib/scenario.mjs'

const page = '/api/${dashed(name)}/u1'
const items = [{ productId: 'p1', quantity: 2 }]
const services = {
  'inventory /reservations': { status: 201, json: { id: 'r1', items } },
  'inventory /reservations/r1': { status: 204 },
  'orders /orders': { status: 201, json: { id: 'o1', userId: 'u1', status: 'pending', items } },
  'notifications /notifications': { status: 201, json: { id: 'n1', userId: 'u1', title: 'Thank you' } },
}
const click = (body = { items, note: 'hi' }, as = 'u1') => ({ as, method: 'POST', body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', 'idempotency-key': '"click-1"' } })
const named = ({ method, url }) => \`\${method} \${url}\`

test('${dashed(name)} reserves, makes the order and tells the user', async t => {
  const { get, asked } = await scenario(t, '${build}', services)
  const answer = await get(page, click())

  assert.equal(answer.status, 200)
  assertBody(answer, { reservation: { id: 'r1' }, created: { id: 'o1', status: 'pending' }, notified: { id: 'n1' } })
  assert.deepEqual(asked().map(named), ['POST /reservations', 'POST /orders', 'POST /notifications'])
})

test('${dashed(name)} takes the reservation back when there is no order', async t => {
  const { get, asked } = await scenario(t, '${build}', { ...services, 'orders /orders': { status: 409 } })
  const { status, body } = await get(page, click())

  assert.deepEqual([status, body.part, body.undo], [502, 'created', { reservation: { outcome: 'done' } }])
  assert.deepEqual(asked('inventory').map(named), ['POST /reservations', 'DELETE /reservations/r1'])
})

test('${dashed(name)} asks no service when the body is wrong', async t => {
  const { get, asked } = await scenario(t, '${build}', services)
  const { status, body } = await get(page, click({ items: [{ productId: 'p1', quantity: 11 }], note: '' }))

  assert.deepEqual([status, body.path, body.detail], [400, 'items[0].quantity', 'must be a whole number from 1 to 10'])
  assert.equal(asked().length, 0)
})

test('${dashed(name)} is for its user only', async t => {
  const { get } = await scenario(t, '${build}', services)

  assert.equal((await get(page, click(undefined, 'u2'))).status, 403)
})
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
