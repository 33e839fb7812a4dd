// Documents as the services would send them.

export const user = (id, more) => ({ id, name: `User ${id}`, email: `${id}@shop.example`,
  avatarUrl: `/avatars/${id}.png`, ...more })

export const product = (id, more) => ({ id, name: `Product ${id}`, price: 19.99,
  description: `All about ${id}`, category: 'things', ...more })

export const review = (rating, more) => ({ id: 'r1', rating, text: 'So it is.', ...more })

export const stock = (quantity, more) => ({ quantity, warehouse: 'north', ...more })

export const order = (id, { userId = 'u1', products = ['p1'], ...more } = {}) => ({
  id, userId, status: 'shipped', total: 29.97, placedAt: '2024-05-01T10:00:00Z',
  items: products.map(
    productId => ({ productId, quantity: 1, price: 9.99, sku: `sku-${productId}` })),
  ...more })

export const notification = (id, more) =>
  ({ id, text: 'Your parcel is on its way', read: false, ...more })

export const recommendation = (id, more) => ({ id, name: `Product ${id}`, score: 0.9, ...more })
