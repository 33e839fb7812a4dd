// The pages for operators, and the token that they ask for.
import { anywhere } from './scenario.mjs'

const token = 'the-token-of-the-operators'

export const admin = { listen: anywhere, token }
export const asOperator = { authorization: `Bearer ${token}` }
export const json = { 'content-type': 'application/json', ...asOperator }
