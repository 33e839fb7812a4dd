// The composites as clients see them: the calls of each composite, its answer when all calls
// succeed, and its answer when some parts are rejected. `errors` are { part: { reason, status } }.
import { notification, order, product, recommendation, review, stock, user } from './samples.mjs'

const pick = (value, ...names) => Object.fromEntries(names.map(name => [name, value[name]]))
const orElse = (errors, part, value, fallback) => (part in errors ? fallback : value)
const listed = errors => (Object.keys(errors).length ? { errors } : {})
const stamp = errors =>
  ({ loadedAt: 'now', partialFailure: Object.keys(errors).length > 0, ...listed(errors) })

const person = user('u1')
const orders = [order('1'), order('2')]
const unread = [notification('n1'), notification('n2')]
const things = [recommendation('p7')]
const thing = product('p1', { salePrice: 14.99 })
const bought = [product('p1'), product('p2')]
const basket = order('7', { userId: 'u1', products: ['p1', 'p2'] })

const dashboardParts = limit => ({
  user: { call: 'users /users/u1', json: person },
  recentOrders: { call: `orders /orders?userId=u1&limit=${limit}`, json: orders },
  recommendations: { call: 'recommendations /recommendations/u1', json: things },
  unreadNotifications: { call: 'notifications /notifications/u1?unread=true', json: unread },
})

const productParts = {
  product: { call: 'products /products/p1', json: thing, isRequired: true },
  reviews: { call: 'reviews /reviews?productId=p1', json: [review(4), review(5)] },
  inventory: { call: 'inventory /inventory/p1', json: stock(12) },
}

const checkoutParts = {
  order: { call: 'orders /orders/7', json: basket, isRequired: true },
  user: { call: 'users /users/u1', json: person },
  'products[0]': { call: 'products /products/p1', json: bought[0] },
  'products[1]': { call: 'products /products/p2', json: bought[1] },
}

const productFields = errors => ({
  averageRating: orElse(errors, 'reviews', '4.5', null),
  reviewCount: orElse(errors, 'reviews', 2, null),
  inStock: orElse(errors, 'inventory', true, null),
  stockQuantity: orElse(errors, 'inventory', 12, null),
  isOnSale: true,
  savings: 5,
})
const partial = errors => (Object.keys(errors).length ? { partialFailure: true, errors } : {})

// savings is 5.00 on the wire, with the scale of the prices.
const withScale = text => text.replace(/"savings":5\b/, '"savings":5.00')

const { recommendations: _, ...mobileDashboardParts } = dashboardParts(3)

export const pages = {
  'web dashboard': {
    build: 'web', path: '/api/dashboard/u1', parts: dashboardParts(5), budget: 1000,
    text: errors => JSON.stringify({
      user: orElse(errors, 'user', person, null),
      recentOrders: orElse(errors, 'recentOrders', orders, []),
      recommendations: orElse(errors, 'recommendations', things, []),
      unreadNotifications: orElse(errors, 'unreadNotifications', unread, []),
      ...stamp(errors) }),
  },
  'web product': {
    build: 'web', path: '/api/products/p1', parts: productParts, budget: 1000,
    failure: 'Failed to fetch product details',
    text: errors => withScale(JSON.stringify({
      ...pick(thing, 'id', 'name', 'price', 'description'),
      ...productFields(errors), ...partial(errors) })),
  },
  'web checkout': {
    build: 'web', path: '/api/checkout/7', parts: checkoutParts, budget: 1500,
    failure: 'Failed to load checkout',
    text: errors => JSON.stringify({
      order: basket,
      user: orElse(errors, 'user', person, null),
      products: bought.map((item, i) => orElse(errors, `products[${i}]`, item, null)),
      ...stamp(errors) }),
  },
  'mobile dashboard': {
    build: 'mobile', path: '/api/dashboard/u1', parts: mobileDashboardParts, budget: 1000,
    text: errors => JSON.stringify({
      user: orElse(errors, 'user', pick(person, 'id', 'name', 'avatarUrl'), null),
      recentOrders: orElse(errors, 'recentOrders',
        orders.map(each => pick(each, 'id', 'status', 'total')), []),
      unreadCount: orElse(errors, 'unreadNotifications', 2, null),
      ...stamp(errors) }),
  },
  'mobile product': {
    build: 'mobile', path: '/api/products/p1', parts: productParts, budget: 1000,
    failure: 'Failed to fetch product details',
    text: errors => JSON.stringify({
      ...pick(thing, 'id', 'name', 'price'),
      ...pick(productFields(errors), 'averageRating', 'reviewCount', 'inStock', 'isOnSale'),
      ...partial(errors) }),
  },
  'mobile checkout': {
    build: 'mobile', path: '/api/checkout/7', parts: checkoutParts, budget: 1500,
    failure: 'Failed to load checkout',
    text: errors => JSON.stringify({
      order: { ...pick(basket, 'id', 'status', 'total'),
        items: basket.items.map(item => pick(item, 'productId', 'quantity', 'price')) },
      user: orElse(errors, 'user', pick(person, 'id', 'name'), null),
      products: bought.map((item, i) =>
        orElse(errors, `products[${i}]`, pick(item, 'id', 'name', 'price'), null)),
      ...stamp(errors) }),
  },
}

// All is well, but for `rows`: { part: a row that takes its place }.
export function planOf(page, rows = {}) {
  return Object.fromEntries(Object.entries(page.parts).map(
    ([part, { call, json }]) => [call, rows[part] ?? { json }]))
}

/*
 * A plan whose faults are chosen by the request's id, which goes along with every call: one server
 * then takes many cases at once. "0101.hang" hangs the second and the fourth part.
 */
export function planByRequestId(page, faults) {
  const row = (json, place) => ({ headers }) => {
    const [broken, fault] = headers['x-request-id'].split('.')
    return broken[place] === '1' ? faults[fault.replaceAll('_', ' ')] : { json }
  }
  return Object.fromEntries(
    Object.values(page.parts).map(({ call, json }, place) => [call, row(json, place)]))
}

// The header that chooses them.
export function broken(page, parts, fault) {
  const places = Object.keys(page.parts).map(part => (parts.includes(part) ? '1' : '0')).join('')
  return { 'x-request-id': `${places}.${fault.replaceAll(' ', '_')}` }
}
